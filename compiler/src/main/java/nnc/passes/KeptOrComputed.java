package nnc.passes;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import nnc.graph.Node;
import nnc.graph.NodeNumbers;
import nnc.graph.NodeSet;

/**
 * Which of some values are kept in memory, and which computed again of others, so that those that are needed are there and all of it costs least. It is a minimal cut: what is needed
 * lies on one side, what nothing follows from on the other.
 *
 * <pre>
 *   needed -> v                          must be there
 *   v -> v computed: cost of keeping     there and not computed
 *   v computed -> end: cost of computing
 *   v computed -> u, v of u              u must be there
 * </pre>
 *
 * Source: Picard 1976 (closures of least weight are minimal cuts); the flow is by Edmonds and Karp 1972.
 */
final class KeptOrComputed {
  /** A cost that nothing is worth. */
  static final long NEVER = Long.MAX_VALUE / 4;

  private static final int BEGIN = 0, END = 1;

  private final List<int[]> ends = new ArrayList<>();
  private final List<Long> room = new ArrayList<>();
  private final List<List<Integer>> from = new ArrayList<>();
  private final NodeNumbers places = new NodeNumbers();

  private KeptOrComputed() {}

  /**
   * @param values    in order
   * @param needed    of these
   * @param keeping   what it costs to keep a value; {@link #NEVER} if it cannot be
   * @param computing what it costs to compute a value of its operands, of which those that are none of the values are there
   * @return those that are kept
   */
  static NodeSet kept(List<Node> values, NodeSet needed, ToLongFunction<Node> keeping, ToLongFunction<Node> computing) {
    var cut = new KeptOrComputed();
    cut.from.add(new ArrayList<>());
    cut.from.add(new ArrayList<>());
    for (var value : values) {
      cut.places.put(value, cut.from.size());
      cut.from.add(new ArrayList<>());
      cut.from.add(new ArrayList<>());
    }
    for (var value : values) {
      int there = cut.places.get(value);
      if (needed.contains(value)) {
        cut.edge(BEGIN, there, NEVER);
      }
      cut.edge(there, there + 1, keeping.applyAsLong(value));
      cut.edge(there + 1, END, computing.applyAsLong(value));
      value.operands().stream().filter(cut.places::contains).forEach(read -> cut.edge(there + 1, cut.places.get(read), NEVER));
    }
    var reached = cut.reached();
    var kept = new NodeSet();
    for (var value : values) {
      int there = cut.places.get(value);
      if (reached[there] && !reached[there + 1]) {
        kept.add(value);
      }
    }
    return kept;
  }

  /** An edge, and behind it the one back. */
  private void edge(int begin, int end, long capacity) {
    from.get(begin).add(ends.size());
    ends.add(new int[] {begin, end});
    room.add(capacity);
    from.get(end).add(ends.size());
    ends.add(new int[] {end, begin});
    room.add(0L);
  }

  /** What can be reached from the beginning once nothing more flows to the end. */
  private boolean[] reached() {
    while (true) {
      var by = new int[from.size()];
      Arrays.fill(by, -1);
      var open = new ArrayDeque<Integer>(List.of(BEGIN));
      while (!open.isEmpty() && by[END] < 0) {
        int next = open.poll();
        for (int edge : from.get(next)) {
          int end = ends.get(edge)[1];
          if (room.get(edge) > 0 && end != BEGIN && by[end] < 0) {
            by[end] = edge;
            open.add(end);
          }
        }
      }
      if (by[END] < 0) {
        var reached = new boolean[by.length];
        for (int i = 0; i < by.length; i++) {
          reached[i] = i == BEGIN || by[i] >= 0;
        }
        return reached;
      }
      flow(by);
    }
  }

  private void flow(int[] by) {
    long most = NEVER;
    for (int at = END; at != BEGIN; at = ends.get(by[at])[0]) {
      most = Math.min(most, room.get(by[at]));
    }
    for (int at = END; at != BEGIN; at = ends.get(by[at])[0]) {
      room.set(by[at], room.get(by[at]) - most);
      // edges stand in pairs
      room.set(by[at] ^ 1, room.get(by[at] ^ 1) + most);
    }
  }
}
