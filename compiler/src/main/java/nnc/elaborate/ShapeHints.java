package nnc.elaborate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Type;

/** What is probably meant where tensors do not fit a call: layouts and labels as other tools have them, and an axis of examples that is missing. */
final class ShapeHints {
  /** What takes pictures, float[N, C, H, W]. */
  private static final Set<String> OF_PICTURES = Set.of("conv2d", "conv_transpose2d", "max_pool2d", "avg_pool2d", "upsample2d", "adaptive_avg_pool2d", "adaptive_max_pool2d");

  /** Losses that compare element by element. */
  private static final Set<String> OF_AMOUNTS = Set.of("mse", "mae", "huber", "half_squared_error", "log_cosh");

  private ShapeHints() {}

  /**
   * @param callee a function, a layer, or an operator
   * @param given  the tensors that it was given, in order
   */
  static List<String> of(String callee, List<Node> given, Elaborator elaborator) {
    return Stream.of(layout(callee, given), labels(callee, given, elaborator), turned(callee, given), examples(given, elaborator)).flatMap(Optional::stream).toList();
  }

  /** Whether a picture looks as if its channels came last: a few of them, and two sizes before that are equal. */
  static boolean isChannelsLast(Type type) {
    return type.rank() == 4 && type.dim(3).isConstant() && List.of(1L, 3L, 4L).contains((long) type.dim(3).fixed()) && type.dim(1).isConstant() && type.dim(1).fixed() > 4
        && type.dim(1).equals(type.dim(2));
  }

  private static Optional<String> layout(String callee, List<Node> given) {
    if (!OF_PICTURES.contains(callee) || given.isEmpty() || !isChannelsLast(given.getFirst().type())) {
      return Optional.empty();
    }
    var type = given.getFirst().type();
    return Optional.of(channelsFirst(type));
  }

  /** How a picture with its channels last is given here. */
  static String channelsFirst(Type type) {
    return "channels come before height and width: declare " + new Type(type.kind(), List.of(type.dim(0), type.dim(3), type.dim(1), type.dim(2)))
        + ", or turn what has them last by transpose(x, [0, 3, 1, 2])";
  }

  /** Labels that are numbers of classes beside scores of them, and the other way round. */
  private static Optional<String> labels(String callee, List<Node> given, Elaborator elaborator) {
    if (given.size() < 2) {
      return Optional.empty();
    }
    var scores = given.get(0).type();
    var labels = given.get(1).type();
    var name = elaborator.nameOf(given.get(1), "labels");
    if (OF_AMOUNTS.contains(callee) && labels.kind() == Kind.INT && labels.rank() == scores.rank() - 1) {
      return Optional.of("numbers of classes are no amounts: " + "cross_entropy(scores, " + name + ") compares scores with them, one_hot(" + name + ", "
          + scores.dim(scores.rank() - 1) + ") makes amounts of them");
    } else if (callee.equals("cross_entropy") && labels.rank() == 1 && scores.rank() > 2) {
      return Optional.of("each example has scores " + scores.shape().subList(1, scores.rank()) + "; flattened before the last layer, it has a row of them: x |> flatten |> dense("
          + scores.dim(scores.rank() - 1) + ")");
    } else if (callee.equals("cross_entropy") && labels.kind() == Kind.INT && labels.rank() == scores.rank()) {
      var last = labels.dim(labels.rank() - 1);
      return Optional.of(last.is(1) ? "without the axis of 1 they fit: squeeze(" + name + ", " + (labels.rank() - 1) + ")"
          : "one-hot labels are shares of classes: declare them " + new Type(Kind.FLOAT, labels.shape()) + ", or take argmax(" + name + ")");
    } else if (callee.equals("cross_entropy") && labels.kind() == Kind.FLOAT && labels.rank() == scores.rank() - 1) {
      return Optional.of("numbers of classes are whole: declare them " + new Type(Kind.INT, labels.shape()) + ", or take cast(" + name + ", \"int\")");
    } else if (callee.equals("binary_cross_entropy") && scores.rank() == 2 && scores.dim(1).is(2) && labels.rank() == 1) {
      return Optional.of("two scores are two classes: cross_entropy of int labels; binary_cross_entropy takes one score: dense(1), squeezed");
    }
    return Optional.empty();
  }

  /** A product that would fit if its right side were transposed. */
  private static Optional<String> turned(String callee, List<Node> given) {
    if (!callee.equals("@") || given.size() != 2 || given.get(0).type().rank() != 2 || given.get(1).type().rank() != 2 || !given.get(0).type().dim(1).equals(given.get(1).type().dim(1))) {
      return Optional.empty();
    }
    return Optional.of("the columns of the left are as many as the rows of the right; transposed, [1, 0], the right side fits: a @ transpose(b, [1, 0])");
  }

  /** Nothing has an axis of examples, although something is learned. */
  private static Optional<String> examples(List<Node> given, Elaborator elaborator) {
    var inputs = elaborator.inputs().values();
    boolean any = inputs.stream().anyMatch(input -> input.type().shape().stream().anyMatch(dim -> !dim.isConstant()));
    var first = inputs.stream().findFirst();
    if (any || given.isEmpty() || inputs.stream().noneMatch(Elaborated.InputInfo::target)) {
      return Optional.empty();
    }
    return first.map(input -> {
      var shape = new ArrayList<>(List.of(Dim.open("N")));
      shape.addAll(input.type().shape());
      return "the first axis counts examples, and no input has one: input " + input.name() + ": " + new Type(input.type().kind(), shape);
    });
  }
}
