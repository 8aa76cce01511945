package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.add;
import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.cast;
import static nnc.onnx.term.Formulas.div;
import static nnc.onnx.term.Formulas.mul;
import static nnc.onnx.term.Formulas.operate;
import static nnc.onnx.term.Formulas.sub;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import nnc.graph.Dim;
import nnc.onnx.model.ElementType;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** Whole numbers of 8 bits that stand for others: {@code scale (q - zero)}. Sums of their products are exact up to 2^24. */
final class QuantizedOperators {
  private QuantizedOperators() {}

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    table.put("QuantizeLinear", use -> List.of(quantized(use, Formulas.of(use.in(0)), scale(use, 1, use.in(0)), use.has(2) ? use.in(2) : null, use.in(0))));
    table.put("DequantizeLinear", use -> List.of(use.as(mul(centred(use, 0, 2), scale(use, 1, use.in(0))), use.in(1).element())));
    table.put("DynamicQuantizeLinear", QuantizedOperators::dynamic);
    table.put("MatMulInteger", use -> List.of(exact(use, centredRows(use, 0, 2), use.in(0).dim(use.in(0).rank() - 1), a -> operate("@", a, centred(use, 1, 3)))));
    table.put("ConvInteger", QuantizedOperators::convolution);
    table.put("QLinearMatMul", QuantizedOperators::product);
    table.put("QLinearConv", QuantizedOperators::quantizedConvolution);
    return table;
  }

  private static Term whole(Use use, Formula formula) {
    return use.as(formula, ElementType.INT32);
  }

  /** So many products of two numbers from -255 to 255 are summed exactly by floats of 32 bits, and of numbers from -16 to 15 with such. */
  private static final int EXACT = 258, EXACT_BY_DIGITS = 4112;

  /**
   * Sums of products as the whole numbers that they are: of many products by the two digits to the base of 16 that the numbers have.
   *
   * @param x     numbers from -255 to 255
   * @param count how many products a sum has
   * @param sums  of such numbers
   */
  private static Term exact(Use use, Formula x, Dim count, UnaryOperator<Formula> sums) {
    long most = count.constant().orElse(Long.MAX_VALUE);
    if (most <= EXACT) {
      return whole(use, sums.apply(x));
    } else if (most > EXACT_BY_DIGITS) {
      throw use.not("it sums " + count + " products of whole numbers, and those of more than " + EXACT_BY_DIGITS + " are not exact");
    }
    var numbers = use.let(x, ElementType.FLOAT);
    var high = use.let(apply("floor", div(numbers, 16)), ElementType.FLOAT);
    var low = use.let(sub(numbers, mul(high, 16)), ElementType.FLOAT);
    return use.let(add(mul(whole(use, sums.apply(Formulas.of(high))), 16), whole(use, sums.apply(Formulas.of(low)))), ElementType.INT32);
  }

  /** One number, or one for each place of an axis. */
  private static Formula along(Term numbers, Term x, int axis) {
    if (numbers.rank() == 0 || numbers.dim(0).is(1) && numbers.rank() == 1) {
      return numbers.rank() == 0 ? Formulas.of(numbers) : Formulas.reshape(numbers, List.of());
    }
    var shape = new ArrayList<>(Collections.nCopies(x.rank(), Dim.ONE));
    shape.set(axis, numbers.dim(0));
    return Formulas.reshape(numbers, shape);
  }

  private static Formula scale(Use use, int input, Term x) {
    if (use.small("block_size", 0) != 0) {
      throw use.not("each of its scales is for a block of " + use.small("block_size", 0) + " numbers");
    }
    return along(use.in(input), x, x.rank() == 0 || use.in(input).rank() == 0 ? 0 : use.axis("axis", 1, Math.max(2, x.rank())));
  }

  private static Formula centred(Use use, int x, int zero) {
    var q = use.floats(x);
    if (!use.has(zero)) {
      return Formulas.of(q);
    }
    return sub(q, along(use.floats(zero), q, use.in(zero).rank() == 0 ? 0 : use.axis("axis", 1, Math.max(2, q.rank()))));
  }

  /** Of a matrix's rows. */
  private static Formula centredRows(Use use, int x, int zero) {
    var q = use.floats(x);
    return !use.has(zero) ? Formulas.of(q) : use.in(zero).rank() == 1 && !use.in(zero).dim(0).is(1) ? sub(q, apply("expand", use.floats(zero), 1))
        : sub(q, along(use.floats(zero), q, 0));
  }

  /** To the nearest, ties to even, and held within the type. */
  private static Term quantized(Use use, Formula x, Formula scale, Term zero, Term like) {
    var type = zero != null ? zero.element() : use.small("output_dtype", 0) == 0 ? ElementType.UINT8 : ElementType.of(use.small("output_dtype", 0), use.node().title());
    var rounded = apply("round", div(x, scale));
    var moved = zero == null ? rounded : add(rounded, along(use.floats(zero), like, zero.rank() == 0 ? 0 : use.axis("axis", 1, Math.max(2, like.rank()))));
    return use.let(cast(apply("clamp", moved, type.least(), type.largest()), "int"), type);
  }

  private static List<Term> dynamic(Use use) {
    var x = use.in(0);
    var low = use.let(apply("minimum", apply("min", x), 0));
    var high = use.let(apply("maximum", apply("max", x), 0));
    var scale = use.let(div(sub(high, low), 255));
    var zero = use.let(apply("round", apply("clamp", div(sub(0, low), scale), 0, 255)), ElementType.FLOAT);
    var y = use.let(cast(apply("clamp", add(apply("round", div(x, scale)), zero), 0, 255), "int"), ElementType.UINT8);
    return List.of(y, scale, use.let(cast(zero, "int"), ElementType.UINT8));
  }

  private static List<Term> convolution(Use use) {
    var x = use.let(centred(use, 0, 2), ElementType.FLOAT);
    var w = use.let(perFilter(use, 1, 3), ElementType.FLOAT);
    return List.of(exact(use, Formulas.of(x), Dim.product(w.shape().subList(1, w.rank())), part -> conv(use, use.let(part, ElementType.FLOAT), w)));
  }

  private static Formula perFilter(Use use, int w, int zero) {
    var q = use.floats(w);
    return use.has(zero) ? sub(q, along(use.floats(zero), q, 0)) : Formulas.of(q);
  }

  private static Formula conv(Use use, Term x, Term w) {
    var kernel = w.shape().subList(2, w.rank()).stream().mapToInt(dim -> Use.fixed(dim, "the kernel")).toArray();
    return ConvolutionOperators.conv(x, w, Geometry.of(use, kernel, x.shape().subList(2, x.rank())), use.small("group", 1));
  }

  /** Of a product that stands for numbers, the whole numbers that stand for it. */
  private static Term requantized(Use use, Formula sums, Formula scales, int scale, int zero) {
    var product = use.let(mul(sums, scales), ElementType.FLOAT);
    return quantized(use, Formulas.of(product), along(use.in(scale), product, 1), use.in(zero), product);
  }

  private static List<Term> product(Use use) {
    var a = use.floats(0);
    var b = use.floats(3);
    var sums = operate("@", sub(a, along(use.floats(2), a, a.rank() - 2)), sub(b, along(use.floats(5), b, b.rank() - 1)));
    return List.of(requantized(use, sums, mul(along(use.in(1), a, a.rank() - 2), along(use.in(4), b, b.rank() - 1)), 6, 7));
  }

  private static List<Term> quantizedConvolution(Use use) {
    var x = use.floats(0);
    var w = use.floats(3);
    var centredX = use.let(sub(x, along(use.floats(2), x, 1)), ElementType.FLOAT);
    var centredW = use.let(sub(w, along(use.floats(5), w, 0)), ElementType.FLOAT);
    var sums = conv(use, centredX, centredW);
    var channels = ConvolutionOperators.channels(w.dim(0), x.rank() - 2);
    var biased = use.has(8) ? add(sums, Formulas.reshape(use.floats(8), channels)) : sums;
    return List.of(requantized(use, biased, mul(along(use.in(1), x, 1), along(use.in(4), x, 1)), 6, 7));
  }
}
