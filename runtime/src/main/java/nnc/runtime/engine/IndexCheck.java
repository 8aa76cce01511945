package nnc.runtime.engine;

import java.util.ArrayList;
import java.util.List;
import nnc.runtime.Context;
import nnc.runtime.Output;
import nnc.runtime.base.Fault;

/**
 * What a plan says of an index that may be no place of what it points into: whether all its elements are places, what they are, and of how many.
 * Of three results that follow each other.
 */
public final class IndexCheck {
  /** The results of a check. */
  public static final int PARTS = 3;

  private final Context context;
  private final Output holds;
  private final Output given;
  private final Output size;
  private final String place;
  private final String what;

  private IndexCheck(Context context, Output holds, Output given, Output size) {
    this.context = context;
    this.holds = holds;
    this.given = given;
    this.size = size;
    String[] words = holds.name().split(" ", 4);
    place = words[2];
    what = words[3];
  }

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

  private String where(int element) {
    int[] shape = given.shape();
    if (shape.length == 0) {
      return "";
    }
    int row = element / (given.size() / shape[0]);
    return given.isByRow() ? " in example " + (context.firstRow() + row) : " at place " + element + " of " + given.size();
  }

  public static IndexCheck[] of(Context context, List<Output> results) {
    List<IndexCheck> checks = new ArrayList<>();
    for (int i = 0; i < results.size(); i += PARTS) {
      checks.add(new IndexCheck(context, results.get(i), results.get(i + 1), results.get(i + 2)));
    }
    return checks.toArray(new IndexCheck[0]);
  }

  /**
   * Looks at what a run has given.
   *
   * @throws Fault if an element is no place: it names the first
   */
  public void look() {
    if (holds.get(0) > 0) {
      return;
    }
    double last = size.get(0) - 1;
    for (int i = 0; i < given.size(); i++) {
      double value = given.get(i);
      if (!(value >= 0 && value <= last)) {
        throw new Fault(place + ": " + what + " " + text(value) + where(i) + ": " + places(what, (long) last + 1));
      }
    }
  }
}
