package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.list;
import static nnc.onnx.term.Formulas.where;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.onnx.model.ElementType;
import nnc.onnx.model.OnnxAttribute;
import nnc.onnx.model.OnnxGraph;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** Graphs within a graph: decided or unrolled where that can be known; loops over an open number of turns are {@link OpenLoops}. */
final class ControlOperators {
  private ControlOperators() {}

  /** A loop of more turns is not unrolled. */
  private static final int MOST_TURNS = 4096;

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    table.put("If", ControlOperators::choice);
    table.put("Loop", ControlOperators::loop);
    table.put("Scan", ControlOperators::scan);
    return table;
  }

  private static OnnxGraph body(Use use, String name) {
    if (use.any(name).orElse(null) instanceof OnnxAttribute.Body(var graph)) {
      return graph;
    }
    throw use.not("it has no graph '" + name + "'");
  }

  /** The branch that a known condition takes; otherwise both are computed, and their results chosen from. */
  private static List<Term> choice(Use use) {
    var condition = use.in(0);
    if (condition.number().isPresent()) {
      return use.graph().results(body(use, condition.number().get() != 0 ? "then_branch" : "else_branch"), List.of());
    }
    for (var name : List.of("then_branch", "else_branch")) {
      for (var output : body(use, name).outputs()) {
        if (output.type() == null && !output.what().equals("array") && !output.what().equals("untyped")) {
          throw use.not("its branches give a " + output.what() + ", which is not in the language");
        }
      }
    }
    var yes = use.graph().results(body(use, "then_branch"), List.of());
    var no = use.graph().results(body(use, "else_branch"), List.of());
    var results = new ArrayList<Term>();
    for (int i = 0; i < Math.min(yes.size(), no.size()); i++) {
      if (!yes.get(i).shape().equals(no.get(i).shape())) {
        var wanted = Leaves.inputs(condition);
        throw new Untranslatable("its branches give " + yes.get(i).type() + " and " + no.get(i).type() + ", and which one is known only when it runs", wanted);
      }
      var chosen = condition.rank() == 0 ? Formulas.of(condition) : Formulas.reshape(condition, List.of());
      results.add(use.as(where(chosen, yes.get(i), no.get(i)), yes.get(i).element()));
    }
    return results;
  }

  private static Term number(long value) {
    return Term.of("", new OnnxTensor(ElementType.INT64, new int[0], new long[] {value}));
  }

  private static Untranslatable tooMany(Use use, long turns) {
    return use.not("it takes " + turns + " turns, and more than " + MOST_TURNS + " are not unrolled");
  }

  /** Turns one after the other, as many as are known. */
  private static List<Term> loop(Use use) {
    var body = body(use, "body");
    var most = use.has(0) ? use.sizes(0, "how many turns it takes").getFirst() : Dim.of(Integer.MAX_VALUE);
    if (use.all().size() < use.count() - 2 || use.node().inputs().size() > 2 && use.count() > 2 && !use.has(2)) {
      throw use.not("what it hands from turn to turn is missing");
    }
    boolean decided = !use.has(1) || use.in(1).number().isPresent();
    boolean runs = !use.has(1) || !decided || use.in(1).number().get() != 0;
    if (!decided || runs && !most.isConstant()) {
      return OpenLoops.loop(use, body, most);
    }
    long turns = !runs ? 0 : use.has(0) ? Use.fixed(most, "how many turns it takes") : MOST_TURNS;
    int carried = use.count() - 2;
    var state = new ArrayList<Term>();
    for (int i = 0; i < carried; i++) {
      state.add(use.in(i + 2));
    }
    int scans = body.outputs().size() - 1 - carried;
    var collected = new ArrayList<List<Term>>();
    for (int i = 0; i < scans; i++) {
      collected.add(new ArrayList<>());
    }
    for (long turn = 0; turn < turns && runs; turn++) {
      if (turn == MOST_TURNS) {
        throw tooMany(use, turns);
      }
      var arguments = new ArrayList<>(List.of(number(turn), Term.of("", new OnnxTensor(ElementType.BOOL, new int[0], new long[] {1}))));
      arguments.addAll(state);
      var results = use.graph().results(body, arguments);
      if (results.isEmpty()) {
        return List.of();
      }
      var goesOn = results.getFirst().number();
      if (goesOn.isEmpty() && turn == 0) {
        return OpenLoops.loop(use, body, most);
      } else if (goesOn.isEmpty()) {
        throw new Untranslatable("whether it goes on is known only when it runs", Leaves.inputs(results.getFirst()));
      }
      runs = goesOn.get() != 0;
      for (int i = 0; i < carried; i++) {
        state.set(i, results.get(i + 1));
      }
      for (int i = 0; i < scans; i++) {
        collected.get(i).add(results.get(1 + carried + i));
      }
      if (!use.has(0) && turn == turns - 1 && runs) {
        throw use.not("it takes more than " + MOST_TURNS + " turns, which are not unrolled");
      }
    }
    var results = new ArrayList<>(state);
    for (var turnsOf : collected) {
      if (turnsOf.isEmpty()) {
        throw use.not("it takes no turns, and nothing is collected");
      }
      results.add(use.as(apply("stack", list(turnsOf), "axis", 0), turnsOf.getFirst().element()));
    }
    return results;
  }

  /** Over the places of an axis of each scanned input; before version 9 with a batch around it. */
  private static List<Term> scan(Use use) {
    var body = body(use, "body");
    int scanned = use.small("num_scan_inputs", 1);
    boolean batched = use.opset() < 9;
    int skipped = batched ? 1 : 0;
    if (batched && use.has(0)) {
      throw use.not("its sequences have lengths of their own");
    }
    int carried = use.count() - skipped - scanned;
    var state = new ArrayList<Term>();
    for (int i = 0; i < carried; i++) {
      state.add(batched ? single(use, use.in(skipped + i)) : use.in(i));
    }
    var directions = use.each(batched ? "directions" : "scan_input_directions", scanned, 0);
    var axes = use.each("scan_input_axes", scanned, 0);
    if (!batched && IntStream.range(0, scanned).anyMatch(i -> !use.in(carried + i).dim(Use.axis(axes[i], use.in(carried + i).rank())).isConstant())) {
      return OpenLoops.scan(use, body, axes, directions);
    }
    int length = -1;
    for (int i = 0; i < scanned; i++) {
      var x = use.in(skipped + carried + i);
      length = Use.fixed(x.dim(batched ? 1 : Use.axis(axes[i], x.rank())), "how many turns it takes");
    }
    if (length > MOST_TURNS) {
      throw tooMany(use, length);
    }
    int outputs = body.outputs().size() - carried;
    var collected = new ArrayList<List<Term>>();
    for (int i = 0; i < outputs; i++) {
      collected.add(new ArrayList<>());
    }
    for (int turn = 0; turn < length; turn++) {
      var arguments = new ArrayList<>(state);
      for (int i = 0; i < scanned; i++) {
        var x = use.in(skipped + carried + i);
        int place = directions[i] == 0 ? turn : length - 1 - turn;
        var whole = batched ? single(use, x) : x;
        arguments.add(use.let(Formulas.at(whole, batched ? 0 : Use.axis(axes[i], x.rank()), place), x.element()));
      }
      var results = use.graph().results(body, arguments);
      if (results.isEmpty()) {
        return List.of();
      }
      for (int i = 0; i < carried; i++) {
        state.set(i, results.get(i));
      }
      for (int i = 0; i < outputs; i++) {
        collected.get(i).add(results.get(carried + i));
      }
    }
    return collected(use, state, collected, batched);
  }

  private static List<Term> collected(Use use, List<Term> state, List<List<Term>> turns, boolean batched) {
    var axes = use.each("scan_output_axes", turns.size(), 0);
    var directions = use.each("scan_output_directions", turns.size(), 0);
    var results = new ArrayList<Term>();
    for (var last : state) {
      results.add(batched ? use.let(apply("expand", last, 0), last.element()) : last);
    }
    for (int i = 0; i < turns.size(); i++) {
      var list = directions[i] == 0 ? turns.get(i) : turns.get(i).reversed();
      var stacked = use.as(apply("stack", list(list), "axis", axes[i]), list.getFirst().element());
      results.add(batched ? use.let(apply("expand", stacked, 0), stacked.element()) : stacked);
    }
    return results;
  }

  private static Term single(Use use, Term x) {
    if (!x.dim(0).equals(Dim.ONE)) {
      throw use.not("it scans a batch of " + x.dim(0));
    }
    return use.let(apply("squeeze", x, "axis", 0), x.element());
  }
}
