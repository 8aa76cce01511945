package nnc.passes;

import java.util.Comparator;
import java.util.List;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.Nodes;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.Type;
import nnc.graph.Uses;
import nnc.optimizations.Optimization;

/**
 * Lays pictures out in memory with the channels side by side, {@code [N, H, W, C]}, between convolutions of a plan that learns nothing, where most of those that make a
 * picture and read it are of one tap, of each channel by itself, or step. Their vectors then run along the channels: a product of one tap has an example's places as
 * rows and its filters as columns, a channel's taps meet vectors that lie as they are loaded, and so do taps a step apart. With places side by side a map of 7 x 7
 * leaves lanes idle, its channels drive each other out of the cache, and steps of two have to be shuffled.
 *
 * <pre>
 *   what the graph says       a (1 x 1) ------ [N, C, H, W] ------> b (each channel)
 *   what is stored            a ---> [N, H, W, C] ---> a view [N, C, H, W] ---> b
 * </pre>
 */
public final class ChannelsLastLayout {
  /** Fewer would leave lanes of a small vector idle. */
  private static final int MIN_CHANNELS = 8;

  /** The most taps of a row of a channel's filter that are kept in registers. */
  private static final int MAX_ROW_TAPS = 8;

  public static final Pass PASS = new Pass(Optimization.CHANNELS_LAST_LAYOUT, (graph, _) -> graph.learns() ? "a step that learns sums over places too" : "", graph -> {
    var layout = new ChannelsLastLayout(graph);
    return Rewrite.each(graph, layout::emit);
  });

  /** The last convolution that a node is computed of element by element, or is, and how many there are on the way to it. */
  private record Maker(Node convolution, int depth) {}

  private final Uses uses;
  private final NodeMap<Maker> makers = new NodeMap<>();
  /** Nodes that are stored with their channels last. */
  private final NodeSet chosen = new NodeSet();

  private ChannelsLastLayout(Graph graph) {
    uses = new Uses(graph);
    for (var node : graph.nodes()) {
      if (suits(node)) {
        var picture = node.operand(0);
        makers.put(node, new Maker(node, makers.contains(picture) ? makers.get(picture).depth + 1 : 1));
        if (makers.contains(picture)) {
          choose(picture);
        }
      } else if (OpTraits.arithmetic(node.op())) {
        node.operands().stream().filter(makers::contains).map(makers::get).max(Comparator.comparingInt(Maker::depth)).ifPresent(maker -> makers.put(node, maker));
      }
    }
  }

  /** A picture: what is computed of a sum over its places too, as a channel's weight is, is computed where it is read, of what is chosen then. */
  private void choose(Node picture) {
    var stored = picture;
    while (isMultiplied(stored)) {
      stored = makers.contains(stored.operand(0)) ? stored.operand(0) : stored.operand(1);
    }
    if (pays(stored)) {
      chosen.add(stored);
      chooseParts(stored);
    }
  }

  /** Where results of two convolutions come together, that which is there first is stored. */
  private void chooseParts(Node node) {
    if (node.op() instanceof Op.Conv) {
      return;
    }
    var last = makers.get(node);
    for (var operand : node.operands()) {
      if (makers.contains(operand) && makers.get(operand).convolution == last.convolution) {
        chooseParts(operand);
      } else if (makers.contains(operand) && makers.get(operand).depth < last.depth) {
        chosen.add(operand);
      }
    }
  }

  /** Whether as many convolutions beside a picture gain by it as do not. */
  private boolean pays(Node picture) {
    int gain = gains(makers.get(picture).convolution) ? 1 : -1;
    for (var reader : uses.of(picture)) {
      gain += reader.op() instanceof Op.Conv ? gains(reader) ? 1 : -1 : 0;
    }
    return gain >= 0;
  }

  /** Whether each place is multiplied by a number of its channel. */
  private boolean isMultiplied(Node node) {
    return node.op() instanceof Op.Binary && node.operands().stream().anyMatch(makers::contains)
        && node.operands().stream().anyMatch(factor -> factor.op() instanceof Op.Broadcast(var _, var axes) && axes.equals(List.of(2, 3))
            && OpTraits.varies(factor));
  }

  private static boolean isLarge(Type type) {
    return type.rank() == 4 && type.shape().stream().skip(1).allMatch(Dim::isConstant) && type.dim(1).fixed() >= MIN_CHANNELS;
  }

  /** Whether a node is a convolution of known sizes of all channels, or of each by itself. */
  private static boolean suits(Node node) {
    if (!(node.op() instanceof Op.Conv conv) || conv.role() != Op.ConvRole.FORWARD || conv.batchLast() || !isLarge(node.type()) || !isLarge(node.operand(0).type())) {
      return false;
    }
    var filters = node.operand(1).type();
    int groups = conv.window().groups();
    return groups == 1 || filters.dim(1).is(1) && filters.dim(0).is(groups) && filters.dim(3).isConstant() && filters.dim(3).fixed() <= MAX_ROW_TAPS;
  }

  private static boolean gains(Node node) {
    if (!(node.op() instanceof Op.Conv conv) || !suits(node)) {
      return false;
    }
    var filters = node.operand(1).type();
    return conv.window().groups() > 1 || filters.dim(2).is(1) && filters.dim(3).is(1) || !conv.window().stride().equals(List.of(1, 1));
  }

  /** A node as its readers shall have it: what makes it stores it with the channels last, what reads it reads a view of that. Null if it stays. */
  private Node emit(Node old, Nodes in, GraphBuilder b) {
    if (!chosen.contains(old)) {
      return null;
    }
    return b.emit(new Op.Transpose(List.of(0, 3, 1, 2)), List.of(b.emit(new Op.Transpose(List.of(0, 2, 3, 1)), List.of(b.keep(old, in)))));
  }
}
