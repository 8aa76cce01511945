package nnc.runtime;

import java.util.ArrayList;
import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.base.IndexText;

/**
 * What a plan says of an index that may be no place of what it points into: whether all its elements are places, what they are, and of how many.
 * Of three results that follow each other.
 */
final class IndexCheck {
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

  private String where(int element) {
    int[] shape = given.shape();
    if (shape.length == 0) {
      return "";
    }
    int row = element / (given.size() / shape[0]);
    return given.isByRow() ? " in example " + (context.firstRow() + row) : " at place " + element + " of " + given.size();
  }

  static IndexCheck[] of(Context context, List<Output> results) {
    List<IndexCheck> checks = new ArrayList<>();
    for (int i = 0; i < results.size(); i += IndexText.PARTS) {
      checks.add(new IndexCheck(context, results.get(i), results.get(i + 1), results.get(i + 2)));
    }
    return checks.toArray(new IndexCheck[0]);
  }

  /**
   * Looks at what a run has given.
   *
   * @throws Fault if an element is no place: it names the first
   */
  void look() {
    if (holds.get(0) > 0) {
      return;
    }
    double last = size.get(0) - 1;
    for (int i = 0; i < given.size(); i++) {
      double value = given.get(i);
      if (!(value >= 0 && value <= last)) {
        throw new Fault(place + ": " + what + " " + IndexText.text(value) + where(i) + ": " + IndexText.places(what, (long) last + 1));
      }
    }
  }
}
