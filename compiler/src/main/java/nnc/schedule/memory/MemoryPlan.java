package nnc.schedule.memory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NominalSizes;
import nnc.schedule.BatchTiling;
import nnc.schedule.Schedule;

/**
 * Which slot of the arena each buffer has. Buffers that are never alive together share slots, whole numbers with each other alone; a slot is
 * as large as its largest buffer, whatever the batch is. Branches that may run side by side do not share slots with each other. Where kernels run over tiles of a batch, what none but they read is as large as a tile.
 *
 * @param slots of each node that has a buffer in the arena
 * @param sizes of each slot: the sizes of its buffers, of which the largest counts
 * @param tiles the batch that the schedule's kernels run over
 * @param own   the slots of a tile: threads that run over tiles have each its own
 * @param rows  of each slot that holds a whole batch while tiles of it are run over: the elements of an example; of others zero
 */
public record MemoryPlan(Map<Node, Integer> slots, List<Set<Dim>> sizes, BatchTiling tiles, Set<Integer> own, List<Dim> rows) {

  /** Of a schedule all of whose kernels run over the whole batch. */
  public static MemoryPlan of(Schedule schedule) {
    return of(schedule, BatchTiling.NONE);
  }

  public static MemoryPlan of(Schedule schedule, BatchTiling tiles) {
    return new Planner(schedule, tiles).plan();
  }

  /** Elements of all slots for values of the open dimensions. */
  public long peak(ToLongFunction<String> dims) {
    return IntStream.range(0, sizes.size()).mapToLong(slot -> size(slot, dims)).sum();
  }

  /** Elements of the slots that each thread has of its own, for one of them. */
  public long ofTile(ToLongFunction<String> dims) {
    return own.stream().mapToLong(slot -> size(slot, dims)).sum();
  }

  /** Elements of a slot. */
  public long size(int slot, ToLongFunction<String> dims) {
    return sizes.get(slot).stream().mapToLong(size -> size.evaluate(dims)).max().orElse(0);
  }

  private static final class Planner {
    final BatchTiling tiles;
    final Liveness lives;
    final Map<Node, Integer> slots = new LinkedHashMap<>();
    final List<Set<Dim>> sizes = new ArrayList<>();
    final List<Dim> rows = new ArrayList<>();
    final Set<Integer> own = new LinkedHashSet<>();
    /** Slots of whole numbers: no other buffer's floats are looked for among their bits. */
    final Set<Integer> whole = new LinkedHashSet<>();
    /** By slot, the nominal size of its largest buffer. */
    final List<Long> extents = new ArrayList<>();
    /** Slots in use, by the last kernel that reads them. */
    final PriorityQueue<Busy> busy = new PriorityQueue<>((a, b) -> Integer.compare(a.until, b.until));
    /** Slots that are free, of each use by nominal size and number; those that a branch has used are for itself alone until all of them have ended. */
    final Map<Use, TreeMap<Long, TreeSet<Integer>>> free = new HashMap<>();

    record Busy(int slot, int until, Liveness.Side side) {}

    /** What buffers have to have in common to share slots: whether they hold a tile, whether whole numbers, and which branch alone uses them; null if none does. */
    record Use(boolean small, boolean whole, Liveness.Side side) {}

    Planner(Schedule schedule, BatchTiling tiles) {
      this.tiles = tiles;
      this.lives = Liveness.of(schedule);
    }

    MemoryPlan plan() {
      var byStart = new ArrayList<>(lives.first().keySet());
      byStart.sort((a, b) -> Integer.compare(first(a), first(b)));
      byStart.forEach(this::assign);
      return new MemoryPlan(slots, sizes, tiles, own, rows);
    }

    /** Whether a buffer is in use within tiles alone. */
    private boolean isInTiles(Node node) {
      return lives.first().get(node) >= 0 && lives.last().get(node) < tiles.kernels() && tiles.counts(node.type().size());
    }

    /** Whether a buffer is in use from the first tile to the last. */
    private boolean isAcrossTiles(Node node) {
      return lives.first().get(node) < tiles.kernels() && !isInTiles(node);
    }

    private int first(Node node) {
      int first = lives.first().get(node);
      return isAcrossTiles(node) ? Math.min(first, 0) : first;
    }

    private int last(Node node) {
      int last = lives.last().get(node);
      return isAcrossTiles(node) ? Math.max(last, tiles.kernels() - 1) : last;
    }

    /** The free slot whose size is nearest, or a new one. */
    private void assign(Node node) {
      boolean small = isInTiles(node);
      var size = small ? tiles.of(node.type().size()) : node.type().size();
      long wanted = size.evaluate(_ -> NominalSizes.OPEN);
      while (!busy.isEmpty() && busy.peek().until < first(node)) {
        var one = busy.poll();
        release(one.slot, one.side != null && one.side.end() > first(node) ? one.side : null);
      }
      rejoin(first(node));
      boolean bits = node.type().kind() == Kind.INT;
      var side = lives.sides().get(node);
      int slot = side == null ? -1 : take(wanted, free(new Use(small, bits, side)));
      slot = slot < 0 ? take(wanted, free(new Use(small, bits, null))) : slot;
      if (slot < 0) {
        slot = sizes.size();
        sizes.add(new LinkedHashSet<>());
        rows.add(Dim.ZERO);
        extents.add(0L);
        if (small) {
          own.add(slot);
        }
        if (bits) {
          whole.add(slot);
        }
      }
      sizes.get(slot).add(size);
      if (node.type().mayBeEmpty()) {
        // where an operand is padded it is loaded all the same
        sizes.get(slot).add(Dim.ONE);
      }
      extents.set(slot, Math.max(extents.get(slot), wanted));
      if (isAcrossTiles(node)) {
        rows.set(slot, tiles.row(node.type().size()));
      }
      busy.add(new Busy(slot, last(node), side));
      slots.put(node, slot);
    }

    private void release(int slot, Liveness.Side side) {
      free(new Use(own.contains(slot), whole.contains(slot), side)).computeIfAbsent(extents.get(slot), _ -> new TreeSet<>()).add(slot);
    }

    /** Slots of branches that have ended before a kernel are free for all. */
    private void rejoin(int kernel) {
      for (var use : List.copyOf(free.keySet())) {
        if (use.side != null && use.side.end() <= kernel) {
          free.remove(use).values().forEach(slots -> slots.forEach(slot -> release(slot, null)));
        }
      }
    }

    private TreeMap<Long, TreeSet<Integer>> free(Use use) {
      return free.computeIfAbsent(use, _ -> new TreeMap<>());
    }

    /** Takes the first of the free slots of the nearest size; -1 if none is free. */
    private static int take(long wanted, TreeMap<Long, TreeSet<Integer>> free) {
      var below = free.floorEntry(wanted);
      var above = free.ceilingEntry(wanted);
      if (below == null && above == null) {
        return -1;
      }
      long less = below == null ? Long.MAX_VALUE : wanted - below.getKey();
      long more = above == null ? Long.MAX_VALUE : above.getKey() - wanted;
      var entry = less < more || less == more && below.getValue().first() < above.getValue().first() ? below : above;
      int slot = entry.getValue().pollFirst();
      if (entry.getValue().isEmpty()) {
        free.remove(entry.getKey());
      }
      return slot;
    }
  }
}
