package nnc.schedule.memory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphPrinter;
import nnc.graph.Node;
import nnc.graph.NodeNumbers;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.schedule.Kernel;
import nnc.schedule.KernelForm;
import nnc.schedule.Schedule;

/**
 * Checks what must hold of every schedule and its memory; a fault here is the compiler's. It goes through the kernels as a run does, noting whose
 * buffer each slot holds and what of it has been stored:
 *
 * <pre>
 *   what follows from the weights alone     once
 *   what is the same for all examples       before the tiles of the batch
 *   kernels over tiles                      twice, as over a first tile and a second
 *   all others                              over the whole batch
 * </pre>
 *
 * Every value must have been stored before it is read, and still be there; everything must be stored that the graph results in. What runs side by side has no slot in common
 * that is written.
 */
public final class ScheduleVerifier {
  private final Schedule schedule;
  private final MemoryPlan memory;
  /** By slot, the buffer that it holds. */
  private final Buffer[] held;
  /** Weights that have their next values. */
  private final Set<String> updated = new HashSet<>();
  /** Of nodes that lie in others, which part of it each is. */
  private final NodeNumbers parts = new NodeNumbers();
  /** Of each whole, where its parts begin along its axis. */
  private final Map<Node, List<Dim>> beginnings = new HashMap<>();
  private boolean inTiles;
  private boolean inLaterTile;
  private boolean inLaterTurn;

  /** The buffer of a node and what has been stored in it: whole nodes, and of those put together so far the parts. */
  private record Buffer(Node owner, NodeSet complete, Map<Node, Set<Integer>> begun) {
    Buffer(Node owner) {
      this(owner, new NodeSet(), new HashMap<>());
    }
  }

  private ScheduleVerifier(Schedule schedule, MemoryPlan memory) {
    this.schedule = schedule;
    this.memory = memory;
    this.held = new Buffer[memory.sizes().size()];
    schedule.locations().entrySet().stream().filter(entry -> !(entry.getKey().op() instanceof Op.Given) && !isInPlace(entry.getKey()) && !isCollected(entry.getKey())).map(entry -> entry.getValue().whole()).distinct().forEach(this::placeParts);
    schedule.locations().forEach((node, place) -> require(parts.contains(node) || isCollected(node) || (node.op() instanceof Op.Given || isInPlace(node)) && place.offset().is(0),
        () -> describe(node) + " lies at " + place.offset() + " of " + describe(place.whole()) + ", and belongs elsewhere"));
  }

  /** Throws if a kernel reads what nobody has stored, or what another has overwritten, or if a result is missing. */
  public static MemoryPlan check(Schedule schedule, MemoryPlan memory) {
    new ScheduleVerifier(schedule, memory).run();
    return memory;
  }

  private void run() {
    schedule.graph().nodes().stream().filter(node -> isFed(node.op())).forEach(this::feed);
    var once = schedule.weightOnly().kernels();
    var kernels = schedule.kernels();
    int tiled = memory.tiles().kernels();
    kernels.stream().filter(once::contains).forEach(this::run);
    var tiles = kernels.subList(0, tiled).stream().filter(kernel -> !once.contains(kernel)).toList();
    tiles.stream().filter(memory.tiles()::isAlike).forEach(this::run);
    tile(tiles, false);
    tile(tiles, true);
    run(tiled, kernels.size(), schedule.repeats());
    end();
    schedule.branches().forEach(this::requireApart);
  }

  /** Kernels in their order; those that are repeated twice, as in a first turn and a second. */
  private void run(int from, int to, List<Schedule.Repeat> repeats) {
    int at = from;
    for (int i = 0; i < repeats.size(); i++) {
      var repeat = repeats.get(i);
      if (repeat.from() >= at) {
        run(at, repeat.from());
        require(repeat.going() == null || isThere(repeat.going()), () -> "nobody has stored whether turns of " + repeat.turn() + " are run: " + describe(repeat.going()));
        var within = repeats.subList(i + 1, repeats.size()).stream().filter(other -> other.from() >= repeat.from() && other.to() <= repeat.to()).toList();
        run(repeat.from(), repeat.to(), within);
        boolean before = inLaterTurn;
        inLaterTurn = true;
        run(repeat.from(), repeat.to(), within);
        inLaterTurn = before;
        at = repeat.to();
      }
    }
    run(at, to);
  }

  private void run(int from, int to) {
    schedule.kernels().subList(from, to).stream().filter(kernel -> !schedule.weightOnly().kernels().contains(kernel)).forEach(this::run);
  }

