package nnc.runtime.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nnc.runtime.Output;
import nnc.runtime.base.Json;
import nnc.runtime.base.Tensor;

/** The rows of an output as texts; where it speaks of the classes of a category, with their names. */
final class NamedOutput {
  private final Output output;
  private final Tensor values;
  /** Of a row. */
  private final int[] shape;
  private final int width;
  private final List<String> classes;
  /** Whether the first axis of a row is a list in a text's columns, of any length. */
  private final boolean list;

  NamedOutput(Output output) {
    this(output, output.tensor(), false);
  }

  /**
   * What an output has given for some rows.
   *
   * @param list whether rows differ on their first axis: then what stands there is a list, with spaces between in one column of a text
   */
  NamedOutput(Output output, Tensor values, boolean list) {
    this.output = output;
    this.values = values;
    this.list = list;
    shape = Arrays.copyOfRange(values.shape(), 1, values.shape().length);
    width = values.shape()[0] == 0 ? 0 : values.size() / values.shape()[0];
    classes = output.classes();
  }

  String name() {
    return output.name();
  }

  /** Whether each number is the place of a class. */
  private boolean isChoice() {
    return !classes.isEmpty() && output.kind().equals("int");
  }

  /** Whether the numbers of a row are one for each class. */
  private boolean isByClass() {
    return !classes.isEmpty() && !isChoice() && !list && shape.length == 1 && shape[0] == classes.size();
  }

  /** What the columns of a row are called. */
  List<String> titles() {
    List<String> titles = new ArrayList<>();
    int[] titled = list ? Arrays.copyOfRange(shape, 1, shape.length) : shape;
    int count = 1;
    for (int axis : titled) {
      count *= axis;
    }
    for (int i = 0; i < count; i++) {
      titles.add(titled.length == 0 ? output.name() : output.name() + (isByClass() ? "." + classes.get(i) : place(i, titled)));
    }
    return titles;
  }

  private static String place(int element, int[] shape) {
    var text = new StringBuilder();
    int rest = element;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      text.insert(0, "." + rest % shape[axis]);
      rest /= shape[axis];
    }
    return text.toString();
  }

  /** What stands in a row's columns. */
  List<String> columns(int row) {
    List<String> texts = texts(row);
    if (!list) {
      return texts;
    }
    List<String> columns = new ArrayList<>();
    int count = titles().size();
    for (int column = 0; column < count; column++) {
      var items = new StringBuilder();
      for (int i = column; i < texts.size(); i += count) {
        items.append(i < count ? "" : " ").append(texts.get(i));
      }
      columns.add(items.toString());
    }
    return columns;
  }

  /** Whether a row's list has the name of a class that cannot be told from others with spaces between. */
  boolean hasBlanks(int row) {
    if (list && isChoice()) {
      for (String text : texts(row)) {
        if (text.isEmpty() || text.split("\\s", 2).length > 1) {
          return true;
        }
      }
    }
    return false;
  }

  /** A row's numbers, with all their digits, or the names of classes. */
  private List<String> texts(int row) {
    List<String> texts = new ArrayList<>();
    for (int i = row * width; i < (row + 1) * width; i++) {
      double value = values.get(i);
      if (isChoice()) {
        texts.add(title((int) value));
      } else if (values.data() instanceof int[] || values.data() instanceof boolean[]) {
        texts.add(Long.toString((long) value));
      } else {
        texts.add(values.data() instanceof float[] floats ? Float.toString(floats[i]) : Double.toString(value));
      }
    }
    return texts;
  }

  private String title(int place) {
    return place >= 0 && place < classes.size() ? classes.get(place) : Integer.toString(place);
  }

  /** Puts a row: by the names of classes an object of its own. */
  void put(Json json, int row) {
    double[] numbers = new double[width];
    for (int i = 0; i < width; i++) {
      int at = row * width + i;
      // of a number of 32 bits those digits that tell it apart from others of 32 bits, not from all of 64
      numbers[i] = values.data() instanceof float[] floats ? Double.parseDouble(Float.toString(floats[at])) : values.get(at);
    }
    if (isChoice() && shape.length == 0) {
      json.put(output.name(), title((int) numbers[0]));
    } else if (isChoice() && shape.length == 1) {
      json.put(output.name(), texts(row));
    } else if (isByClass()) {
      var inner = new Json();
      for (int i = 0; i < width; i++) {
        inner.put(classes.get(i), numbers[i]);
      }
      json.raw(output.name(), inner.toString());
    } else {
      json.put(output.name(), shape, numbers);
    }
  }
}
