package nnc.onnx.export;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.ReduceFn;
import nnc.graph.UnaryFn;
import nnc.onnx.export.OperatorGroup.Target;
import nnc.onnx.model.ElementType;

/** Every op by itself. The operators are those of ONNX's version 17. */
final class PrimitiveGroups {
  private PrimitiveGroups() {}

  /**
   * What a node computes from its operands.
   *
   * @throws Unsaid if ONNX has nothing for it
   */
  static OperatorGroup of(Node node) {
    var group = byOp(node);
    return node.type().kind() == Kind.INT && mayLeaveItsRange(node.op())
        ? new OperatorGroup(group.reads(), (target, in) -> wrapped(target.writer(), group.writing().write(target, in))) : group;
  }

  /** Whether what it computes of whole numbers of 32 bits may have more. */
  private static boolean mayLeaveItsRange(Op op) {
    return switch (op) {
      case Op.Unary(var fn) -> fn == UnaryFn.NEG || fn == UnaryFn.ABS;
      case Op.Binary(var fn) -> fn == BinaryFn.ADD || fn == BinaryFn.SUB || fn == BinaryFn.MUL || fn == BinaryFn.FLOOR_DIV;
      case Op.Reduce(var fn, _) -> fn == ReduceFn.SUM || fn == ReduceFn.PROD;
      default -> op instanceof Op.CumSum || op instanceof Op.ScatterAdd || op instanceof Op.FoldWindows || op instanceof Op.MatMul;
    };
  }

  /** The low 32 bits, as a program has them: a cast to fewer bits discards the higher ones. */
  static String wrapped(OnnxGraphWriter writer, String x) {
    return writer.cast(writer.cast(x, ElementType.INT32), Kind.INT);
  }

  private static OperatorGroup byOp(Node node) {
    return switch (node.op()) {
      case Op.Input(var name, _, _) -> source(_ -> name);
      case Op.Parameter(var path, _) -> source(target -> target.writer().weight(path));
      case Op.State(var path, _) -> source(target -> target.writer().weight(path));
      case Op.Counter(var counter) -> throw new Unsaid("the " + counter.name().toLowerCase(java.util.Locale.ROOT) + " of a training has no meaning in a model",
          "an output that predicts does not depend on it");
      case Op.Uniform _ -> throw new Unsaid("draws at random cannot be exported: no two programs make the same ones",
          "--draws makes them inputs of the model, which its caller draws");
      case Op.Given _, Op.Loop _, Op.LoopResult _ -> throw new IllegalArgumentException("loops are written by " + LoopGroup.class + ", not " + node);
      case Op.Const(var value, var kind) -> source(target -> target.writer().number(value, kind));
      case Op.Table(var type, var values) -> source(target -> target.writer().array(type.shape().stream().map(dim -> (long) dim.fixed()).toList(), values, type.kind()));
      case Op.Size(var dim) -> source(target -> target.sizes().number(dim));
      case Op.Iota(var shape, var axis) -> source(target -> iota(target, shape, axis));
      case Op.Unary(var fn) -> unary(fn, node.operand(0));
      case Op.Binary(var fn) -> binary(node, fn);
      case Op.Select() -> select(node);
      case Op.Cast(var to) -> new OperatorGroup(node.operands(), (target, in) -> to == Kind.INT && node.operand(0).type().kind() == Kind.FLOAT
          ? truncated(target.writer(), in.getFirst()) : target.writer().cast(in.getFirst(), to));
      case Op.StopGradient _ -> new OperatorGroup(node.operands(), (_, in) -> in.getFirst());
      case Op.Broadcast(var shape, var axes) -> new OperatorGroup(node.operands(), (target, in) -> broadcast(target, in.getFirst(), shape, axes));
      case Op.Reshape(var shape) -> new OperatorGroup(node.operands(),
          (target, in) -> target.sizes().reshape(in.getFirst(), node.operand(0).type().shape(), shape));
      case Op.Transpose(var order) -> new OperatorGroup(node.operands(), (target, in) -> target.writer().transpose(in.getFirst(), order));
      case Op.Slice slice -> ViewGroups.slice(node, slice);
      case Op.Pad pad -> ViewGroups.pad(node, pad);
      case Op.Concat(var axis) -> OperatorGroup.of("Concat", node.operands(), Attributes.of("axis", axis));
      case Op.Windows windows -> WindowGroups.windows(node, windows);
      case Op.FoldWindows fold -> WindowGroups.fold(node, fold);
      case Op.Reduce(var fn, var axes) -> reduce(node, fn, axes);
      case Op.ArgReduce(var largest, var axis) -> new OperatorGroup(node.operands(), (target, in) -> target.writer().node(largest ? "ArgMax" : "ArgMin",
          List.of(ordered(target, in.getFirst(), node.operand(0).type().kind())), Attributes.of("axis", axis), Attributes.of("keepdims", 0)));
      case Op.CumSum(var axis, var reverse) -> new OperatorGroup(node.operands(), (target, in) -> target.writer().node("CumSum",
          List.of(in.getFirst(), target.writer().number(axis, Kind.INT)), Attributes.of("reverse", reverse ? 1 : 0)));
      case Op.ArgSort(var axis, var descending) -> new OperatorGroup(node.operands(), (target, in) -> target.writer().second("TopK",
          List.of(ordered(target, in.getFirst(), node.operand(0).type().kind()), target.sizes().of(node.type().dim(axis))),
          Attributes.of("axis", axis), Attributes.of("largest", descending ? 1 : 0)));
      case Op.Gather(var axis) -> OperatorGroup.of("GatherElements", node.operands(), Attributes.of("axis", axis));
      case Op.ScatterAdd(var axis, _) -> new OperatorGroup(node.operands(), (target, in) -> target.writer().node("ScatterElements",
          List.of(filled(target, 0, node), in.get(0), in.get(1)), Attributes.of("axis", axis), Attributes.of("reduction", "add")));
      case Op.MatMul() -> product(node);
      case Op.Conv conv -> ConvolutionGroups.of(node, conv);
    };
  }

