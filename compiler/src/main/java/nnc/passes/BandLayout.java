package nnc.passes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeNumbers;
import nnc.graph.Nodes;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.RowBands;
import nnc.graph.Type;
import nnc.optimizations.Optimization;

/**
 * Lays pictures out in memory in bands of rows, {@code [N, bands, C, H / bands, W]}, between the convolutions of a plan that learns nothing.
 * Threads that share an example take bands: so each writes, and finds again, one stretch of memory. Channel by channel the bands would take
 * turns, and processors would fetch ahead what belongs to another one: the exchange of its cache lines takes a fifth of a convolution's time,
 * where processors lie far apart half of it.
 */
public final class BandLayout {
  /** Shorter rows would leave most of a vector's lanes idle. */
  private static final int MIN_ROW_ELEMENTS = 8;

  /** Elements of a picture that are worth two threads. */
  private static final int MIN_MAP_ELEMENTS = 1 << 11;

  /** Rows of a picture of which a convolution of several taps makes rows of its result at a time. */
  private static final int CONVOLUTION_TILE_ROWS = 6;

  /** By node, the number of its bands. */
  private final NodeMap<Integer> chosen = new NodeMap<>();

  public static final Pass PASS = new Pass(Optimization.BAND_LAYOUT, (graph, _) -> graph.learns() ? "a step that learns shares out examples" : "", graph -> {
    var bands = new BandLayout(graph);
    return Rewrite.each(graph, bands::emit);
  });

  private BandLayout(Graph graph) {
    // by node, the last convolution that it is computed of element by element
    var makers = new NodeMap<Node>();
    var places = new NodeNumbers();
    int place = 0;
    for (var node : graph.nodes()) {
      places.put(node, place++);
      if (node.op() instanceof Op.Conv conv && conv.role() == Op.ConvRole.FORWARD && conv.window().groups() == 1) {
        var picture = node.operand(0);
        if (makers.contains(picture) && suits(picture.type())) {
          count(picture.type().dim(2).fixed(), tile(makers.get(picture))).ifPresent(count -> chosen.put(picture, count));
        }
        makers.put(node, node);
      } else if (OpTraits.pointwise(node.op())) {
        node.operands().stream().filter(makers::contains).map(makers::get).max(Comparator.comparingInt(places::get)).ifPresent(maker -> makers.put(node, maker));
      }
    }
  }

  private static boolean suits(Type type) {
    return type.rank() == 4 && type.shape().stream().skip(1).allMatch(Dim::isConstant) && type.dim(3).fixed() >= MIN_ROW_ELEMENTS
        && Stream.of(1, 2, 3).mapToLong(axis -> type.dim(axis).fixed()).reduce(1, (a, b) -> a * b) >= MIN_MAP_ELEMENTS;
  }

  /** Rows of its result that a convolution makes at a time. */
  private static int tile(Node node) {
    var taps = node.operand(1).type().dim(2);
    boolean several = ((Op.Conv) node.op()).window().stride().getFirst() == 1 && taps.isConstant() && taps.fixed() > 1 && taps.fixed() < CONVOLUTION_TILE_ROWS;
    return several ? CONVOLUTION_TILE_ROWS + 1 - taps.fixed() : 1;
  }

  /** How many bands so many rows are cut in; those that are made at a time stay together. */
  private static Optional<Integer> count(int rows, int tile) {
    return rows % tile > 0 ? Optional.empty() : RowBands.counts(rows / tile).stream().findFirst();
  }

  /** A node as its readers shall have it: what makes it stores it in bands, what reads it reads through a view of these. Null if it stays. */
  private Node emit(Node old, Nodes in, GraphBuilder b) {
    if (!chosen.contains(old)) {
      return null;
    }
    var shape = old.type().shape();
    int count = chosen.get(old);
    var cut = new ArrayList<>(shape);
    cut.set(2, Dim.of(count));
    cut.add(3, Dim.of(shape.get(2).fixed() / count));
    var order = List.of(0, 2, 1, 3, 4);
    return b.reshape(b.emit(new Op.Transpose(order), List.of(b.emit(new Op.Transpose(order), List.of(b.reshape(b.keep(old, in), cut))))), shape);
  }
}
