package nnc.decompile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import nnc.decompile.Form.Text;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.ReduceFn;
import nnc.graph.Shapes;
import nnc.graph.UnaryFn;
import nnc.graph.Uses;
import nnc.source.Span;
import nnc.syntax.Ast;

/** How each op is said in the language. */
final class Forms {
  /** All functions that are called. */
  static final Set<String> LIBRARY = Set.of("abs", "sign", "floor", "ceil", "round", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "erf", "sigmoid",
      "minimum", "maximum", "where", "cast", "stop_gradient", "broadcast", "reshape", "flatten", "expand", "squeeze", "transpose", "pad", "concat", "windows", "sum", "prod",
      "max", "min", "any", "all", "mean", "argmax", "argmin", "cumsum", "sort_index", "gather", "scatter_add", "conv", "conv_input", "zeros", "ones", "full", "range", "tensor",
      "uniform", "bernoulli", "relu", "softmax", "log_softmax", Adjoints.FOLD, Adjoints.FILTER, Adjoints.SPREAD, "grad", "shape", "prod_of");

  private final Uses uses;
  private final Idioms idioms;

  Forms(Uses uses) {
    this.uses = uses;
    this.idioms = new Idioms(uses);
  }

  /** How a node is written that is neither fed nor a weight nor drawn. */
  Form of(Node node) {
    return idioms.of(node).orElseGet(() -> plain(node));
  }

  private Form plain(Node node) {
    var x = node.operands().isEmpty() ? null : node.operand(0);
    return switch (node.op()) {
      case Op.Given _, Op.Loop _, Op.LoopResult _ -> throw new IllegalArgumentException("a loop over an open length is not written as source: " + node);
      case Op.Input _, Op.Parameter _, Op.State _, Op.Uniform _ -> throw new IllegalArgumentException("has a name of its own: " + node);
      case Op.Counter(var counter) -> Form.of(node, _ -> Trees.name(counter == Op.CounterKind.STEP ? "step" : "epoch"));
      case Op.Const(var value, var kind) -> Form.of(node, text -> constant(value, kind, text));
      case Op.Table(var type, var values) -> Form.of(node, text -> table(node, type.shape().stream().map(Dim::fixed).toList(), values, text));
      case Op.Size(var dim) -> Form.of(node, _ -> Trees.dim(dim));
      case Op.Iota(var shape, var axis) -> Form.of(node, text -> iota(shape, axis, text));
      case Op.Unary(var fn) -> Form.of(node, text -> unary(fn, text.of(x), text));
      case Op.Binary(var fn) -> pointwise(node, (operands, text) -> binary(fn, node.type().rank(), operands, text));
      case Op.Select() -> pointwise(node, (operands, text) -> text.call("where", operands.toArray(Ast.Expr[]::new)));
      case Op.Cast(var to) -> Form.of(node, text -> cast(text.of(x), to, text));
      case Op.StopGradient _ -> Form.of(node, text -> text.call("stop_gradient", text.of(x)));
      case Op.Broadcast(var shape, _) -> broadcast(node, shape);
      case Op.Reshape(var shape) -> new Form(List.of(x), text -> Shaping.reshape(x, shape, text));
      case Op.Transpose(var order) -> Form.of(node, text -> isReversed(order) ? text.call("transpose", text.of(x)) : text.call("transpose", text.of(x), Trees.numbers(order)));
      case Op.Slice slice -> Form.of(node, text -> Trees.index(text.of(x), Shaping.slice(slice, x)));
      case Op.Pad pad -> Form.of(node, text -> Shaping.pad(pad, x, text));
      case Op.Concat(var axis) -> Form.of(node, text -> text.call("concat", List.of(Trees.list(node.operands().stream().map(text::of).toList())), at(axis)));
      case Op.Windows(var size, var stride, var dilation) -> Form.of(node, text -> text.call("windows", List.of(text.of(x), Trees.numbers(size)), steps(stride, dilation)));
      case Op.Reduce(var fn, var axes) -> Form.of(node, text -> reduce(fn, axes, x, text));
      case Op.ArgReduce(var largest, var axis) -> Form.of(node, text -> text.call(largest ? "argmax" : "argmin", List.of(text.of(x)), at(axis)));
      case Op.CumSum(var axis, var reverse) -> Form.of(node, text -> text.call("cumsum", List.of(text.of(x)), with(at(axis), "reverse", reverse)));
      case Op.ArgSort(var axis, var descending) -> Form.of(node, text -> text.call("sort_index", List.of(text.of(x)), with(at(axis), "descending", descending)));
      case Op.FoldWindows(_, var size, var stride, var dilation) -> Form.of(node, text -> {
        var sums = text.call(Adjoints.FOLD, text.of(x), Trees.dims(node.type().shape()), Trees.numbers(size), Trees.numbers(stride), Trees.numbers(dilation));
        return node.type().kind() == Kind.FLOAT ? sums : cast(sums, node.type().kind(), text);
      });
      case Op.Gather(var axis) -> Form.of(node, text -> text.call("gather", List.of(text.of(x), whole(node.operand(1), text)), at(axis)));
      case Op.ScatterAdd(var axis, _) -> Form.of(node, text -> {
        var zeros = full(node.type().shape(), 0, text);
        return text.call("scatter_add", List.of(node.type().kind() == Kind.FLOAT ? zeros : cast(zeros, Kind.INT, text), whole(x, text), text.of(node.operand(1))), at(axis));
      });
      case Op.MatMul() -> Form.of(node, text -> Trees.binary("@", text.of(x), text.of(node.operand(1))));
      case Op.Conv conv -> Form.of(node, text -> convolution(conv, node, text));
    };
  }