  private interface Source {
    String write(Target target);
  }

  private static OperatorGroup source(Source source) {
    return new OperatorGroup(List.of(), (target, _) -> source.write(target));
  }

  private static String iota(Target target, List<Dim> shape, int axis) {
    var range = target.sizes().range(shape.get(axis));
    return broadcast(target, range, shape, IntStream.range(0, shape.size()).filter(other -> other != axis).boxed().toList());
  }

  private static String broadcast(Target target, String x, List<Dim> shape, List<Integer> axes) {
    return target.writer().node("Expand", List.of(target.writer().unsqueeze(x, axes), target.sizes().list(shape)));
  }

  /** One number everywhere, in the shape and kind of a node. */
  static String filled(Target target, double value, Node like) {
    return target.writer().node("Expand", List.of(target.writer().number(value, like.type().kind()), target.sizes().list(like.type().shape())));
  }

  /** Whole numbers as doubles, which hold them and which every runtime can compare. */
  private static String ordered(Target target, String x, Kind kind) {
    return kind == Kind.FLOAT ? x : target.writer().cast(x, ElementType.DOUBLE);
  }

  // ---- pointwise

  /** An operator that stretches its operands itself. */
  private static OperatorGroup pointwise(Node node, String operator) {
    var operands = StretchedOperands.of(node.operands());
    return new OperatorGroup(operands.reads(), (target, in) -> {
      var values = operands.write(target, in);
      return operator.equals("NotEqual") ? target.writer().node("Not", List.of(target.writer().node("Equal", values))) : target.writer().node(operator, values);
    });
  }

  private static OperatorGroup binary(Node node, BinaryFn fn) {
    return switch (fn) {
      case ADD -> pointwise(node, "Add");
      case SUB -> pointwise(node, "Sub");
      case MUL -> pointwise(node, "Mul");
      case DIV -> pointwise(node, "Div");
      case POW -> pointwise(node, "Pow");
      case MIN -> pointwise(node, "Min");
      case MAX -> pointwise(node, "Max");
      case LT -> pointwise(node, "Less");
      case LE -> pointwise(node, "LessOrEqual");
      case EQ -> pointwise(node, "Equal");
      case NE -> pointwise(node, "NotEqual");
      case AND -> pointwise(node, "And");
      case OR -> pointwise(node, "Or");
      case FLOOR_DIV, MOD -> quotient(node, fn);
      case BIT_AND, BIT_OR, BIT_XOR, SHIFT_LEFT, SHIFT_RIGHT -> BitGroups.of(node, fn);
    };
  }

  /** ONNX divides towards zero, and not at all by zero, of which a program says that the quotient is 0 and the rest the dividend. */
  private static OperatorGroup quotient(Node node, BinaryFn fn) {
    var operands = StretchedOperands.of(node.operands());
    return new OperatorGroup(operands.reads(), (target, in) -> {
      var values = operands.write(target, in);
      var writer = target.writer();
      var zero = writer.number(0, Kind.INT);
      var undefined = writer.node("Equal", List.of(values.get(1), zero));
      var divisor = writer.node("Where", List.of(undefined, writer.number(1, Kind.INT), values.get(1)));
      var rest = writer.node("Mod", List.of(values.get(0), divisor));
      if (fn == BinaryFn.MOD) {
        return writer.node("Where", List.of(undefined, values.get(0), rest));
      }
      var whole = writer.node("Div", List.of(writer.node("Sub", List.of(values.get(0), rest)), divisor));
      return writer.node("Where", List.of(undefined, zero, whole));
    });
  }

