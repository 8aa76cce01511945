package nnc.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Shapes;

/**
 * Cuts a graph into kernels, greedily, in the order of its nodes. Every kernel has a depth, above that of all kernels it reads; a node may
 * join a kernel if whatever else it reads lies at smaller depths. So no kernel can wait for itself, and the cut is linear in the graph.
 */
public final class Fusion {
  /** Instructions an element, all members together: a kernel's method must stay far below what the JIT refuses. */
  private static final int HEAVIEST = 220;

  /** A kernel that grows. */
  private static final class Draft {
    final Domain domain;
    final int depth;
    final int number;
    final List<Node> nodes = new ArrayList<>();
    final Set<Node> members = new LinkedHashSet<>();
    int weight;
    boolean contracts;
    boolean scatters;

    Draft(Domain domain, int depth, int number) {
      this.domain = domain;
      this.depth = depth;
      this.number = number;
    }
  }

  private final Graph graph;
  private final boolean enabled;
  private final List<Draft> drafts = new ArrayList<>();
  private final Map<Node, Draft> home;
  private final Map<Node, Integer> depths;
  private final Map<Domain, Draft> latest = new HashMap<>();
  private final Map<List<Dim>, Draft> latestOf = new HashMap<>();
  private final Set<Node> virtual = new HashSet<>();
  /** What is virtual, constants and counts, and views of these. */
  private final Set<Node> nothing = new HashSet<>();
  private final Set<Node> sunk = new HashSet<>();
  private final List<Schedule.Decision> decisions = new ArrayList<>();
  private final Users users;
  private final Set<Node> wanted = new HashSet<>();

  private Fusion(Graph graph, boolean enabled) {
    this.graph = graph;
    this.enabled = enabled;
    this.home = HashMap.newHashMap(graph.nodes().size());
    this.depths = HashMap.newHashMap(graph.nodes().size());
    this.users = new Users(graph);
    graph.results().forEach(result -> wanted.add(result.node()));
  }

  /** @param enabled whether nodes may share kernels at all: {@code --without=fusion} */
  public static Schedule schedule(Graph graph, boolean enabled) {
    return new Fusion(Legalize.run(graph), enabled).run();
  }

  private Schedule run() {
    for (var node : graph.nodes()) {
      place(node);
    }
    var cuts = drafts.stream().map(d -> new Assembly.Cut(d.domain, d.depth, d.nodes, d.members, d.contracts, d.scatters)).toList();
    return new Assembly(graph, cuts, depths, users, decisions, enabled).schedule();
  }

  private void place(Node node) {
    int depth = ready(node);
    if (Ops.view(node.op()) && fromNothing(node.operands())) {
      nothing.add(node);
    }
    if (Ops.source(node.op()) || Ops.view(node.op())) {
      depths.put(node, depth);
    } else if (free(node)) {
      virtual.add(node);
      nothing.add(node);
      depths.put(node, depth);
    } else if (sunk(node)) {
      sunk.add(node);
      depths.put(node, depth);
    } else if (Ops.assembled(node)) {
      // each part is stored in its place by the kernel that makes it, or by one that copies it, a level deeper
      depths.put(node, depth + 1);
    } else {
      var draft = choose(node).orElseGet(() -> open(Domain.of(node), depth + 1));
      join(draft, node);
    }
  }

  /** The depth of the deepest kernel that a node reads. */
  private int ready(Node node) {
    int deepest = 0;
    for (var operand : node.operands()) {
      deepest = Math.max(deepest, depths.get(operand));
    }
    return deepest;
  }

  /** A step of arithmetic on what is in memory, for one elementwise reader: the reader does it itself. */
  private boolean sunk(Node node) {
    var readers = users.of(node);
    return enabled && Ops.pointwise(node.op()) && !(node.op() instanceof Op.Gather) && Ops.weight(node.op()) <= 4 && readers.size() == 1
        && Ops.pointwise(readers.getFirst().op()) && !wanted.contains(node)
        && node.operands().stream().allMatch(o -> Ops.source(o.op()) || nothing.contains(o));
  }

  /** Made from numbers and places alone (a mask of random draws, a range): every reader computes it again, nobody stores it. */
  private boolean free(Node node) {
    return node.op() instanceof Op.Uniform || Ops.pointwise(node.op()) && !(node.op() instanceof Op.Gather)
        && fromNothing(node.operands()) && node.operands().stream().mapToInt(o -> heft(o, 0)).sum() + Ops.weight(node.op()) < 60;
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
    return deep > 12 ? 1000 : Ops.weight(node.op()) + node.operands().stream().mapToInt(o -> heft(o, deep + 1)).sum();
  }

  private Draft open(Domain domain, int depth) {
    var draft = new Draft(domain, depth, drafts.size());
    drafts.add(draft);
    return draft;
  }

  private void join(Draft draft, Node node) {
    draft.nodes.add(node);
    draft.members.add(node);
    draft.weight += Ops.weight(node.op());
    draft.contracts |= Ops.contracts(node.op());
    draft.scatters |= node.op() instanceof Op.ScatterAdd;
    home.put(node, draft);
    depths.put(node, draft.depth);
    latest.put(draft.domain, draft);
    latestOf.put(draft.domain.shape(), draft);
  }

