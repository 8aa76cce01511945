package nnc.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeNumbers;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.Shapes;
import nnc.graph.Uses;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;
import nnc.schedule.Schedule.Obstacle;

/**
 * Cuts a graph into kernels, greedily, in the order of its nodes. Every kernel has a depth, above that of all kernels it reads; a node may
 * join a kernel if whatever else it reads lies at smaller depths. So no kernel can wait for itself, and the cut is linear in the graph. What
 * follows from the weights alone comes first, below all else: what is done with it need wait for nothing.
 */
public final class Fusion {
  /** Instructions an element, all members together: a kernel's method must stay far below what the JIT refuses. */
  private static final int MAX_KERNEL_INSTRUCTIONS = 220;

  /**
   * Nodes that join a kernel without sharing a value of it: that saves a call, no memory, and each brings loads and stores of its own. Of some hundred vectors in a
   * method the JIT no longer inlines all operations, allocates the vectors, and takes half a minute to find out where they go.
   */
  private static final int MAX_SIBLINGS = 4;

  private static final Obstacle COUNTED = new Obstacle("what follows from the step alone is computed in double");
  private static final Obstacle ALONE = new Obstacle("computed in order, it stands alone");
  private static final Obstacle TOO_LARGE = new Obstacle("the kernel would be too large");
  private static final Obstacle WINDOWS = new Obstacle("overlapping windows stand alone");
  private static final Obstacle OTHER_PLACES = new Obstacle("reads other places of it");
  private static final Obstacle LATER = new Obstacle("must wait for another kernel");

  /** A kernel that grows. */
  private static final class Draft {
    final IterationSpace domain;
    /** The domain's, for those who ask often. */
    final List<Dim> outer;
    final int depth;
    final int number;
    final List<Node> nodes = new ArrayList<>();
    int weight;
    int siblings;
    boolean contracts;
    boolean alone;
    boolean counts;

    Draft(IterationSpace domain, int depth, int number) {
      this.domain = domain;
      this.outer = domain.reduced().isEmpty() ? domain.shape() : domain.outer();
      this.depth = depth;
      this.number = number;
    }
  }

  private final Graph graph;
  private final Switches switches;
  /** Whether nodes may share kernels at all. */
  private final boolean enabled;
  private final List<Draft> drafts = new ArrayList<>();
  private final NodeMap<Draft> home = new NodeMap<>();
  private final NodeNumbers depths = new NodeNumbers();
  /** The kernel that was last joined, of each domain and of each space. */
  private final Map<IterationSpace, Draft> latest = new HashMap<>();
  private final Map<List<Dim>, Draft> latestOf = new HashMap<>();
  private Draft newest;
  private final NodeSet virtual = new NodeSet();
  /** What is virtual, constants and counts, and views of these. */
  private final NodeSet nothing = new NodeSet();
  private final NodeSet sunk = new NodeSet();
  private final StepScalars counted;
  /** The kernels that counted numbers join, by shape, as long as they are not too large. */
  private final Map<List<Dim>, Draft> counts = new HashMap<>();
  private final List<Schedule.Decision> decisions = new ArrayList<>();
  private final Uses users;
  private final NodeSet wanted = new NodeSet();
  /** The depth above which kernels lie. */
  private int floor;

  private Fusion(Graph graph, Switches switches) {
    this.graph = graph;
    this.switches = switches;
    this.enabled = switches.on(Optimization.FUSION);
    this.users = new Uses(graph);
    this.counted = new StepScalars(graph);
    graph.results().forEach(result -> wanted.add(result.node()));
  }

  public static Schedule schedule(Graph graph, Switches switches) {
    var schedule = new Fusion(graph, switches).run();
    return LoopFlattening.flat(switches.on(Optimization.INDEPENDENT_LOOPS) ? IndependentLoops.side(schedule) : schedule, switches);
  }

  private Schedule run() {
    var once = WeightOnlyKernels.candidates(graph, switches);
    graph.nodes().stream().filter(once::contains).forEach(this::place);
    floor = drafts.stream().mapToInt(draft -> draft.depth).max().orElse(0);
    graph.nodes().stream().filter(node -> !once.contains(node)).forEach(this::place);
    var cuts = drafts.stream().map(d -> new KernelAssembly.Cut(d.domain, d.depth, d.nodes, new LinkedHashSet<>(d.nodes), d.contracts, d.alone, d.counts)).toList();
    return new KernelAssembly(graph, cuts, depths, users, decisions, switches).schedule();
  }

  private void place(Node node) {
    int depth = ready(node);
    if (OpTraits.view(node.op()) && fromNothing(node.operands())) {
      nothing.add(node);
    }
    if (OpTraits.source(node.op()) || OpTraits.view(node.op())) {
      depths.put(node, depth);
    } else if (node.op() instanceof Op.LoopResult) {
      join(home.get(node.operand(0)), node);
    } else if (node.op() instanceof Op.Loop) {
      // copies of what it reads, where that is a view, are a level deeper than what they read
      join(open(IterationSpace.of(node), depth + 2), node);
    } else if (counted.contains(node)) {
      count(node);
    } else if (free(node)) {
      virtual.add(node);
      nothing.add(node);
      depths.put(node, depth);
    } else if (sunk(node)) {
      sunk.add(node);
      depths.put(node, depth);
    } else if (OpTraits.assembled(node)) {
      // each part is stored in its place by the kernel that makes it, or by one that copies it, a level deeper
      depths.put(node, depth + 1);
    } else {
      var draft = choose(node);
      join(draft != null ? draft : open(IterationSpace.of(node), depth + 1), node);
    }
  }

