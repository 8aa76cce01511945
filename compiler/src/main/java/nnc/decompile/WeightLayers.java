package nnc.decompile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.source.Span;
import nnc.syntax.Ast;

/**
 * Weights under their paths. A weight of the path {@code block.2.conv.W} is a parameter W of a layer conv in a layer block, which was made in the turn 2 of a
 * loop: so it is declared again, by layers that hold weights and give them back.
 */
final class WeightLayers {
  private final String name;
  private final Map<String, WeightLayers> inner = new LinkedHashMap<>();
  private final Map<String, Node> weights = new LinkedHashMap<>();

  private WeightLayers(String name) {
    this.name = name;
  }

  /** Of the whole program: parameters and states whose paths can be had by layers; others are none of it. */
  static WeightLayers of(List<Node> nodes) {
    var root = new WeightLayers("");
    for (var node : nodes) {
      if (isWeight(node)) {
        root.add(node, SourceNames.parts(path(node)));
      }
    }
    return root;
  }

  /** Whether a layer can hold it: a state needs one, and an open dimension or an average that is kept beside a parameter has none. */
  static boolean isWeight(Node node) {
    return switch (node.op()) {
      case Op.Parameter(var path, var type) -> isHeld(path, type);
      case Op.State(var path, var type) -> isHeld(path, type) && SourceNames.parts(path).size() > 1 && !path.endsWith(".average");
      default -> false;
    };
  }

  private static boolean isHeld(String path, Type type) {
    return type.shape().stream().allMatch(Dim::isConstant)
        && SourceNames.parts(path).stream().map(part -> part.replaceAll("(\\.-?[0-9]+)+$", "")).allMatch(SourceNames::isIdentifier) && !path.matches(".*\\.-?[0-9]+");
  }

  static String path(Node weight) {
    return switch (weight.op()) {
      case Op.Parameter(var path, _) -> path;
      case Op.State(var path, _) -> path;
      default -> throw new IllegalArgumentException(weight.toString());
    };
  }

  private void add(Node weight, List<String> parts) {
    if (parts.size() == 1) {
      weights.put(parts.getFirst(), weight);
    } else {
      inner.computeIfAbsent(parts.getFirst(), WeightLayers::new).add(weight, parts.subList(1, parts.size()));
    }
  }

  /** What the layer is bound to where it is made: its name without the turns of loops. */
  private String variable() {
    return name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
  }

  /** The names of the program that its outermost layers and weights take, whatever else has them. */
  List<String> variables() {
    var all = new ArrayList<>(weights.keySet());
    inner.values().forEach(layer -> all.add(layer.variable()));
    return all;
  }

  /** All weights of it and of the layers in it, in the order in which it gives them back. */
  private List<Node> all() {
    var all = new ArrayList<>(weights.values());
    inner.values().forEach(layer -> all.addAll(layer.all()));
    return all;
  }

  /**
   * The statements that declare the weights.
   *
   * @param starts how a weight starts, by its path
   * @param name   takes what each weight is called in the program
   */
  List<Ast.Statement> statements(SourceNames names, Function<String, Ast.Expr> starts, Function<Node, String> name) {
    var out = new ArrayList<Ast.Statement>();
    weights.forEach((called, weight) -> {
      var _ = name.apply(weight);
      out.add(declaration(called, weight, starts));
    });
    for (var layer : inner.values()) {
      out.addAll(layer.made(layer.declared(names, starts, out), layer.all().stream().map(name).toList()));
    }
    return out;
  }

  private static Ast.Statement declaration(String name, Node weight, Function<String, Ast.Expr> starts) {
    var start = starts.apply(path(weight));
    return weight.op() instanceof Op.Parameter ? new Ast.Param(name, Trees.type(weight.type()), start, Span.NONE)
        : new Ast.State(name, Optional.of(Trees.type(weight.type())), start, Span.NONE);
  }

  /** Declares its class behind those of the layers in it; gives the class's name. */
  private String declared(SourceNames names, Function<String, Ast.Expr> starts, List<Ast.Statement> classes) {
    var body = new ArrayList<Ast.Statement>();
    var local = new SourceNames();
    variables().forEach(local::claim);
    var back = new ArrayList<Ast.Expr>();
    weights.forEach((called, weight) -> {
      body.add(declaration(called, weight, starts));
      back.add(Trees.name(called));
    });
    for (var layer : inner.values()) {
      var own = layer.all().stream().map(weight -> local.free(path(weight))).toList();
      body.addAll(layer.made(layer.declared(names, starts, classes), own));
      own.forEach(weight -> back.add(Trees.name(weight)));
    }
    body.add(new Ast.Return(back, Span.NONE));
    var declared = names.free(variable() + "_weights");
    classes.add(new Ast.Layer(declared, List.of(), List.of(), List.of(), body, Span.NONE));
    return declared;
  }

  /** Makes it, in loops of one turn each if its name has their numbers, and takes the weights that it gives back. */
  private List<Ast.Statement> made(String declared, List<String> taken) {
    Ast.Statement made = Trees.bind(variable(), Trees.call(Trees.name(declared), List.of()));
    var turns = name.split("\\.");
    for (int i = turns.length - 1; i > 0; i--) {
      int turn = Integer.parseInt(turns[i]);
      made = new Ast.For(List.of("_"), new Ast.Range(Trees.number(turn), Trees.number(turn + 1), Span.NONE), Optional.empty(), List.of(made), Span.NONE);
    }
    return List.of(made, new Ast.Bind(taken, Trees.call(Trees.name(variable()), List.of()), Span.NONE));
  }
}