  // ---- sources

  /** Whole numbers beside whole ones are such; elsewhere a number is a float, and has to be made one. */
  private static Ast.Expr constant(double value, Kind kind, Text text) {
    return switch (kind) {
      case FLOAT -> Trees.number(value);
      case INT -> cast(Trees.number(value), Kind.INT, text);
      case BOOL -> Trees.flag(value != 0);
    };
  }

  private static Ast.Expr table(Node node, List<Integer> shape, List<Double> values, Text text) {
    var table = values.isEmpty() ? full(node.type().shape(), 0, text) : shape.isEmpty() ? Trees.number(values.getFirst()) : text.call("tensor", Trees.table(shape, values));
    return node.type().kind() == Kind.FLOAT ? table : cast(table, node.type().kind(), text);
  }

  private static Ast.Expr iota(List<Dim> shape, int axis, Text text) {
    var places = text.call("range", Trees.dim(shape.get(axis)));
    if (shape.size() == 1) {
      return places;
    }
    for (int after = axis + 1; after < shape.size(); after++) {
      places = text.call("expand", places, Trees.number(after - axis));
    }
    return text.call("broadcast", places, Trees.dims(shape));
  }

  static Ast.Expr full(List<Dim> shape, double value, Text text) {
    var sizes = shape.stream().map(Trees::dim).toList();
    return value == 0 && 1 / value > 0 ? text.call("zeros", sizes.toArray(Ast.Expr[]::new))
        : value == 1 ? text.call("ones", sizes.toArray(Ast.Expr[]::new)) : text.call("full", Trees.list(sizes), Trees.number(value));
  }

  // ---- pointwise

  private interface Pointwise {
    Ast.Expr of(List<Ast.Expr> operands, Text text);
  }

  private Form pointwise(Node node, Pointwise function) {
    var operands = Stretching.operands(node, uses);
    return new Form(operands.stream().map(Stretching::read).toList(),
        text -> function.of(operands.stream().map(operand -> isWholeBeside(node, operand) ? number(operand) : stretched(operand, text)).toList(), text));
  }

