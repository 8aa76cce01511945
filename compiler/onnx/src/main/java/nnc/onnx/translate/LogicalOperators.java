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
    Map.of("BitwiseAnd", "bit_and", "BitwiseOr", "bit_or", "BitwiseXor", "bit_xor")
        .forEach((name, function) -> table.put(name, use -> List.of(use.let(apply(function, use.in(0), use.in(1)), use.in(0).element()))));
    table.put("BitwiseNot", use -> List.of(within(use, use.let(apply("bit_not", use.in(0)), use.in(0).element()))));
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

  /** To the left what goes beyond the type is lost. */
  private static List<Term> shift(Use use) {
    var x = use.in(0);
    if (x.element().kind() != Kind.INT) {
      throw use.not("it shifts " + x.element());
    }
    boolean right = use.text("direction", "").equals("RIGHT");
    var shifted = use.let(apply(right ? "shift_right" : "shift_left", x, use.in(1)), x.element());
    return List.of(right ? shifted : within(use, shifted));
  }

  /** What of a type of 8 or 16 bits without a sign is left. */
  private static Term within(Use use, Term x) {
    boolean isShort = x.element().isUnsigned() && x.element().bytes() <= 2;
    return isShort ? use.let(apply("mod", x, x.element().largest() + 1), x.element()) : x;
  }
}
