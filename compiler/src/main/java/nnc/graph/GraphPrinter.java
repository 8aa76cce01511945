package nnc.graph;

import java.util.Locale;

/** A graph as text, a node a line: {@code %5  float[N, 10]  = add %3 %4}. */
public final class GraphPrinter {
  private GraphPrinter() {}

  public static String print(Graph graph) {
    var text = new StringBuilder();
    print(graph, "", text);
    return text.toString();
  }

  private static void print(Graph graph, String margin, StringBuilder text) {
    text.append(margin).append("graph ").append(graph.name()).append('\n');
    var numbers = new NodeNumbers();
    int count = 0;
    for (var node : graph.nodes()) {
      numbers.put(node, count++);
      // format strings would take longer than the compiler
      text.append(margin);
      column("%" + numbers.get(node), 5, text);
      column(" " + node.type(), 23, text);
      text.append(" = ").append(describe(node.op()));
      node.operands().forEach(operand -> text.append(" %").append(numbers.get(operand)));
      text.append('\n');
      if (node.op() instanceof Op.Loop loop) {
        print(loop.body(), margin + "  ", text);
      }
    }
    for (var result : graph.results()) {
      text.append(margin).append("%s %s = %%%d%n".formatted(result.role().name().toLowerCase(Locale.ROOT), result.name(), numbers.get(result.node())));
    }
  }

  private static void column(String content, int width, StringBuilder text) {
    text.append(content).repeat(' ', Math.max(0, width - content.length()));
  }

  /** An op with its attributes. */
  public static String describe(Op op) {
    return switch (op) {
      case Op.Input(var name, var target, _) -> (target ? "target " : "input ") + name;
      case Op.Parameter(var path, _) -> "param " + path;
      case Op.State(var path, _) -> "state " + path;
      case Op.Counter(var counter) -> counter.name().toLowerCase(Locale.ROOT);
      case Op.Const(var value, _) -> number(value);
      case Op.Table(_, var values) -> "table of " + values.size();
      case Op.Size(var dim) -> "size " + dim;
      case Op.Iota(_, var axis) -> "iota " + axis;
      case Op.Uniform(var stream, _, _) -> "uniform #" + stream;
      case Op.Given(var place, _) -> "given " + place;
      case Op.Loop loop -> "loop " + loop.turn() + " of " + loop.turns() + " carries " + loop.carried() + (loop.going() < 0 ? "" : " while " + loop.going());
      case Op.LoopResult(var index, var backwards, _) -> "result " + index + (backwards ? " backwards of" : " of");
      case Op.Unary(var fn) -> fn.toString();
      case Op.Binary(var fn) -> fn.toString();
      case Op.Select() -> "select";
      case Op.Cast(var to) -> "cast " + to;
      case Op.StopGradient(var declared) -> declared.isEmpty() ? "stop_gradient" : "declared_gradient of " + declared;
      case Op.Broadcast(_, var axes) -> "broadcast " + axes;
      case Op.Reshape _ -> "reshape";
      case Op.Transpose(var order) -> "transpose " + order;
      case Op.Slice(var start, _, var step) -> "slice " + start + " step " + step;
      case Op.Pad(var low, var high, var interior, var value) -> "pad " + low + " " + high + " " + interior + " with " + number(value);
      case Op.Concat(var axis) -> "concat " + axis;
      case Op.Windows(var size, var stride, var dilation) -> "windows " + size + " stride " + stride + " dilation " + dilation;
      case Op.Reduce(var fn, var axes) -> "reduce " + fn + " " + axes;
      case Op.ArgReduce(var largest, var axis) -> (largest ? "argmax " : "argmin ") + axis;
      case Op.CumSum(var axis, var reverse) -> "cumsum " + axis + (reverse ? " reverse" : "");
      case Op.ArgSort(var axis, var descending) -> "argsort " + axis + (descending ? " descending" : "");
      case Op.FoldWindows(_, var size, var stride, var dilation) -> "fold " + size + " stride " + stride + " dilation " + dilation;
      case Op.Gather(var axis) -> "gather " + axis;
      case Op.ScatterAdd(var axis, _) -> "scatter_add " + axis;
      case Op.MatMul() -> "matmul";
      case Op.Conv(var window, var role, _, var batchLast) -> "conv " + role.name().toLowerCase(Locale.ROOT) + " stride " + window.stride()
          + " low " + window.low() + " high " + window.high() + " dilation " + window.dilation() + " groups " + window.groups()
          + (batchLast ? " batch last" : "");
    };
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : Double.toString(value);
  }
}
