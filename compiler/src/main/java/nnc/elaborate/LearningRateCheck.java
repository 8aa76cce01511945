package nnc.elaborate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.interpret.Array;
import nnc.interpret.Interpreter;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.source.WarningName;

/** Whether a rate is out of what optimizers of the library are used with: those that divide by the size of gradients move each weight by about the rate. */
final class LearningRateCheck {
  private LearningRateCheck() {}

  private static final Set<String> ADAPTIVE = Set.of("adam", "adamw", "nadam", "adamax", "amsgrad", "radam", "rmsprop", "lion", "lamb", "adabelief");
  private static final double LEAST = 1e-7, MOST_ADAPTIVE = 0.3, MOST = 30;

  /** Steps at which a schedule is looked at. */
  private static final int[] STEPS = {1, 10, 100, 1000, 10_000, 100_000};

  static void tell(Value optimizer, Span span, Diagnostics diagnostics) {
    if (!(optimizer instanceof Value.OptimizerInstance instance) || !LibraryText.has(instance.type().declaration().span().file())) {
      return;
    }
    double rate = rate(instance.hyper().own().get("rate"));
    var name = instance.type().declaration().name();
    boolean adaptive = ADAPTIVE.contains(name);
    double most = adaptive ? MOST_ADAPTIVE : MOST;
    if (rate > 0 && rate < LEAST) {
      diagnostics.warning(WarningName.LEARNING_RATE, span, "the rate of " + name + " is at most " + number(rate) + ": weights hardly move").hint(usual(adaptive));
    } else if (rate > most) {
      diagnostics.warning(WarningName.LEARNING_RATE, span, "the rate of " + name + " is " + number(rate) + (adaptive ? ": each step moves each weight by about as much" : ", far above the usual: steps will diverge"))
          .hint(usual(adaptive));
    }
  }

  private static String usual(boolean adaptive) {
    return (adaptive ? "usual rates are from 0.0001 to 0.01" : "usual rates are from 0.001 to 1") + "; 'nnc rate' looks for the program's own";
  }

  private static String number(double rate) {
    return String.format(Locale.ROOT, "%.3g", rate);
  }

  /** The largest that it comes to, of a number and of what follows from the step alone; NaN of others. */
  private static double rate(Value rate) {
    return switch (rate) {
      case Value.Num(var number) -> number;
      case Value.Tensor(var node) -> scheduled(node);
      case null, default -> Double.NaN;
    };
  }

  private static double scheduled(Node rate) {
    var needed = new ArrayList<Node>();
    collect(rate, needed, new HashSet<>());
    boolean known = rate.type().rank() == 0 && needed.stream().allMatch(node -> !node.operands().isEmpty() || node.op() instanceof Op.Const || node.op() instanceof Op.Counter);
    if (!known) {
      return Double.NaN;
    }
    double most = Double.NaN;
    for (int step : STEPS) {
      var values = new HashMap<Node, Array>();
      var interpreter = new Interpreter(Map.of(), _ -> new double[0], 0, step, 0);
      needed.forEach(node -> values.put(node, interpreter.value(node, node.operands().stream().map(values::get).toList())));
      double value = values.get(rate).values()[0];
      most = Double.isNaN(most) ? value : Math.max(most, value);
    }
    return most;
  }

  /** Operands before those who read them. */
  private static void collect(Node node, List<Node> into, Set<Node> seen) {
    if (seen.add(node)) {
      node.operands().forEach(operand -> collect(operand, into, seen));
      into.add(node);
    }
  }
}
