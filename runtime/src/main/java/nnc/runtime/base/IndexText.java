package nnc.runtime.base;

/** Indices that are no places of what they point into, in words: the same by the compiler and in a run. */
public final class IndexText {
  /** The results of a plan by which a run checks an index: whether all its elements are places, what they are, and of how many. */
  public static final int PARTS = 3;

  private IndexText() {}

  /** The name of one of the results of a plan's check of some number, which tells what it is about. */
  public static String name(int number, String part, String place, String what) {
    return number + " " + part + " " + place.replace(' ', '_') + " " + what;
  }

  /** A size in words. */
  public static String places(String what, long size) {
    boolean label = what.equals("label");
    String count = size == 0 ? "no " : size + " ";
    return (label ? "there " + (size == 1 ? "is " : "are ") : "the axis has ") + count + (label ? size == 1 ? "class" : "classes" : size == 1 ? "place" : "places")
        + (size == 0 ? "" : size == 1 ? ", 0" : ", 0 to " + (size - 1));
  }

  /** What was given as an index, in words: a whole number without a point. */
  public static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1L << 53 ? Long.toString((long) value) : Double.toString(value);
  }
}
