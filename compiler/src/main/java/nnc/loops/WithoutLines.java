package nnc.loops;

import java.util.List;

/** Kernels that differ only in the source lines they speak of are the same kernel. */
public final class WithoutLines {
  private WithoutLines() {}

  public static Loop.Kernel withoutLines(Loop.Kernel kernel) {
    return new Loop.Kernel(kernel.arguments(), kernel.block(), kernel.kind(), strip(kernel.body()), kernel.scratch(), kernel.inDouble());
  }

  private static List<Loop.Stmt> strip(List<Loop.Stmt> body) {
    return body.stream().filter(statement -> !(statement instanceof Loop.Stmt.Line))
        .map(statement -> switch (statement) {
          case Loop.Stmt.For(var name, var from, var to, var kind, var inner) -> new Loop.Stmt.For(name, from, to, kind, strip(inner));
          case Loop.Stmt.Outline(var arguments, var inner) -> new Loop.Stmt.Outline(arguments, strip(inner));
          case Loop.Stmt.Product product when product.follow() != null -> product.followedBy(product.follow().with(strip(product.follow().body())));
          default -> statement;
        }).toList();
  }
}
