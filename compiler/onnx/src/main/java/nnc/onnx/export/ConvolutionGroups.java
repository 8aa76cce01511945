package nnc.onnx.export;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.onnx.export.OperatorGroup.Target;
import nnc.onnx.message.AttributeProto;

/** Convolutions, their transposes, and what filters' gradients are. */
final class ConvolutionGroups {
  private ConvolutionGroups() {}

  static OperatorGroup of(Node node, Op.Conv conv) {
    requireSayable(node, conv);
    return new OperatorGroup(node.operands(), (target, in) -> write(target, node, conv, in));
  }

  /** The same with a value a filter added. */
  static OperatorGroup biased(Node node, Op.Conv conv, Node bias) {
    requireSayable(node, conv);
    var reads = new ArrayList<>(node.operands());
    reads.add(bias);
    return new OperatorGroup(reads, (target, in) -> write(target, node, conv, in));
  }

  private static void requireSayable(Node node, Op.Conv conv) {
    for (int i = 0; conv.role() == Op.ConvRole.INPUT && i < conv.space().size(); i++) {
      more(node, conv, i);
    }
  }

  /** @param in the operands, and perhaps a value for each filter */
  private static String write(Target target, Node node, Op.Conv conv, List<String> in) {
    if (conv.batchLast()) {
      throw new IllegalStateException("layouts are chosen later");
    }
    return switch (conv.role()) {
      case FORWARD -> forward(target, node.operand(0), conv.window(), in);
      case INPUT -> transposed(target, node, conv, in);
      case FILTER -> filter(target, node, conv, in);
    };
  }

  private static AttributeProto[] attributes(Op.Window window, List<Integer> low, List<Integer> high, AttributeProto... more) {
    var pads = new ArrayList<>(low);
    pads.addAll(high);
    var all = new ArrayList<>(List.of(Attributes.of("strides", window.stride()), Attributes.of("pads", pads), Attributes.of("dilations", window.dilation()),
        Attributes.of("group", window.groups())));
    all.addAll(List.of(more));
    return all.toArray(AttributeProto[]::new);
  }

  private static String forward(Target target, Node x, Op.Window window, List<String> in) {
    var values = new ArrayList<>(in);
    values.set(0, cropped(target, in.getFirst(), x.type().rank(), window));
    return target.writer().node("Conv", values, attributes(window, natural(window.low()), natural(window.high())));
  }

  private static List<Integer> natural(List<Integer> widths) {
    return widths.stream().map(width -> Math.max(width, 0)).toList();
  }

  /** Padding below zero takes elements away, which a convolution does not. */
  private static String cropped(Target target, String x, int rank, Op.Window window) {
    if (window.low().stream().allMatch(width -> width >= 0) && window.high().stream().allMatch(width -> width >= 0)) {
      return x;
    }
    return ViewGroups.padded(target, x, spatial(rank, window.low()), spatial(rank, window.high()), target.writer().number(0, Kind.FLOAT));
  }

  private static List<Dim> spatial(int rank, List<Integer> widths) {
    var all = new ArrayList<Dim>(Collections.nCopies(rank - widths.size(), Dim.ZERO));
    widths.forEach(width -> all.add(Dim.of(Math.min(width, 0))));
    return all;
  }

  /**
   * {@code S = (O - 1) stride + dilation (K - 1) + 1 - low - high + more}. What is more is less padding behind; what is more than that is zeros, which are the
   * padding of the output where that is less than a stride.
   */
  private static String transposed(Target target, Node node, Op.Conv conv, List<String> in) {
    var window = conv.window();
    var high = new ArrayList<Integer>();
    var zeros = new ArrayList<Integer>();
    for (int i = 0; i < window.stride().size(); i++) {
      int spare = window.high().get(i) - more(node, conv, i);
      high.add(Math.max(spare, 0));
      zeros.add(Math.max(-spare, 0));
    }
    boolean within = IntStream.range(0, zeros.size()).allMatch(i -> zeros.get(i) < window.stride().get(i));
    if (within) {
      return target.writer().node("ConvTranspose", in, attributes(window, window.low(), high, Attributes.of("output_padding", zeros)));
    }
    var bare = target.writer().node("ConvTranspose", in.subList(0, 2), attributes(window, window.low(), high));
    var behind = new ArrayList<Dim>(List.of(Dim.ZERO, Dim.ZERO));
    zeros.forEach(width -> behind.add(Dim.of(width)));
    var padded = ViewGroups.padded(target, bare, Collections.nCopies(behind.size(), Dim.ZERO), behind, target.writer().number(0, Kind.FLOAT));
    return in.size() == 2 ? padded
        : target.writer().node("Add", List.of(padded, target.writer().unsqueeze(in.get(2), IntStream.rangeClosed(1, zeros.size()).boxed().toList())));
  }

  /** How many more elements there are along an axis than the padding leaves. */
  private static int more(Node node, Op.Conv conv, int i) {
    var window = conv.window();
    var size = node.operand(0).type().dim(2 + i);
    int reach = window.dilation().get(i) * (node.operand(1).type().dim(2 + i).fixed() - 1) + 1;
    var more = conv.space().get(i).minus(size.plus(-1).times(window.stride().get(i)).plus((long) reach - window.low().get(i) - window.high().get(i)));
    if (!more.isConstant() || window.low().get(i) < 0) {
      throw new Unsaid("a transposed convolution to " + conv.space().get(i) + " elements from " + size + " is none of ONNX's", "-D decides open sizes");
    }
    return more.fixed();
  }

  /**
   * {@code w[f, c, k] = sum over n, o of x[n, c, o stride + k dilation - low] y[n, f, o]}: a convolution of what examples were channels of, whose strides are the
   * dilations. Filters of one group after the other.
   */
  private static String filter(Target target, Node node, Op.Conv conv, List<String> in) {
    var window = conv.window();
    var x = node.operand(0).type();
    var y = node.operand(1).type();
    var turned = new Op.Window(window.dilation(), window.low(), window.high(), window.stride(), 1);
    var writer = target.writer();
    var parts = new ArrayList<String>();
    for (int group = 0; group < window.groups(); group++) {
      var images = cropped(target, part(target, in.get(0), x.dim(1).fixed() / window.groups(), group, window.groups()), x.rank(), window);
      var errors = part(target, in.get(1), y.dim(1).fixed() / window.groups(), group, window.groups());
      var sums = writer.node("Conv", List.of(exchanged(writer, images, x.rank()), exchanged(writer, errors, y.rank())),
          attributes(turned, natural(window.low()), natural(window.high())));
      parts.add(exchanged(writer, first(target, sums, conv.space()), x.rank()));
    }
    return parts.size() == 1 ? parts.getFirst() : writer.node("Concat", parts, Attributes.of("axis", 0));
  }

  private static String part(Target target, String x, int channels, int group, int groups) {
    var writer = target.writer();
    return groups == 1 ? x : writer.node("Slice", List.of(x, writer.integers(List.of((long) group * channels)), writer.integers(List.of((group + 1L) * channels)),
        writer.integers(List.of(1L))));
  }

  private static String exchanged(OnnxGraphWriter writer, String x, int rank) {
    var order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    Collections.swap(order, 0, 1);
    return writer.transpose(x, order);
  }

  /** Places further than the filter reaches are none of it. */
  private static String first(Target target, String sums, List<Dim> space) {
    var writer = target.writer();
    return writer.node("Slice", List.of(sums, writer.integers(Collections.nCopies(space.size(), 0L)), target.sizes().list(space),
        writer.integers(IntStream.range(2, 2 + space.size()).mapToObj(axis -> (long) axis).toList())));
  }
}
