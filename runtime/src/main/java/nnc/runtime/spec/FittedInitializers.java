package nnc.runtime.spec;

import java.util.List;
import nnc.runtime.spec.ModelSpec.Initialiser;

/** Initialisers whose values are statistics of the training data: {@code data_mean INPUT} and {@code data_deviation INPUT}. */
public final class FittedInitializers {
  public static final String MEAN = "data_mean", DEVIATION = "data_deviation";

  /** What the statistics are called in the language. */
  public static final List<String> NAMES = List.of(MEAN, DEVIATION);

  private FittedInitializers() {}

  /** An initialiser's name, without the input that it may speak of. */
  public static String kind(Initialiser initialiser) {
    int end = initialiser.name().indexOf(' ');
    return end < 0 ? initialiser.name() : initialiser.name().substring(0, end);
  }
}