  private void tile(List<Kernel> kernels, boolean later) {
    inTiles = true;
    inLaterTile = later;
    kernels.stream().filter(kernel -> !memory.tiles().isAlike(kernel)).forEach(this::run);
    memory.own().forEach(slot -> held[slot] = null);
    inTiles = false;
    inLaterTile = false;
  }

  /** What a run leaves: its results, and for the next run what is fed and what is made once. */
  private void end() {
    for (var result : schedule.graph().results()) {
      if (result.role() == Graph.Role.UPDATE) {
        require(updated.contains(result.name()), () -> "nobody stores the next value of " + result.name());
      } else {
        require(isThere(result.node()), () -> "result " + result.name() + " is not there at the end");
      }
    }
    for (var node : schedule.graph().nodes()) {
      require(!isFed(node.op()) || isThere(node), () -> "what is fed is overwritten: " + describe(node));
    }
    for (var node : schedule.weightOnly().stored()) {
      require(isThere(node), () -> "what is computed once is overwritten: " + describe(node));
    }
  }

  // ---- branches

  /** No branch writes to a slot or a weight that another one reads or writes. */
  private void requireApart(Schedule.Branches branches) {
    Map<Object, Integer> writers = new HashMap<>();
    for (int branch = 0; branch + 1 < branches.bounds().size(); branch++) {
      for (var kernel : inBranch(branches, branch)) {
        for (var write : kernel.writes()) {
          Object place = write.target() instanceof Kernel.Target.Update(var path) ? path : slot(write.buffer());
          requireApart(kernel, place, writers.put(place, branch), branch);
        }
      }
    }
    for (int branch = 0; branch + 1 < branches.bounds().size(); branch++) {
      for (var kernel : inBranch(branches, branch)) {
        for (var node : reads(kernel)) {
          Object place = isWeight(node.op()) ? String.valueOf(OpTraits.path(node.op())) : slot(node);
          requireApart(kernel, place, writers.get(place), branch);
        }
      }
    }
  }

  private List<Kernel> inBranch(Schedule.Branches branches, int branch) {
    return schedule.kernels().subList(branches.bounds().get(branch), branches.bounds().get(branch + 1)).stream().filter(kernel -> !schedule.weightOnly().kernels().contains(kernel)).toList();
  }

  private void requireApart(Kernel kernel, Object place, Integer writer, int branch) {
    require(writer == null || writer == branch, kernel, () -> "uses in branch " + branch + " what branch " + writer + " writes: " + (place instanceof Integer ? "slot " : "") + place);
  }

  // ---- a kernel

  private void run(Kernel kernel) {
    var read = reads(kernel);
    read.forEach(node -> requireThere(node, kernel));
    var slots = new HashMap<Integer, Node>();
    read.stream().filter(node -> !isWeight(node.op())).forEach(node -> slots.put(slot(node), schedule.location(node).whole()));
    for (var write : kernel.writes()) {
      var owner = Liveness.owner(schedule, write);
      if (owner != null) {
        var other = slots.putIfAbsent(slot(owner), owner);
        require(other == null || other == owner, kernel, () -> "stores " + describe(write.node()) + " in the slot of " + describe(other) + ", which it uses too");
      }
    }
    kernel.writes().forEach(write -> store(kernel, write));
  }

  /** What a kernel reads from memory: what is stored, and what is there before. Between that and what it computes lie views and elements alone. */
  private Set<Node> reads(Kernel kernel) {
    var read = new LinkedHashSet<Node>();
    var seen = new NodeSet();
    var members = new NodeSet();
    var open = new ArrayDeque<Node>();
    for (var node : kernel.nodes()) {
      push(node, open);
      collect(kernel, open, members, seen, read);
      members.add(node);
    }
    for (var write : kernel.writes()) {
      if (!kernel.nodes().isEmpty()) {
        require(members.contains(write.node()), kernel, () -> "stores " + describe(write.node()) + ", which it does not compute");
      } else if (write.target() instanceof Kernel.Target.Own) {
        push(write.node(), open);
      } else {
        open.push(write.node());
      }
      collect(kernel, open, members, seen, read);
    }
    return read;
  }

  private void collect(Kernel kernel, ArrayDeque<Node> open, NodeSet members, NodeSet seen, Set<Node> read) {
    while (!open.isEmpty()) {
      var node = open.pop();
      if (members.contains(node) || !seen.add(node)) {
        continue;
      }
      require(!kernel.members().contains(node), kernel, () -> "uses " + describe(node) + " before it computes it");
      if (OpTraits.source(node.op()) || kernel.form() != KernelForm.COUNTED && schedule.stored().contains(node)) {
        read.add(node);
      } else {
        require(OpTraits.view(node.op()) || OpTraits.pointwise(node.op()), kernel, () -> "reads " + describe(node) + ", which nobody stores");
        push(node, open);
      }
    }
  }

