package nnc.loops;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.Stmt;

/** Kernels as pseudo-code. */
public final class LoopPrinter {
  private final StringBuilder out = new StringBuilder();

  private LoopPrinter() {}

  public static String print(Loop.Kernel kernel) {
    var printer = new LoopPrinter();
    printer.line(0, "kernel(" + String.join(", ", kernel.arguments()) + ") scratch " + kernel.scratch());
    if (kernel.kind() == Loop.LoopKind.RANGE) {
      kernel.body().forEach(statement -> printer.statement(1, statement));
    } else {
      printer.loop(1, kernel.block(), KernelInteger.FROM.title(), KernelInteger.TO.title(), kernel.kind(), kernel.body());
    }
    return printer.out.toString();
  }

  /** A statement alone. */
  public static String print(Stmt statement) {
    var printer = new LoopPrinter();
    printer.statement(0, statement);
    return printer.out.toString();
  }

  private void line(int depth, String text) {
    out.append("  ".repeat(depth)).append(text).append('\n');
  }

  private void loop(int depth, String var, String from, String to, Loop.LoopKind kind, List<Stmt> body) {
    line(depth, "for " + var + " in " + from + ".." + to + (kind == Loop.LoopKind.VECTOR ? " vector {" : " {"));
    body.forEach(statement -> statement(depth + 1, statement));
    line(depth, "}");
  }

  private void statement(int depth, Stmt statement) {
    switch (statement) {
      case Stmt.For(var name, var from, var to, var kind, var body) -> loop(depth, name, text(from), text(to), kind, body);
      case Stmt.Let(var name, var value) -> line(depth, name + " = " + text(value));
      case Stmt.Lanes(var name, var initial, var scratch) -> line(depth, name + " = lanes of " + text(initial) + " at scratch " + scratch);
      case Stmt.Assign(var name, var value) -> line(depth, name + " := " + text(value));
      case Stmt.Store(var buffer, var index, var value) -> line(depth, buffer.name() + "[" + text(index) + "] = " + text(value));
      case Stmt.Outline(var arguments, var body) -> {
        line(depth, "apart" + arguments.stream().map(g -> " " + g.name() + " = " + text(g.value())).collect(Collectors.joining(",")) + " {");
        body.forEach(inner -> statement(depth + 1, inner));
        line(depth, "}");
      }
      case Stmt.Product product -> product(depth, product);
      case Stmt.Nonzeros(var name, var count, var left, var start, var body) -> {
        line(depth, "for " + name + " in 0.." + text(count) + " where " + left.name() + "[" + text(start) + " + " + name + "] is not zero {");
        body.forEach(inner -> statement(depth + 1, inner));
        line(depth, "}");
      }
      case Stmt.Transpose transpose -> line(depth, "transposed " + text(transpose.lines()) + " lines of " + text(transpose.width()) + " of " + at(transpose.from()));
      case Stmt.Line(var number) -> line(depth, "# line " + number);
    }
  }

  /** In three lines: the extents, what is summed, and where. */
  private void product(int depth, Stmt.Product product) {
    line(depth, (product.order().lanes() > 0 ? "product along the terms of " : "product of ") + text(product.rows()) + " rows, " + text(product.columns()) + " columns"
        + (product.order().panel() > 0 ? " in panels of " + product.order().panel() : "") + ", depth "
        + product.depth().stream().map(d -> text(d.count())).collect(Collectors.joining(" x ")));
    line(depth, "  " + at(product.sums()) + prior(product.prior()) + at(product.left())
        + product.depth().stream().map(d -> text(d.left())).collect(Collectors.joining(", ", " by ", "")) + "  *  " + at(product.right())
        + product.depth().stream().map(d -> text(d.right())).collect(Collectors.joining(", ", " by ", ""))
        + (product.origin() == null ? "" : ", a copy of " + at(product.origin())) + (product.zeros() == null ? "" : ", perhaps without zeros"));
    if (product.follow() != null) {
      var follow = product.follow();
      line(depth, "then for " + follow.row() + " from " + text(follow.fromRow()) + ", " + follow.column() + " from " + text(follow.fromColumn()) + " {");
      follow.body().forEach(inner -> statement(depth + 1, inner));
      line(depth, "}");
    }
  }

  private static String prior(Stmt.Prior prior) {
    return switch (prior) {
      case REPLACED -> " = ";
      case CONTINUED -> " += ";
      case ADDED -> " += the sum of ";
    };
  }

  private static String at(Stmt.Factor factor) {
    return factor.buffer().name() + "[" + text(factor.start()) + ", rows by " + text(factor.step()) + "]";
  }

  static String text(Int value) {
    return switch (value) {
      case Int.Number(var number) -> Long.toString(number);
      case Int.Var(var name) -> name;
      case Int.FromElement(var element) -> "int(" + text(element) + ")";
      case Int.FromBits(var bits) -> "int(" + text(bits) + ")";
      case Int.Apply(var fn, var left, var right) -> switch (fn) {
        case ADD -> text(left) + " + " + text(right);
        case SUB -> text(left) + " - " + factor(right);
        case MUL -> factor(left) + " * " + factor(right);
        case DIV -> factor(left) + " / " + factor(right);
        case MOD -> factor(left) + " % " + factor(right);
        case MIN -> "min(" + text(left) + ", " + text(right) + ")";
        case MAX -> "max(" + text(left) + ", " + text(right) + ")";
      };
    };
  }

  private static String factor(Int value) {
    return value instanceof Int.Apply ? "(" + text(value) + ")" : text(value);
  }

  static String text(Expr expr) {
    return switch (expr) {
      case Expr.Number(var value) -> value == Math.rint(value) && Math.abs(value) < 1e9 ? Long.toString((long) value) : Double.toString(value);
      case Expr.Read(var name) -> name;
      case Expr.Load(var buffer, var index) -> buffer.name() + "[" + text(index) + "]";
      case Expr.LoadBits(var buffer, var index) -> "bits of " + buffer.name() + "[" + text(index) + "]";
      case Expr.FromInt(var value) -> "element(" + text(value) + ")";
      case Expr.BitsOf(var value) -> "bits(" + text(value) + ")";
      case Expr.Fold(var fn, var lanes) -> "fold " + fn.name().toLowerCase(Locale.ROOT) + " " + lanes;
      case Expr.Apply(var fn, var arguments) -> fn.name().toLowerCase(Locale.ROOT)
          + arguments.stream().map(LoopPrinter::text).collect(Collectors.joining(", ", "(", ")"));
    };
  }
}
