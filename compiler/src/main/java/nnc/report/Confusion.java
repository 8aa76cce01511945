package nnc.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How often examples of each class were taken for each class, and what follows from that. A ratio whose denominator is zero is 0.
 *
 * @param counts by the true class, then by the class that was chosen
 */
record Confusion(long[][] counts) {

  /** Precision, recall and their harmonic mean. */
  record Scores(double precision, double recall, double f1) {
    /** From true positives, all that was chosen, and all that there was. */
    static Scores of(long hits, long chosen, long there) {
      return new Scores(ratio(hits, chosen), ratio(hits, there), ratio(2 * hits, chosen + there));
    }
  }

  /** Examples of a class that were taken for another. */
  record Mistake(int truth, int guess, long count) {}

  static Confusion of(int classes, int[] truth, int[] guess) {
    var counts = new long[classes][classes];
    for (int i = 0; i < truth.length; i++) {
      counts[truth[i]][guess[i]]++;
    }
    return new Confusion(counts);
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  int classes() {
    return counts.length;
  }

  /** Examples of a class. */
  long support(int c) {
    return IntStream.range(0, classes()).mapToLong(j -> counts[c][j]).sum();
  }

  private long chosen(int c) {
    return IntStream.range(0, classes()).mapToLong(i -> counts[i][c]).sum();
  }

  long examples() {
    return IntStream.range(0, classes()).mapToLong(this::support).sum();
  }

  private long hits() {
    return IntStream.range(0, classes()).mapToLong(c -> counts[c][c]).sum();
  }

  double accuracy() {
    return ratio(hits(), examples());
  }

  /** The mean recall of the classes that there are examples of. */
  double balancedAccuracy() {
    return IntStream.range(0, classes()).filter(c -> support(c) > 0).mapToDouble(c -> of(c).recall).average().orElse(0);
  }

  Scores of(int c) {
    return Scores.of(counts[c][c], chosen(c), support(c));
  }

  /** The mean of the classes that there are examples of or that were chosen. */
  Scores macro() {
    return mean(IntStream.range(0, classes()).filter(c -> support(c) + chosen(c) > 0).mapToObj(this::of).toList(), List.of());
  }

  /** The mean of the classes, each counting by its examples. */
  Scores weighted() {
    return mean(IntStream.range(0, classes()).mapToObj(this::of).toList(), IntStream.range(0, classes()).mapToObj(c -> (double) support(c)).toList());
  }

  /** Of all decisions together: where each example has one class, accuracy by three names. */
  Scores micro() {
    return Scores.of(hits(), examples(), examples());
  }

  /** @param weights none if all count alike */
  static Scores mean(List<Scores> all, List<Double> weights) {
    double total = weights.isEmpty() ? all.size() : weights.stream().mapToDouble(x -> x).sum();
    double precision = 0;
    double recall = 0;
    double f1 = 0;
    for (int i = 0; i < all.size(); i++) {
      double weight = total == 0 ? 0 : (weights.isEmpty() ? 1 : weights.get(i)) / total;
      precision += weight * all.get(i).precision;
      recall += weight * all.get(i).recall;
      f1 += weight * all.get(i).f1;
    }
    return new Scores(precision, recall, f1);
  }

  /** The most frequent mistakes, the first of them first. */
  List<Mistake> mistakes(int most) {
    var all = new ArrayList<Mistake>();
    for (int i = 0; i < classes(); i++) {
      for (int j = 0; j < classes(); j++) {
        if (i != j && counts[i][j] > 0) {
          all.add(new Mistake(i, j, counts[i][j]));
        }
      }
    }
    all.sort(Comparator.comparingLong(Mistake::count).reversed());
    return List.copyOf(all.subList(0, Math.min(most, all.size())));
  }
}
