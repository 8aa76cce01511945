package nnc.runtime;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Names;
import nnc.runtime.base.Tensor;
import nnc.runtime.data.Categories;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.Vocabulary;

/** Turns what programs have, numbers, texts, arrays and lists, into the array that an input is fed with. */
final class ExampleValues {
  private ExampleValues() {}

  /**
   * The array of a value for one example, without the axis of examples.
   *
   * @param value a number, truth value or text, {@code null} for a number that may be missing, a {@link Tensor}, or an array or collection of these, also of
   *              arrays of one size
   * @throws Fault if it is none of these, or a text that has no class
   */
  static Tensor of(Feed feed, Object value, Vocabulary vocabulary) {
    if (value instanceof Tensor tensor) {
      return checked(feed, tensor);
    }
    List<Integer> shape = new ArrayList<>();
    Object first = value;
    while (isMany(first)) {
      List<?> elements = elements(first);
      shape.add(elements.size());
      first = elements.isEmpty() ? 0 : elements.get(0);
    }
    int[] sizes = new int[shape.size()];
    int size = 1;
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = shape.get(i);
      size *= sizes[i];
    }
    double[] numbers = new double[size];
    Map<String, Integer> places = feed.column().isText() && isKnown(feed, vocabulary) ? vocabulary.places(feed) : null;
    if (fill(feed, value, sizes, 0, numbers, 0, places, vocabulary) != size) {
      throw refused(feed, "rows of different sizes given");
    }
    return checked(feed, new Tensor(sizes, numbers));
  }

  private static boolean isKnown(Feed feed, Vocabulary vocabulary) {
    return !(feed.column() instanceof ColumnType.Learned) || vocabulary.has(feed.name());
  }

  private static boolean isMany(Object value) {
    return value instanceof Collection<?> || value != null && value.getClass().isArray();
  }

  private static List<?> elements(Object many) {
    if (many instanceof List<?> list) {
      return list;
    } else if (many instanceof Collection<?> collection) {
      return List.copyOf(collection);
    } else if (many instanceof Object[] array) {
      return Arrays.asList(array);
    }
    List<Object> boxed = new ArrayList<>(Array.getLength(many));
    for (int i = 0; i < Array.getLength(many); i++) {
      boxed.add(Array.get(many, i));
    }
    return boxed;
  }

  /** Fills {@code numbers} from place {@code at} on; gives the place behind. */
  private static int fill(Feed feed, Object value, int[] sizes, int axis, double[] numbers, int at, Map<String, Integer> places, Vocabulary vocabulary) {
    if (axis == sizes.length) {
      numbers[at] = number(feed, value, places, vocabulary);
      return at + 1;
    }
    if (!isMany(value) || (value instanceof Collection<?> all ? all.size() : Array.getLength(value)) != sizes[axis]) {
      throw refused(feed, "rows of different sizes given");
    }
    int place = at;
    if (axis == sizes.length - 1 && value.getClass().isArray() && !(value instanceof Object[])) {
      for (int i = 0; i < sizes[axis]; i++, place++) {
        numbers[place] = value instanceof byte[] bytes ? bytes[i] & 0xff : value instanceof boolean[] bits ? bits[i] ? 1 : 0 : whole(feed, value, i);
      }
      return place;
    }
    for (Object element : elements(value)) {
      place = fill(feed, element, sizes, axis + 1, numbers, place, places, vocabulary);
    }
    return place;
  }

  private static double whole(Feed feed, Object array, int index) {
    return array instanceof long[] longs ? exact(feed, longs[index]) : Array.getDouble(array, index);
  }

  private static double number(Feed feed, Object value, Map<String, Integer> places, Vocabulary vocabulary) {
    if (value instanceof Long number) {
      return exact(feed, number);
    } else if (value instanceof Number number) {
      return number.doubleValue();
    } else if (value instanceof Boolean truth) {
      return truth ? 1 : 0;
    } else if (value == null && feed.column().hasGaps()) {
      return Double.NaN;
    } else if ((value instanceof String || value instanceof Enum<?>) && places != null) {
      String text = Names.composed(value.toString());
      int index = Vocabulary.index(feed, places, text);
      if (index < 0) {
        throw Categories.unknown(text, "the example", feed, vocabulary);
      }
      return index;
    }
    if (isMany(value)) {
      throw refused(feed, "rows of different sizes given");
    }
    throw refused(feed, (value == null ? "null" : value instanceof String text ? "the text '" + text + "'" : "a " + value.getClass().getSimpleName())
        + " given, and it is fed by " + (places == null ? "numbers" : "texts or numbers"));
  }

  /** A {@code long} that a double does not hold would be another number. */
  private static double exact(Feed feed, long number) {
    if ((long) (double) number != number) {
      throw refused(feed, number + " given, which is beyond 2^53");
    }
    return number;
  }

  /** @throws Fault if a number that may not be missing is NaN */
  private static Tensor checked(Feed feed, Tensor tensor) {
    boolean mayMiss = feed.kind() != ElementKind.FLOAT || feed.column().hasGaps();
    for (int i = 0; i < tensor.size() && !mayMiss && (tensor.data() instanceof float[] || tensor.data() instanceof double[]); i++) {
      if (Double.isNaN(tensor.get(i))) {
        throw new Fault("input " + feed.name() + ": NaN given" + (tensor.size() > 1 ? " at place " + i : ""),
            "declare it float? and fill what is missing, or leave such examples out");
      }
    }
    return tensor;
  }

  private static Fault refused(Feed feed, String why) {
    return new Fault("input " + feed.name() + ": " + why);
  }
}
