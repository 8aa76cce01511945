package nnc.lower.common;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Space;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;
import nnc.schedule.Kernel;

/**
 * A factor of products, copied by a kernel of its own into the order in which their tiles read it: panels of columns side by side, term
 * behind term. Products that read it alike share the copy, and where the factor does not change, runs do.
 *
 * @param copy    fills {@link Origin.Own#PACKED}
 * @param size    of that buffer, in elements
 * @param isFixed whether the factor is the same at each run
 * @param faults  where, in the buffer, a number for each column begins, which is zero if the column has neither infinity nor NaN; -1 if there are none
 */
public record PackedOperand(LoweredKernel copy, int size, boolean isFixed, int faults) implements Origin {

  /** The most elements that are worth a copy, 16 MiB of floats; of a larger factor it would take too much memory. */
  private static final int MAX_ELEMENTS = 1 << 22;

  /** Whether a factor of so many columns and terms may be copied. */
  public static boolean fits(Dim columns, Dim terms) {
    return columns.isConstant() && terms.isConstant() && (long) columns.fixed() * terms.fixed() <= MAX_ELEMENTS;
  }

  /**
   * A copy in panels of {@code width} columns; the last one has room for as many.
   *
   * @param kernel   the first that reads it
   * @param terms    the loops over a column's elements, in the order in which they shall lie
   * @param sections of a panel, one behind the other, each with all of the terms
   * @param judged   whether to look for infinities and NaN
   * @param elements of the factor, in terms of the loops: one for each section
   */
  public static PackedOperand panels(Kernel kernel, int precision, Set<Node> stored, boolean isFixed, AffineIndex.Atom.Var column, List<AffineIndex.Atom.Var> terms,
      int width, int sections, boolean judged, Function<ValueLowering, List<Expr>> elements) {
    var sink = new StatementBuilder();
    Map<String, Origin> origins = new LinkedHashMap<>();
    var values = new ValueLowering(sink, precision, stored, origins, (_, _) -> null);
    int columns = column.extent().fixed();
    int depth = depth(terms) * sections;
    var first = Ints.multiply(new Int.Var("panel"), new Int.Number(width));
    var end = Ints.add(first, new Int.Number(width));
    var start = Ints.multiply(new Int.Var("panel"), new Int.Number((long) width * depth));
    var buffer = values.buffer(Own.PACKED, Space.ARENA);
    int panels = Math.ceilDiv(columns, width);
    int size = panels * width * depth;
    int faults = judged ? size : -1;
    var body = sink.within(() -> panel(sink, values, buffer, start, column.name(), first,
        columns % width == 0 ? end : Ints.least(end, new Int.Number(columns)), terms, width, faults, elements));
    var lowered = new LoweredKernel("panel", LoopKind.SERIAL, body, 0, origins, Dim.of(panels), true, Dim.of(2).times(columns).times(depth), values.dims(), kernel);
    return new PackedOperand(lowered, size + (judged ? panels * width : 0), isFixed, faults);
  }

  private static int depth(List<AffineIndex.Atom.Var> terms) {
    return terms.stream().mapToInt(term -> term.extent().fixed()).reduce(1, (a, b) -> a * b);
  }

  /** Adds the loops that copy the columns from {@code first} to {@code end} to a panel that begins at {@code start}. */
  public static void panel(StatementBuilder sink, ValueLowering values, Loop.Buffer buffer, Int start, String column, Int first, Int end, List<AffineIndex.Atom.Var> terms,
      int width, int faults, Function<ValueLowering, List<Expr>> elements) {
    var fault = Ints.add(new Int.Number(faults), new Int.Var(column));
    if (faults >= 0) {
      sink.add(new Stmt.For(column, first, end, LoopKind.VECTOR, List.of(new Stmt.Store(buffer, fault, new Expr.Number(0)))));
    }
    var term = AffineIndex.linear(terms.stream().map(AffineIndex::of).toList(), terms.stream().map(AffineIndex.Atom.Var::extent).toList());
    var body = sink.within(() -> values.scoped(() -> {
      var within = Ints.add(term.times(Dim.of(width)).toInt(), Ints.subtract(new Int.Var(column), first));
      var all = elements.apply(values);
      if (faults >= 0) {
        sink.add(new Stmt.Store(buffer, fault, new Expr.Apply(Fn.FMA, List.of(all.getFirst(), new Expr.Number(0), new Expr.Load(buffer, fault)))));
      }
      for (int section = 0; section < all.size(); section++) {
        sink.add(new Stmt.Store(buffer, Ints.add(Ints.add(start, within), new Int.Number((long) section * width * depth(terms))), all.get(section)));
      }
    }));
    // called for each term, it is compiled after a few runs
    body = List.of(new Stmt.Outline(List.of(), List.of(new Stmt.For(column, first, end, LoopKind.VECTOR, body))));
    for (var loop : terms.reversed()) {
      body = List.of(new Stmt.For(loop.name(), new Int.Number(0), new Int.Number(loop.extent().fixed()), LoopKind.SERIAL, body));
    }
    body.forEach(sink::add);
  }
}
