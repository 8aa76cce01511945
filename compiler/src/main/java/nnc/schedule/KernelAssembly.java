package nnc.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeNumbers;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.Uses;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;

/** From cuts to kernels: what each stores and where, copies where nothing else would store a value, and their order. */
final class KernelAssembly {

  /** Nodes that are computed together; see {@link Fusion}. */
  record Cut(IterationSpace domain, int depth, List<Node> nodes, Set<Node> members, boolean contracts, boolean alone, boolean counts) {}

  /** A kernel on its way: its place in the order, and what it stores. */
  record Entry(Cut cut, int depth, List<Kernel.Write> writes) {
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  private final Graph graph;
  private final NodeNumbers depths;
  private final List<Schedule.Decision> decisions;
  private final Switches switches;
  private final List<Entry> entries = new ArrayList<>();
  private final NodeMap<Entry> home = new NodeMap<>();
  private final Set<Node> stored = new LinkedHashSet<>();
  private final Map<Entry, Set<Node>> reads = new LinkedHashMap<>();
  private final Map<String, Node> copies = new LinkedHashMap<>();
  private final Map<Node, Schedule.Location> locations = new HashMap<>();
  private final NodeSet results = new NodeSet();
  private final Uses users;
  /** What loops read, which lies in memory. */
  private final NodeSet handed = new NodeSet();

  KernelAssembly(Graph graph, List<Cut> cuts, NodeNumbers depths, Uses users, List<Schedule.Decision> decisions, Switches switches) {
    this.users = users;
    this.graph = graph;
    this.depths = depths;
    this.decisions = decisions;
    this.switches = switches;
    for (var cut : cuts) {
      var entry = new Entry(cut, cut.depth(), new ArrayList<>());
      entries.add(entry);
      for (var node : cut.nodes()) {
        home.put(node, entry);
      }
    }
  }

  Schedule schedule() {
    graph.results().forEach(result -> results.add(OpTraits.unreshaped(result.node())));
    // the last first: a part that is a concatenation itself is located before its own parts are
    graph.nodes().reversed().stream().filter(OpTraits::assembled).forEach(this::parts);
    graph.results().stream().filter(result -> result.role() != Graph.Role.UPDATE).forEach(result -> keep(result.node()));
    graph.nodes().stream().filter(node -> node.op() instanceof Op.Loop).forEach(this::hand);
    for (var entry : entries) {
      reads.put(entry, readsOf(entry));
    }
    updates();
    for (var nodes : reads.values()) {
      for (var node : nodes) {
        if (home.contains(node)) {
          stored.add(node);
        }
      }
    }
    var again = new Rematerialization(stored, node -> results.contains(node) || handed.contains(node) || locations.containsKey(node), home, users, reads);
    if (switches.on(Optimization.REMATERIALIZATION)) {
      again.run(graph);
    }
    boolean transposes = switches.on(Optimization.TRANSPOSED_STORES);
    for (var node : List.copyOf(stored)) {
      if (home.contains(node)) {
        home.get(node).writes.add(new Kernel.Write(node, transposes && !(again.isReread(node) && isReadWithin(node)) ? target(node) : new Kernel.Target.Own()));
      }
    }
    var order = new ArrayList<Entry>(entries.size());
    entries.stream().filter(entry -> !entry.writes.isEmpty() && !updating(entry)).forEach(order::add);
    entries.stream().filter(entry -> updating(entry)).forEach(order::add);
    order.sort((a, b) -> Integer.compare(a.depth, b.depth));
    var kernels = order.stream().map(KernelAssembly::kernel).toList();
    return new Schedule(graph, kernels, stored, decisions, copies, locations, WeightOnlyKernels.of(graph, kernels, stored, locations, switches), List.of(), List.of());
  }

  /** A product that others read by a transpose alone, of itself or of another shape, is stored as they read it: then they find their rows side by side. */
  private Kernel.Target target(Node node) {
    var cut = home.get(node).cut;
    if (!cut.contracts() || hasBatchLast(cut) || results.contains(node) || locations.containsKey(node)) {
      return new Kernel.Target.Own();
    }
    var reader = reader(node, cut);
    reader = reader != null && reader.op() instanceof Op.Reshape ? reader(reader, cut) : reader;
    if (reader == null || !(reader.op() instanceof Op.Transpose)) {
      return new Kernel.Target.Own();
    }
    stored.remove(node);
    stored.add(reader);
    return new Kernel.Target.Transposed(reader);
  }

