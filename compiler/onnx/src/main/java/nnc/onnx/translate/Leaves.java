package nnc.onnx.translate;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.TreeSet;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Term;

/** What a term is computed from in the end. */
final class Leaves {
  private Leaves() {}

  /** The model's inputs that it follows from, by their names in the model. */
  static List<String> inputs(Term term) {
    var found = new TreeSet<String>();
    var seen = Collections.newSetFromMap(new IdentityHashMap<Term, Boolean>());
    var open = new ArrayDeque<>(List.of(term));
    while (!open.isEmpty()) {
      var next = open.pop();
      if (!seen.add(next)) {
        continue;
      }
      if (next.formula() instanceof Formula.Given) {
        found.add(next.origin());
      }
      next.formula().terms().forEach(open::push);
    }
    return List.copyOf(found);
  }
}
