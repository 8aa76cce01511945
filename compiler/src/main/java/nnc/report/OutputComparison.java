package nnc.report;

import java.util.List;
import nnc.elaborate.OutputUse;
import nnc.elaborate.OutputUse.Compared;
import nnc.elaborate.OutputUse.Form;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Type;

/**
 * An output and what it is to be judged by.
 *
 * @param target its type
 * @param how    the program compares them
 * @param reason why they go together, as a sentence
 */
record OutputComparison(OutputUse output, Type target, Compared how, String reason) {
  /** Losses that make probabilities of a score, and those that only part two classes at zero. */
  private static final List<String> SIGMOIDS = List.of("binary_cross_entropy", "focal"), MARGINS = List.of("hinge", "squared_hinge");
  private static final List<String> SOFTMAXES = List.of("cross_entropy", "perplexity");

  /** What kind of question an output answers. */
  enum Task {
    /** Which of several classes: a number for each of them, against the place of the right one. */
    SCORES,
    /** The same, against a number for each class too, of which one is 1. */
    SHARES,
    /** Which of several classes: its place. */
    CHOICE,
    /** Whether something is so, as a score. */
    CHANCE,
    /** Whether something is so. */
    DECISION,
    /** How much. */
    AMOUNT
  }

  String with() {
    return how.with();
  }

  /** Null where the types do not go together. */
  static Task task(OutputUse output, Type target, Compared how) {
    var type = output.type();
    boolean numbers = type.kind() == Kind.FLOAT;
    if (numbers && target.kind() == Kind.INT && type.rank() == target.rank() + 1 && sameShape(type.shape().subList(0, target.rank()), target.shape())
        && !type.shape().getLast().is(1)) {
      return Task.SCORES;
    }
    if (!sameShape(type.shape(), target.shape())) {
      return null;
    }
    boolean classes = output.form() == Form.SOFTMAX || output.form() == Form.LOG_SOFTMAX || how.by().stream().anyMatch(SOFTMAXES::contains);
    boolean chances = output.form() == Form.SIGMOID || target.kind() == Kind.BOOL || how.by().stream().anyMatch(by -> SIGMOIDS.contains(by) || MARGINS.contains(by));
    return switch (type.kind()) {
      case BOOL -> Task.DECISION;
      case INT -> target.kind() == Kind.INT ? Task.CHOICE : Task.AMOUNT;
      case FLOAT -> classes && target.kind() == Kind.FLOAT && type.rank() > 1 ? Task.SHARES : chances ? Task.CHANCE : Task.AMOUNT;
    };
  }

  Task task() {
    return task(output, target, how);
  }

  /** Whether softmax of its numbers is what the program means by probabilities. */
  boolean isTrainedForSoftmax() {
    return output.form() == Form.LOG_SOFTMAX || how.asItIs() && how.by().stream().anyMatch(SOFTMAXES::contains);
  }

  boolean isTrainedForSigmoid() {
    return how.asItIs() && how.by().stream().anyMatch(SIGMOIDS::contains);
  }

  /** Whether zero parts two classes, of which the target has -1 and 1. */
  boolean isMargin() {
    return how.by().stream().anyMatch(MARGINS::contains);
  }

  /** Whether the program compares just these two, and not what is made of them; or does not compare them at all. */
  boolean isAsTheProgram() {
    return how.asItIs() && how.withItAs() || !output.compared().contains(how);
  }

  /** Shapes that are equal but for a last axis of one. */
  private static boolean sameShape(List<Dim> a, List<Dim> b) {
    return a.equals(b) || a.size() == b.size() + 1 && a.getLast().is(1) && a.subList(0, b.size()).equals(b)
        || b.size() == a.size() + 1 && b.getLast().is(1) && b.subList(0, a.size()).equals(a);
  }
}
