package nnc.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Text;

/**
 * An output and what it is judged by, of all examples that count.
 *
 * @param guess  of each element {@code width} numbers
 * @param truth  of each element {@code truths} numbers
 * @param names  of classes; none if they have none
 */
record Sample(OutputComparison comparison, double[] guess, int width, double[] truth, int truths, List<String> names, List<String> facts) {

  /**
   * Without elements whose truth is what the program ignores, or no number.
   *
   * @param width  how many numbers of the output stand beside {@code truths} of the target
   * @throws Fault if an output is no number, or nothing is left
   */
  static Sample of(OutputComparison comparison, Gathered output, Gathered target, int width, int truths, List<String> names) {
    int count = target.values().length / truths;
    if (output.values().length != (long) count * width) {
      throw new Fault("output " + comparison.output().name() + " has " + Text.grouped(output.values().length) + " numbers, and " + comparison.with() + " has "
          + Text.grouped(target.values().length) + ": they cannot be compared");
    }
    for (int i = 0; i < output.values().length; i++) {
      if (Double.isNaN(output.values()[i])) {
        throw new Fault("output " + comparison.output().name() + " is not a number in row " + i / output.width() + " of the data", "see what train says of where it comes from");
      }
    }
    int[] ignored = {0};
    int[] missing = {0};
    var kept = IntStream.range(0, count).filter(i -> {
      boolean isMissing = IntStream.range(0, truths).anyMatch(j -> Double.isNaN(target.values()[i * truths + j]));
      boolean isIgnored = comparison.how().ignored().isPresent() && target.values()[i * truths] == comparison.how().ignored().getAsDouble();
      missing[0] += isMissing ? 1 : 0;
      ignored[0] += isIgnored ? 1 : 0;
      return !isMissing && !isIgnored;
    }).toArray();
    if (kept.length == 0) {
      throw new Fault("no example of " + comparison.with() + " counts: all are missing or ignored");
    }
    var facts = new ArrayList<String>();
    if (ignored[0] > 0) {
      facts.add(Text.grouped(ignored[0]) + " of " + Text.grouped(count) + " are not counted, for their " + comparison.with() + " is "
          + Text.number(comparison.how().ignored().getAsDouble()).replaceFirst("\\.0+$", "") + ", which " + String.join(" and ", comparison.how().by()) + " ignore"
          + (comparison.how().by().size() == 1 ? "s" : ""));
    }
    if (missing[0] > 0) {
      facts.add(Text.grouped(missing[0]) + " of " + Text.grouped(count) + " are not counted, for their " + comparison.with() + " is not a number");
    }
    return new Sample(comparison, chosen(output.values(), kept, width), width, chosen(target.values(), kept, truths), truths, names, facts);
  }

  private static double[] chosen(double[] values, int[] kept, int width) {
    if (kept.length * width == values.length) {
      return values;
    }
    var some = new double[kept.length * width];
    for (int i = 0; i < kept.length; i++) {
      System.arraycopy(values, kept[i] * width, some, i * width, width);
    }
    return some;
  }

  int count() {
    return truth.length / truths;
  }

  String output() {
    return comparison.output().name();
  }

  /** What a class is called. */
  String name(int c) {
    return c < names.size() ? names.get(c) : Integer.toString(c);
  }

  List<String> titles(int classes) {
    return IntStream.range(0, classes).mapToObj(this::name).toList();
  }

  /** Facts with what the output was taken for ahead of them, and why it goes with its target. */
  List<String> facts(String taken) {
    var all = new ArrayList<>(List.of(output() + " is taken for " + taken, "it goes with " + comparison.with() + ", for " + comparison.reason()));
    all.addAll(facts);
    return all;
  }

  /**
   * The truth as places of classes.
   *
   * @throws Fault if one is no class
   */
  int[] labels(int classes) {
    var labels = new int[count()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (int) truth[i];
      if (labels[i] != truth[i] || labels[i] < 0 || labels[i] >= classes) {
        throw new Fault("target " + comparison.with() + ": " + Text.number(truth[i]).replaceFirst("\\.0+$", "") + " is no class: " + output() + " has " + classes
            + ", from 0 to " + (classes - 1), "labels that do not count are named where they are compared: ignore = -1");
      }
    }
    return labels;
  }
}
