package nnc.runtime.data;

import java.util.Arrays;
import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.files.Npz;

/**
 * A column of a {@link Table}: one small array of numbers a row, kept in the type that it came in (pixels stay bytes) and converted
 * when a batch is gathered. Rows of a ragged column differ in how many places they have on their first axis; whoever asks for a whole row of such a
 * column gets zeros behind those it has, up to the longest.
 *
 * @param name  what inputs and targets are matched with
 * @param shape of one row, of the longest where they differ; none for a number a row
 * @param data  all rows, row-major: {@code byte[]} (0 to 255), {@code int[]}, {@code float[]} or {@code double[]}; or a {@link RowReader}
 * @param places where its numbers stand in a file; null if that is not known
 * @param classes names of what the numbers stand for, from 0 on; none if they are only numbers
 * @param starts of a ragged column, where each row begins in the data, and behind the last where that ends; null if all rows have the same shape
 */
public record Column(String name, int[] shape, Object data, Places places, List<String> classes, int[] starts) {
  /** What the column of a ragged column's lengths is called, behind its name. */
  public static final String LENGTHS = Npz.LENGTHS;

  /** Tells where a number was read, for messages. */
  interface Places {
    /** The place of an element of a row, such as {@code d.csv:2:3}. */
    String of(int row, int element);
  }

  /** A column all of whose rows have the same shape. */
  public Column(String name, int[] shape, Object data, Places places, List<String> classes) {
    this(name, shape, data, places, classes, null);
  }

  /** A column of numbers that stand for nothing else. */
  public Column(String name, int[] shape, Object data, Places places) {
    this(name, shape, data, places, List.of());
  }

  /** A column whose numbers stand in no file, or in one that does not tell where. */
  public Column(String name, int[] shape, Object data) {
    this(name, shape, data, null);
  }

  /**
   * An array whose first axis counts rows. It is read in place, but for signed bytes and wider whole numbers.
   *
   * @throws Fault if it is a single number
   */
  public static Column of(Tensor array, String name) {
    int[] shape = array.shape();
    if (shape.length == 0) {
      throw new Fault(name + ": a single number given: the first axis of an array counts examples");
    }
    return new Column(name, Arrays.copyOfRange(shape, 1, shape.length), ArrayColumns.data(array));
  }

  /**
   * A column whose rows may differ in length.
   *
   * @param inner   the shape of one place of a row; none of it is 0
   * @param data    all rows one behind the other
   * @param lengths of each row
   */
  static Column ragged(String name, int[] inner, Object data, int[] lengths) {
    int width = product(inner);
    int[] starts = new int[lengths.length + 1];
    int longest = 0;
    for (int i = 0; i < lengths.length; i++) {
      starts[i + 1] = starts[i] + lengths[i] * width;
      longest = Math.max(longest, lengths[i]);
    }
    int[] shape = new int[inner.length + 1];
    shape[0] = longest;
    System.arraycopy(inner, 0, shape, 1, inner.length);
    return new Column(name, shape, data, null, List.of(), starts);
  }

  /** The same rows with their places in a file, and names of what the numbers stand for. */
  Column of(Places where, List<String> names) {
    return new Column(name, shape, data, where, names, starts);
  }

  /** The same rows by other numbers, which are not names of anything. */
  Column with(Object numbers) {
    return new Column(name, shape, numbers, places, List.of(), starts);
  }

  /** Whether rows may differ in length. */
  public boolean isRagged() {
    return starts != null;
  }

  /** How many places a row has on its first axis; 1 if a row is a number. */
  public int length(int row) {
    return starts != null ? (starts[row + 1] - starts[row]) / inner() : shape.length == 0 ? 1 : shape[0];
  }

  /** Whether some rows differ in length. */
  public boolean differs(int[] rows) {
    for (int i = 1; starts != null && i < rows.length; i++) {
      if (length(rows[i]) != length(rows[0])) {
        return true;
      }
    }
    return false;
  }

  /** The number of elements of one place on the first axis of a row. */
  public int inner() {
    int inner = 1;
    for (int axis = 1; axis < shape.length; axis++) {
      inner *= shape[axis];
    }
    return inner;
  }

  /** The number of elements that a row has itself. */
  public int size(int row) {
    return starts != null ? starts[row + 1] - starts[row] : width();
  }

  /** Where a row begins in the data, which are in memory. */
  public int start(int row) {
    return starts != null ? starts[row] : row * width();
  }

  /** The number of elements of all rows. */
  int elements() {
    return starts != null ? starts[starts.length - 1] : rows() * width();
  }

  /** The lengths of all rows as a column of their own, which is called by this one's name and {@link #LENGTHS}. */
  Column lengths() {
    int[] lengths = new int[rows()];
    for (int row = 0; row < lengths.length; row++) {
      lengths[row] = length(row);
    }
    return new Column(name + LENGTHS, new int[0], lengths);
  }

