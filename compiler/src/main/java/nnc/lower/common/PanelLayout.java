package nnc.lower.common;

import java.util.List;
import java.util.function.Function;
import nnc.graph.Dim;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.StatementBuilder;

/**
 * How a factor of products is packed: panels of columns side by side, term behind term.
 *
 * @param column   the loop over the factor's columns
 * @param terms    the loops over a column's elements, in the order in which they shall lie
 * @param width    columns of a panel
 * @param sections of a panel, one behind the other, each with all of the terms
 * @param elements of the factor, in terms of the loops: one for each section
 */
public record PanelLayout(AffineIndex.Atom.Var column, List<AffineIndex.Atom.Var> terms, int width, int sections, Function<ValueLowering, List<Expr>> elements) {

  /**
   * Where a panel lies.
   *
   * @param start  its first element
   * @param faults where a number for each of all columns begins, which becomes zero if the column has neither infinity nor NaN; -1 if there are none
   */
  public record Panel(Loop.Buffer buffer, Int start, int faults) {
    /** One of whose numbers nothing need be known. */
    public Panel(Loop.Buffer buffer, Int start) {
      this(buffer, start, -1);
    }
  }

  /** Elements of a column in all sections. */
  int depth() {
    return depthOfSection() * sections;
  }

  private int depthOfSection() {
    return terms.stream().mapToInt(term -> term.extent().fixed()).reduce(1, (a, b) -> a * b);
  }

  /** Adds the loops that copy the columns from {@code first} to {@code end} to a panel. */
  public void pack(StatementBuilder sink, ValueLowering values, Panel to, Int first, Int end) {
    var columnAt = new Int.Var(column.name());
    var fault = Ints.add(new Int.Number(to.faults), columnAt);
    if (to.faults >= 0) {
      sink.add(new Stmt.For(column.name(), first, end, LoopKind.VECTOR, List.of(new Stmt.Store(to.buffer, fault, new Expr.Number(0)))));
    }
    var term = AffineIndex.linear(terms.stream().map(AffineIndex::of).toList(), terms.stream().map(AffineIndex.Atom.Var::extent).toList());
    var body = sink.within(() -> values.scoped(() -> {
      var within = Ints.add(term.times(Dim.of(width)).toInt(), Ints.subtract(columnAt, first));
      var all = elements.apply(values);
      if (to.faults >= 0) {
        sink.add(new Stmt.Store(to.buffer, fault, new Expr.Apply(Fn.FMA, List.of(all.getFirst(), new Expr.Number(0), new Expr.Load(to.buffer, fault)))));
      }
      for (int section = 0; section < sections; section++) {
        sink.add(new Stmt.Store(to.buffer, Ints.add(Ints.add(to.start, within), new Int.Number((long) section * width * depthOfSection())), all.get(section)));
      }
    }));
    // called for each term, it is compiled after a few runs
    body = List.of(new Stmt.Outline(List.of(), List.of(new Stmt.For(column.name(), first, end, LoopKind.VECTOR, body))));
    for (var loop : terms.reversed()) {
      body = List.of(new Stmt.For(loop.name(), new Int.Number(0), new Int.Number(loop.extent().fixed()), LoopKind.SERIAL, body));
    }
    body.forEach(sink::add);
  }
}
