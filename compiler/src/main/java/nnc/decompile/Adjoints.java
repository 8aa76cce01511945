package nnc.decompile;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import nnc.source.Diagnostics;
import nnc.syntax.Ast;
import nnc.syntax.AstBuilder;

/** What gradients need and the library has no function for, in the language: a program that calls one of them brings it along. */
final class Adjoints {
  private Adjoints() {}

  static final String FOLD = "fold_windows", FILTER = "conv_filter", SPREAD = "spread";

  private static final Map<String, String> TEXTS = new LinkedHashMap<>(Map.of(
      // each element of a window back to its place, those of one place summed
      FOLD, """
          fn fold_windows(y, sizes, size, stride, dilation) {
            places = zeros(sizes)
            return grad(sum(windows(places, size, stride, dilation) * y), places)
          }
          """,
      // how a convolution's result depends on its filters
      FILTER, """
          fn conv_filter(x, y, sizes, stride, padding, dilation, groups) {
            filters = zeros(sizes)
            return grad(sum(conv(x, filters, stride, padding, dilation, groups) * y), filters)
          }
          """,
      // as many elements of a value between neighbours along an axis
      SPREAD, """
          fn spread(x, axis, gap, value) {
            sizes = shape(x)
            lead = prod_of(sizes[0:axis])
            rest = prod_of(sizes[axis + 1:])
            wide = sizes[axis] * (gap + 1)
            rows = reshape(pad(reshape(x, [lead, sizes[axis], 1, rest]), [0, 0, 0, 0], [0, 0, gap, 0], value), [lead, wide, rest])
            return reshape(rows[:, 0:wide - gap], sizes[0:axis] + [wide - gap] + sizes[axis + 1:])
          }
          """));

  static Set<String> names() {
    return TEXTS.keySet();
  }

  static Ast.Statement declaration(String name) {
    return AstBuilder.parse(name, TEXTS.get(name), new Diagnostics()).statements().getFirst();
  }
}
