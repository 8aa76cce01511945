package nnc.driver;

import java.util.Comparator;
import java.util.Map;
import java.util.function.ToLongFunction;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.runtime.base.Text;
import nnc.runtime.engine.MemoryNeed;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.train.TrainingSettings;
import nnc.schedule.memory.MemoryPlan;
import nnc.source.Diagnostics;
import nnc.source.Span;

/** Holds what a compiled program will take of memory against what it may: training by its batch, prediction by one example. */
final class MemoryCheck {
  private final ModelSpec spec;
  private final long limit;
  private final MemoryNeed need;

  MemoryCheck(ModelSpec spec, long limit) {
    this.spec = spec;
    this.limit = limit;
    need = new MemoryNeed(spec, 1);
  }

  /** How many examples a purpose computes together. */
  private int batch(String purpose) {
    return purpose.equals("train") ? TrainingSettings.of(spec).batch() : 1;
  }

  /**
   * Tells if a purpose takes more than it may, at the line of what takes most.
   *
   * @param graph  of one of its plans
   * @param memory of the same
   * @param batch  the open dimension that counts examples
   */
  void tell(String purpose, Graph graph, MemoryPlan memory, String batch, Diagnostics diagnostics) {
    int examples = batch(purpose);
    double bytes = need.all(examples, purpose);
    if (bytes <= limit) {
      return;
    }
    var most = most(graph, memory, name -> name.equals(batch) ? examples : 1);
    int fits = need.fitting((double) limit, examples, purpose);
    diagnostics.error(most.getKey().span(), "to " + purpose + (purpose.equals("train") ? " by batches of " + examples : " one example") + " takes " + Text.bytes(bytes) + ", and --max-memory is "
        + Text.bytes((double) limit)).note(Text.bytes(need.weights()) + " of it are weights and what optimizers keep of them; most, " + Text.bytes(most.getValue() * (spec.precision() / 8.0)) + ", takes this "
        + most.getKey().type(), Span.NONE).hint(fits > 0 ? "batches of " + fits + " would fit: train { batch = " + fits + " }"
        : "a smaller network, or a larger --max-memory" + (spec.precision() == 64 ? "; --precision f32 takes half" : ""));
  }

  /** The largest of the buffers and weights of a plan, and its elements. */
  private static Map.Entry<Node, Long> most(Graph graph, MemoryPlan memory, ToLongFunction<String> sizes) {
    Map.Entry<Node, Long> most = null;
    for (var node : graph.nodes()) {
      boolean kept = node.op() instanceof Op.Parameter || node.op() instanceof Op.State || node.op() instanceof Op.Table || memory.slots().containsKey(node);
      long elements = kept ? node.type().size().evaluate(sizes) : -1;
      if (!node.span().equals(Span.NONE) && (most == null || elements > most.getValue())) {
        most = Map.entry(node, elements);
      }
    }
    return most == null ? Map.entry(graph.nodes().stream().max(Comparator.comparing(node -> node.type().rank())).orElseThrow(), 0L) : most;
  }
}