  private static int product(int[] shape) {
    int product = 1;
    for (int axis : shape) {
      product *= axis;
    }
    return product;
  }

  /** The number of elements of a row, of the longest where they differ. */
  public int width() {
    return product(shape);
  }

  /** How many rows there are. */
  public int rows() {
    if (starts != null) {
      return starts.length - 1;
    }
    if (data instanceof RowReader reader) {
      return reader.rows();
    }
    int width = width();
    return width == 0 ? 0 : java.lang.reflect.Array.getLength(data) / width;
  }

  /** Whether its rows are read when they are asked for. */
  public boolean isStreamed() {
    return data instanceof RowReader;
  }

  /** Element {@code index} of all rows together, which are in memory. */
  public double get(int index) {
    if (data instanceof byte[] bytes) {
      return bytes[index] & 0xff;
    } else if (data instanceof int[] ints) {
      return ints[index];
    } else if (data instanceof float[] floats) {
      return floats[index];
    }
    return ((double[]) data)[index];
  }

  /** An element of a row. */
  public double get(int row, int element) {
    if (!isStreamed()) {
      return element < size(row) ? get(start(row) + element) : 0;
    }
    double[] numbers = new double[width()];
    read(row, numbers, 0);
    return numbers[element];
  }

  /**
   * Copies a row; of one that is shorter than the longest, with zeros behind it.
   *
   * @param memory {@code float[]} or {@code double[]}
   * @param to     where its first number goes
   */
  public void read(int row, Object memory, int to) {
    readOwn(row, memory, to);
    if (starts != null) {
      NumericArrays.fill(memory, to + size(row), to + width(), 0);
    }
  }

  /** As {@link #read}, of the row's own numbers alone. */
  public void readOwn(int row, Object memory, int to) {
    if (data instanceof RowReader reader) {
      reader.read(row, memory, to);
    } else if (memory instanceof float[] floats) {
      copy(start(row), size(row), floats, to);
    } else {
      copy(start(row), size(row), (double[]) memory, to);
    }
  }

  /**
   * Copies rows {@code rows[from]} to {@code rows[from + count - 1]} one behind the other.
   *
   * @param memory {@code float[]} or {@code double[]}
   * @param to     where the first goes
   */
  public void gather(int[] rows, int from, int count, Object memory, int to) {
    int width = width();
    for (int i = 0; i < count; i++) {
      read(rows[from + i], memory, to + i * width);
    }
  }

  /**
   * As {@link #gather}, of a column whose numbers are whole ones of 32 bits.
   *
   * @param memory gets their bits
   */
  public void gatherWhole(int[] rows, int from, int count, Object memory, int to) {
    int width = width();
    for (int i = 0; i < count; i++) {
      readWhole(rows[from + i], memory, to + i * width);
    }
  }

  /** Copies the row's own numbers as the bits of whole ones. */
  public void readWhole(int row, Object memory, int to) {
    int start = start(row);
    int size = size(row);
    for (int k = 0; k < size; k++) {
      NumericArrays.setWhole(memory, to + k, (int) get(start + k));
    }
  }

  private void copy(int from, int count, float[] memory, int to) {
    if (data instanceof byte[] bytes) {
      for (int i = 0; i < count; i++) {
        memory[to + i] = bytes[from + i] & 0xff;
      }
    } else if (data instanceof int[] ints) {
      for (int i = 0; i < count; i++) {
        memory[to + i] = ints[from + i];
      }
    } else if (data instanceof float[] floats) {
      System.arraycopy(floats, from, memory, to, count);
    } else {
      double[] doubles = (double[]) data;
      for (int i = 0; i < count; i++) {
        memory[to + i] = (float) doubles[from + i];
      }
    }
  }

  private void copy(int from, int count, double[] memory, int to) {
    for (int i = 0; i < count; i++) {
      memory[to + i] = get(from + i);
    }
  }

  /**
   * Where element {@code index} of all rows together was read.
   *
   * @param origin the table's
   */
  public String place(int index, String origin) {
    int row = starts == null ? index / width() : row(index);
    return place(row, index - start(row), origin);
  }

  /** The row that has an element of the data. */
  private int row(int index) {
    int found = Arrays.binarySearch(starts, index);
    int row = found < 0 ? -found - 2 : found;
    while (row + 1 < starts.length - 1 && starts[row + 1] == index) {
      row++;
    }
    return row;
  }

  /** Where an element of a row was read. */
  public String place(int row, int element, String origin) {
    return places == null ? "row " + row + " of " + origin : places.of(row, element);
  }

  /** {@code image [28, 28]}; {@code x [up to 17, 3]} where rows differ. */
  @Override
  public String toString() {
    return shape.length == 0 ? name : name + " " + form();
  }

  /** The shape of a row, for messages. */
  public String form() {
    String form = Arrays.toString(shape);
    return starts == null ? form : "[up to " + form.substring(1);
  }
}
