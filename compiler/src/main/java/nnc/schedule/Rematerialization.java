package nnc.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.Uses;
import nnc.schedule.KernelAssembly.Entry;

/**
 * A few steps of arithmetic on what lies in memory anyway: whoever reads them from another kernel computes them again, which costs less
 * than their way to memory and back.
 */
final class Rematerialization {
  /** Instructions that are better done again than an element stored and read. */
  private static final int MAX_RECOMPUTED_INSTRUCTIONS = 8;

  private final Set<Node> stored;
  private final Predicate<Node> bound;
  private final NodeMap<Entry> home;
  private final Uses users;
  private final NodeMap<Set<Entry>> readers = new NodeMap<>();
  private final NodeSet reread = new NodeSet();
  /** By the path of a weight, the kernel that replaces it. */
  private final Map<String, Entry> updaters = new HashMap<>();

  /**
   * @param stored from which what is computed again is taken away
   * @param bound  whether a node must be stored where it is
   * @param home   of each node, the kernel that computes it
   * @param reads  of each kernel, what it reads from memory
   */
  Rematerialization(Set<Node> stored, Predicate<Node> bound, NodeMap<Entry> home, Uses users, Map<Entry, Set<Node>> reads) {
    this.stored = stored;
    this.bound = bound;
    this.home = home;
    this.users = users;
    for (var entry : reads.keySet()) {
      for (var node : reads.get(entry)) {
        readers(node).add(entry);
      }
      for (var write : entry.writes()) {
        if (write.target() instanceof Kernel.Target.Update(var path)) {
          updaters.put(path, entry);
        }
      }
    }
  }

  /** Goes through the nodes in order: what is computed again is no longer there for those who come after it. */
  void run(Graph graph) {
    for (var node : graph.nodes()) {
      boolean candidate = OpTraits.arithmetic(node.op()) && home.contains(node) && !home.get(node).cut().counts();
      if (candidate && stored.contains(node) && !bound.test(node) && pays(node)) {
        stored.remove(node);
      }
    }
  }

  /** If so, the readers are known to read what the node is computed from. */
  private boolean pays(Node node) {
    var leaves = new LinkedHashSet<Node>();
    int effort = effort(node, MAX_RECOMPUTED_INSTRUCTIONS, leaves);
    if (effort > MAX_RECOMPUTED_INSTRUCTIONS || effort > 1 && !readElementwise(node)) {
      return false;
    }
    var readers = List.copyOf(readers(node));
    for (var leaf : leaves) {
      if (changes(leaf) && !readers.stream().allMatch(reader -> unchanged(leaf, node, reader))) {
        return false;
      }
    }
    leaves.removeIf(leaf -> !asLarge(leaf, node));
    int more = 0;
    for (var reader : readers) {
      more += missing(leaves, reader);
    }
    boolean pays = effort == 1 && leaves.size() <= 1 || more <= readers.size();
    for (var reader : pays ? readers : List.<Entry>of()) {
      for (var leaf : leaves) {
        readers(read(leaf)).add(reader);
        reread.add(read(leaf));
      }
    }
    return pays;
  }

  /** Whether kernels that no longer read what was computed from a node read the node instead. */
  boolean isReread(Node node) {
    return reread.contains(node);
  }

  /** The kernels that read a node from memory. */
  private Set<Entry> readers(Node node) {
    var known = readers.get(node);
    if (known == null) {
      known = new LinkedHashSet<>();
      readers.put(node, known);
    }
    return known;
  }

  /** How many of some nodes a kernel does not read yet. */
  private int missing(Set<Node> leaves, Entry reader) {
    int missing = 0;
    for (var leaf : leaves) {
      missing += readers(read(leaf)).contains(reader) ? 0 : 1;
    }
    return missing;
  }

