package nnc.lower.common;

import java.util.LinkedHashMap;
import java.util.Map;
import nnc.graph.Dim;
import nnc.loops.Ints;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Space;
import nnc.loops.StatementBuilder;

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

  /** How long a copy is right: for a run, or until the weights change. */
  public enum Lifetime { RUN, WEIGHTS }

  /** Whether columns are searched for infinities and NaN, of which zeros may not be left out. */
  public enum Search { NONE, FAULTS }

  /**
   * A copy in panels; the last one has room for as many columns as the others.
   *
   * @param kernel the first that reads it
   */
  public static PackedOperand of(ScheduledKernel kernel, PanelLayout layout, Lifetime lifetime, Search search) {
    var sink = new StatementBuilder();
    Map<String, Origin> origins = new LinkedHashMap<>();
    var values = kernel.values(sink, origins, (_, _) -> null);
    int columns = layout.column().extent().fixed();
    int width = layout.width();
    int depth = layout.depth();
    var first = Ints.multiply(new Int.Var("panel"), new Int.Number(width));
    var end = Ints.add(first, new Int.Number(width));
    var start = Ints.multiply(new Int.Var("panel"), new Int.Number((long) width * depth));
    var buffer = values.buffer(Own.PACKED, Space.ARENA);
    int panels = Math.ceilDiv(columns, width);
    int size = panels * width * depth;
    int faults = search == Search.FAULTS ? size : -1;
    var body = sink.within(() -> layout.pack(sink, values, new PanelLayout.Panel(buffer, start, faults), first,
        columns % width == 0 ? end : Ints.least(end, new Int.Number(columns))));
    var loop = new BlockLoop("panel", LoopKind.SERIAL, Dim.of(panels), true, Dim.of(2).times(columns).times(depth));
    var lowered = new LoweredKernel(kernel.kernel(), loop, body, Dim.ZERO, origins, values.dims());
    return new PackedOperand(lowered, search == Search.FAULTS ? size + panels * width : size, lifetime == Lifetime.WEIGHTS, faults);
  }

  /** The same loops over other memory. */
  public PackedOperand reading(Map<String, Origin> others) {
    var other = new LoweredKernel(copy.kernel(), copy.outermost(), copy.body(), copy.scratch(), others, copy.dims());
    return new PackedOperand(other, size, isFixed, faults);
  }
}