  /** The only reader of a node beside a cut; null if there are others. */
  private Node reader(Node node, Cut cut) {
    var readers = users.of(node).stream().filter(user -> !cut.members().contains(user)).toList();
    return readers.size() == 1 ? readers.getFirst() : null;
  }

  /** Whether its own kernel reads a node: who computes that kernel's other results again reads the node as it is, not by a transpose. */
  private boolean isReadWithin(Node node) {
    return users.of(node).stream().anyMatch(home.get(node).cut.members()::contains);
  }

  private static boolean hasBatchLast(Cut cut) {
    return cut.nodes().getFirst().op() instanceof Op.Conv conv && conv.batchLast();
  }

  private static boolean updating(Entry entry) {
    for (var write : entry.writes) {
      if (write.target() instanceof Kernel.Target.Update) {
        return true;
      }
    }
    return false;
  }

  /**
   * Parts of a whole are written by those who make them, but for sums that a scatter gathers in a buffer of their own; a part that is a stretch
   * of the whole has its own buffer there.
   */
  private void parts(Node whole) {
    stored.add(whole);
    var from = Dim.ZERO;
    var row = whole.op() instanceof Op.Concat(var axis) ? Dim.product(whole.type().shape().subList(axis + 1, whole.type().rank())) : Dim.ONE;
    for (int i = 0; i < whole.operands().size(); i++) {
      var operand = whole.operand(i);
      var made = OpTraits.unreshaped(operand);
      var target = new Kernel.Target.Part(whole, i, from);
      if (stretch(whole) && (home.contains(made) || OpTraits.assembled(made)) && !results.contains(made) && !locations.containsKey(made)) {
        stored.add(made);
        locations.put(made, new Schedule.Location(whole, from.times(row)));
      } else if (home.contains(made) && !gathers(home.get(made))) {
        home.get(made).writes.add(new Kernel.Write(made, target));
      } else {
        copy(operand, target, depths.get(operand) + 1);
      }
      from = whole.op() instanceof Op.Concat(var along) ? from.plus(operand.type().dim(along)) : from;
    }
  }

  /** Whether a kernel accumulates its sums in memory, in no order of indices, or is a loop: a target elsewhere they can only be copied to. */
  private static boolean gathers(Entry entry) {
    var cut = entry.cut;
    return cut.alone() && (cut.nodes().getFirst().op() instanceof Op.ScatterAdd && cut.nodes().size() == 1 || cut.nodes().getFirst().op() instanceof Op.Loop);
  }

  /** Whether the parts of a whole lie in memory one behind the other. */
  private static boolean stretch(Node whole) {
    return whole.op() instanceof Op.Concat(var axis) && Dim.product(whole.type().shape().subList(0, axis)).is(1);
  }

  private void copy(Node node, Kernel.Target target, int depth) {
    var cut = new Cut(new IterationSpace(node.type().shape(), List.of()), depth, List.of(), Set.of(), false, false, false);
    entries.add(new Entry(cut, depth, new ArrayList<>(List.of(new Kernel.Write(node, target)))));
  }

  /** What a loop's body is given has a buffer; what a loop begins with is copied from wherever it is. */
  private void hand(Node loop) {
    for (int i = 0; i < loop.operands().size(); i++) {
      var operand = loop.operand(i);
      handed.add(operand);
      if (i >= ((Op.Loop) loop.op()).carried() && !OpTraits.source(operand.op())) {
        keep(operand);
      }
    }
  }

  /** A result has a buffer: that of its kernel, or one that it is copied to. */
  private void keep(Node node) {
    if (!stored.add(node) || home.contains(node) || OpTraits.assembled(node)) {
      return;
    }
    copy(node, new Kernel.Target.Own(), depths.get(node) + 1);
  }

  /** What a kernel reads from memory. */
  private Set<Node> readsOf(Entry entry) {
    var found = new LinkedHashSet<Node>();
    for (var node : entry.cut.nodes()) {
      collect(node.operands(), entry, found);
    }
    if (entry.cut.nodes().isEmpty()) {
      entry.writes.forEach(write -> collect(List.of(write.node()), entry, found));
    }
    return found;
  }

  private void collect(List<Node> operands, Entry entry, Set<Node> found) {
    var open = new ArrayDeque<>(operands);
    while (!open.isEmpty()) {
      var node = open.pop();
      var maker = home.get(node);
      if (maker == entry) {
        continue;
      }
      if (maker != null && !entry.cut.counts() || OpTraits.source(node.op()) || OpTraits.assembled(node)) {
        found.add(node);
      } else {
        for (int i = node.operands().size() - 1; i >= 0; i--) {
          open.push(node.operand(i));
        }
      }
    }
  }