  /** A number that others than its like read is stored; each is computed from the counters, and of those between none is ever rounded. */
  private void count(Node node) {
    if (!wanted.contains(node) && !counted.leaves(node, users)) {
      virtual.add(node);
      depths.put(node, floor);
      return;
    }
    var draft = counts.get(node.type().shape());
    if (draft == null || draft.weight + counted.effort(node) > MAX_KERNEL_INSTRUCTIONS) {
      draft = open(IterationSpace.of(node), floor + 1);
      draft.counts = true;
      counts.put(node.type().shape(), draft);
    }
    draft.nodes.add(node);
    draft.weight += counted.effort(node);
    home.put(node, draft);
    depths.put(node, draft.depth);
  }

  /** The depth of the deepest kernel that a node reads. */
  private int ready(Node node) {
    int deepest = floor;
    for (var operand : node.operands()) {
      deepest = Math.max(deepest, depths.get(operand));
    }
    return deepest;
  }

  /** A step of arithmetic on what is in memory, for one elementwise reader: the reader does it itself. */
  private boolean sunk(Node node) {
    var readers = users.of(node);
    return enabled && OpTraits.pointwise(node.op()) && !(node.op() instanceof Op.Gather) && OpTraits.weight(node.op()) <= 4 && readers.size() == 1
        && OpTraits.pointwise(readers.getFirst().op()) && !wanted.contains(node)
        && onMemory(node);
  }

  private boolean onMemory(Node node) {
    for (int i = 0; i < node.operands().size(); i++) {
      if (!OpTraits.source(node.operand(i).op()) && !nothing.contains(node.operand(i))) {
        return false;
      }
    }
    return true;
  }

  /** Made from constants and indices alone (a mask of random draws, a range): every reader computes it again, nobody stores it. */
  private boolean free(Node node) {
    return node.op() instanceof Op.Uniform || OpTraits.pointwise(node.op()) && !(node.op() instanceof Op.Gather)
        && fromNothing(node.operands()) && node.operands().stream().mapToInt(o -> heft(o, 0)).sum() + OpTraits.weight(node.op()) < 60;
  }

  private boolean fromNothing(List<Node> nodes) {
    for (var node : nodes) {
      if (!nothing.contains(node)) {
        return false;
      }
    }
    return true;
  }

  private int heft(Node node, int deep) {
    return deep > 12 ? 1000 : OpTraits.weight(node.op()) + node.operands().stream().mapToInt(o -> heft(o, deep + 1)).sum();
  }

  private Draft open(IterationSpace domain, int depth) {
    var draft = new Draft(domain, depth, drafts.size());
    drafts.add(draft);
    return draft;
  }

  private void join(Draft draft, Node node) {
    draft.nodes.add(node);
    draft.weight += OpTraits.weight(node.op());
    draft.contracts |= OpTraits.contracts(node.op());
    draft.alone |= OpTraits.alone(node.op());
    home.put(node, draft);
    depths.put(node, draft.depth);
    if (draft != newest) {
      latest.put(draft.domain, draft);
      latestOf.put(draft.domain.shape(), draft);
      newest = draft;
    }
  }

  /** What is added to some elements of a weight, and is one weight's next value and nothing else, is added where that weight is. */
  private boolean growsInPlace(Node node) {
    return node.op() instanceof Op.Binary(var fn) && fn == BinaryFn.ADD && OpTraits.path(node.operand(0).op()) != null
        && OpTraits.scattersWide(node.operand(1)) && users.isReadOnce(node.operand(1)) && users.of(node).isEmpty() && isOneUpdate(node);
  }

  private boolean isOneUpdate(Node node) {
    var results = graph.results().stream().filter(result -> result.node() == node).toList();
    return results.size() == 1 && results.getFirst().role() == Graph.Role.UPDATE;
  }

  /** The kernel that a node joins: that of what it reads, or one over the same space that reduces already. Null if it opens its own. */
  private Draft choose(Node node) {
    if (!enabled || OpTraits.alone(node.op()) || OpTraits.contracts(node.op())) {
      return null;
    }
    if (growsInPlace(node)) {
      return home.get(node.operand(1));
    }
    var candidates = new ArrayList<Draft>(4);
    for (int i = 0; i < node.operands().size(); i++) {
      collect(node.operand(i), candidates);
    }
    var domain = IterationSpace.of(node);
    if (OpTraits.reduces(node.op()) && latest.containsKey(domain)) {
      candidates.add(latest.get(domain));
    }
    candidates.sort((a, b) -> a.depth != b.depth ? Integer.compare(b.depth, a.depth) : Integer.compare(a.number, b.number));
    for (var draft : candidates) {
      var obstacle = obstacle(node, domain, draft);
      if (!draft.nodes.isEmpty()) {
        decisions.add(new Schedule.Decision(draft.nodes.getLast(), node, obstacle));
      }
      if (obstacle == null) {
        return widened(draft, node);
      }
    }
    return sibling(node, domain);
  }