  private static void push(Node node, ArrayDeque<Node> open) {
    for (int i = 0; i < node.operands().size(); i++) {
      open.push(node.operand(i));
    }
  }

  private void store(Kernel kernel, Kernel.Write write) {
    switch (write.target()) {
      case Kernel.Target.Own _ -> {
        var buffer = take(kernel, write.node());
        require(inLaterTile || inLaterTurn || isFed(write.node().op()) || !buffer.complete.contains(write.node()), kernel, () -> "stores again " + describe(write.node()));
        complete(buffer, write.node());
      }
      case Kernel.Target.Place(var whole, _) -> complete(take(kernel, whole), whole);
      case Kernel.Target.Transposed(var view) -> {
        require(OpTraits.unreshaped(view.operand(0)) == write.node(), kernel, () -> "stores " + describe(write.node()) + " as " + describe(view) + ", which it is not");
        complete(take(kernel, view), view);
      }
      case Kernel.Target.Part(var whole, var part, var from) -> {
        require(isPart(write.node(), whole, part, from), kernel,
            () -> "stores " + describe(write.node()) + " at " + from + " of " + describe(whole) + " as part " + part + ", which it is not");
        begin(take(kernel, whole), whole, part);
      }
      case Kernel.Target.Update(var path) -> {
        var result = schedule.graph().results().stream().filter(r -> r.role() == Graph.Role.UPDATE && r.name().equals(path)).findFirst();
        require(result.isPresent() && result.get().node() == write.node(), kernel, () -> "stores " + describe(write.node()) + " as the next value of " + path);
        require(updated.add(path), kernel, () -> "stores the next value of " + path + " again");
      }
    }
  }

  // ---- what is where

  private static boolean isFed(Op op) {
    return op instanceof Op.Input || op instanceof Op.Counter;
  }

  private static boolean isWeight(Op op) {
    return op instanceof Op.Parameter || op instanceof Op.State || op instanceof Op.Table;
  }

  private void feed(Node node) {
    require(held[slot(node)] == null, () -> "what is fed shares a slot: " + describe(node));
    held[slot(node)] = new Buffer(node);
    held[slot(node)].complete.add(node);
  }

  private int slot(Node node) {
    var owner = schedule.location(node).whole();
    var slot = memory.slots().get(owner);
    require(slot != null, () -> "has no slot: " + describe(owner));
    return slot;
  }

  /** The buffer that a node lies in, which takes its slot if another has held it. */
  private Buffer take(Kernel kernel, Node node) {
    var owner = schedule.location(node).whole();
    int slot = slot(owner);
    requireRoom(kernel, owner, slot);
    if (held[slot] == null || held[slot].owner != owner) {
      var before = held[slot];
      require(!inLaterTile || memory.own().contains(slot), kernel,
          () -> "overwrites " + (before == null ? "a slot" : describe(before.owner)) + " of all tiles from one tile to the next with " + describe(owner));
      held[slot] = new Buffer(owner);
    }
    return held[slot];
  }

  /** A slot is as large as its buffers, and where kernels go through tiles it moves from one to the next as its buffers do. */
  private void requireRoom(Kernel kernel, Node owner, int slot) {
    var size = owner.type().size();
    boolean own = memory.own().contains(slot);
    require(memory.sizes().get(slot).contains(own ? memory.tiles().of(size) : size), kernel, () -> "needs more than the slot of " + describe(owner) + " has");
    require(!own || inTiles && memory.tiles().counts(size), kernel, () -> "keeps " + describe(owner) + " in the slot of a tile");
    require(own || !inTiles || memory.rows().get(slot).equals(memory.tiles().row(size)), kernel,
        () -> "is at " + memory.rows().get(slot) + " elements an example of " + describe(owner));
  }

  private void begin(Buffer buffer, Node whole, int part) {
    var begun = buffer.begun.computeIfAbsent(whole, _ -> new HashSet<>());
    begun.add(part);
    if (begun.size() == (isInPlace(whole) ? 1 : whole.operands().size())) {
      complete(buffer, whole);
    }
  }

