package nnc.loops.expand;

import java.util.List;
import java.util.stream.Stream;
import nnc.loops.Loop;
import nnc.loops.Loop.Stmt;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;

/**
 * Loops for a width of vectors, the stage before bytecode: rows that are read as columns go through squares in registers, and products become
 * tiles. What comes out has no {@link Stmt.Product}; it can be printed, verified and interpreted as what goes in.
 */
public final class Expansion {
  private Expansion() {}

  /**
   * Kernels as the emitter of a width takes them.
   *
   * @param precision bits of an element, 32 or 64; a kernel {@link Loop.Kernel#inDouble} has 64 in any case
   */
  public static List<Loop.Kernel> of(List<Loop.Kernel> kernels, Width width, int precision, Switches switches) {
    return kernels.stream().map(kernel -> tiled(transposed(kernel, width, precision, switches), width, precision)).toList();
  }

  /** The first half: rows that are read as columns go through registers. */
  public static Loop.Kernel transposed(Loop.Kernel kernel, Width width, int precision, Switches switches) {
    return width == Width.SCALAR || !switches.on(Optimization.TRANSPOSE_IN_REGISTERS) ? kernel : TransposeInRegisters.of(kernel, lanes(kernel, width, precision));
  }

  /** The second half: products are tiles. */
  public static Loop.Kernel tiled(Loop.Kernel kernel, Width width, int precision) {
    return !hasProducts(kernel.body()) ? kernel : new Loop.Kernel(kernel.arguments(), kernel.block(), kernel.kind(),
        tiled(kernel.body(), lanes(kernel, width, precision), width.registers()), kernel.scratch(), kernel.inDouble());
  }

  private static int lanes(Loop.Kernel kernel, Width width, int precision) {
    return width.lanes(kernel.inDouble() ? 64 : precision);
  }

  private static boolean hasProducts(List<Stmt> body) {
    return body.stream().anyMatch(statement -> switch (statement) {
      case Stmt.Product _ -> true;
      case Stmt.For loop -> hasProducts(loop.body());
      case Stmt.Outline outline -> hasProducts(outline.body());
      case Stmt.Let _, Stmt.Lanes _, Stmt.Assign _, Stmt.Store _, Stmt.Nonzeros _, Stmt.Transpose _, Stmt.Line _ -> false;
    });
  }

  private static List<Stmt> tiled(List<Stmt> body, int lanes, int registers) {
    return !hasProducts(body) ? body : body.stream().flatMap(statement -> switch (statement) {
      case Stmt.Product product -> TileProducts.of(product, lanes, registers).stream();
      case Stmt.For(var name, var from, var to, var kind, var inner) -> Stream.<Stmt>of(new Stmt.For(name, from, to, kind, tiled(inner, lanes, registers)));
      case Stmt.Outline(var arguments, var inner) -> Stream.<Stmt>of(new Stmt.Outline(arguments, tiled(inner, lanes, registers)));
      case Stmt.Let _, Stmt.Lanes _, Stmt.Assign _, Stmt.Store _, Stmt.Nonzeros _, Stmt.Transpose _, Stmt.Line _ -> Stream.of(statement);
    }).toList();
  }
}
