package nnc.graph.random;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;

/**
 * Random well-typed graphs over all ops, with the arrays that they are given and the values that they come to at some sizes of the open
 * dimensions {@code N} and {@code T}. Steps are chosen by what has not been covered yet: which op reads which as which operand.
 */
public final class DrawnGraphs {
  /** What random draws and counters are in a run whose values are known. */
  public static final long SEED = Trial.SEED;
  public static final int STEP = Trial.STEP;
  public static final int EPOCH = Trial.EPOCH;

  private static final int RESULTS = 4;

  private final Pool pool;
  private final Steps steps;
  private final Motifs motifs;
  private final Coverage coverage;

  /**
   * A graph and what it means.
   *
   * @param given  arrays of inputs, parameters and states, by name or path
   * @param values of all nodes that a result needs
   */
  public record Drawn(Graph graph, Map<String, Integer> dims, Map<String, double[]> given, Map<Node, double[]> values) {
    /** The same graph and weights with other inputs at other sizes; null where that makes no sense. Not every node needs to have a value there. */
    public Drawn at(Map<String, Integer> sizes, int precision, long seed) {
      var other = new Pool(sizes, false, noise(precision), seed);
      for (var node : graph.nodes()) {
        if (Pool.isSource(node.op())) {
          var name = Trial.name(node.op());
          other.given.put(name, node.op() instanceof Op.Input ? other.draw(node.type(), limit(given.get(name))) : given.get(name));
        }
      }
      graph.nodes().forEach(other.trial::add);
      boolean makesSense = graph.nodes().stream().allMatch(node -> other.trial.has(node) || !reads(node) && other.trial.size(node) > 0);
      return makesSense ? new Drawn(graph, sizes, other.given, DrawnGraphs.values(graph, other.trial)) : null;
    }

    /** Whether a node reads places that must be on an axis. */
    private static boolean reads(Node node) {
      return node.op() instanceof Op.Gather || node.op() instanceof Op.ScatterAdd;
    }
  }

  private static double noise(int precision) {
    return precision == 64 ? 1e-13 : 1e-6;
  }

  private static Map<Node, double[]> values(Graph graph, Trial trial) {
    return graph.nodes().stream().filter(trial::has).collect(Collectors.toMap(node -> node, node -> trial.value(node).values()));
  }

  private DrawnGraphs(Pool pool, Coverage coverage) {
    var views = new Views(pool);
    this.pool = pool;
    this.coverage = coverage;
    steps = new Steps(pool, views);
    motifs = new Motifs(pool, views);
  }

  /** A graph whose values do not depend on how numbers of 64 bits are rounded, but for their last digits. */
  public static Drawn draw(long seed, Map<String, Integer> dims, Coverage coverage) {
    return draw(seed, dims, 64, coverage);
  }

  /** As above, for so many bits. */
  public static Drawn draw(long seed, Map<String, Integer> dims, int precision, Coverage coverage) {
    return new DrawnGraphs(new Pool(dims, false, noise(precision), seed), coverage).run();
  }

  /** The least that is beyond all of some whole numbers, if these are not negative and few. */
  private static int limit(double[] given) {
    double most = Arrays.stream(given).max().orElse(0);
    return most >= 1 << 20 || Arrays.stream(given).anyMatch(value -> value < 0) ? Pool.VAST : 1 + (int) most;
  }

  /** A graph of floats that are differentiable in all inputs and parameters. */
  public static Drawn smooth(long seed, Map<String, Integer> dims) {
    return new DrawnGraphs(new Pool(dims, true, 1e-13, seed), new Coverage()).run();
  }

  private Drawn run() {
    var n = Dim.open("N");
    var t = Dim.open("T");
    pool.keep(pool.input(Type.floats(List.of(n, Dim.of(pool.of(2, 3, 4, 6, 8)))), 1));
    pool.keep(pool.chance(2) ? pool.input(Type.floats(List.of(n, t, Dim.of(pool.of(1, 2, 3)))), 1)
        : pool.input(Type.floats(List.of(n, Dim.of(pool.of(1, 2, 4)), Dim.of(pool.of(2, 3)), Dim.of(pool.of(1, 3, 4)))), 1));
    pool.keep(pool.input(new Type(Kind.INT, List.of(n, Dim.of(pool.of(1, 3)))), 4));
    if (pool.chance(2)) {
      pool.keep(pool.input(new Type(Kind.INT, List.of(n, Dim.of(pool.of(1, 3)))), Pool.VAST));
    }
    pool.keep(pool.parameter(List.of(Dim.of(pool.of(2, 3, 4)), Dim.of(pool.of(3, 6)))));
    for (int i = pool.between(4, 16); i > 0; i--) {
      var node = pool.chance(2) ? motifs.any() : step();
      if (node != null) {
        pool.keep(node);
      }
    }
    return drawn(results());
  }

  /** An op that reads another as no op has read it yet. */
  private Node step() {
    var wanted = coverage.wanted(pool.random);
    var producer = pool.any(wanted.producer());
    if (producer == null || pool.chance(4)) {
      var made = steps.of(wanted.producer());
      producer = made != null ? made : producer;
    }
    return producer == null ? null : steps.of(wanted.consumer(), wanted.position(), producer);
  }

  /** The last nodes and a few others; what has the shape of a parameter or state may be its next value. */
  private List<Graph.Result> results() {
    var results = new ArrayList<Graph.Result>();
    var nodes = pool.nodes();
    for (int i = 0; i < pool.between(1, RESULTS); i++) {
      results.add(new Graph.Result(Graph.Role.OUTPUT, "r" + i, i == 0 ? nodes.getLast() : pool.any()));
    }
    for (var node : List.copyOf(nodes)) {
      boolean kept = node.op() instanceof Op.Parameter || node.op() instanceof Op.State;
      var next = kept && pool.chance(2) ? pool.any(other -> other != node && other.type().equals(node.type())) : null;
      if (next != null) {
        results.add(new Graph.Result(Graph.Role.UPDATE, Trial.name(node.op()), next));
      }
    }
    return results;
  }

  private Drawn drawn(List<Graph.Result> results) {
    var graph = needed(pool.b.finish("predict", results));
    coverage.add(graph);
    return new Drawn(graph, pool.dims, pool.given, values(graph, pool.trial));
  }

  /** Without what nothing is computed from, or changes. */
  static Graph needed(Graph graph) {
    var updated = graph.results().stream().filter(result -> result.role() == Graph.Role.UPDATE).map(Graph.Result::name).toList();
    return graph.needed(node -> Pool.isSource(node.op()) && updated.contains(Trial.name(node.op())));
  }
}
