package nnc.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import nnc.graph.Compositions;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;

/** {@code einsum("bij,bjk->bik", a, b)}: letters shared by two operands and absent from the result become one batched matrix product. */
final class Einsum {
  private Einsum() {}

  private record Labelled(Node node, String labels) {}

  static Node of(String equation, List<Node> given, CallArguments a) {
    var sides = equation.replace(" ", "").split("->", -1);
    var named = List.of(sides[0].split(",", -1));
    if (named.size() != given.size()) {
      throw a.fault("\"" + equation + "\" names " + named.size() + " tensors, and " + given.size() + " are given");
    }
    var spelled = Ellipsis.spelled(named, sides.length > 1 ? sides[1] : null, given, a);
    var inputs = spelled.inputs();
    var output = spelled.output();
    var operands = spelled.operands();
    Map<Character, Dim> sizes = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      check(inputs.get(i), operands.get(i), sizes, a);
    }
    for (var c : output.toCharArray()) {
      if (!sizes.containsKey(c)) {
        throw a.fault("'" + c + "' of the result is in no operand");
      }
    }
    var g = a.graph();
    var result = diagonal(new Labelled(operands.getFirst(), inputs.getFirst()), g);
    for (int i = 1; i < inputs.size(); i++) {
      var later = output + String.join("", inputs.subList(i + 1, inputs.size()));
      result = multiply(result, diagonal(new Labelled(operands.get(i), inputs.get(i)), g), later, sizes, g);
    }
    return arrange(sum(result, output, g), output, g).node();
  }

  private static void check(String labels, Node node, Map<Character, Dim> sizes, CallArguments a) {
    if (labels.length() != node.type().rank()) {
      throw a.fault("\"" + labels + "\" names " + labels.length() + " axes, and the tensor is " + node.type());
    }
    for (int i = 0; i < labels.length(); i++) {
      var known = sizes.putIfAbsent(labels.charAt(i), node.type().dim(i));
      if (known != null && !known.equals(node.type().dim(i))) {
        throw a.fault("'" + labels.charAt(i) + "' is " + known + " and " + node.type().dim(i));
      }
    }
  }

  /** A letter twice in one operand takes its diagonal. */
  private static Labelled diagonal(Labelled x, GraphBuilder g) {
    for (int i = 0; i < x.labels.length(); i++) {
      int j = x.labels.indexOf(x.labels.charAt(i), i + 1);
      if (j >= 0) {
        var shape = x.node.type().shape();
        var same = g.equal(g.iota(shape, i), g.iota(shape, j));
        var kept = g.sum(g.select(same, x.node, g.like(x.node, 0)), List.of(j));
        return diagonal(new Labelled(kept, x.labels.substring(0, j) + x.labels.substring(j + 1)), g);
      }
    }
    return x;
  }

  private static Labelled multiply(Labelled x, Labelled y, String later, Map<Character, Dim> sizes, GraphBuilder g) {
    x = sum(x, later + y.labels, g);
    y = sum(y, later + x.labels, g);
    var batch = new StringBuilder();
    var summed = new StringBuilder();
    for (var c : x.labels.toCharArray()) {
      if (y.labels.indexOf(c) >= 0) {
        (later.indexOf(c) >= 0 ? batch : summed).append(c);
      }
    }
    var rows = only(x.labels, y.labels);
    var columns = only(y.labels, x.labels);
    var left = g.reshape(arrange(x, batch + rows + summed, g).node(), shape(sizes, batch.toString(), rows, summed.toString()));
    var right = g.reshape(arrange(y, batch + summed.toString() + columns, g).node(), shape(sizes, batch.toString(), summed.toString(), columns));
    var product = Compositions.matmul(g, left, right);
    var labels = batch + rows + columns;
    return new Labelled(g.reshape(product, labels.chars().mapToObj(c -> sizes.get((char) c)).toList()), labels);
  }

  private static String only(String mine, String other) {
    return mine.chars().filter(c -> other.indexOf(c) < 0).mapToObj(c -> String.valueOf((char) c)).collect(Collectors.joining());
  }

  private static List<Dim> shape(Map<Character, Dim> sizes, String batch, String rows, String columns) {
    var shape = new ArrayList<Dim>();
    batch.chars().forEach(c -> shape.add(sizes.get((char) c)));
    shape.add(Dim.product(rows.chars().mapToObj(c -> sizes.get((char) c)).toList()));
    shape.add(Dim.product(columns.chars().mapToObj(c -> sizes.get((char) c)).toList()));
    return shape;
  }

  private static Labelled sum(Labelled x, String wanted, GraphBuilder g) {
    var axes = new ArrayList<Integer>();
    var rest = new StringBuilder();
    for (int i = 0; i < x.labels.length(); i++) {
      if (wanted.indexOf(x.labels.charAt(i)) < 0) {
        axes.add(i);
      } else {
        rest.append(x.labels.charAt(i));
      }
    }
    return axes.isEmpty() ? x : new Labelled(g.sum(x.node, axes), rest.toString());
  }

  private static Labelled arrange(Labelled x, String labels, GraphBuilder g) {
    return new Labelled(g.transpose(x.node, labels.chars().mapToObj(x.labels::indexOf).toList()), labels);
  }
}
