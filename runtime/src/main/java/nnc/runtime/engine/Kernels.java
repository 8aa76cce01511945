package nnc.runtime.engine;

import java.util.Arrays;

/**
 * What an emitted class is: the kernels of one plan at one vector width, without state, safe to share between threads.
 *
 * <p>Its name is that of the plan's kernels, in a package of the network's, and what vectors it has: {@code nnc.model.iris.Train512},
 * {@code nnc.model.iris.GradientDoubleScalar}.
 */
public abstract class Kernels {
  /** The package of all networks' packages, with a point behind it. */
  public static final String PACKAGE = "nnc.model.";

  /** The end of the name of kernels that compute in double whatever the network's precision. */
  public static final String DOUBLE = "Double";

  /**
   * The name of a class, as it is called within {@link #PACKAGE}.
   *
   * @param kernels as a plan calls them
   * @param bits    of a vector; 0 of scalar code
   */
  public static String name(String kernels, int bits) {
    return kernels + (bits == 0 ? "Scalar" : Integer.toString(bits));
  }

  /** The file of a class, in a jar, by its name within {@link #PACKAGE}. */
  public static String file(String name) {
    return (PACKAGE + name).replace('.', '/') + ".class";
  }

  /** Lets the classes of a loader extend this one, which the runtime as a module shows to nobody else. */
  public static void showTo(ClassLoader loader) {
    Kernels.class.getModule().addExports(Kernels.class.getPackageName(), loader.getUnnamedModule());
  }

  /** Indices into {@code arguments} that every call shares; a call's own arguments follow at {@code at}. */
  public static final int SEED_LOW = 0, SEED_HIGH = 1, STEP = 2, EPOCH = 3, FIRST = 4;

  /**
   * Runs the blocks [from, to) of a kernel.
   *
   * @param weights parameters, states, tables: {@code float[]} or {@code double[]}
   * @param memory  the context's arena, of the same type
   * @param at      where this call's arguments begin in {@code arguments}
   * @param scratch where the running thread's scratch begins in {@code memory}; the 64 bytes before it are the thread's too
   */
  public abstract void run(int kernel, Object weights, Object memory, int[] arguments, int at, int scratch, int from, int to);

  /**
   * Calls a method with vector code so that it returns at once. A method that is called a few thousand times is compiled, whether its loops
   * have run or not.
   *
   * @param method    a number out of {@link #vectorMethods}
   * @param memory    null: then the method marks its number; or an array of no elements, with which it returns a little later
   * @param arguments likewise
   */
  public void touch(int method, Object memory, int[] arguments) {}

  /**
   * The methods with vector code that each kernel runs, kernel after kernel: how many; 1 if {@link #run} without memory passes through the
   * kernel and marks those among them that it would run; their numbers. Empty for scalar code.
   */
  public String vectorMethods() {
    return "";
  }

  /** Which methods the marking thread called without memory; guarded by this class's lock. */
  static final boolean[] MARKED = new boolean[1 << 16];

  /** The thread whose calls are marked, which holds this class's lock; others touch methods meanwhile. */
  private static Thread marking;

  /** Lets the calls of this thread be marked and of no other. */
  static void beginMarking() {
    Arrays.fill(MARKED, false);
    marking = Thread.currentThread();
  }

  static void endMarking() {
    marking = null;
  }

  /** What a method with vector code does without memory. */
  public static void mark(int method) {
    if (Thread.currentThread() == marking) {
      MARKED[method] = true;
    }
  }

  private static final RuntimeException EMPTY = new IllegalStateException("a method was only touched");

  /** What a method with vector code does with an array of so many elements: without any it ends. */
  public static void enter(int elements) {
    if (elements == 0) {
      throw EMPTY;
    }
  }

  /**
   * Index maps for gathering with a stride: at {@code used * lanes} the map whose first {@code used} lanes are lane times stride, and whose
   * others are 0. The bounds of masked lanes are checked too, so these must not lie behind the array.
   */
  public static int[] strided(int lanes, int stride) {
    int[] maps = new int[(lanes + 1) * lanes];
    for (int used = 0; used <= lanes; used++) {
      for (int lane = 0; lane < used; lane++) {
        maps[used * lanes + lane] = lane * stride;
      }
    }
    return maps;
  }

  /** Collects so many elements, {@code stride} apart, side by side in the room for a vector. */
  public static void gather(float[] from, int at, float[] room, int to, int stride, int count) {
    for (int lane = 0; lane < count; lane++) {
      room[to + lane] = from[at + lane * stride];
    }
  }

  /** Likewise. */
  public static void gather(double[] from, int at, double[] room, int to, int stride, int count) {
    for (int lane = 0; lane < count; lane++) {
      room[to + lane] = from[at + lane * stride];
    }
  }

  /** Distributes so many elements from the room for a vector, {@code stride} apart. */
  public static void scatter(float[] room, int from, float[] to, int at, int stride, int count) {
    for (int lane = 0; lane < count; lane++) {
      to[at + lane * stride] = room[from + lane];
    }
  }

  /** Likewise. */
  public static void scatter(double[] room, int from, double[] to, int at, int stride, int count) {
    for (int lane = 0; lane < count; lane++) {
      to[at + lane * stride] = room[from + lane];
    }
  }

  /** Numbers too large for the quick way, each replaced by its sine: {@link StrictMath} has the same bits everywhere. */
  public static void sines(float[] values, int at, int count) {
    for (int i = at; i < at + count; i++) {
      values[i] = (float) StrictMath.sin(values[i]);
    }
  }

  /** Likewise. */
  public static void sines(double[] values, int at, int count) {
    for (int i = at; i < at + count; i++) {
      values[i] = StrictMath.sin(values[i]);
    }
  }

  /** Likewise by its cosine. */
  public static void cosines(float[] values, int at, int count) {
    for (int i = at; i < at + count; i++) {
      values[i] = (float) StrictMath.cos(values[i]);
    }
  }

  /** Likewise. */
  public static void cosines(double[] values, int at, int count) {
    for (int i = at; i < at + count; i++) {
      values[i] = StrictMath.cos(values[i]);
    }
  }

  /** For each lane the one that it takes: lane times {@code times} over {@code by}, counted round. */
  public static int[] shuffled(int lanes, int times, int by) {
    int[] from = new int[lanes];
    for (int lane = 0; lane < lanes; lane++) {
      from[lane] = lane * times / by % lanes;
    }
    return from;
  }
}
