package nnc.elaborate;

import java.util.List;
import nnc.graph.BinaryFn;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.UnaryFn;
import nnc.interpret.Interpreter;

/** Functions of whole numbers, element by element. Of numbers known at compile time they give a number. */
final class WholeBuiltins {
  private WholeBuiltins() {}

  static final List<Builtin> ALL = List.of(
      Builtin.of("mod", "a, b", WholeBuiltins::rest),
      of("floor_div", BinaryFn.FLOOR_DIV),
      of("bit_and", BinaryFn.BIT_AND),
      of("bit_or", BinaryFn.BIT_OR),
      of("bit_xor", BinaryFn.BIT_XOR),
      of("shift_left", BinaryFn.SHIFT_LEFT),
      of("shift_right", BinaryFn.SHIFT_RIGHT));

  private static Builtin of(String name, BinaryFn fn) {
    return Builtin.of(name, "a, b", a -> a.value("a") instanceof Value.Num && a.value("b") instanceof Value.Num
        ? new Value.Num(Interpreter.binary(fn, a.whole("a", 0), a.whole("b", 0))) : new Value.Tensor(a.graph().binary(fn, whole(a, "a", fn), whole(a, "b", fn))));
  }

  /** An argument that has to be whole. */
  private static Node whole(CallArguments a, String name, BinaryFn fn) {
    var node = a.ints(name);
    if (node.type().kind() == Kind.FLOAT) {
      throw a.fault("'" + name + "' should be int, and is " + node.type()).hint(fn == BinaryFn.FLOOR_DIV ? "floor(a / b) divides floats" : "cast(x, \"int\") makes whole numbers int");
    }
    return a.graph().cast(node, Kind.INT);
  }

  /** What floor(a / b) times b leaves of a, with the sign of b: of ints an int, and a itself where b is 0. */
  private static Value rest(CallArguments a) {
    if (a.value("a") instanceof Value.Num(var x) && a.value("b") instanceof Value.Num(var y)) {
      if (y == 0) {
        throw a.fault("division by zero");
      }
      return new Value.Num(x - y * Math.floor(x / y));
    }
    var g = a.graph();
    var x = Convert.beside(a.value("a"), a.tensor("a"), a.tensor("b"), g);
    var y = Convert.beside(a.value("b"), a.tensor("b"), a.tensor("a"), g);
    boolean whole = x.type().kind() != Kind.FLOAT && y.type().kind() != Kind.FLOAT;
    return new Value.Tensor(whole ? g.binary(BinaryFn.MOD, x, y) : g.sub(x, g.mul(y, g.unary(UnaryFn.FLOOR, g.div(x, y)))));
  }
}
