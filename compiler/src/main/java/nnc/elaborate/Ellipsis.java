package nnc.elaborate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.Shapes;

/**
 * An equation of einsum with a letter for each axis that {@code ...} stands for, as NumPy has it: these axes are aligned at the last one, an axis of 1
 * goes with any other, and the result has all of them.
 *
 * @param inputs   the letters of each operand
 * @param operands without the axes of 1 that go with longer ones
 */
record Ellipsis(List<String> inputs, String output, List<Node> operands) {
  private static final String DOTS = "...";

  /** Letters that nobody writes. */
  private static final char FIRST = '\ue000';

  /** @param output null where the equation has none */
  static Ellipsis spelled(List<String> inputs, String output, List<Node> operands, CallArguments a) {
    inputs.forEach(labels -> check(labels, a));
    var spread = IntStream.range(0, inputs.size()).mapToObj(i -> spread(inputs.get(i), operands.get(i), a)).toList();
    int rank = spread.stream().mapToInt(List::size).max().orElse(0);
    var sizes = sizes(spread, rank, a);
    var letters = IntStream.range(0, rank).mapToObj(i -> String.valueOf((char) (FIRST + i))).collect(Collectors.joining());
    var spelled = new ArrayList<String>();
    var kept = new ArrayList<Node>();
    for (int i = 0; i < inputs.size(); i++) {
      var own = spread.get(i);
      int first = inputs.get(i).indexOf(DOTS);
      var gone = IntStream.range(0, own.size()).filter(k -> own.get(own.size() - 1 - k).is(1) && !sizes.get(rank - 1 - k).is(1))
          .map(k -> own.size() - 1 - k).boxed().toList();
      var left = IntStream.range(0, own.size()).filter(k -> !gone.contains(k)).mapToObj(k -> letters.substring(rank - own.size() + k, rank - own.size() + k + 1))
          .collect(Collectors.joining());
      var node = operands.get(i);
      kept.add(a.graph().reshape(node, Shapes.without(node.type().shape(), gone.stream().map(k -> first + k).toList())));
      spelled.add(inputs.get(i).replace(DOTS, left));
    }
    return new Ellipsis(spelled, output == null ? letters + implicit(String.join("", inputs).replace(DOTS, "")) : spelled(output, letters, a), kept);
  }

  /** Without a right side the result has each letter that occurs once, in the order of the alphabet. */
  private static String implicit(String labels) {
    return labels.chars().sorted().mapToObj(c -> String.valueOf((char) c)).filter(c -> labels.indexOf(c) == labels.lastIndexOf(c)).collect(Collectors.joining());
  }

  private static String spelled(String output, String letters, CallArguments a) {
    check(output, a);
    if (!letters.isEmpty() && !output.contains(DOTS)) {
      throw a.fault("the result \"" + output + "\" has no ..., and the tensors have axes for it; sum over them before");
    }
    return output.replace(DOTS, letters);
  }

  private static void check(String labels, CallArguments a) {
    var rest = labels.replaceFirst("\\.\\.\\.", "");
    var wrong = rest.chars().filter(c -> !Character.isLetter(c)).mapToObj(c -> String.valueOf((char) c)).findFirst();
    if (wrong.isPresent()) {
      throw a.fault("\"" + labels + "\" has a '" + wrong.get() + "': an axis is a letter, and ... stands once for any number of axes");
    }
  }

  /** The axes that the dots of an operand stand for. */
  private static List<Dim> spread(String labels, Node node, CallArguments a) {
    int first = labels.indexOf(DOTS);
    if (first < 0) {
      return List.of();
    }
    int count = node.type().rank() - (labels.length() - DOTS.length());
    if (count < 0) {
      throw a.fault("\"" + labels + "\" names " + (labels.length() - DOTS.length()) + " axes, and the tensor is " + node.type());
    }
    return node.type().shape().subList(first, first + count);
  }

  /** The sizes that all the dots' axes have together. */
  private static List<Dim> sizes(List<List<Dim>> spread, int rank, CallArguments a) {
    var sizes = new ArrayList<>(Collections.nCopies(rank, Dim.ONE));
    for (var own : spread) {
      for (int k = 0; k < own.size(); k++) {
        int at = rank - own.size() + k;
        if (!sizes.get(at).is(1) && !own.get(k).is(1) && !sizes.get(at).equals(own.get(k))) {
          throw a.fault("an axis of ... is " + sizes.get(at) + " and " + own.get(k));
        }
        sizes.set(at, own.get(k).is(1) ? sizes.get(at) : own.get(k));
      }
    }
    return sizes;
  }
}
