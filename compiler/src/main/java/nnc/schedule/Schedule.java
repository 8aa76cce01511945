package nnc.schedule;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Node;

/**
 * A graph cut into kernels, in an order in which every value is stored before it is read.
 *
 * @param stored     nodes that have a buffer of their own in the arena
 * @param decisions  what was fused, what not, and why
 * @param copies     updates that go through a buffer, by path: they are copied to the weights at the end
 * @param locations  stored nodes whose buffer is a stretch of another's: of the concatenation that they are part of
 * @param weightOnly what need be computed only when the weights have changed
 * @param repeats    stretches of kernels that are run turn by turn, outer ones before those that lie in them
 * @param branches   stretches of kernels of which parts do not depend on each other; none lies in a branch of another
 */
public record Schedule(Graph graph, List<Kernel> kernels, Set<Node> stored, List<Decision> decisions, Map<String, Node> copies,
    Map<Node, Location> locations, WeightOnlyKernels weightOnly, List<Repeat> repeats,
    List<Branches> branches) {

  /**
   * Kernels {@code from} to before {@code to}, as often as {@code turns} says.
   *
   * @param turn  the open dimension that counts the turns, from 1
   * @param going a stored node, of which no element is true once further turns change nothing; null if all turns are run
   */
  public record Repeat(int from, int to, String turn, Dim turns, Node going) {
    Repeat moved(int by) {
      return new Repeat(from + by, to + by, turn, turns, going);
    }
  }

  /**
   * Kernels that may run side by side: those of a branch in their order.
   *
   * @param bounds the first kernel of each branch, and the first one behind them all
   */
  public record Branches(List<Integer> bounds) {
    public int from() {
      return bounds.getFirst();
    }

    public int to() {
      return bounds.getLast();
    }

    /** The branch of a kernel, from 0 on. */
    public int branch(int kernel) {
      int branch = 0;
      while (bounds.get(branch + 1) <= kernel) {
        branch++;
      }
      return branch;
    }

    /** Where kernels have other numbers, branches without any dropped; fewer than two are none. */
    Stream<Branches> renumbered(IntUnaryOperator numbers) {
      var renumbered = bounds.stream().map(numbers::applyAsInt).distinct().toList();
      return renumbered.size() > 2 ? Stream.of(new Branches(renumbered)) : Stream.empty();
    }
  }

  /** So many elements behind the beginning of a node's buffer. */
  public record Location(Node whole, Dim offset) {}

  /** Where a node's buffer lies: in that of a node that has one of its own. */
  public Location location(Node node) {
    var at = new Location(node, Dim.ZERO);
    while (locations.containsKey(at.whole)) {
      var outer = locations.get(at.whole);
      at = new Location(outer.whole, at.offset.plus(outer.offset));
    }
    return at;
  }

  /**
   * Whether a node joined the kernel of one that it reads.
   *
   * @param obstacle why it did not, or null if it did
   */
  public record Decision(Node producer, Node consumer, Obstacle obstacle) {
    public boolean fused() {
      return obstacle == null;
    }
  }

  /** Why a node cannot join a kernel; of two spaces that differ, which. There are many, and few are ever read: as words only on demand. */
  public record Obstacle(String reason, List<Dim> kernel, List<Dim> node) {
    Obstacle(String reason) {
      this(reason, List.of(), List.of());
    }

    @Override
    public String toString() {
      return kernel.isEmpty() && node.isEmpty() ? reason : reason + kernel + " and " + node;
    }
  }
}
