package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.cast;
import static nnc.onnx.term.Formulas.operate;
import static nnc.onnx.term.Formulas.where;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nnc.graph.Kind;
import nnc.onnx.model.ElementType;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** Comparisons, truth values and bits. */
final class LogicalOperators {
  private LogicalOperators() {}

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    Map.of("Equal", "==", "Less", "<", "LessOrEqual", "<=", "Greater", ">", "GreaterOrEqual", ">=", "And", "and", "Or", "or")
        .forEach((name, operator) -> table.put(name, use -> List.of(use.let(operate(operator, use.in(0), use.in(1)), ElementType.BOOL))));
    table.put("Not", use -> List.of(use.let(operate("not", use.in(0)), ElementType.BOOL)));
    table.put("Xor", use -> List.of(use.let(operate("!=", cast(use.in(0), "int"), cast(use.in(1), "int")), ElementType.BOOL)));
    table.put("Where", use -> List.of(use.let(where(use.in(0), use.in(1), use.in(2)), use.in(1).element())));
    table.put("IsNaN", use -> List.of(use.let(operate("!=", use.in(0), use.in(0)), ElementType.BOOL)));
    table.put("IsInf", LogicalOperators::isInfinite);
    table.put("BitShift", LogicalOperators::shift);
    return table;
  }

  private static List<Term> isInfinite(Use use) {
    var x = use.in(0);
    boolean above = use.flag("detect_positive", true);
    boolean below = use.flag("detect_negative", true);
    Formula found = above && below ? operate("==", apply("abs", x), Double.POSITIVE_INFINITY)
        : operate("==", x, above ? Double.POSITIVE_INFINITY : Formulas.neg(Double.POSITIVE_INFINITY));
    return List.of(use.let(above || below ? found : operate("and", found, operate("!=", x, x)), ElementType.BOOL));
  }

  /** By whole powers of two; to the left what goes beyond the type is lost. */
  private static List<Term> shift(Use use) {
    var x = use.in(0);
    if (x.element().kind() != Kind.INT) {
      throw use.not("it shifts " + x.element());
    }
    var power = operate("^", 2, cast(use.in(1), "float"));
    boolean right = use.text("direction", "").equals("RIGHT");
    var shifted = right ? apply("floor", Formulas.div(x, power)) : Formulas.mul(x, power);
    var result = use.as(shifted, x.element());
    return List.of(right || x.element().bytes() > 2 ? result : use.as(apply("mod", result, x.element().largest() + 1), x.element()));
  }
}
