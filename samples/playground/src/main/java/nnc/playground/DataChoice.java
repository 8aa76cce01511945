package nnc.playground;

import java.util.List;
import nnc.runtime.base.Fault;

/**
 * What points a network is trained on, as the page's controls say it.
 *
 * @param set     a generated one, or {@link #OWN}
 * @param classes of {@code gauss} and {@code spiral}, from 2 on; of a table of the user's as many as its column has, 0 if that is numbers
 * @param noise   in percent, from 0 to 50
 * @param share   of the points that is trained on, in percent, from 10 to 90
 * @param seed    of generated points
 * @param table   null unless the set is {@link #OWN}
 */
record DataChoice(String set, int classes, int noise, int share, long seed, OwnTable table) {
  /** A table of the user's. */
  static final String OWN = "csv";

  static final List<String> CLASSIFIED = List.of("circle", "xor", "gauss", "spiral");
  static final List<String> MEASURED = List.of("plane", "bumps");

  /** As many points as TensorFlow Playground has. */
  private static final int CLASSIFIED_POINTS = 500, MEASURED_POINTS = 1200;

  static final int MOST_CLASSES = 8;

  DataChoice {
    if (!CLASSIFIED.contains(set) && !MEASURED.contains(set) && !set.equals(OWN)) {
      throw new Fault("there is no data set " + set);
    }
    if (set.equals(OWN) != (table != null)) {
      throw new Fault("data set " + set + (table == null ? " needs a table" : " is no table"));
    }
    if (noise < 0 || noise > 50 || share < 10 || share > 90) {
      throw new Fault("noise is from 0 to 50, and the share of training data from 10 to 90, in percent");
    }
    if (table == null && (classes < 2 || classes > MOST_CLASSES || classes > 2 && !hasClasses(set))) {
      throw new Fault(set + " has no " + classes + " classes");
    }
  }

  /** Whether a set is generated with as many classes as one likes. */
  static boolean hasClasses(String set) {
    return set.equals("gauss") || set.equals("spiral");
  }

  /** Whether a number is to be learned rather than a class. */
  boolean isMeasured() {
    return table == null ? MEASURED.contains(set) : table.classes() == 0;
  }

  /** Whether classes are told by scores, one each, rather than by the sign of a single number. */
  boolean isScored() {
    return !isMeasured() && (table != null || classes > 2);
  }

  /** How many scores there are. */
  int scores() {
    return table == null ? classes : table.classes();
  }

  int points() {
    return isMeasured() ? MEASURED_POINTS : CLASSIFIED_POINTS;
  }
}