  // ---- updates

  private void updates() {
    Map<String, Node> kept = new HashMap<>();
    for (var node : graph.nodes()) {
      switch (node.op()) {
        case Op.Parameter(var path, _) -> kept.put(path, node);
        case Op.State(var path, _) -> kept.put(path, node);
        default -> { }
      }
    }
    Map<Node, List<Entry>> readers = new HashMap<>();
    for (var entry : reads.keySet()) {
      for (var node : reads.get(entry)) {
        if (node.op() instanceof Op.Parameter || node.op() instanceof Op.State) {
          readers.computeIfAbsent(node, _ -> new ArrayList<>()).add(entry);
        }
      }
    }
    var shown = new HashSet<Node>();
    graph.results().stream().filter(result -> result.role() != Graph.Role.UPDATE).forEach(result -> shown.add(OpTraits.unreshaped(result.node())));
    var all = graph.results().stream().filter(result -> result.role() == Graph.Role.UPDATE).toList();
    var busy = new HashSet<Entry>();
    all.stream().map(result -> home.get(result.node())).filter(java.util.Objects::nonNull).forEach(busy::add);
    for (var result : all) {
      var entry = home.get(result.node());
      var target = new Kernel.Target.Update(result.name());
      var old = kept.get(result.name());
      if (entry != null && !gathers(entry) && (old == null || !shown.contains(old) && inPlace(result.node(), old, entry, readers.getOrDefault(old, List.of()), busy))) {
        entry.writes.add(new Kernel.Write(result.node(), target));
      } else {
        keep(result.node());
        copies.put(result.name(), result.node());
        copy(result.node(), target, Integer.MAX_VALUE);
      }
    }
    for (var entry : entries) {
      reads.computeIfAbsent(entry, this::readsOf);
    }
  }

  /** Nobody needs the old value afterwards, and the kernel itself reads it only where it stores the new one. */
  private boolean inPlace(Node next, Node old, Entry entry, List<Entry> readers, Set<Entry> busy) {
    for (var other : readers) {
      if (other != entry && (other.depth > entry.depth || other.depth == entry.depth && busy.contains(other))) {
        return false;
      }
    }
    return !reads.get(entry).contains(old) || entry.cut.nodes().stream().allMatch(node -> atOwnPlace(node, old, next, entry));
  }

  /** Whether a node, and what is computed for it on the way, reads the old value at most where the new one is stored. */
  private boolean atOwnPlace(Node node, Node old, Node next, Entry entry) {
    var domain = entry.cut.domain();
    boolean plain = domain.reduced().isEmpty() || entry.cut.contracts() || next.type().shape().equals(domain.outer()) && !domain.outer().equals(domain.shape());
    boolean elementwise = OpTraits.pointwise(node.op()) && !(node.op() instanceof Op.Gather);
    for (var operand : node.operands()) {
      if (operand == old) {
        if (!plain || !elementwise || !node.type().shape().equals(next.type().shape())) {
          return false;
        }
      } else if (!entry.cut.members().contains(operand)) {
        boolean inline = OpTraits.pointwise(operand.op()) && !home.contains(operand);
        var found = new HashSet<Node>();
        collect(List.of(operand), entry, found);
        if (found.contains(old) && !(inline && elementwise && atOwnPlace(operand, old, next, entry))) {
          return false;
        }
      }
    }
    return true;
  }

  // ---- kernels

  private static Kernel kernel(Entry entry) {
    return new Kernel(form(entry.cut), entry.cut.domain(), List.copyOf(entry.cut.nodes()), entry.cut.members(), List.copyOf(entry.writes));
  }

  private static KernelForm form(Cut cut) {
    if (cut.alone()) {
      return cut.nodes().getFirst().op() instanceof Op.Loop ? KernelForm.LOOP : KernelForm.ALONE;
    }
    if (cut.counts()) {
      return KernelForm.COUNTED;
    }
    if (cut.contracts()) {
      return KernelForm.CONTRACTION;
    }
    if (cut.domain().reduced().isEmpty()) {
      return KernelForm.POINTWISE;
    }
    boolean rows = cut.nodes().stream().anyMatch(node -> !OpTraits.reduces(node.op()) && node.type().shape().equals(cut.domain().shape())
        && node.operands().stream().anyMatch(operand -> operand.op() instanceof Op.Broadcast && cut.members().contains(operand.operand(0))));
    return rows ? KernelForm.ROWS : KernelForm.REDUCTION;
  }
}
