package nnc.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.Type;
import nnc.lower.common.OperandReuse;
import nnc.lower.common.Origin;
import nnc.lower.common.ValueLowering;
import nnc.schedule.Kernel;
import nnc.schedule.KernelForm;

/**
 * All that the loops of a kernel depend on, so that of equal kernels only the first is lowered. What a kernel reads and writes counts by
 * order of first mention; where in a buffer it does so counts from the first place mentioned, as {@link ValueLowering#arena} counts.
 */
final class KernelSignature {
  private final Kernel kernel;
  private final Set<Node> stored;
  private final Map<Node, Integer> numbers = new HashMap<>();
  private final List<Object> tokens = new ArrayList<>();
  private int hash;

  /** The memory in order of first mention. */
  final List<Origin.Memory> origins = new ArrayList<>();
  /** Of each, the place in it that is mentioned first. */
  final List<Dim> anchors = new ArrayList<>();
  private final Map<Origin.Memory, Integer> places = new HashMap<>();

  private KernelSignature(Kernel kernel, Set<Node> stored) {
    this.kernel = kernel;
    this.stored = stored;
  }

  /** @param reuse how often the factors of products are read, which decides how they are */
  static KernelSignature of(Kernel kernel, Set<Node> stored, OperandReuse reuse) {
    var likeness = new KernelSignature(kernel, stored);
    likeness.token(kernel.form(), kernel.form().ordinal());
    likeness.token(kernel.domain(), 0);
    for (var node : kernel.nodes()) {
      likeness.node(node);
    }
    likeness.token("writes", 1);
    for (var write : kernel.writes()) {
      likeness.write(write);
    }
    if (!kernel.nodes().isEmpty() && OpTraits.contracts(kernel.nodes().getFirst().op())) {
      kernel.nodes().getFirst().operands().forEach(factor -> likeness.token(reuse.share(factor), 7));
    }
    return likeness;
  }

  /** Where memory stands in the order of mention; negative if it was not mentioned. */
  int place(Origin.Memory memory) {
    return places.getOrDefault(memory, -1);
  }

  private void token(Object token, int mix) {
    tokens.add(token);
    hash = hash * 31 + mix;
  }

  private void type(Type type) {
    int mix = 0;
    for (var dim : type.shape()) {
      mix = mix * 31 + dim.hashCode();
    }
    token(type, mix);
  }

  private void op(Op op) {
    token(op, op.getClass().hashCode());
  }

  /** Memory from a place in it on. */
  private void origin(Origin.Memory memory, Dim at) {
    var known = places.get(memory);
    if (known == null) {
      known = origins.size();
      places.put(memory, known);
      origins.add(memory);
      anchors.add(at);
    }
    var from = at.minus(anchors.get(known));
    token(known, known);
    token(from, from.hashCode());
  }

  private void node(Node node) {
    var number = numbers.putIfAbsent(node, numbers.size());
    if (number != null) {
      token(number, number);
      return;
    }
    type(node.type());
    boolean member = kernel.members().contains(node);
    token(member, member ? 1 : 0);
    if (memory(node)) {
      token(node.op().getClass(), node.op().getClass().hashCode());
      origin(origin(node), Dim.ZERO);
    } else if (node.op() instanceof Op.Slice(var start, var count, var step) && memory(OpTraits.unreshaped(node.operand(0)))
        && !(origin(OpTraits.unreshaped(node.operand(0))) instanceof Origin.Weight)) {
      // a place that is added to others' is added to the place of the buffer: steps that read one array differ in nothing else
      token(step, 3);
      token(count, 5);
      type(node.operand(0).type());
      origin(origin(OpTraits.unreshaped(node.operand(0))), linear(start, node.operand(0).type().shape()));
    } else {
      op(node.op());
      for (int i = 0; i < node.operands().size(); i++) {
        node(node.operand(i));
      }
    }
  }

  /** Read from memory: a source, or what another kernel stores. */
  private boolean memory(Node node) {
    return (stored.contains(node) && kernel.form() != KernelForm.COUNTED || OpTraits.source(node.op())) && !kernel.members().contains(node) && !written(node);
  }

  private boolean written(Node node) {
    for (var write : kernel.writes()) {
      if (write.node() == node) {
        return true;
      }
    }
    return false;
  }

  private static Origin.Memory origin(Node node) {
    return switch (node.op()) {
      case Op.Parameter(var path, _) -> new Origin.Weight(path);
      case Op.State(var path, _) -> new Origin.Weight(path);
      case Op.Table table -> new Origin.Table(table);
      default -> new Origin.Buffer(node);
    };
  }

  private static Dim linear(List<Dim> start, List<Dim> shape) {
    var at = Dim.ZERO;
    for (int i = 0; i < shape.size(); i++) {
      at = at.times(shape.get(i)).plus(start.get(i));
    }
    return at;
  }

  private void write(Kernel.Write write) {
    node(write.node());
    token(write.target().getClass(), write.target().getClass().hashCode());
    // a copy may read what it is a copy of
    if (stored.contains(write.node()) || OpTraits.source(write.node().op())) {
      origin(origin(write.node()), Dim.ZERO);
    }
    switch (write.target()) {
      case Kernel.Target.Own _ -> { }
      case Kernel.Target.Update(var path) -> origin(new Origin.Weight(path), Dim.ZERO);
      case Kernel.Target.Place(var whole, var offset) -> origin(new Origin.Buffer(whole), offset);
      case Kernel.Target.Transposed(var view) -> {
        op(view.op());
        type(view.type());
        origin(new Origin.Buffer(view), Dim.ZERO);
      }
      case Kernel.Target.Part(var whole, var part, var from) -> {
        op(whole.op());
        type(whole.type());
        type(whole.operand(part).type());
        var row = whole.op() instanceof Op.Concat(var axis) ? Dim.product(whole.type().shape().subList(axis + 1, whole.type().rank())) : Dim.ZERO;
        origin(new Origin.Buffer(whole), from.times(row));
      }
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KernelSignature likeness && hash == likeness.hash && tokens.equals(likeness.tokens);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
