package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.at;
import static nnc.onnx.term.Formulas.list;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nnc.graph.Dim;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** Recurrences, over any number of steps: layers of the library where these say it ({@link RecurrentLayers}), otherwise functions that are written into the program. */
final class RecurrentOperators {
  private RecurrentOperators() {}

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    table.put("RNN", use -> translate(use, new Cell("onnx_rnn", 1, 1)));
    table.put("GRU", use -> translate(use, new Cell("onnx_gru", 3, 1)));
    table.put("LSTM", use -> translate(use, new Cell("onnx_lstm", 4, 2)));
    return table;
  }

  /**
   * A kind of recurrence.
   *
   * @param states how many are handed from step to step
   */
  private record Cell(String function, int gates, int states) {}

  private static List<Term> translate(Use use, Cell cell) {
    refuse(use);
    boolean batchFirst = use.flag("layout", false);
    var x = batchFirst ? use.let(apply("transpose", use.in(0), list(1, 0, 2))) : use.in(0);
    if (use.has(4) && !x.dim(0).isConstant()) {
      throw use.not("it has rows of several lengths and runs over " + x.dim(0) + " steps: give the size with -D");
    }
    var direction = use.text("direction", "forward");
    int directions = direction.equals("bidirectional") ? 2 : 1;
    var layer = RecurrentLayers.of(use, x);
    if (layer.isPresent()) {
      return layer.get();
    }
    int hidden = use.small("hidden_size", 0) > 0 ? use.small("hidden_size", 0) : Use.fixed(use.in(2).dim(2), "the size of the state");
    var outputs = new ArrayList<Formula>();
    var lasts = new ArrayList<List<Formula>>();
    for (int d = 0; d < directions; d++) {
      boolean backwards = direction.equals("reverse") || d == 1;
      var parts = run(use, cell, x, new Direction(d, hidden, backwards, batchFirst));
      outputs.add(Formulas.of(parts.getFirst()));
      lasts.add(parts.subList(1, parts.size()).stream().map(Formulas::of).toList());
    }
    var results = new ArrayList<Term>();
    // [T, directions, N, H], or with the batch first [N, T, directions, H]
    var stacked = use.let(apply("stack", list(outputs), "axis", 1));
    results.add(batchFirst ? use.let(apply("transpose", stacked, list(2, 0, 1, 3))) : stacked);
    for (int s = 0; s < cell.states; s++) {
      int state = s;
      results.add(use.let(apply("stack", list(lasts.stream().map(last -> last.get(state)).toList()), "axis", batchFirst ? 1 : 0)));
    }
    return results;
  }

  private static void refuse(Use use) {
    if (use.given("clip")) {
      throw use.not("what goes into its gates is clipped");
    }
    if (use.flag("input_forget", false)) {
      throw use.not("its input and forget gates are one");
    }
  }

  private record Direction(int number, int hidden, boolean backwards, boolean batchFirst) {}

  /** The outputs of all steps and the last states. */
  private static List<Term> run(Use use, Cell cell, Term x, Direction direction) {
    int d = direction.number;
    var batch = x.dim(1);
    var arguments = new ArrayList<Object>(List.of(x, at(use.in(1), 0, d), at(use.in(2), 0, d)));
    arguments.add(use.has(3) ? at(use.in(3), 0, d) : apply("zeros", 2 * cell.gates * direction.hidden));
    for (int s = 0; s < cell.states; s++) {
      arguments.add(use.has(5 + s) ? at(use.in(5 + s), direction.batchFirst ? 1 : 0, d) : apply("zeros", batch, Dim.of(direction.hidden)));
    }
    if (use.has(4)) {
      arguments.addAll(List.of("lengths", use.in(4)));
    }
    if (direction.backwards) {
      arguments.addAll(List.of("backwards", true));
    }
    if (cell.states == 2 && use.has(7)) {
      arguments.addAll(List.of("peepholes", at(use.in(7), 0, d)));
    }
    if (cell.gates == 3 && use.flag("linear_before_reset", false)) {
      arguments.addAll(List.of("reset_after", true));
    }
    var formula = apply(cell.function, arguments.toArray());
    var with = activations(use, cell, d, (Formula.Apply) formula);
    var parts = new ArrayList<Term>();
    for (int i = 0; i <= cell.states; i++) {
      parts.add(use.let(new Formula.At(with, List.of(new Formula.Subscript.Place(Formulas.of(i))))));
    }
    return parts;
  }

  private static final Map<String, String> FUNCTIONS = Map.of("Relu", "relu", "Tanh", "tanh", "Sigmoid", "sigmoid", "Softsign", "softsign", "Softplus", "softplus");

  /** Others than the usual ones are named. */
  private static Formula activations(Use use, Cell cell, int d, Formula.Apply formula) {
    var named = use.texts("activations");
    if (named == null) {
      return formula;
    }
    int each = cell.gates == 1 ? 1 : cell.gates == 3 ? 2 : 3;
    var usual = List.of(List.of("Tanh"), List.of("Sigmoid", "Tanh"), List.of("Sigmoid", "Tanh", "Tanh")).get(each - 1);
    var own = named.subList(Math.min(d * each, named.size()), Math.min((d + 1) * each, named.size()));
    var more = new java.util.LinkedHashMap<>(formula.named());
    var names = List.of(List.of("activation"), List.of("gate", "activation"), List.of("gate", "activation", "out")).get(each - 1);
    for (int i = 0; i < own.size(); i++) {
      if (!own.get(i).equals(usual.get(i))) {
        var function = FUNCTIONS.get(own.get(i));
        if (function == null) {
          throw use.not("its activation is " + own.get(i));
        }
        more.put(names.get(i), new Formula.Given(function));
      }
    }
    return new Formula.Apply(formula.function(), formula.arguments(), more);
  }
}