  /** A kernel over the same space that has to wait no longer than the node itself; null if there is none. */
  private Draft sibling(Node node, IterationSpace domain) {
    var draft = OpTraits.pointwise(node.op()) ? latestOf.get(node.type().shape()) : null;
    boolean fits = draft != null && draft.siblings < MAX_SIBLINGS && draft.depth == ready(node) + 1 && obstacle(node, domain, draft) == null;
    if (!fits) {
      return null;
    }
    draft.siblings++;
    return draft;
  }

  /** Adds the kernels behind an operand, each once. */
  private void collect(Node operand, List<Draft> producers) {
    var first = behind(operand);
    var draft = home.get(first);
    if (draft != null && !producers.contains(draft)) {
      producers.add(draft);
    }
    if (draft == null && first.operands().size() > 1 && isPassed(first)) {
      for (int i = first.operands().size() - 1; i >= 0; i--) {
        collect(first.operand(i), producers);
      }
    }
  }

  /** What stands behind steps that have one operand each. */
  private Node behind(Node operand) {
    var at = operand;
    while (at.operands().size() == 1 && isPassed(at)) {
      at = at.operand(0);
    }
    return at;
  }

  /** Whether a reader reads what the node reads: a view, or what is computed again. */
  private boolean isPassed(Node node) {
    return home.get(node) == null && (OpTraits.view(node.op()) || virtual.contains(node) || sunk.contains(node));
  }

  /** A pointwise kernel that gets its first reduction becomes one over the reduction's space: the draft is replaced. */
  private Draft widened(Draft draft, Node node) {
    var domain = IterationSpace.of(node);
    if (!draft.domain.reduced().isEmpty() || domain.reduced().isEmpty()) {
      return draft;
    }
    var wide = new Draft(domain, draft.depth, draft.number);
    wide.siblings = draft.siblings;
    drafts.set(draft.number, wide);
    draft.nodes.forEach(member -> join(wide, member));
    return wide;
  }

  /** Why a node cannot join a kernel, or null if it can. */
  private Obstacle obstacle(Node node, IterationSpace domain, Draft draft) {
    if (draft.alone || draft.counts) {
      return draft.alone ? ALONE : COUNTED;
    }
    if (draft.weight + OpTraits.weight(node.op()) > MAX_KERNEL_INSTRUCTIONS) {
      return TOO_LARGE;
    }
    boolean reduces = OpTraits.reduces(node.op());
    if (node.op() instanceof Op.FoldWindows) {
      return WINDOWS;
    }
    boolean fits = reduces
        ? draft.domain.equals(domain) && !draft.contracts || draft.domain.reduced().isEmpty() && Shapes.same(draft.domain.shape(), domain.shape())
        : Shapes.same(node.type().shape(), draft.domain.shape()) && !draft.contracts || Shapes.same(node.type().shape(), draft.outer);
    if (!fits) {
      return new Obstacle("other spaces: ", draft.domain.shape(), domain.shape());
    }
    for (var operand : node.operands()) {
      var fault = reaches(node, operand, draft);
      if (fault != null) {
        return fault;
      }
    }
    return null;
  }

  /** An operand from inside the kernel must be read at the reader's own index; one from outside must be ready before. */
  private Obstacle reaches(Node node, Node operand, Draft draft) {
    if (node.op() instanceof Op.Gather && operand == node.operand(0)) {
      if (reads(operand, draft)) {
        return OTHER_PLACES;
      }
    }
    if (home.get(operand) == draft) {
      return sameSpace(node, operand, draft) ? null : OTHER_PLACES;
    }
    if (operand.op() instanceof Op.Broadcast(_, var axes) && home.get(operand.operand(0)) == draft) {
      boolean back = axes.equals(draft.domain.reduced()) && Shapes.same(operand.type().shape(), draft.domain.shape())
          && Shapes.same(operand.operand(0).type().shape(), draft.outer) && !axes.isEmpty();
      return back ? null : OTHER_PLACES;
    }
    if (reads(operand, draft)) {
      return OTHER_PLACES;
    }
    return depths.get(operand) < draft.depth ? null : LATER;
  }

  /** Whether a kernel is among those behind an operand. */
  private boolean reads(Node operand, Draft draft) {
    var producers = new ArrayList<Draft>(4);
    collect(operand, producers);
    return producers.contains(draft);
  }

  private static boolean sameSpace(Node node, Node operand, Draft draft) {
    var read = OpTraits.reduces(node.op()) ? IterationSpace.of(node).shape() : node.type().shape();
    boolean ambiguous = Shapes.same(draft.domain.shape(), draft.outer);
    return ambiguous || Shapes.same(operand.type().shape(), read);
  }
}
