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
  private final Feed feed;
  private final Vocabulary vocabulary;
  /** The classes of texts; null if the input is fed by numbers alone. */
  private final Map<String, Integer> places;
  private final int[] sizes;
  private final double[] numbers;
  private int filled;

  private ExampleValues(Feed feed, Vocabulary vocabulary, int[] sizes) {
    this.feed = feed;
    this.vocabulary = vocabulary;
    this.sizes = sizes;
    places = feed.column().isText() && isKnown(feed, vocabulary) ? vocabulary.places(feed) : null;
    numbers = new double[(int) Tensor.elements(sizes)];
  }

  /**
   * The array of a value for one example, without the axis of examples.
   *
   * @param value a number, truth value or text, {@code null} for a number that may be missing, a {@link Tensor}, or an array or collection of these, also of
   *              arrays of one size
   * @throws Fault if it is none of these, a text that has no class, or NaN where numbers may not be missing
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
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = shape.get(i);
    }
    var values = new ExampleValues(feed, vocabulary, sizes);
    values.fill(value, 0);
    return checked(feed, new Tensor(sizes, values.numbers));
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

  private void fill(Object value, int axis) {
    if (axis == sizes.length) {
      numbers[filled++] = number(value);
      return;
    }
    if (!isMany(value) || (value instanceof Collection<?> all ? all.size() : Array.getLength(value)) != sizes[axis]) {
      throw refused(feed, "rows of different sizes given");
    }
    if (axis == sizes.length - 1 && value.getClass().isArray() && !(value instanceof Object[])) {
      for (int i = 0; i < sizes[axis]; i++) {
        numbers[filled++] = element(value, i);
      }
      return;
    }
    for (Object element : elements(value)) {
      fill(element, axis + 1);
    }
  }

  private double element(Object array, int index) {
    if (array instanceof byte[] bytes) {
      return bytes[index] & 0xff;
    } else if (array instanceof boolean[] truths) {
      return truths[index] ? 1 : 0;
    }
    return array instanceof long[] longs ? exact(feed, longs[index]) : Array.getDouble(array, index);
  }

  private double number(Object value) {
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
    } else if (isMany(value)) {
      throw refused(feed, "rows of different sizes given");
    }
    throw refused(feed, (value == null ? "null" : value instanceof String text ? "the text '" + text + "'" : value.getClass().getName())
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
