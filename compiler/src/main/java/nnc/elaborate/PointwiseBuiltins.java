package nnc.elaborate;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Erf;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.UnaryFn;
import nnc.interpret.Interpreter;

/** Elementwise functions. Of numbers known at compile time they give a number. */
final class PointwiseBuiltins {
  private PointwiseBuiltins() {}

  private static Builtin scalar(String name, UnaryFn fn, DoubleUnaryOperator known) {
    return unary(name, known, (g, x) -> g.unary(fn, x));
  }

  private interface InGraph {
    Node apply(GraphBuilder g, Node x);
  }

  private static Builtin unary(String name, DoubleUnaryOperator known, InGraph inGraph) {
    return Builtin.of(name, "x", a -> a.value("x") instanceof Value.Num(var x)
        ? new Value.Num(known.applyAsDouble(x)) : new Value.Tensor(inGraph.apply(a.graph(), a.tensor("x"))));
  }

  /** A function that leaves whole numbers as they are: of a size, or of one that is divided by a number, it is a size again. */
  private static Builtin rounded(String name, UnaryFn fn, DoubleUnaryOperator known, BiFunction<Dim, Long, Dim> divided) {
    var plain = scalar(name, fn, known);
    return Builtin.of(name, "x", a -> switch (a.value("x")) {
      case Value.Size size -> size;
      case Value.Tensor(var node) when node.op() instanceof Op.Binary(var operator) && operator == BinaryFn.DIV && isSizeOver(node) ->
          Convert.of(divided.apply(((Op.Size) node.operand(0).op()).dim(), (long) ((Op.Const) node.operand(1).op()).value()));
      default -> plain.body().call(a);
    });
  }

  private static boolean isSizeOver(Node quotient) {
    return quotient.operand(0).op() instanceof Op.Size && quotient.operand(1).op() instanceof Op.Const(var by, _) && by == Math.rint(by) && by >= 1 && by <= Integer.MAX_VALUE;
  }

  private static Builtin binary(String name, BinaryFn fn, DoubleBinaryOperator known) {
    return Builtin.of(name, "a, b", a -> a.value("a") instanceof Value.Num(var x) && a.value("b") instanceof Value.Num(var y)
        ? new Value.Num(known.applyAsDouble(x, y)) : new Value.Tensor(a.graph().binary(fn, a.tensor("a"), a.tensor("b"))));
  }

  /** The smaller or the larger one: of ints and a whole number an int. */
  private static Builtin extreme(String name, BinaryFn fn, DoubleBinaryOperator known) {
    return Builtin.of(name, "a, b", a -> a.value("a") instanceof Value.Num(var x) && a.value("b") instanceof Value.Num(var y)
        ? new Value.Num(known.applyAsDouble(x, y)) : new Value.Tensor(a.graph().binary(fn, beside(a, "a", "b"), beside(a, "b", "a"))));
  }

  /** Numbers that are written keep all their digits. */
  private static Node whole(Node x, GraphBuilder g) {
    return switch (x.op()) {
      case Op.Const(var value, var kind) when kind == Kind.FLOAT && Double.isFinite(value) -> g.constant(truncated(value), Kind.INT);
      case Op.Table(var type, var values) when type.kind() == Kind.FLOAT && values.stream().allMatch(Double::isFinite) ->
          g.table(type.withKind(Kind.INT), values.stream().map(PointwiseBuiltins::truncated).toList());
      case Op.Broadcast _, Op.Reshape _ -> g.emit(x.op(), List.of(whole(x.operand(0), g)));
      default -> g.cast(x, Kind.INT);
    };
  }

  /** Whether an argument is an int, or a whole number. */
  private static boolean isWhole(CallArguments a, String name) {
    return a.ints(name).type().kind() == Kind.INT;
  }

  private static double truncated(double value) {
    return (value < 0 ? Math.ceil(value) : Math.floor(value)) + 0.0;
  }

  private static Node beside(CallArguments a, String name, String other) {
    return Convert.beside(a.value(name), a.tensor(name), a.tensor(other), a.graph());
  }

  static final List<Builtin> ALL = List.of(
      scalar("exp", UnaryFn.EXP, Math::exp),
      scalar("log", UnaryFn.LOG, Math::log),
      scalar("log1p", UnaryFn.LOG1P, Math::log1p),
      scalar("expm1", UnaryFn.EXPM1, Math::expm1),
      scalar("sqrt", UnaryFn.SQRT, Math::sqrt),
      unary("rsqrt", x -> 1 / Math.sqrt(x), (g, x) -> g.div(g.constant(1), g.sqrt(x))),
      unary("square", x -> x * x, (g, x) -> g.mul(x, x)),
      scalar("abs", UnaryFn.ABS, Math::abs),
      scalar("sign", UnaryFn.SIGN, Math::signum),
      rounded("floor", UnaryFn.FLOOR, Math::floor, Dim::dividedDown),
      rounded("ceil", UnaryFn.CEIL, Math::ceil, Dim::dividedUp),
      scalar("round", UnaryFn.ROUND, Math::rint),
      scalar("sin", UnaryFn.SIN, Math::sin),
      scalar("cos", UnaryFn.COS, Math::cos),
      scalar("tanh", UnaryFn.TANH, Math::tanh),
      scalar("sigmoid", UnaryFn.SIGMOID, x -> 1 / (1 + Math.exp(-x))),
      scalar("erf", UnaryFn.ERF, Erf::of),
      binary("pow", BinaryFn.POW, (x, y) -> Interpreter.binary(BinaryFn.POW, x, y)),
      extreme("minimum", BinaryFn.MIN, Math::min),
      extreme("maximum", BinaryFn.MAX, Math::max),
      Builtin.of("clamp", "x, low, high", a -> {
        var g = a.graph();
        a.requireOrder("low", "high");
        boolean whole = isWhole(a, "x") && isWhole(a, "low") && isWhole(a, "high") && a.tensor("x").type().kind() == Kind.INT;
        var x = whole ? a.tensor("x") : a.floats("x");
        var low = whole ? a.ints("low") : a.floats("low");
        var high = whole ? a.ints("high") : a.floats("high");
        // inside the bounds, both included, the gradient is 1; outside it is 0
        return new Value.Tensor(g.select(g.less(x, low), low, g.select(g.less(high, x), high, x)));
      }),
      Builtin.of("where", "condition, a, b", a -> new Value.Tensor(a.graph().select(a.tensor("condition"), beside(a, "a", "b"), beside(a, "b", "a")))),
      Builtin.of("missing", "x", a -> {
        var x = a.fed("x");
        return new Value.Tensor(a.graph().cast(a.graph().binary(BinaryFn.NE, x, x), Kind.FLOAT));
      }),
      Builtin.of("if_missing", "x, value", a -> {
        var x = a.fed("x");
        return new Value.Tensor(a.graph().select(a.graph().binary(BinaryFn.NE, x, x), a.floats("value"), x));
      }),
      Builtin.of("stop_gradient", "x", a -> new Value.Tensor(a.graph().stopGradient(a.tensor("x")))),
      Builtin.of("cast", "x, kind", a -> {
        var name = a.text("kind");
        for (var kind : Kind.values()) {
          if (kind.toString().equals(name)) {
            return new Value.Tensor(kind == Kind.INT ? whole(a.tensor("x"), a.graph()) : a.graph().cast(a.tensor("x"), kind));
          }
        }
        throw a.fault("unknown kind " + name + "; kinds are float, int and bool");
      }));
}
