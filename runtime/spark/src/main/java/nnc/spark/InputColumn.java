package nnc.spark;

import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Names;
import nnc.runtime.data.Categories;
import nnc.runtime.engine.WholeNumbers;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.Vocabulary;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import scala.collection.Iterator;

/** A column of rows that feeds an input or target: what it may be, and its values as the numbers of a batch. */
final class InputColumn {
  private final Feed feed;
  /** Of the column in rows. */
  private final String name;
  private final int place;
  /** What the input is declared as. */
  private final String declared;
  /** Sizes of a row's array; none of a number. */
  private final int[] shape;
  private final int width;
  /** Elements behind each place of an axis. */
  private final int[] parts;
  /** How many arrays are one in the other. */
  private final int depth;
  private final Vocabulary vocabulary;
  /** The classes of texts; null if it is fed by numbers alone. */
  private final Map<String, Integer> classes;

  /**
   * Where a column is and what it feeds.
   *
   * @param place in rows
   */
  record Link(String name, int place, DataType type) {}

  /**
   * @param declared the input as the program has it, for messages
   * @param shape    of one row
   * @throws Fault if values of the column's type cannot be fed
   */
  InputColumn(Feed feed, String declared, int[] shape, Link column, Vocabulary vocabulary) {
    this.feed = feed;
    this.declared = declared;
    this.shape = shape;
    this.vocabulary = vocabulary;
    name = column.name;
    place = column.place;
    parts = new int[shape.length];
    int elements = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      parts[axis] = elements;
      elements = Math.multiplyExact(elements, shape[axis]);
    }
    width = elements;
    depth = depth(column.type);
    boolean texts = feed.column().isText() && (!(feed.column() instanceof ColumnType.Learned) || vocabulary.has(feed.name()));
    classes = texts ? vocabulary.places(feed) : null;
    if (!accepts(column.type)) {
      throw new Fault("column " + name + " is " + column.type.simpleString() + ", and " + label() + " wants " + wanted(),
          shape.length > 1 ? "an array of all its elements, row-major, does as well" : "");
    }
  }

  Feed feed() {
    return feed;
  }

  /** Numbers of a row. */
  int width() {
    return width;
  }

  private String label() {
    return (feed.target() ? "target " : "input ") + declared;
  }

  private String wanted() {
    String what = classes == null ? "number" : "text";
    var text = new StringBuilder(shape.length == 0 ? "a " + what : "an array of ");
    for (int axis = 0; axis < shape.length; axis++) {
      text.append(axis == 0 ? "" : " by ").append(shape[axis]);
    }
    return text + (shape.length == 0 ? "" : " " + what + "s") + " a row";
  }

  private static int depth(DataType type) {
    return type instanceof ArrayType array ? 1 + depth(array.elementType()) : 0;
  }

  private static DataType leaf(DataType type) {
    return type instanceof ArrayType array ? leaf(array.elementType()) : type;
  }

  private boolean accepts(DataType type) {
    DataType leaf = leaf(type);
    if (leaf instanceof BinaryType) {
      return depth == 0 && shape.length > 0;
    }
    boolean fits = depth == shape.length || depth == 1 && shape.length > 1;
    return fits && (leaf instanceof NumericType || leaf instanceof BooleanType || leaf instanceof StringType && classes != null);
  }

  /**
   * Reads a row's values, row-major, to a place of a batch's.
   *
   * @param where says which row it is
   * @throws Fault if a value is missing, an array has other sizes, or the input does not take a number
   */
  void read(Row row, double[] batch, int at, RowPlace where) {
    Object value = row.get(place);
    if (shape.length == 0) {
      batch[at] = number(value, where, -1);
      return;
    } else if (value == null) {
      throw wrong("null", where);
    }
    if (value instanceof byte[] bytes) {
      pixels(bytes, batch, at, where);
    } else {
      elements(value, 0, batch, at, where);
    }
  }

  private void pixels(byte[] bytes, double[] batch, int at, RowPlace where) {
    if (bytes.length != width) {
      throw wrong(bytes.length + " bytes", where);
    }
    for (int i = 0; i < bytes.length; i++) {
      batch[at + i] = checked(bytes[i] & 0xff, where, i);
    }
  }

  /** An array of all elements, or of arrays that are those of the next axis. */
  private void elements(Object array, int axis, double[] batch, int at, RowPlace where) {
    int size = depth == 1 ? width : shape[axis];
    int part = depth == 1 ? 1 : parts[axis];
    if (!(array instanceof scala.collection.Iterable<?> many)) {
      throw wrong("null in an array", where);
    } else if (many.size() != size) {
      throw wrong("an array of " + many.size() + (axis == 0 ? "" : " within another"), where);
    }
    int next = at;
    for (Iterator<?> all = many.iterator(); all.hasNext(); next += part) {
      Object element = all.next();
      if (axis + 1 < depth) {
        elements(element, axis + 1, batch, next, where);
      } else {
        batch[next] = number(element, where, next % width);
      }
    }
  }

  private double number(Object value, RowPlace where, int element) {
    if (value instanceof Long number && (number == Long.MAX_VALUE || (long) (double) number != number)) {
      throw wrong(number + ", which is beyond 2^53", where);
    } else if (value instanceof Number number) {
      return checked(number.doubleValue(), where, element);
    } else if (value instanceof Boolean truth) {
      return truth ? 1 : 0;
    } else if (value instanceof String text && classes != null) {
      int index = Vocabulary.index(feed, classes, Names.composed(text));
      if (index < 0) {
        throw Categories.unknown(text, "column " + name + ", " + where.text(), feed, vocabulary);
      }
      return index;
    } else if (value == null && feed.column().hasGaps()) {
      return Double.NaN;
    }
    throw wrong(value == null ? "null" + at(element) : "'" + value + "'" + at(element), where);
  }

  private static String at(int element) {
    return element < 0 ? "" : " at place " + element;
  }

  private double checked(double value, RowPlace where, int element) {
    String fault = feed.kind() == ElementKind.FLOAT ? null : WholeNumbers.fault(feed, value);
    if (fault != null) {
      throw new Fault("column " + name + ", " + where.text() + ": " + fault + at(element) + ", and it feeds " + label());
    }
    if (Double.isNaN(value) && feed.kind() == ElementKind.FLOAT && !feed.column().hasGaps()) {
      throw wrong("NaN" + at(element), where);
    }
    return value;
  }

  private Fault wrong(String what, RowPlace where) {
    boolean missing = what.startsWith("null") || what.startsWith("NaN");
    return new Fault("column " + name + ", " + where.text() + ": " + what + ", and " + label() + " wants " + wanted(),
        missing && feed.kind() == ElementKind.FLOAT ? "declare it float? and fill what is missing, or leave such rows out" : "");
  }
}