  /** Whether a whole number stands beside an array of such in an operation: the number it is written as is one there. */
  private static boolean isWholeBeside(Node node, Stretching operand) {
    return operand.read().op() instanceof Op.Const(_, var kind) && kind == Kind.INT && node.op() instanceof Op.Binary(var fn) && fn != BinaryFn.MIN && fn != BinaryFn.MAX
        && node.operands().stream().anyMatch(other -> Double.isNaN(OpTraits.value(other)));
  }

  private static Ast.Expr number(Stretching constant) {
    return Trees.number(((Op.Const) constant.read().op()).value());
  }

  static Ast.Expr stretched(Stretching operand, Text text) {
    var written = text.of(operand.read());
    if (operand.kept()) {
      if (written instanceof Ast.Call(var function, var arguments, _)) {
        return Trees.call(function, with(arguments, "keep", true));
      }
      for (int axis : ((Op.Reduce) operand.read().op()).axes()) {
        written = text.call("expand", written, Trees.number(axis));
      }
    }
    for (int axis : operand.ones()) {
      written = text.call("expand", written, Trees.number(axis));
    }
    return written;
  }

  private static Ast.Expr unary(UnaryFn fn, Ast.Expr x, Text text) {
    return switch (fn) {
      case NEG -> Trees.negative(x);
      case NOT -> new Ast.Unary("not", x, Span.NONE);
      case ABS, SIGN, FLOOR, CEIL, ROUND, EXP, EXPM1, LOG, LOG1P, SQRT, SIN, COS, TANH, ERF, SIGMOID -> text.call(fn.toString(), x);
    };
  }

  private static Ast.Expr binary(BinaryFn fn, int rank, List<Ast.Expr> operands, Text text) {
    var x = operands.get(0);
    var y = operands.get(1);
    return switch (fn) {
      case ADD -> Trees.binary("+", x, y);
      case SUB -> Trees.binary("-", x, y);
      case MUL -> Trees.binary("*", x, y);
      // a number by zero the compiler would refuse
      case DIV -> Trees.binary("/", rank == 0 && y.equals(Trees.number(0)) ? text.call("full", Trees.list(List.of()), x) : x, y);
      case POW -> Trees.binary("^", x, y);
      case MIN -> text.call("minimum", x, y);
      case MAX -> text.call("maximum", x, y);
      case LT -> Trees.binary("<", x, y);
      case LE -> Trees.binary("<=", x, y);
      case EQ -> Trees.binary("==", x, y);
      case NE -> Trees.binary("!=", x, y);
      case AND -> Trees.binary("and", x, y);
      case OR -> Trees.binary("or", x, y);
      case FLOOR_DIV, MOD, BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> text.call(fn.toString(), x, y);
    };
  }

  static Ast.Expr cast(Ast.Expr x, Kind to, Text text) {
    return text.call("cast", x, Trees.kind(to));
  }

  // ---- views

  private Form broadcast(Node node, List<Dim> shape) {
    if (node.operand(0).op() instanceof Op.Const(var value, var kind)) {
      return new Form(List.of(), text -> kind == Kind.FLOAT ? full(shape, value, text) : cast(full(shape, value, text), kind, text));
    }
    var source = Stretching.of(node, uses);
    return new Form(List.of(source.read()), text -> text.call("broadcast", stretched(source, text), Trees.dims(shape)));
  }

  private static boolean isReversed(List<Integer> order) {
    return IntStream.range(0, order.size()).allMatch(i -> order.get(i) == order.size() - 1 - i);
  }

  // ---- sums and choices

  static List<Ast.Argument> at(int axis) {
    return List.of(Trees.named("axis", Trees.number(axis)));
  }

  private static List<Ast.Argument> with(List<Ast.Argument> arguments, String name, boolean flag) {
    var all = new ArrayList<>(arguments);
    if (flag) {
      all.add(Trees.named(name, Trees.flag(true)));
    }
    return all;
  }