  /** Towards zero; NaN is 0, and what is beyond 32 bits the nearest that is not. */
  private static String truncated(OnnxGraphWriter writer, String x) {
    var number = writer.node("Where", List.of(writer.node("IsNaN", List.of(x)), writer.number(0, Kind.FLOAT), x));
    var wide = writer.cast(number, ElementType.DOUBLE);
    var inside = writer.node("Clip", List.of(wide, writer.wide(Integer.MIN_VALUE), writer.wide(Integer.MAX_VALUE)));
    return writer.cast(inside, Kind.INT);
  }

  private static OperatorGroup unary(UnaryFn fn, Node x) {
    var reads = List.of(x);
    return switch (fn) {
      case NEG -> OperatorGroup.of("Neg", reads);
      case ABS -> OperatorGroup.of("Abs", reads);
      case SIGN -> OperatorGroup.of("Sign", reads);
      case FLOOR -> OperatorGroup.of("Floor", reads);
      case CEIL -> OperatorGroup.of("Ceil", reads);
      case ROUND -> OperatorGroup.of("Round", reads);
      case EXP -> OperatorGroup.of("Exp", reads);
      case LOG -> OperatorGroup.of("Log", reads);
      case SQRT -> OperatorGroup.of("Sqrt", reads);
      case SIN -> OperatorGroup.of("Sin", reads);
      case COS -> OperatorGroup.of("Cos", reads);
      case TANH -> OperatorGroup.of("Tanh", reads);
      case ERF -> OperatorGroup.of("Erf", reads);
      case SIGMOID -> OperatorGroup.of("Sigmoid", reads);
      case NOT -> OperatorGroup.of("Not", reads);
      case EXPM1 -> new OperatorGroup(reads, (target, in) -> expm1(target.writer(), in.getFirst()));
      case LOG1P -> new OperatorGroup(reads, (target, in) -> log1p(target.writer(), in.getFirst()));
    };
  }

  /** {@code tanh(x / 2) (e^x + 1)}, which does not cancel near zero as {@code e^x - 1} does. */
  private static String expm1(OnnxGraphWriter writer, String x) {
    var half = writer.node("Mul", List.of(x, writer.number(0.5, Kind.FLOAT)));
    var sum = writer.node("Add", List.of(writer.node("Exp", List.of(x)), writer.number(1, Kind.FLOAT)));
    return writer.node("Mul", List.of(writer.node("Tanh", List.of(half)), sum));
  }

  /** Of {@code u = 1 + x}, rounded, {@code log(u) x / (u - 1)} where x is small, x itself where u is one (Kahan), and {@code log(u)} where x is not small. */
  private static String log1p(OnnxGraphWriter writer, String x) {
    var one = writer.number(1, Kind.FLOAT);
    var u = writer.node("Add", List.of(x, one));
    var log = writer.node("Log", List.of(u));
    var off = writer.node("Sub", List.of(u, one));
    var exact = writer.node("Equal", List.of(off, writer.number(0, Kind.FLOAT)));
    var quotient = writer.node("Div", List.of(x, writer.node("Where", List.of(exact, one, off))));
    var small = writer.node("Where", List.of(exact, x, writer.node("Mul", List.of(log, quotient))));
    return writer.node("Where", List.of(writer.node("Less", List.of(x, one)), small, log));
  }

  /** Of truth values it is said by {@code And} and {@code Or}: few runtimes have {@code Where} of them. */
  private static OperatorGroup select(Node node) {
    var operands = StretchedOperands.of(node.operands());
    return new OperatorGroup(operands.reads(), (target, in) -> {
      var values = operands.write(target, in);
      var writer = target.writer();
      if (node.type().kind() != Kind.BOOL) {
        return writer.node("Where", values);
      }
      var chosen = writer.node("And", List.of(values.get(0), values.get(1)));
      var other = writer.node("And", List.of(writer.node("Not", List.of(values.get(0))), values.get(2)));
      return writer.node("Or", List.of(chosen, other));
    });
  }

  // ---- sums and products

  private static OperatorGroup reduce(Node node, ReduceFn fn, List<Integer> axes) {
    var operator = switch (fn) {
      case SUM -> "ReduceSum";
      case PROD -> "ReduceProd";
      case MAX -> "ReduceMax";
      case MIN -> "ReduceMin";
    };
    boolean truths = node.operand(0).type().kind() == Kind.BOOL;
    return new OperatorGroup(node.operands(), (target, in) -> {
      var writer = target.writer();
      var reduced = writer.reduce(operator, truths ? writer.cast(in.getFirst(), Kind.INT) : in.getFirst(), axes);
      return truths && node.type().kind() == Kind.BOOL ? writer.cast(reduced, Kind.BOOL) : reduced;
    });
  }

  /** Leading axes are stretched as those of other operators are. */
  private static OperatorGroup product(Node node) {
    var lead = new ArrayList<Integer>();
    for (int axis = 0; axis < node.type().rank() - 2; axis++) {
      lead.add(axis);
    }
    var operands = StretchedOperands.of(node.operands(), lead);
    return new OperatorGroup(operands.reads(), (target, in) -> target.writer().node("MatMul", operands.write(target, in)));
  }
}
