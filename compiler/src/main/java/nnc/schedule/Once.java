package nnc.schedule;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.Op;

/** What a plan that learns nothing computes from its weights alone: the same at each run, until somebody else changes the weights. */
public final class Once {
  private final Schedule schedule;
  private final boolean learns;
  private final Set<Kernel> kernels = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Node> stored = new HashSet<>();
  private final Map<Node, Boolean> known = new HashMap<>();

  private Once(Schedule schedule) {
    this.schedule = schedule;
    learns = schedule.graph().results().stream()
        .anyMatch(result -> result.role() == Graph.Role.UPDATE || result.role() == Graph.Role.GRADIENT);
  }

  public static Once of(Schedule schedule) {
    var once = new Once(schedule);
    if (!once.learns) {
      schedule.kernels().forEach(once::consider);
    }
    return once;
  }

  private void consider(Kernel kernel) {
    boolean constant = kernel.domain().shape().stream().allMatch(dim -> dim.isConstant());
    boolean own = kernel.writes().stream().allMatch(write -> write.target() instanceof Kernel.Target.Own
        && schedule.place(write.node()).whole() == write.node());
    if (constant && own && kernel.writes().stream().allMatch(write -> derived(write.node(), kernel))
        && kernel.nodes().stream().allMatch(node -> derived(node, kernel))) {
      kernels.add(kernel);
      kernel.writes().forEach(write -> stored.add(write.node()));
    }
  }

  private boolean derived(Node node, Kernel kernel) {
    return !(varies(node.op())) && node.operands().stream().allMatch(operand -> kernel.members().contains(operand) || has(operand));
  }

  private static boolean varies(Op op) {
    return op instanceof Op.Input || op instanceof Op.Counter || op instanceof Op.Uniform;
  }

  /** Whether a kernel need run only once. */
  public boolean has(Kernel kernel) {
    return kernels.contains(kernel);
  }

  /** Whether a value follows from the weights and from what kernels that run once store. */
  public boolean has(Node node) {
    if (learns) {
      return false;
    }
    var open = new ArrayDeque<>(List.of(node));
    while (!open.isEmpty()) {
      var next = open.peek();
      var waiting = next.operands().stream().filter(operand -> !known.containsKey(operand)).toList();
      if (known.containsKey(next) || waiting.isEmpty()) {
        open.pop();
        known.computeIfAbsent(next, _ -> schedule.stored().contains(next) ? stored.contains(next)
            : !varies(next.op()) && next.operands().stream().allMatch(known::get));
      } else {
        waiting.forEach(open::push);
      }
    }
    return known.get(node);
  }

  /** Nodes whose buffers keep what was stored in them once. */
  public Set<Node> stored() {
    return Collections.unmodifiableSet(stored);
  }
}