  /** The kernel that a node joins: that of what it reads, or one over the same space that reduces already. */
  private java.util.Optional<Draft> choose(Node node) {
    if (!enabled || node.op() instanceof Op.ScatterAdd || Ops.contracts(node.op())) {
      return java.util.Optional.empty();
    }
    var producers = new LinkedHashSet<Draft>();
    node.operands().forEach(operand -> collect(operand, producers));
    var candidates = new ArrayList<>(producers);
    if (Ops.reduces(node.op()) && latest.containsKey(Domain.of(node))) {
      candidates.add(latest.get(Domain.of(node)));
    }
    candidates.sort((a, b) -> a.depth != b.depth ? Integer.compare(b.depth, a.depth) : Integer.compare(a.number, b.number));
    for (var draft : candidates) {
      var obstacle = obstacle(node, draft);
      if (!draft.nodes.isEmpty()) {
        decisions.add(new Schedule.Decision(draft.nodes.getLast(), node, obstacle == null, obstacle == null ? "same space" : obstacle));
      }
      if (obstacle == null) {
        return java.util.Optional.of(widened(draft, node));
      }
    }
    return sibling(node);
  }

  /** A kernel over the same space that has to wait no longer than the node itself. */
  private java.util.Optional<Draft> sibling(Node node) {
    int depth = ready(node);
    return java.util.Optional.ofNullable(latestOf.get(node.type().shape()))
        .filter(draft -> Ops.pointwise(node.op()) && draft.depth == depth + 1 && obstacle(node, draft) == null);
  }

  /** The kernels behind an operand, through views and what is computed again. */
  private void collect(Node operand, Set<Draft> producers) {
    var open = new ArrayDeque<>(List.of(operand));
    while (!open.isEmpty()) {
      var node = open.pop();
      var draft = home.get(node);
      if (draft != null) {
        producers.add(draft);
      } else if (Ops.view(node.op()) || virtual.contains(node) || sunk.contains(node)) {
        node.operands().forEach(open::push);
      }
    }
  }

  /** A pointwise kernel that gets its first reduction becomes one over the reduction's space: the draft is replaced. */
  private Draft widened(Draft draft, Node node) {
    var domain = Domain.of(node);
    if (!draft.domain.reduced().isEmpty() || domain.reduced().isEmpty()) {
      return draft;
    }
    var wide = new Draft(domain, draft.depth, draft.number);
    drafts.set(draft.number, wide);
    draft.nodes.forEach(member -> join(wide, member));
    return wide;
  }

  /** Why a node cannot join a kernel, or null if it can. */
  private String obstacle(Node node, Draft draft) {
    if (draft.scatters) {
      return "a scatter stands alone";
    }
    if (draft.weight + Ops.weight(node.op()) > HEAVIEST) {
      return "the kernel would be too large";
    }
    var domain = Domain.of(node);
    boolean reduces = Ops.reduces(node.op());
    if (node.op() instanceof Op.FoldWindows) {
      return "overlapping windows stand alone";
    }
    boolean fits = reduces
        ? draft.domain.equals(domain) && !draft.contracts || draft.domain.reduced().isEmpty() && Shapes.same(draft.domain.shape(), domain.shape())
        : Shapes.same(node.type().shape(), draft.domain.shape()) && !draft.contracts || Shapes.same(node.type().shape(), draft.domain.outer());
    if (!fits) {
      return "other spaces: " + draft.domain.shape() + " and " + domain.shape();
    }
    for (var operand : node.operands()) {
      var fault = reaches(node, operand, draft);
      if (fault != null) {
        return fault;
      }
    }
    return null;
  }

  /** An operand from inside the kernel must be read at the reader's own place; one from outside must be ready before. */
  private String reaches(Node node, Node operand, Draft draft) {
    if (node.op() instanceof Op.Gather && operand == node.operand(0)) {
      var read = new LinkedHashSet<Draft>();
      collect(operand, read);
      if (read.contains(draft)) {
        return "reads other places of it";
      }
    }
    if (draft.members.contains(operand)) {
      return sameSpace(node, operand, draft) ? null : "reads other places of it";
    }
    if (operand.op() instanceof Op.Broadcast(_, var axes) && draft.members.contains(operand.operand(0))) {
      boolean back = axes.equals(draft.domain.reduced()) && operand.type().shape().equals(draft.domain.shape())
          && operand.operand(0).type().shape().equals(draft.domain.outer()) && !axes.isEmpty();
      return back ? null : "reads other places of it";
    }
    var inside = new LinkedHashSet<Draft>();
    collect(operand, inside);
    if (inside.contains(draft)) {
      return "reads other places of it";
    }
    return depths.get(operand) < draft.depth ? null : "must wait for another kernel";
  }

  private static boolean sameSpace(Node node, Node operand, Draft draft) {
    var read = Ops.reduces(node.op()) ? Domain.of(node).shape() : node.type().shape();
    boolean ambiguous = draft.domain.shape().equals(draft.domain.outer());
    return Shapes.same(operand.type().shape(), read) || ambiguous;
  }
}