  static List<Ast.Argument> over(List<Integer> axes, Node x) {
    return axes.size() == x.type().rank() ? List.of() : List.of(Trees.named("axis", Trees.axes(axes)));
  }

  /** Of bools the largest is whether any is true, least and product whether all are. */
  private static Ast.Expr reduce(ReduceFn fn, List<Integer> axes, Node x, Text text) {
    boolean logical = x.type().kind() == Kind.BOOL;
    var name = switch (fn) {
      case SUM -> "sum";
      case PROD -> logical ? "all" : "prod";
      case MAX -> logical ? "any" : "max";
      case MIN -> logical ? "all" : "min";
    };
    return text.call(name, List.of(text.of(x)), over(axes, x));
  }

  private static Ast.Expr whole(Node index, Text text) {
    return index.type().kind() == Kind.INT ? text.of(index) : cast(text.of(index), Kind.INT, text);
  }

  // ---- contractions

  private static List<Ast.Argument> steps(List<Integer> stride, List<Integer> dilation) {
    var all = new ArrayList<Ast.Argument>();
    Optional.of(stride).filter(Forms::isWide).ifPresent(steps -> all.add(Trees.named("stride", Trees.numbers(steps))));
    Optional.of(dilation).filter(Forms::isWide).ifPresent(steps -> all.add(Trees.named("dilation", Trees.numbers(steps))));
    return all;
  }

  private static boolean isWide(List<Integer> steps) {
    return steps.stream().anyMatch(step -> step != 1);
  }

  private static Ast.Expr padding(Op.Window window) {
    return Trees.list(IntStream.range(0, window.low().size()).mapToObj(i -> Trees.numbers(List.of(window.low().get(i), window.high().get(i)))).toList());
  }

  private static List<Ast.Argument> window(Op.Window window) {
    var all = new ArrayList<>(steps(window.stride(), window.dilation()));
    if (window.low().stream().anyMatch(width -> width != 0) || window.high().stream().anyMatch(width -> width != 0)) {
      all.add(Trees.named("padding", padding(window)));
    }
    if (window.groups() != 1) {
      all.add(Trees.named("groups", Trees.number(window.groups())));
    }
    return all;
  }

  private static Ast.Expr convolution(Op.Conv conv, Node node, Text text) {
    if (conv.batchLast()) {
      throw new IllegalArgumentException("a layout that no source can have: " + node);
    }
    var x = node.operand(0);
    var y = node.operand(1);
    var window = conv.window();
    return switch (conv.role()) {
      case FORWARD -> text.call("conv", List.of(text.of(x), text.of(y)), window(window));
      case INPUT -> text.call("conv_input", List.of(text.of(x), text.of(y), Trees.dims(conv.space())), window(window));
      case FILTER -> text.call(Adjoints.FILTER, text.of(x), filled(conv, x, y, text), Trees.dims(node.type().shape()), Trees.numbers(window.stride()), padding(window),
          Trees.numbers(window.dilation()), Trees.number(window.groups()));
    };
  }

  /** The second operand of a filter's gradient, with zeros at the places that a convolution has beyond it. */
  private static Ast.Expr filled(Op.Conv conv, Node x, Node y, Text text) {
    var window = conv.window();
    var after = new ArrayList<>(List.of(Dim.ZERO, Dim.ZERO));
    for (int i = 0; i < conv.space().size(); i++) {
      var padded = x.type().dim(2 + i).plus(window.low().get(i) + window.high().get(i));
      after.add(Shapes.places(padded, conv.space().get(i).fixed(), window.stride().get(i), window.dilation().get(i)).minus(y.type().dim(2 + i)));
    }
    return after.stream().allMatch(width -> width.is(0)) ? text.of(y)
        : text.call("pad", text.of(y), Trees.numbers(after.stream().map(_ -> 0).toList()), Trees.dims(after));
  }
}
