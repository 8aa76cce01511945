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
 * What comes from the cache and what from memory: a cache that holds what was used last, as whole buffers. A buffer that was used so long
 * ago that others have filled the cache since, or that is itself larger, comes from memory.
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
        used.use(place(node), bytes(node));
      }
    }
    var costs = new ArrayList<KernelCost>();
    for (int i = 0; i < reads.size(); i++) {
      costs.add(moved(schedule.kernels().get(i), reads.get(i)));
    }
    return costs;
  }

  private KernelCost moved(Kernel kernel, KernelReads reads) {
    Map<Object, Double> places = new LinkedHashMap<>();
    Map<Object, Double> extents = new LinkedHashMap<>();
    reads.stored().forEach((node, elements) -> {
      places.merge(place(node), elements * width, Double::sum);
      extents.merge(place(node), elements * width, Math::max);
    });
    for (var write : kernel.writes()) {
      var place = switch (write.target()) {
        case Kernel.Target.Own _ -> place(write.node());
        case Kernel.Target.Part(var whole, _, _) -> place(whole);
        case Kernel.Target.Turned(var view) -> place(view);
        case Kernel.Target.Update(var path) -> path;
      };
      places.merge(place, bytes(write.node()), Double::sum);
      extents.merge(place, bytes(write.node()), Math::max);
    }
    var near = places.keySet().stream().filter(place -> used.isWithin(cache, place)).toList();
    extents.forEach(used::use);
    double all = places.values().stream().mapToDouble(Double::doubleValue).sum();
    double hit = near.stream().mapToDouble(places::get).sum();
    return new KernelCost(0, 0, hit, all - hit);
  }

  private Object place(Node node) {
    return switch (node.op()) {
      case Op.Parameter(var path, _) -> path;
      case Op.State(var path, _) -> path;
      case Op.Table _ -> node;
      default -> memory.slots().get(schedule.place(node).whole());
    };
  }

  private double bytes(Node node) {
    return (double) node.type().elements(dims) * width;
  }
}
