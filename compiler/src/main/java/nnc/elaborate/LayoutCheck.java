package nnc.elaborate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.source.WarningName;

/** Convolutions that fit by chance: pictures with their channels last, and arguments in the order of a tool that is also told how many channels come in. */
final class LayoutCheck {
  private static final Set<String> CONVOLUTIONS = Set.of("conv1d", "conv2d", "conv3d");

  /** Layers that see the axes of a picture for what they are. */
  private static final Set<String> OF_PICTURES = Set.of("conv2d", "conv_transpose2d", "max_pool2d", "avg_pool2d");

  /** Kernels as networks have them, which a stride seldom is. */
  private static final Set<Double> KERNELS = Set.of(3.0, 5.0, 7.0, 11.0);

  private record Doubt(WarningName name, String message, String hint) {}

  private final Map<Span, Doubt> doubts = new LinkedHashMap<>();

  /** Notes that a layer of the library was applied. */
  void applied(Value.Instance layer, Node x, Span place) {
    var name = layer.layer.declaration().name();
    order(layer, x.type()).ifPresent(said -> doubts.putIfAbsent(place, new Doubt(WarningName.ARGUMENT_ORDER, said, hint(layer))));
    pictures(name, x, place);
  }

  /** Notes that a function of the library was applied. */
  void pictures(String name, Node x, Span place) {
    if (OF_PICTURES.contains(name) && x.op() instanceof Op.Input(var input, _, var type) && ShapeHints.isChannelsLast(type)) {
      doubts.putIfAbsent(place, new Doubt(WarningName.CHANNELS_LAST, name + " takes " + input + " for " + type.dim(1) + " channels of " + type.dim(2) + " by " + type.dim(3),
          ShapeHints.channelsFirst(type)));
    }
  }

  /** What is odd about a convolution's numbers, if they look like (channels in, channels out, kernel). */
  private static Optional<String> order(Value.Instance layer, Type x) {
    var name = layer.layer.declaration().name();
    var given = layer.hyper.own();
    if (!CONVOLUTIONS.contains(name) || x.rank() < 3 || !(given.get("filters") instanceof Value.Num(var filters)) || !(given.get("kernel") instanceof Value.Num(var kernel))
        || !(given.get("stride") instanceof Value.Num(var stride)) || !(given.get("groups") instanceof Value.Num(var groups))) {
      return Optional.empty();
    }
    boolean inChannels = x.dim(1).is((long) filters) && groups == 1;
    return inChannels && KERNELS.contains(stride) && kernel > stride
        ? Optional.of(name + " has " + Value.text(filters) + " filters here, a kernel of " + Value.text(kernel) + " and a stride of " + Value.text(stride)) : Optional.empty();
  }

  private static String hint(Value.Instance layer) {
    var given = layer.hyper.own();
    return Habits.FOLLOWS + ": " + layer.layer.declaration().name() + "(" + number(given.get("kernel")) + ", " + number(given.get("stride")) + ") has as many filters and that kernel";
  }

  private static String number(Value value) {
    return value instanceof Value.Num(var number) ? Value.text(number) : "";
  }

  void tell(Diagnostics diagnostics) {
    doubts.forEach((place, doubt) -> diagnostics.warning(doubt.name, place, doubt.message).hint(doubt.hint));
  }
}
