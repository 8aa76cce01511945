package nnc.schedule.cost;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.schedule.Kernel;
import nnc.schedule.KernelReads;
import nnc.schedule.Schedule;
import nnc.schedule.memory.MemoryPlan;

/**
 * What comes from the cache and what from memory, by an LRU model of whole buffers: one whose reuse distance exceeds the cache, or that is
 * itself larger, comes from memory.
 */
final class MemoryTraffic {
  private final Schedule schedule;
  private final MemoryPlan memory;
  private final ToLongFunction<String> dims;
  private final int width;
  private final double cache;

  /** Bytes of what was used: slots of the arena by number, what is kept by its path, tables by their node. */
  private final LruCacheModel used = new LruCacheModel();

  /** @param width bytes of an element */
  MemoryTraffic(Schedule schedule, MemoryPlan memory, ToLongFunction<String> dims, int width, double cache) {
    this.schedule = schedule;
    this.memory = memory;
    this.dims = dims;
    this.width = width;
    this.cache = cache;
  }

  /** What each kernel moves in a step that begins with new inputs. */
  List<KernelCost> step(List<KernelReads> reads) {
    for (var node : schedule.graph().nodes()) {
      if (node.op() instanceof Op.Input) {
        used.use(buffer(node), bytes(node));
      }
    }
    var costs = new ArrayList<KernelCost>();
    for (int i = 0; i < reads.size(); i++) {
      costs.add(moved(schedule.kernels().get(i), reads.get(i)));
    }
    return costs;
  }

  private KernelCost moved(Kernel kernel, KernelReads reads) {
    Map<Object, Double> buffers = new LinkedHashMap<>();
    Map<Object, Double> extents = new LinkedHashMap<>();
    reads.stored().forEach((node, elements) -> {
      buffers.merge(buffer(node), elements * width, Double::sum);
      extents.merge(buffer(node), elements * width, Math::max);
    });
    for (var write : kernel.writes()) {
      var buffer = switch (write.target()) {
        case Kernel.Target.Own _ -> buffer(write.node());
        case Kernel.Target.Part(var whole, _, _) -> buffer(whole);
        case Kernel.Target.Place(var whole, _) -> buffer(whole);
        case Kernel.Target.Transposed(var view) -> buffer(view);
        case Kernel.Target.Update(var path) -> path;
      };
      double written = kernel.grown().map(sums -> bytes(sums.operand(1))).orElseGet(() -> bytes(write.node()));
      buffers.merge(buffer, written, Double::sum);
      extents.merge(buffer, written, Math::max);
    }
    var near = buffers.keySet().stream().filter(buffer -> used.isWithin(cache, buffer)).toList();
    extents.forEach(used::use);
    double all = buffers.values().stream().mapToDouble(Double::doubleValue).sum();
    double hit = near.stream().mapToDouble(buffers::get).sum();
    return new KernelCost(0, 0, hit, all - hit);
  }

  private Object buffer(Node node) {
    return switch (node.op()) {
      case Op.Parameter(var path, _) -> path;
      case Op.State(var path, _) -> path;
      case Op.Table _ -> node;
      default -> memory.slots().get(schedule.location(node).whole());
    };
  }

  private double bytes(Node node) {
    return (double) node.type().elements(dims) * width;
  }
}
