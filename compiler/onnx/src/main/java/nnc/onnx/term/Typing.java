package nnc.onnx.term;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator.Purpose;
import nnc.graph.Graph;
import nnc.graph.Op;
import nnc.interpret.Interpreter;
import nnc.onnx.model.ElementType;
import nnc.onnx.model.OnnxTensor;
import nnc.source.Diagnostics;

/**
 * Gives formulas their types by asking the compiler itself: a formula is a small program, whose inputs are the values it is computed from. What depends
 * on constants alone is computed, as the interpreter does.
 */
public final class Typing {
  /** Larger results are not computed here: they would be kept beside what they follow from. */
  private static final int MOST_COMPUTED = 1 << 22;

  private final Map<String, Graph> known = new HashMap<>();

  /** The compiler does not take a formula. */
  public static final class IllTyped extends Exception {
    private static final long serialVersionUID = 1;

    IllTyped(String message) {
      super(message);
    }
  }

  /**
   * A value that a formula gives.
   *
   * @param element of what it is made, if its kind is that; otherwise the usual type of its kind
   */
  public Term term(Formula formula, ElementType element) throws IllTyped {
    var question = new Question(formula);
    var graph = known.get(question.text);
    if (graph == null) {
      graph = elaborate(question.text);
      known.put(question.text, graph);
    }
    var result = graph.results().getFirst().node();
    var type = result.type();
    var made = element.isOffered() && element.kind() == type.kind() ? element : switch (type.kind()) {
      case FLOAT -> ElementType.FLOAT;
      case INT -> ElementType.INT64;
      case BOOL -> ElementType.BOOL;
    };
    if (question.isConstant() && !(formula instanceof Formula.Made) && type.size().constant().orElse(Long.MAX_VALUE) <= MOST_COMPUTED) {
      return Term.of("", computed(graph, question, made));
    }
    return new Term("", made, type.shape(), formula);
  }

  private static OnnxTensor computed(Graph graph, Question question, ElementType element) {
    var node = graph.results().getFirst().node();
    var values = new Interpreter(Map.of(), op -> question.value(((Op.Input) op).name()), 0, 1, 0).run(graph).get(node);
    return OnnxTensor.of(element, values.shape(), values.values());
  }

  private static Graph elaborate(String text) throws IllTyped {
    try {
      return new Compilation("formula", text, CompilerOptions.standard()).elaborate(List.of(Purpose.PREDICT)).get(Purpose.PREDICT).graph();
    } catch (FaultyProgram e) {
      throw new IllTyped(e.diagnostics().faults().stream().filter(fault -> fault.severity() == Diagnostics.Severity.ERROR).findFirst()
          .map(Diagnostics.Fault::message).orElse(e.getMessage()));
    }
  }

  /** A formula as a program of its own. */
  private static final class Question {
    private final Map<Term, String> names = new IdentityHashMap<>();
    private final Map<String, Term> inputs = new LinkedHashMap<>();
    private final String text;

    Question(Formula formula) {
      formula.terms().forEach(this::name);
      var open = new TreeSet<String>();
      inputs.values().forEach(term -> term.shape().forEach(dim -> open.addAll(dim.variables())));
      sizes(formula, open);
      var lines = new ArrayList<String>();
      if (!open.isEmpty()) {
        lines.add("input open: bool[" + String.join(", ", open) + "]");
      }
      inputs.forEach((name, term) -> lines.add("input " + name + ": " + term.type()));
      lines.add("output result = " + new FormulaPrinter(term -> names.getOrDefault(term, ""), _ -> "").text(formula));
      var body = lines.stream().collect(Collectors.joining("\n"));
      text = Helpers.of(body) + body;
    }

    /** Numbers are written, as it matters to the compiler that they are known; what is an array is an input. */
    private void name(Term term) {
      boolean written = term.formula() instanceof Formula.Extent || term.rank() == 0 && term.formula() instanceof Formula.Table;
      if (!written && !names.containsKey(term)) {
        var name = "a" + inputs.size();
        names.put(term, name);
        inputs.put(name, term);
      }
    }

    private static void sizes(Formula formula, TreeSet<String> open) {
      switch (formula) {
        case Formula.Size(var dim) -> open.addAll(dim.variables());
        case Formula.Extent(_, var numbers) -> numbers.forEach(dim -> open.addAll(dim.variables()));
        case Formula.Of(var term) when term.formula() instanceof Formula.Extent extent -> sizes(extent, open);
        case Formula other -> other.parts().forEach(part -> sizes(part, open));
      }
    }

    boolean isConstant() {
      return inputs.values().stream().allMatch(term -> term.formula() instanceof Formula.Table) && !text.startsWith("input open") && !text.contains("uniform(");
    }

    double[] value(String name) {
      return inputs.get(name).constant().orElseThrow().toDoubles();
    }
  }
}