  /** A node is stored; with it a part of what it lies in. */
  private void complete(Buffer buffer, Node node) {
    var at = node;
    buffer.complete.add(at);
    if (schedule.locations().containsKey(at) && !isInPlace(at)) {
      var whole = schedule.locations().get(at).whole();
      if (isCollected(at)) {
        complete(buffer, whole);
      } else {
        begin(buffer, whole, parts.get(at));
      }
    }
  }

  /** Whether turns store a value where they collect it, a row each. */
  private boolean isCollected(Node node) {
    var place = schedule.locations().get(node);
    return place != null && !(node.op() instanceof Op.Given) && place.whole().op() instanceof Op.LoopResult(var index, var backwards, _)
        && place.whole().operand(0).op() instanceof Op.Loop loop && index >= loop.carried()
        && place.offset().equals((backwards ? loop.turns().minus(Dim.open(loop.turn())) : Dim.open(loop.turn()).plus(-1)).times(node.type().size()));
  }

  /** Whether an array is one that a loop carries, but for the part of it that is stored. */
  private boolean isInPlace(Node node) {
    var place = schedule.locations().get(node);
    return place != null && node.op() instanceof Op.Concat && (place.whole().op() instanceof Op.Given || place.whole().op() instanceof Op.LoopResult && !isCollected(node));
  }

  private boolean isThere(Node node) {
    if (isWeight(node.op()) && !schedule.stored().contains(node)) {
      return true;
    }
    if (node.op() instanceof Op.Given && schedule.locations().containsKey(node)) {
      return isThere(schedule.locations().get(node).whole());
    }
    var buffer = held[slot(node)];
    return buffer != null && buffer.owner == schedule.location(node).whole() && buffer.complete.contains(node);
  }

  private void requireThere(Node node, Kernel kernel) {
    if (isWeight(node.op())) {
      var path = node.op() instanceof Op.Parameter(var name, _) ? name : node.op() instanceof Op.State(var name, _) ? name : "";
      require(!updated.contains(path), kernel, () -> "reads " + path + ", which has its next value");
      return;
    }
    require(isThere(node), kernel, () -> "reads " + describe(node) + held(node));
    requireRoom(kernel, schedule.location(node).whole(), slot(node));
  }

  private String held(Node node) {
    var buffer = held[slot(node)];
    return buffer == null || buffer.owner == schedule.location(node).whole() ? ", which is not stored yet" : ", whose slot holds " + describe(buffer.owner);
  }

  // ---- parts of wholes

  private boolean isPart(Node node, Node whole, int part, Dim from) {
    return part < whole.operands().size() && (whole.operand(part) == node || OpTraits.unreshaped(whole.operand(part)) == node)
        && from.equals(beginnings(whole).get(part));
  }

  private List<Dim> beginnings(Node whole) {
    return beginnings.computeIfAbsent(whole, _ -> {
      var all = new ArrayList<Dim>();
      var from = Dim.ZERO;
      for (int i = 0; i < whole.operands().size(); i++) {
        all.add(from);
        from = whole.op() instanceof Op.Concat(var axis) ? from.plus(whole.operand(i).type().dim(axis)) : from;
      }
      return all;
    });
  }

  /** A buffer in another's lies where it is a part of it, all of whose elements follow one another. */
  private void placeParts(Node whole) {
    require(whole.op() instanceof Op.Concat, () -> "buffers lie in " + describe(whole) + ", which has no parts");
    int axis = ((Op.Concat) whole.op()).axis();
    var shape = whole.type().shape();
    require(Dim.product(shape.subList(0, axis)).is(1), () -> "buffers lie in " + describe(whole) + ", whose parts lie apart");
    var row = Dim.product(shape.subList(axis + 1, shape.size()));
    for (int i = 0; i < whole.operands().size(); i++) {
      var made = OpTraits.unreshaped(whole.operand(i));
      var place = schedule.locations().get(made);
      if (place != null && place.whole() == whole && place.offset().equals(beginnings(whole).get(i).times(row))) {
        parts.put(made, i);
      }
    }
  }

  // ---- faults

  private void require(boolean holds, Kernel kernel, Supplier<String> words) {
    if (!holds) {
      int number = schedule.kernels().indexOf(kernel);
      var main = kernel.nodes().isEmpty() ? kernel.writes().getFirst().node() : kernel.nodes().getFirst();
      throw new IllegalStateException("kernel " + number + " (" + describe(main) + ") " + words.get());
    }
  }

  private static void require(boolean holds, Supplier<String> words) {
    if (!holds) {
      throw new IllegalStateException("the schedule: " + words.get());
    }
  }

  private static String describe(Node node) {
    return GraphPrinter.describe(node.op()) + " " + node.type() + " at line " + node.span().line();
  }
}
