package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.add;
import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.mul;
import static nnc.onnx.term.Formulas.operate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** Sums of products. With a constant matrix they are dense layers. */
final class ProductOperators {
  private ProductOperators() {}

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    table.put("MatMul", ProductOperators::product);
    table.put("Gemm", ProductOperators::gemm);
    table.put("Einsum", ProductOperators::einsum);
    table.put("Det", ProductOperators::determinant);
    return table;
  }

  private static List<Term> product(Use use) {
    var a = use.in(0);
    var b = use.in(1);
    if (isMatrix(b) && a.constant().isEmpty() && a.rank() >= 2) {
      return List.of(use.let(dense(a, b.constant().get(), null, use.origin(1))));
    }
    return use.one(product(a, b));
  }

  private static boolean isMatrix(Term term) {
    return term.constant().isPresent() && term.rank() == 2 && term.element().isFloat();
  }

  /** Rows stand for vectors on either side. */
  static Formula product(Term a, Term b) {
    if (a.rank() == 1 && b.rank() == 1) {
      return apply("sum", mul(a, b));
    } else if (a.rank() == 1) {
      return apply("squeeze", operate("@", apply("expand", a, 0), b), "axis", -2);
    } else if (b.rank() == 1) {
      return apply("squeeze", operate("@", a, apply("expand", b, 1)), "axis", -1);
    }
    return operate("@", a, b);
  }

  /** @param bias null if there is none */
  static Formula dense(Object x, OnnxTensor matrix, OnnxTensor bias, String origin) {
    var weights = new LinkedHashMap<String, OnnxTensor>();
    weights.put("W", matrix);
    var named = new LinkedHashMap<String, Formula>();
    if (bias == null) {
      named.put("bias", new Formula.Flag(false));
    } else {
      weights.put("b", bias);
    }
    return new Formula.Made("dense", List.of(Formulas.of(matrix.shape()[1])), named, List.of(Formulas.of(x)), weights, origin);
  }

  /** {@code alpha a b + beta c}, each matrix perhaps transposed. */
  private static List<Term> gemm(Use use) {
    var a = use.in(0);
    var b = use.in(1);
    double alpha = use.real("alpha", 1);
    double beta = use.real("beta", 1);
    Object left = use.flag("transA", false) ? apply("transpose", a) : a;
    boolean isPlain = alpha == 1 && (beta == 1 || !use.has(2));
    if (isPlain && isMatrix(b) && a.constant().isEmpty()) {
      var matrix = use.flag("transB", false) ? b.constant().get().transposed() : b.constant().get();
      var bias = use.has(2) ? bias(use.in(2), matrix.shape()[1]) : null;
      if (bias != null || !use.has(2)) {
        return List.of(use.let(dense(left, matrix, bias, use.origin(1))));
      }
    }
    var product = operate("@", left, use.flag("transB", false) ? apply("transpose", b) : b);
    var scaled = alpha == 1 ? product : mul(alpha, product);
    return List.of(use.as(!use.has(2) || beta == 0 ? scaled : add(scaled, beta == 1 ? use.in(2) : mul(beta, use.in(2))), a.element()));
  }

  /** A constant row of as many; null if it is none. */
  static OnnxTensor bias(Term term, int units) {
    return term.constant().filter(tensor -> tensor.size() == units && (tensor.rank() == 1 || tensor.rank() == 2 && tensor.shape()[0] == 1) && term.element().isFloat())
        .map(tensor -> tensor.reshaped(units)).orElse(null);
  }

  private static List<Term> determinant(Use use) {
    var x = use.in(0);
    if (x.rank() < 2 || !x.dim(x.rank() - 1).equals(x.dim(x.rank() - 2))) {
      throw use.not("it is of " + x.type() + ", which are no square matrices");
    }
    Use.fixed(x.dim(x.rank() - 1), "the size of the matrices");
    return use.one(apply("onnx_det", x));
  }

  private static List<Term> einsum(Use use) {
    var arguments = new ArrayList<Object>();
    arguments.add(Formulas.text(use.text("equation", "").replace(" ", "")));
    arguments.addAll(use.all());
    return use.one(apply("einsum", arguments.toArray()));
  }
}
