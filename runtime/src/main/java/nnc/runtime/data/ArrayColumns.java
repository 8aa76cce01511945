package nnc.runtime.data;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * Arrays as columns. Of those in an npz file rows may differ in length: {@code x.lengths} has the length of each row of {@code x}, and {@code x} either all rows one behind the
 * other ({@code numpy.concatenate}), or an axis that counts rows, each of which ends at its length, whatever stands behind it.
 */
public final class ArrayColumns {
  private ArrayColumns() {}

  /** The name of the array whose lengths one of that name has; the name itself if it has none. */
  static String measured(String name) {
    return name.endsWith(Column.LENGTHS) ? name.substring(0, name.length() - Column.LENGTHS.length()) : name;
  }

  /** Whether a file has the lengths of an array's rows. */
  public static boolean isRagged(Feed feed, String name, Npz.Arrays arrays) {
    return feed != null && feed.isOfAnyLength() && arrays.read().containsKey(name + Column.LENGTHS);
  }

  /**
   * An array as a column, ragged if its lengths are there and the program's input is of any length.
   *
   * @param feed   what takes it; null if nothing does
   * @param origin of the arrays, for messages
   */
  public static Column column(Feed feed, String name, Npz.Arrays arrays, String origin) {
    Tensor array = arrays.get(name);
    String label = origin + ": array " + name;
    if (!isRagged(feed, name, arrays)) {
      return column(feed == null ? name : feed.name(), array, label);
    }
    int[] lengths = lengths(arrays.get(name + Column.LENGTHS), label + Column.LENGTHS);
    boolean padded = array.shape().length == feed.shape().size();
    int[] shape = array.shape();
    if (!padded && shape.length != feed.shape().size() - 1) {
      throw new Fault(label + ": " + array + " has " + shape.length + " axes, and with " + name + Column.LENGTHS + " beside it there are " + (feed.shape().size() - 1)
          + ", all rows one behind the other, or " + feed.shape().size());
    }
    int[] inner = Arrays.copyOfRange(shape, padded ? 2 : 1, shape.length);
    for (int axis : inner) {
      if (axis == 0) {
        throw new Fault(label + ": " + array + " has no elements in a place");
      }
    }
    Object data = padded ? cut(array, lengths, label) : whole(array, lengths, label);
    return Column.ragged(feed.name(), inner, data, lengths).of((row, element) -> label + "[row " + row + "][" + element + "]", List.of());
  }

  private static int[] lengths(Tensor array, String label) {
    if (array.shape().length != 1) {
      throw new Fault(label + ": " + array + ", where a length for each row is expected");
    }
    int[] lengths = new int[array.size()];
    for (int i = 0; i < lengths.length; i++) {
      double length = array.get(i);
      if (!(length >= 0 && length <= Tensor.LARGEST && length == Math.rint(length))) {
        throw new Fault(label + "[" + i + "]: " + length + " is no length");
      }
      lengths[i] = (int) length;
    }
    return lengths;
  }

  private static Object whole(Tensor array, int[] lengths, String label) {
    long sum = 0;
    for (int length : lengths) {
      sum += length;
    }
    if (sum != array.shape()[0]) {
      throw new Fault(label + ": " + array + " has " + array.shape()[0] + " places, and the lengths of its rows come to " + sum);
    }
    return data(array);
  }

  /** The rows' own numbers one behind the other. */
  private static Object cut(Tensor array, int[] lengths, String label) {
    int[] shape = array.shape();
    if (shape[0] != lengths.length) {
      throw new Fault(label + ": " + array + " has " + shape[0] + " rows, and there are " + lengths.length + " lengths");
    }
    int width = shape[0] == 0 || shape[1] == 0 ? 1 : array.size() / shape[0] / shape[1];
    long sum = 0;
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] > shape[1]) {
        throw new Fault(label + Column.LENGTHS + "[" + i + "]: " + lengths[i] + " is more than the " + shape[1] + " places that rows have");
      }
      sum += lengths[i];
    }
    Object all = data(array);
    Object own = Array.newInstance(all.getClass().getComponentType(), (int) sum * width);
    int at = 0;
    for (int i = 0; i < lengths.length; i++) {
      System.arraycopy(all, i * shape[1] * width, own, at, lengths[i] * width);
      at += lengths[i] * width;
    }
    return own;
  }

  /**
   * An array as a column.
   *
   * @param label names file and array in messages
   */
  static Column column(String name, Tensor array, String label) {
    int[] shape = array.shape();
    if (shape.length == 0) {
      throw new Fault(label + " is a single number: a column has a row for each example");
    }
    int[] row = Arrays.copyOfRange(shape, 1, shape.length);
    return new Column(name, row, data(array), (index, element) -> label + Arrays.toString(places(row, index, element)));
  }

  /** The place of an element of a row on each axis. */
  static int[] places(int[] shape, int row, int element) {
    int[] places = new int[shape.length + 1];
    places[0] = row;
    int rest = element;
    for (int axis = shape.length; axis > 0; axis--) {
      places[axis] = rest % shape[axis - 1];
      rest /= shape[axis - 1];
    }
    return places;
  }

  static Object data(Tensor array) {
    Object data = array.data();
    boolean kept = data instanceof float[] || data instanceof double[] || data instanceof int[] || array.unsigned();
    return kept ? data : array.toDoubles();
  }
}
