package nnc.runtime.data;

import java.util.Arrays;
import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.engine.NumericArrays;

/**
 * A column of a {@link Table}: one small array of numbers a row, kept in the type that it came in (pixels stay bytes) and converted
 * when a batch is gathered.
 *
 * @param name  what inputs and targets are matched with
 * @param shape of one row; none for a number a row
 * @param data  all rows, row-major: {@code byte[]} (0 to 255), {@code int[]}, {@code float[]} or {@code double[]}; or a {@link RowReader}
 * @param places where its numbers stand in a file; null if that is not known
 * @param classes names of what the numbers stand for, from 0 on; none if they are only numbers
 */
public record Column(String name, int[] shape, Object data, Places places, List<String> classes) {

  /** Tells where a number was read, for messages. */
  interface Places {
    /** The place of an element of a row, such as {@code d.csv:2:3}. */
    String of(int row, int element);
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
    Object data = array.data();
    boolean kept = data instanceof float[] || data instanceof double[] || data instanceof int[] || array.unsigned();
    return new Column(name, Arrays.copyOfRange(shape, 1, shape.length), kept ? data : array.toDoubles());
  }

  /** The number of elements of a row. */
  public int width() {
    int width = 1;
    for (int axis : shape) {
      width *= axis;
    }
    return width;
  }

  /** How many rows there are. */
  public int rows() {
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
      return get(row * width() + element);
    }
    double[] numbers = new double[width()];
    read(row, numbers, 0);
    return numbers[element];
  }

  /**
   * Copies a row.
   *
   * @param memory {@code float[]} or {@code double[]}
   * @param to     where its first number goes
   */
  public void read(int row, Object memory, int to) {
    if (data instanceof RowReader reader) {
      reader.read(row, memory, to);
    } else if (memory instanceof float[] floats) {
      copy(row * width(), width(), floats, to);
    } else {
      copy(row * width(), width(), (double[]) memory, to);
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
      for (int k = 0; k < width; k++) {
        NumericArrays.setWhole(memory, to + i * width + k, (int) get(rows[from + i] * width + k));
      }
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
    return place(index / width(), index % width(), origin);
  }

  /** Where an element of a row was read. */
  public String place(int row, int element, String origin) {
    return places == null ? "row " + row + " of " + origin : places.of(row, element);
  }

  /** {@code image [28, 28]}. */
  @Override
  public String toString() {
    return shape.length == 0 ? name : name + " " + Arrays.toString(shape);
  }
}
