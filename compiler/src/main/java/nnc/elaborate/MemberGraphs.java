package nnc.elaborate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.Nodes;
import nnc.graph.Op;

/**
 * Several networks of a program in one graph. What depends on weights is there once for each, with weights of its own, up to where all come together; what
 * follows from there, as losses and metrics do, is there once.
 */
final class MemberGraphs {
  private final GraphBuilder builder;
  private final Members members;
  /** Where members come together, and how. */
  private final Map<Node, MemberMeans> joints;
  /** What stands for a node that is there once. */
  private final NodeMap<Node> single = new NodeMap<>();
  /** What stands for a node that each member has. */
  private final NodeMap<List<Node>> each = new NodeMap<>();

  MemberGraphs(GraphBuilder builder, Members members, Map<Node, MemberMeans> joints) {
    this.builder = builder;
    this.members = members;
    this.joints = joints;
  }

  /** The results of all members together. A number that depends on weights otherwise than by what is joined is the mean of the members' numbers. */
  List<Graph.Result> of(List<Graph.Result> results) {
    var live = new NodeSet();
    results.forEach(result -> live.add(result.node()));
    var nodes = new ArrayList<>(builder.nodes());
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (live.contains(nodes.get(i))) {
        live.addAll(nodes.get(i).operands());
      }
    }
    nodes.stream().filter(live::contains).forEach(this::add);
    return results.stream().map(result -> new Graph.Result(result.role(), result.name(), joined(result.node(), MemberMeans.PLAIN))).toList();
  }

  private void add(Node node) {
    builder.at(node.span());
    if (node.op() instanceof Op.Parameter(var path, var type)) {
      each.put(node, IntStream.range(0, members.count()).mapToObj(i -> builder.parameter(Members.prefix(i) + path, type)).toList());
    } else if (node.op() instanceof Op.State(var path, var type)) {
      each.put(node, IntStream.range(0, members.count()).mapToObj(i -> builder.state(Members.prefix(i) + path, type)).toList());
    } else if (node.operands().stream().anyMatch(operand -> each.contains(operand) && !single.contains(operand))) {
      each.put(node, IntStream.range(0, members.count()).mapToObj(i -> copy(node, i)).toList());
    } else if (node.operands().stream().anyMatch(single::contains)) {
      single.put(node, copy(node, 0));
    }
    if (joints.containsKey(node) && each.contains(node)) {
      single.put(node, joined(node, joints.get(node)));
    }
  }

  private Node copy(Node node, int member) {
    var operands = node.operands().stream().map(operand -> operand(operand, member)).toList();
    return operands.equals(node.operands().stream().toList()) ? node : builder.keep(node, Nodes.of(operands));
  }

  private Node operand(Node operand, int member) {
    var one = single.get(operand);
    return one != null ? one : each.contains(operand) ? each.get(operand).get(member) : operand;
  }

  private Node joined(Node node, MemberMeans how) {
    var one = single.get(node);
    return one != null ? one : each.contains(node) ? how.of(builder, each.get(node), members.combination()) : node;
  }

  /** Weights of all members. */
  List<Elaborated.WeightInfo> weights(List<Elaborated.WeightInfo> infos) {
    return IntStream.range(0, members.count()).boxed().flatMap(i -> infos.stream().filter(MemberGraphs::isKept)
        .map(info -> new Elaborated.WeightInfo(Members.prefix(i) + info.path(), info.kind(), info.type(), info.initialiser(), info.frozen()))).toList();
  }

  private static boolean isKept(Elaborated.WeightInfo info) {
    return switch (info.kind()) {
      case PARAMETER, STATE -> true;
      case OPTIMIZER, TABLE -> false;
    };
  }
}
