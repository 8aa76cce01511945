package nnc.elaborate;

import java.util.ArrayList;
import java.util.List;
import nnc.graph.GraphBuilder;
import nnc.graph.NodeNumbers;
import nnc.source.Span;

/** Which calls of a program make which nodes, for those who ask for it before it runs. */
final class CallTrace {
  private final GraphBuilder builder;
  private final List<Outline.Call> calls = new ArrayList<>();
  private final NodeNumbers makers = new NodeNumbers();
  private boolean on;
  private int open = -1;
  /** Nodes before this place are told of. */
  private int told;

  CallTrace(GraphBuilder builder) {
    this.builder = builder;
  }

  void follow() {
    on = true;
  }

  List<Outline.Call> calls() {
    return List.copyOf(calls);
  }

  NodeNumbers makers() {
    return makers;
  }

  /** A call begins; gives what {@link #end} is to be told. */
  int begin(Value callee, Span span) {
    int around = open;
    var call = on ? call(callee, span) : null;
    if (call != null) {
      tell();
      open = calls.size();
      calls.add(call);
    }
    return around;
  }

  void end(int around) {
    if (open != around) {
      tell();
      open = around;
    }
  }

  /** What was made since was made by the innermost call. */
  private void tell() {
    var nodes = builder.nodes();
    for (; told < nodes.size(); told++) {
      if (open >= 0) {
        makers.put(nodes.get(told), open);
      }
    }
  }

  private Outline.Call call(Value callee, Span span) {
    return switch (callee) {
      case Value.Function(var declaration, _) -> new Outline.Call(declaration.name().equals(Expressions.LAMBDA) ? Outline.Callee.LAMBDA : Outline.Callee.FUNCTION,
          origin(declaration.span()), declaration.name(), "", "", open, span);
      case Value.Primitive(var builtin) -> new Outline.Call(Outline.Callee.FUNCTION, Outline.Origin.LIBRARY, builtin.name(), "", "", open, span);
      case Value.Instance layer -> new Outline.Call(Outline.Callee.LAYER, origin(layer.layer.declaration().span()), layer.layer.declaration().name(), layer.frame.path(),
          activation(layer), open, span);
      case Value.Chain(_, var frame) when frame != null -> new Outline.Call(Outline.Callee.CHAIN, Outline.Origin.PROGRAM, frame.path(), frame.path(), "", open, span);
      case Value.Chain _, Value.Num _, Value.Size _, Value.Bool _, Value.Text _, Value.None _, Value.Items _, Value.Tuple _, Value.Tensor _, Value.Gaps _, Value.LayerClass _,
          Value.OptimizerClass _, Value.OptimizerInstance _, Value.Start _, Value.Held _, Value.OfTurns _, Value.Unknown _ -> null;
    };
  }

  private static Outline.Origin origin(Span declared) {
    return LibraryText.has(declared.file()) ? Outline.Origin.LIBRARY : Outline.Origin.PROGRAM;
  }

  private static String activation(Value.Instance layer) {
    var name = switch (layer.hyper.own().get("activation")) {
      case Value.Function(var declaration, _) -> declaration.name();
      case Value.Primitive(var builtin) -> builtin.name();
      case null, default -> "";
    };
    return name.equals("identity") || name.equals(Expressions.LAMBDA) ? "" : name;
  }
}
