package nnc.onnx.write;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.graph.Kind;
import nnc.onnx.term.Formula;
import nnc.onnx.term.FormulaPrinter;
import nnc.onnx.term.Term;
import nnc.onnx.term.Turns;

/** Which terms have a line of their own, and in which order. */
final class ProgramTerms {
  /** Longer expressions are cut in two. */
  private static final int LONGEST = 110;

  /** Larger constants are kept with the weights. */
  private static final int MOST_WRITTEN = 16;

  private final Map<Term, Integer> uses = new IdentityHashMap<>();
  private final List<Term> order = new ArrayList<>();
  private final Map<Term, Boolean> named = new IdentityHashMap<>();
  private final Set<String> shared = new HashSet<>();
  private final LoopScopes scopes = new LoopScopes();

  ProgramTerms(List<Term> outputs) {
    outputs.forEach(output -> uses.merge(target(output), 1, Integer::sum));
    outputs.forEach(this::collect);
    order.forEach(scopes::add);
    order.stream().filter(term -> uses.getOrDefault(term, 0) > 1).map(term -> signature(term, 2)).forEach(shared::add);
    var printer = new FormulaPrinter(term -> isNamed(target(term)) ? "name" : "", _ -> "layer");
    for (var term : order) {
      named.put(term, decides(term, printer));
    }
  }

  /** How a term is made, some steps back, whatever the weights: of repeated parts of a model the last may be used once, and has a line of its own as the others have. */
  private static String signature(Term term, int depth) {
    if (depth == 0 || term.formula() instanceof Formula.Table || term.formula() instanceof Formula.Given) {
      return term.type();
    }
    var printer = new FormulaPrinter(part -> signature(target(part), depth - 1), made -> made.layer() + made.weights().values().stream().map(w -> Arrays.toString(w.shape())).toList());
    return "(" + printer.text(term.formula()) + ")";
  }

  /** A term that is only another under a second name stands for that. */
  static Term target(Term term) {
    var target = term;
    while (target.formula() instanceof Formula.Of(var inner)) {
      target = inner;
    }
    return target;
  }

  /** Each after those it is computed from. */
  private void collect(Term output) {
    var open = new ArrayDeque<Term>();
    open.push(target(output));
    while (!open.isEmpty()) {
      var term = open.peek();
      if (named.containsKey(term)) {
        open.pop();
        continue;
      }
      var before = open.size();
      term.formula().terms().map(ProgramTerms::target).filter(part -> !named.containsKey(part)).forEach(open::push);
      if (open.size() == before) {
        open.pop();
        named.put(term, false);
        order.add(term);
        term.formula().terms().forEach(part -> uses.merge(target(part), 1, Integer::sum));
      }
    }
  }

  private boolean decides(Term term, FormulaPrinter printer) {
    return switch (term.formula()) {
      case Formula.Given _, Formula.Extent _, Formula.Num _, Formula.Size _, Formula.Turn _, Formula.Carried _, Formula.Result _ -> false;
      case Formula.Table _ -> isWeight(term);
      case Formula.Loop _ -> true;
      case Formula formula -> scopes.isReadWithin(term) || uses.getOrDefault(term, 0) > 1 || shared.contains(signature(term, 2)) || printer.text(formula).length() > LONGEST;
    };
  }

  /** Whether a constant is kept with the weights. */
  static boolean isWeight(Term term) {
    return term.formula() instanceof Formula.Table(var tensor) && !(tensor.type().kind() == Kind.INT && FormulaPrinter.isRange(tensor)) && tensor.size() > (tensor.type().kind() == Kind.FLOAT ? MOST_WRITTEN : 16 * MOST_WRITTEN);
  }

  boolean isNamed(Term term) {
    return named.getOrDefault(term, false);
  }

  /**
   * Terms with a line of their own, each after those it is computed from.
   *
   * @param turns in a turn of which loop; null for those outside of all loops
   */
  List<Term> lines(Turns turns) {
    return order.stream().filter(term -> isNamed(term) && scopes.of(term) == turns).toList();
  }

  int uses(Term term) {
    return uses.getOrDefault(term, 0);
  }
}
