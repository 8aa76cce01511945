package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.at;
import static nnc.onnx.term.Formulas.list;
import static nnc.onnx.term.Formulas.slice;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import nnc.graph.Dim;
import nnc.onnx.model.ElementType;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** Recurrences that {@code rnn}, {@code lstm} and {@code gru} of the library say: forwards or both ways, from states of zeros, with the usual activations. */
final class RecurrentLayers {
  private RecurrentLayers() {}

  /**
   * A layer of the library.
   *
   * @param order by gate of the library's order its place in ONNX's
   */
  private record Kind(String layer, int[] order) {}

  private static final Kind RNN = new Kind("rnn", new int[] {0});
  /** Input, forget, cell, output; ONNX has input, output, forget, cell. */
  private static final Kind LSTM = new Kind("lstm", new int[] {0, 2, 3, 1});
  /** Reset, update, new; ONNX has update, reset, new. */
  private static final Kind GRU = new Kind("gru", new int[] {1, 0, 2});

  /**
   * The outputs of all steps and the last state, as ONNX has them.
   *
   * @param x [T, N, D]
   */
  static Optional<List<Term>> of(Use use, Term x) {
    var kind = switch (use.node().operator()) {
      case "RNN" -> RNN;
      case "LSTM" -> LSTM;
      default -> GRU;
    };
    if (!isPlain(use, kind)) {
      return Optional.empty();
    }
    boolean both = use.text("direction", "forward").equals("bidirectional");
    int hidden = use.in(2).constant().orElseThrow().shape()[2];
    var weights = new LinkedHashMap<String, OnnxTensor>();
    weights(use, kind, 0, "forward.", weights);
    if (both) {
      weights(use, kind, 1, "backward.", weights);
    }
    var named = new LinkedHashMap<String, Formula>();
    if (both) {
      named.put("bidirectional", new Formula.Flag(true));
    }
    var turned = use.flag("layout", false) ? use.in(0) : use.let(apply("transpose", x, list(1, 0, 2)));
    var y = use.let(new Formula.Made(kind.layer, List.of(Formulas.of(hidden)), named, List.of(Formulas.of(turned)), weights, use.origin(1)));
    return Optional.of(results(use, y, hidden, both));
  }

  private static List<Term> results(Use use, Term y, int hidden, boolean both) {
    int directions = both ? 2 : 1;
    boolean batchFirst = use.flag("layout", false);
    var apart = Formulas.reshape(y, List.of(y.dim(0), y.dim(1), Dim.of(directions), Dim.of(hidden)));
    var all = use.let(batchFirst ? apart : apply("transpose", apart, list(1, 2, 0, 3)));
    var last = new ArrayList<Formula>();
    last.add(both ? slice(at(y, 1, -1), 1, null, hidden) : at(y, 1, -1));
    if (both) {
      last.add(slice(at(y, 1, 0), 1, hidden, null));
    }
    return List.of(all, use.let(apply("stack", list(last), "axis", batchFirst ? 1 : 0)));
  }

  private static boolean isPlain(Use use, Kind kind) {
    boolean constant = use.in(0).constant().isEmpty() && use.in(1).constant().isPresent() && use.in(2).constant().isPresent() && (!use.has(3) || use.in(3).constant().isPresent());
    boolean fromZero = !use.has(4) && (!use.has(5) || isZero(use.in(5))) && (!use.has(6) || isZero(use.in(6))) && !use.has(7);
    // the layer hands on no cell state
    boolean told = use.node().outputs().size() < 3 || !use.graph().isRead(use.node().outputs().get(2));
    boolean resets = kind != GRU || use.flag("linear_before_reset", false);
    return constant && fromZero && told && resets && !use.text("direction", "forward").equals("reverse") && hasUsualActivations(use, kind);
  }

  private static boolean hasUsualActivations(Use use, Kind kind) {
    var given = use.texts("activations");
    var each = kind == RNN ? List.of("Tanh") : kind == GRU ? List.of("Sigmoid", "Tanh") : List.of("Sigmoid", "Tanh", "Tanh");
    for (int i = 0; given != null && i < given.size(); i++) {
      if (!given.get(i).equals(each.get(i % each.size()))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZero(Term term) {
    return switch (term.formula()) {
      case Formula.Of(var inner) -> isZero(inner);
      case Formula.Table(var tensor) -> java.util.Arrays.stream(tensor.toDoubles()).allMatch(value -> value == 0);
      case Formula.Apply(var function, var arguments, _) -> switch (function) {
        case "zeros" -> true;
        case "full" -> arguments.size() > 1 && isZero(arguments.get(1));
        case "broadcast", "expand", "reshape", "transpose" -> isZero(arguments.getFirst());
        default -> false;
      };
      default -> false;
    };
  }

  private static boolean isZero(Formula formula) {
    return formula instanceof Formula.Num(var value) ? value == 0 : formula instanceof Formula.Of(var term) && isZero(term);
  }

  /** Matrices are transposed, gates put in order; biases are added where the library has one of them. */
  private static void weights(Use use, Kind kind, int direction, String path, LinkedHashMap<String, OnnxTensor> weights) {
    int gates = kind.order.length;
    weights.put(path + "W", matrix(use.in(1).constant().orElseThrow(), direction, kind.order));
    weights.put(path + "U", matrix(use.in(2).constant().orElseThrow(), direction, kind.order));
    int hidden = use.in(2).constant().orElseThrow().shape()[2];
    var inputs = new double[gates * hidden];
    var states = new double[gates * hidden];
    for (int gate = 0; use.has(3) && gate < gates; gate++) {
      var b = use.in(3).constant().orElseThrow();
      for (int i = 0; i < hidden; i++) {
        int at = direction * 2 * gates * hidden + kind.order[gate] * hidden + i;
        inputs[gate * hidden + i] = b.get(at);
        states[gate * hidden + i] = b.get(at + gates * hidden);
      }
    }
    if (kind == GRU) {
      weights.put(path + "b", row(inputs));
      weights.put(path + "d", row(states));
    } else {
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] += states[i];
      }
      weights.put(path + "b", row(inputs));
    }
  }

  private static OnnxTensor row(double[] values) {
    return OnnxTensor.of(ElementType.FLOAT, new int[] {values.length}, values);
  }

  /** Of [directions, gates hidden, width] the [width, gates hidden] of a direction. */
  private static OnnxTensor matrix(OnnxTensor all, int direction, int[] order) {
    int rows = all.shape()[1];
    int width = all.shape()[2];
    int hidden = rows / order.length;
    var values = new double[rows * width];
    for (int gate = 0; gate < order.length; gate++) {
      for (int i = 0; i < hidden; i++) {
        for (int k = 0; k < width; k++) {
          values[k * rows + gate * hidden + i] = all.get((direction * rows + order[gate] * hidden + i) * width + k);
        }
      }
    }
    return OnnxTensor.of(ElementType.FLOAT, new int[] {width, rows}, values);
  }
}
