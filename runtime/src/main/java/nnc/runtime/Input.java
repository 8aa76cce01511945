package nnc.runtime;

import java.util.Arrays;
import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Integers;
import nnc.runtime.base.Names;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Categories;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.engine.WholeNumbers;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Place;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.Polynomials;
import nnc.runtime.spec.Vocabulary;

/** An input or target of a {@link Context}. Whole numbers and truth values are given as any number type. */
public final class Input {
  /** Elements that are copied by one thread. */
  private static final int BLOCK = 1 << 10;

  /** In place of a slot: nothing depends on the values, and only the sizes of open dimensions are taken. */
  static final int UNREAD = -1;

  private final Context context;
  private final Feed feed;
  private final Place place;
  private final int base;
  private final int[] shape;
  private int size;
  private Copy copy;
  /** Whether what was fed last was refused. */
  private boolean wrong;
  /** Whether anything was fed, by whom the context belongs to. */
  private boolean fed;

  Input(Context context, Feed feed, Place place) {
    this.context = context;
    this.feed = feed;
    this.place = place;
    base = place.slot() == UNREAD ? UNREAD : context.executor().base(place.slot());
    shape = new int[place.shape().size()];
  }

  void evaluate(int[] dims) {
    long all = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = (int) Polynomials.value(place.shape().get(i), dims);
      all *= shape[i];
    }
    size = (int) all;
  }

  /** The name in the source. */
  public String name() {
    return feed.name();
  }

  /** What it is called outside the program, where that is another name; else empty. */
  public String alias() {
    return feed.alias();
  }

  boolean isCalled(String name) {
    return feed.isCalled(name);
  }

  /** {@code float}, {@code int} or {@code bool}. */
  public String kind() {
    return feed.kind().toString();
  }

  /** Whether it is a target. */
  public boolean target() {
    return feed.target();
  }

  /** The sizes at present. */
  public int[] shape() {
    return shape.clone();
  }

  /** The number of elements at present. */
  public int size() {
    return size;
  }

  /**
   * Sets one element, by its row-major place.
   *
   * @throws Fault if an {@code int} input is given a number out of its range, or one of more than 32 bits
   */
  public void set(int index, double value) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(label() + ": element " + index + " of " + size);
    }
    if (base == UNREAD) {
      return;
    }
    if (!context.isOwn()) {
      context.feeds(this);
      context.fed();
    }
    String fault = feed.kind() != ElementKind.FLOAT ? WholeNumbers.fault(feed, value) : null;
    if (fault != null) {
      throw refused(": " + fault + " at place " + index);
    }
    NumericArrays.set(feed.kind(), context.executor().memory(), base + index, value);
    fed = true;
  }

  /**
   * Sets all elements, row-major. The batch follows from the number of elements where this is the first array fed since the last run.
   *
   * @throws Fault if the number of elements does not fit, or an {@code int} input is given a number out of its range, or one of more than 32 bits
   */
  public void set(float[] values) {
    feed(values, values.length);
  }

  private void feed(Object values, int count) {
    context.feeds(this);
    try {
      fit(count);
      if (base != UNREAD) {
        store(values);
        check(values, 0, 0);
      }
      fed = true;
    } finally {
      context.fed();
    }
  }

  private void store(Object values) {
    Object memory = context.executor().memory();
    if (feed.kind() == ElementKind.INT) {
      setWhole(values, 0);
    } else if (memory instanceof float[] floats && values instanceof float[] given) {
      if (context.executor().shares(size)) {
        copy(given);
      } else {
        System.arraycopy(given, 0, floats, base, size);
      }
    } else if (memory instanceof float[] floats && values instanceof double[] given) {
      for (int i = 0; i < size; i++) {
        floats[base + i] = (float) given[i];
      }
    } else if (memory instanceof double[] && values instanceof double[]) {
      System.arraycopy(values, 0, memory, base, size);
    } else {
      for (int i = 0; i < size; i++) {
        NumericArrays.set(memory, base + i, number(values, i));
      }
    }
  }

  /** Each thread copies a part: what the others have read of it in the last run is taken from their caches, which takes its time. */
  private void copy(float[] values) {
    if (copy == null) {
      copy = new Copy();
    }
    copy.from = values;
    context.executor().share(copy, Integers.ceilDiv(size, BLOCK));
    copy.from = null;
  }

  private final class Copy implements Threads.Task {
    private float[] from;

    @Override
    public void run(int thread, int first, int end) {
      int start = first * BLOCK;
      System.arraycopy(from, start, context.executor().memory(), base + start, Math.min(end * BLOCK, size) - start);
    }
  }

  /** As {@link #set(float[])}. */
  public void set(double[] values) {
    feed(values, values.length);
  }

  /** As {@link #set(float[])}. */
  public void set(int[] values) {
    feed(values, values.length);
  }

  /** As {@link #set(float[])}. */
  public void set(long[] values) {
    feed(values, values.length);
  }

  /** As {@link #set(float[])}; the bytes are 0 to 255, as pixels are. */
  public void set(byte[] values) {
    feed(values, values.length);
  }

  /**
   * Sets all elements to what an output of the same context came to in the run before, within the memory that both lie in.
   *
   * @throws Fault if the output has another kind or shape, or a whole number is out of the input's range
   */
  public void set(Output output) {
    requireLike(output);
    context.feeds(this);
    try {
      take(output);
    } finally {
      context.fed();
    }
  }

  /** Takes what an output, which fits, came to, for whom the context belongs to. */
  void take(Output output) {
    Object memory = context.executor().memory();
    if (base != UNREAD && feed.kind() == ElementKind.INT) {
      for (int i = 0; i < size; i++) {
        int value = NumericArrays.getWhole(memory, output.base() + i);
        String fault = WholeNumbers.fault(feed, value);
        if (fault != null) {
          throw refused(" is carried from output " + output.name() + ": " + fault + " at place " + i);
        }
        NumericArrays.setWhole(memory, base + i, value);
      }
    } else if (base != UNREAD) {
      System.arraycopy(memory, output.base(), memory, base, size);
    }
    fed = true;
  }

  /** @throws Fault if an output cannot be what this is fed */
  void requireLike(Output output) {
    if (!output.isOf(context) || !output.kind().equals(kind()) || !Arrays.equals(output.shape(), shape)) {
      throw new Fault(label() + ": " + context.text(feed, place) + " is not set to output " + output.declaration() + (output.isOf(context) ? "" : " of another context"));
    }
  }

  /** Sets all elements to zero. */
  void clear() {
    if (base != UNREAD) {
      for (int i = 0; i < size; i++) {
        NumericArrays.set(feed.kind(), context.executor().memory(), base + i, 0);
      }
    }
    fed = true;
  }

  /** What the classes are called that its whole numbers stand for; none if they are only numbers. */
  public List<String> classes() {
    return context.classes(feed.name());
  }

  /**
   * Sets all elements of a category by its texts, row-major. As {@link #set(float[])}.
   *
   * @throws Fault if it is no category, or a text has no class
   */
  public void set(String... texts) {
    Vocabulary vocabulary = context.vocabulary();
    if (!feed.column().isText() || feed.column() instanceof ColumnType.Learned && !vocabulary.has(feed.name())) {
      throw refused(": it is fed by numbers, not by texts");
    }
    var places = vocabulary.places(feed);
    int[] classes = new int[texts.length];
    for (int i = 0; i < texts.length; i++) {
      classes[i] = Vocabulary.index(feed, places, Names.composed(texts[i]));
      if (classes[i] < 0) {
        context.release(this);
        throw Categories.unknown(texts[i], "place " + i, feed, vocabulary);
      }
    }
    set(classes);
  }

  /** Sets all elements and, by the array's shape, the open dimensions. */
  public void set(Tensor tensor) {
    set(tensor, 0, tensor.shape().length == 0 ? 1 : tensor.shape()[0]);
  }

  /** Sets all elements from rows [from, from + count) of {@code tensor}. */
  public void set(Tensor tensor, int from, int count) {
    context.feeds(this);
    try {
      take(tensor, from, count);
      fed = true;
    } finally {
      context.fed();
    }
  }

  private void take(Tensor tensor, int from, int count) {
    int[] given = tensor.shape().clone();
    int row = given.length == 0 || given[0] == 0 ? 1 : tensor.size() / given[0];
    if (given.length > 0) {
      given[0] = count;
    }
    bind(given, tensor.kind());
    if (base == UNREAD) {
      return;
    }
    if (feed.kind() == ElementKind.INT) {
      setWhole(tensor, from * row);
    } else {
      tensor.copy(from * row, size, context.executor().memory(), base);
    }
    check(tensor, from * row, from);
  }

  /**
   * What was refused is in place all the same, and what was never fed is zero.
   *
   * @throws Fault if the numbers are those that were refused when they were fed last, or none were fed
   */
  void requireRight() {
    if (wrong) {
      throw new Fault(label() + ": what was fed last was refused; feed it again");
    } else if (!fed && base != UNREAD) {
      throw new Fault(label() + " was not fed: set it before the run");
    }
  }

  boolean isFed() {
    return fed;
  }

  /** How much an axis has at present. */
  int size(int axis) {
    return shape[axis];
  }

  void fed(boolean now) {
    fed = now;
  }

  /** Where the elements are, for who gathers rows into place: they count as fed. */
  public int base() {
    fed = true;
    return base;
  }

  public Feed feed() {
    return feed;
  }

  public Place place() {
    return place;
  }

  /** {@code input image: float[N, 28, 28]}. */
  public String declaration() {
    return label() + ": " + context.text(feed, place);
  }

  private Fault refused(String why) {
    context.release(this);
    return new Fault(label() + why);
  }

  private String label() {
    return (feed.target() ? "target " : "input ") + feed.name();
  }

  /** Takes the open dimensions from a shape, and checks the rest of it. Axes of one element may be missing or extra. */
  void bind(int[] given, String kind) {
    List<Poly> wanted = place.shape();
    int[] fitted = Polynomials.fitRank(wanted, given);
    boolean fits = fitted != null;
    for (int axis = 0; fits && axis < shape.length; axis++) {
      int dim = Polynomials.dimension(wanted.get(axis));
      if (dim >= 0 && !context.bind(dim, fitted[axis], this)) {
        throw refused(": " + kind + Arrays.toString(given) + " given, but another input of this run has " + context.dimsText());
      }
    }
    for (int axis = 0; fits && axis < shape.length; axis++) {
      fits = shape[axis] == fitted[axis];
    }
    if (!fits) {
      throw refused(": " + kind + Arrays.toString(given) + " given, " + context.text(feed, place) + " declared");
    }
  }

  /** Takes the batch from the number of elements where it is open. */
  private void fit(int count) {
    if (count == size && (shape.length == 0 || !open())) {
      return;
    }
    int dim = shape.length == 0 ? -1 : Polynomials.dimension(place.shape().get(0));
    long row = 1;
    for (int axis = 1; axis < shape.length; axis++) {
      row *= shape[axis];
    }
    if (row == 0 && count == 0) {
      // examples of no elements: how many there are the sizes that were given say
      return;
    }
    if (dim < 0 || row == 0 || count % row != 0) {
      throw refused(": " + count + " elements given, " + context.text(feed, place) + " has "
          + (dim < 0 || row == 0 ? size + "" : row + " an example"));
    }
    if (!context.bind(dim, (int) (count / row), this)) {
      throw refused(": " + count / row + " examples given, but another input of this run has " + context.dimsText());
    }
    if (count != size) {
      throw refused(": " + count + " elements given, " + context.text(feed, place) + " has " + size + " where "
          + context.dimsText());
    }
  }

  private boolean open() {
    int dim = Polynomials.dimension(place.shape().get(0));
    return dim >= 0 && context.free(dim, this);
  }

  /** Sets all elements of an {@code int} input by what is given, from a place on. */
  private void setWhole(Object given, int from) {
    Object memory = context.executor().memory();
    for (int i = 0; i < size; i++) {
      NumericArrays.setWhole(memory, base + i, (int) number(given, from + i));
    }
  }

  private static double number(Object given, int index) {
    return given instanceof double[] doubles ? doubles[index] : given instanceof float[] floats ? floats[index] : given instanceof int[] ints ? ints[index]
        : given instanceof long[] longs ? (double) longs[index] : given instanceof byte[] bytes ? bytes[index] & 0xff : ((Tensor) given).get(index);
  }

  /**
   * Checks whole numbers as they were given: what has become of others in memory does not tell.
   *
   * @param given   an array of a number type, or a tensor
   * @param from    the place of the first one
   * @param example the number of the first example among those given
   */
  private void check(Object given, int from, int example) {
    if (feed.kind() == ElementKind.FLOAT) {
      return;
    }
    wrong = false;
    long[] longs = given instanceof long[] array ? array : given instanceof Tensor tensor && tensor.data() instanceof long[] array ? array : null;
    for (int i = 0; i < size; i++) {
      String fault = longs != null ? WholeNumbers.fault(feed, longs[from + i]) : WholeNumbers.fault(feed, number(given, from + i));
      if (fault != null) {
        wrong = true;
        int row = example + (shape.length == 0 || shape[0] == 0 ? 0 : i / (size / shape[0]));
        throw refused(": " + fault + " in example " + row);
      }
    }
  }
}
