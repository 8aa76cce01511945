package nnc.elaborate;

import java.util.List;
import nnc.graph.Compositions;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.ReduceFn;

/** Reductions: over all axes unless some are named. */
final class ReduceBuiltins {
  private ReduceBuiltins() {}

  private static Node number(Node x, CallArguments a) {
    return x.type().kind() == Kind.BOOL ? a.graph().cast(x, Kind.INT) : x;
  }

  private static Builtin reduce(String name, ReduceFn fn) {
    return Builtin.of(name, "x, axis?, keep?", a -> {
      var x = number(a.tensor("x"), a);
      return new Value.Tensor(reduced(fn, x, a.axes("axis", x), a));
    });
  }

  /** {@code max(x, axis)} reduces; of two numbers known at compile time it is the larger. */
  private static Builtin extreme(String name, ReduceFn fn) {
    return Builtin.of(name, "x, axis?, keep?", a -> {
      if (a.value("x") instanceof Value.Num(var x) && a.value("axis") instanceof Value.Num(var y)) {
        return new Value.Num(fn == ReduceFn.MAX ? Math.max(x, y) : Math.min(x, y));
      }
      var x = number(a.tensor("x"), a);
      return new Value.Tensor(reduced(fn, x, a.axes("axis", x), a));
    });
  }

  /** Of bools, as the largest or smallest of 0 and 1. */
  private static Builtin logical(String name, ReduceFn fn) {
    return Builtin.of(name, "x, axis?, keep?", a -> {
      var x = a.graph().cast(a.graph().cast(a.tensor("x"), Kind.BOOL), Kind.INT);
      return new Value.Tensor(a.graph().cast(reduced(fn, x, a.axes("axis", x), a), Kind.BOOL));
    });
  }

  private static boolean keeps(CallArguments a) {
    return a.flag("keep", false);
  }

  private static Node reduced(ReduceFn fn, Node x, List<Integer> axes, CallArguments a) {
    return keeps(a) ? a.graph().reduceKept(fn, x, axes) : a.graph().reduce(fn, x, axes);
  }

  private static Builtin place(String name, boolean largest) {
    return Builtin.of(name, "x, axis?, keep?", a -> {
      var x = number(a.tensor("x"), a);
      int axis = a.axis("axis", -1, x.type().rank());
      var result = largest ? a.graph().argMax(x, axis) : a.graph().argMin(x, axis);
      return new Value.Tensor(keeps(a) ? a.graph().expand(result, axis) : result);
    });
  }

  /** The sum of squares of differences from the mean, over {@code count - correction}. */
  private static Value variance(CallArguments a) {
    var g = a.graph();
    var x = a.floats("x");
    var axes = a.axes("axis", x);
    var off = g.sub(x, Compositions.meanKept(g, x, axes));
    var count = g.size(Dim.product(axes.stream().map(x.type()::dim).toList()));
    var correction = a.number("correction", 0);
    var sum = reduced(ReduceFn.SUM, g.mul(off, off), axes, a);
    return new Value.Tensor(g.div(sum, correction == 0 ? count : g.sub(count, g.constant(correction))));
  }

  static final List<Builtin> ALL = List.of(
      reduce("sum", ReduceFn.SUM),
      reduce("prod", ReduceFn.PROD),
      extreme("max", ReduceFn.MAX),
      extreme("min", ReduceFn.MIN),
      logical("any", ReduceFn.MAX),
      logical("all", ReduceFn.MIN),
      place("argmax", true),
      place("argmin", false),
      Builtin.of("mean", "x, axis?, keep?", a -> {
        var x = a.tensor("x");
        var axes = a.axes("axis", x);
        return new Value.Tensor(keeps(a) ? Compositions.meanKept(a.graph(), x, axes) : Compositions.mean(a.graph(), x, axes));
      }),
      Builtin.of("variance", "x, axis?, correction?, keep?", ReduceBuiltins::variance).where(ArgumentType.number(0), "correction"),
      Builtin.of("logsumexp", "x, axis?, keep?", a -> {
        var x = a.floats("x");
        var axes = a.has("axis") ? a.axes("axis", x) : List.of(a.axis("axis", -1, x.type().rank()));
        return new Value.Tensor(keeps(a) ? Compositions.logSumExpKept(a.graph(), x, axes) : Compositions.logSumExp(a.graph(), x, axes));
      }),
      Builtin.of("softmax", "x, axis?", a -> {
        var x = a.floats("x");
        return new Value.Tensor(Compositions.softmax(a.graph(), x, a.axis("axis", -1, x.type().rank())));
      }),
      Builtin.of("log_softmax", "x, axis?", a -> {
        var x = a.floats("x");
        return new Value.Tensor(Compositions.logSoftmax(a.graph(), x, a.axis("axis", -1, x.type().rank())));
      }),
      Builtin.of("cumsum", "x, axis?, reverse?", a -> {
        var x = number(a.tensor("x"), a);
        int axis = a.axis("axis", -1, x.type().rank());
        return new Value.Tensor(a.flag("reverse", false) ? a.graph().cumSumReversed(x, axis) : a.graph().cumSum(x, axis));
      }));
}