  /** Instructions from what lasts in memory, the {@code leaves}, to an element; more than {@code most} if there are more. */
  private int effort(Node node, int most, Set<Node> leaves) {
    int effort = OpTraits.weight(node.op());
    for (var operand : node.operands()) {
      if (lasting(operand)) {
        leaves.add(operand);
      } else {
        effort += effort <= most && OpTraits.arithmetic(operand.op()) ? effort(operand, most - effort, leaves) : most + 1;
      }
    }
    return effort;
  }

  /** Whether those who read a node from another kernel take each element once. */
  private boolean readElementwise(Node node) {
    for (var user : users.of(node)) {
      if (home.get(user) != home.get(node) && !OpTraits.arithmetic(user.op()) && !(user.op() instanceof Op.Reduce)) {
        return false;
      }
    }
    return true;
  }

  // ---- what a node is computed from

  /** Whether as much is read of an operand as the node has elements: no number or row that is repeated. */
  private static boolean asLarge(Node operand, Node node) {
    var read = read(operand);
    return !(read.op() instanceof Op.Const) && read.type().size().equals(node.type().size());
  }

  /** What is read through views, none of which shows an element in several windows. */
  private static Node read(Node node) {
    var at = node;
    while (isShown(at) && !(at.op() instanceof Op.Windows)) {
      at = at.operand(0);
    }
    return at;
  }

  /** In memory until the end of the run, unchanged if it is no weight; or a number. */
  private boolean lasting(Node node) {
    var at = node;
    while (isShown(at) && !stored.contains(at)) {
      at = at.operand(0);
    }
    return stored.contains(at) || OpTraits.source(at.op()) && !(at.op() instanceof Op.Counter) || at.op() instanceof Op.Const;
  }

  /** Whether a node is a view of another one. */
  private static boolean isShown(Node node) {
    return OpTraits.view(node.op()) && !node.operands().isEmpty();
  }

  // ---- weights

  /** Whether it is a weight, which may be another value later. */
  private static boolean changes(Node leaf) {
    return shown(leaf).op() instanceof Op.Parameter || shown(leaf).op() instanceof Op.State;
  }

  /** What is behind all views. */
  private static Node shown(Node node) {
    var at = node;
    while (isShown(at)) {
      at = at.operand(0);
    }
    return at;
  }

  /**
   * Whether a kernel that computes {@code node} itself finds in a weight what it was before: nobody replaces it earlier, and the kernel
   * itself, if it does, when a row is done whose only element of the weight it is.
   */
  private boolean unchanged(Node leaf, Node node, Entry reader) {
    var path = shown(leaf).op() instanceof Op.Parameter(var parameter, _) ? parameter : ((Op.State) shown(leaf).op()).path();
    var updater = updaters.get(path);
    return updater == null || (updater == reader ? anElementARow(leaf, node, reader.cut().domain()) : updater.depth() > reader.depth());
  }

  /** Whether a node of a kernel's whole space reads of a leaf what belongs to the row: the leaf is repeated along what the kernel reduces. */
  private static boolean anElementARow(Node leaf, Node node, IterationSpace domain) {
    if (!(leaf.op() instanceof Op.Broadcast(var shape, var axes)) || domain.reduced().isEmpty() || !shape.equals(domain.shape())
        || !node.type().shape().equals(domain.shape())) {
      return false;
    }
    var kept = new ArrayList<Integer>();
    for (int axis = 0; axis < shape.size(); axis++) {
      if (!axes.contains(axis) && !shape.get(axis).is(1)) {
        kept.add(axis);
      }
    }
    boolean rows = kept.stream().noneMatch(domain.reduced()::contains)
        && kept.size() == domain.outer().stream().filter(dim -> !dim.is(1)).count();
    return rows && Stream.iterate(leaf.operand(0), at -> !OpTraits.source(at.op()), at -> at.operand(0)).allMatch(at -> at.op() instanceof Op.Reshape)
        && read(leaf).type().shape().stream().filter(dim -> !dim.is(1)).count() == kept.size();
  }
}
