package nnc.decompile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import nnc.graph.BinaryFn;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.Type;
import nnc.graph.Uses;
import nnc.source.Span;
import nnc.syntax.Ast;
import nnc.syntax.SourcePrinter;
import nnc.syntax.Words;

/**
 * A graph as a program: what is compiled of it has the graph's meaning, its weights lie under their paths, and its outputs are the graph's results. What is
 * read once stands where it is read, unless that would be long; what is read more often, or is to be called something, has a line and a name.
 *
 * <p>Targets become inputs, since what is computed of them is an output. So do states of no layer. A result that is a gradient is called {@code d_} and the
 * path, with underscores. An open dimension is not called as something of the library is, which no program could do.
 */
public final class GraphSource {
  /** Longer expressions have a line of their own. */
  private static final int LONG = 72;

  /**
   * What the program is to say.
   *
   * @param names  what nodes are to be called, where their names are free
   * @param starts how a weight starts, by its path
   */
  public record Wishes(NodeMap<String> names, Function<String, Ast.Expr> starts) {
    /** Nothing but that weights start as zeros, as they do in a program whose weights come from a file. */
    public static final Wishes NONE = new Wishes(new NodeMap<>(), _ -> new Ast.Name("zeros", Span.NONE));
  }

  private final Graph graph;
  private final Wishes wishes;
  private final SourceNames names = new SourceNames();
  private final Forms forms;
  /** How live nodes are written, and how often they are read so. */
  private final NodeMap<Form> written = new NodeMap<>();
  private final NodeMap<Integer> reads = new NodeMap<>();
  private final NodeMap<Ast.Expr> texts = new NodeMap<>();
  private final Set<String> hidden = new LinkedHashSet<>();
  private final Map<String, String> aliases = new LinkedHashMap<>();
  private final Set<String> called = new HashSet<>();
  private final List<String> outputNames = new ArrayList<>();
  /** What results that have a line of their own are called there: as an output is. */
  private final NodeMap<String> resultNames = new NodeMap<>();

  private GraphSource(Graph graph, Wishes wishes) {
    this.graph = graph.needed(_ -> false);
    this.wishes = wishes;
    this.forms = new Forms(new Uses(this.graph));
  }

  /** The program's text; sections are apart by an empty line. */
  public static String of(Graph graph) {
    return of(graph, Wishes.NONE);
  }

  /** The program's text, with names for some nodes. */
  public static String of(Graph graph, Wishes wishes) {
    var sections = new GraphSource(graph, wishes).sections();
    return String.join("\n", sections.stream().filter(section -> !section.isEmpty())
        .map(section -> SourcePrinter.print(new Ast.Program("", section, Span.NONE))).toList());
  }

  private List<List<Ast.Statement>> sections() {
    var weights = WeightLayers.of(graph.nodes());
    var given = graph.nodes().stream().filter(node -> node.op() instanceof Op.Input || isState(node)).toList();
    weights.variables().forEach(this::claim);
    var open = open();
    open.forEach(this::claim);
    var inputs = new ArrayList<Ast.Statement>();
    for (var node : given) {
      var name = node.op() instanceof Op.Input(var fed, _, _) && SourceNames.isIdentifier(fed) ? fed : names.free(name(node));
      claim(name);
      texts.put(node, Trees.name(name));
      inputs.add(new Ast.Input(name, Optional.empty(), Trees.type(node.type()), false, Span.NONE));
    }
    given.forEach(node -> node.type().shape().stream().filter(dim -> dim.variables().size() == 1 && dim.equals(Dim.open(dim.variables().iterator().next())))
        .forEach(dim -> open.removeAll(dim.variables())));
    open.forEach(size -> inputs.add(new Ast.Input(names.free("rows_of_" + size), Optional.empty(), Trees.type(Type.floats(List.of(Dim.open(size)))), false, Span.NONE)));
    inputs.sort(Comparator.comparing(input -> !bindsAlone((Ast.Input) input)));
    graph.results().forEach(this::nameOutput);
    var held = weights.statements(names, wishes.starts, this::weight);
    read();
    var draws = draws();
    var body = body();
    var outputs = IntStream.range(0, outputNames.size()).mapToObj(this::output).toList();
    var helpers = Adjoints.names().stream().filter(called::contains).sorted().map(Adjoints::declaration).toList();
    var other = aliases.entrySet().stream().map(alias -> Trees.bind(alias.getValue(), Trees.name(alias.getKey()))).toList();
    return List.of(helpers, other, held, inputs, draws, body, outputs);
  }

  private static boolean isState(Node node) {
    return (node.op() instanceof Op.State || node.op() instanceof Op.Parameter) && !WeightLayers.isWeight(node);
  }

  private static String name(Node given) {
    return given.op() instanceof Op.Input(var name, _, _) ? name : WeightLayers.path(given);
  }

  /** Inputs whose open dimensions are plain names come first: they give these names their sizes. */
  private static boolean bindsAlone(Ast.Input input) {
    return input.type().dims().stream().allMatch(dim -> dim instanceof Ast.DimExpr.Size(var value, _) && (value instanceof Ast.Name || value instanceof Ast.Number));
  }

  private Set<String> open() {
    var all = new LinkedHashSet<String>();
    graph.nodes().forEach(node -> node.type().shape().forEach(dim -> all.addAll(dim.variables())));
    graph.nodes().stream().map(Node::op).filter(Op.Size.class::isInstance).forEach(op -> all.addAll(((Op.Size) op).dim().variables()));
    return all;
  }

  private void claim(String name) {
    if (names.claim(name)) {
      hidden.add(name);
    }
  }

  private String weight(Node weight) {
    var path = WeightLayers.path(weight);
    var name = SourceNames.parts(path).size() == 1 ? path : names.free(path);
    texts.put(weight, Trees.name(name));
    return name;
  }

  // ---- what is read

  /** From the results back: how each node is written that a text reads. */
  private void read() {
    graph.results().forEach(result -> add(result.node()));
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      var node = graph.nodes().get(i);
      if (reads.contains(node) && !texts.contains(node) && !(node.op() instanceof Op.Uniform)) {
        var form = drawn(node).isPresent() ? new Form(List.of(), _ -> null) : forms.of(node);
        written.put(node, form);
        form.reads().forEach(this::add);
      }
    }
  }

  private void add(Node node) {
    reads.put(node, reads.get(node, 0) + 1);
  }

  // ---- draws

  /** What is drawn as 1 with a known probability and 0 otherwise. */
  private static Optional<Node> drawn(Node node) {
    boolean found = node.op() instanceof Op.Cast(var to) && to == Kind.FLOAT && node.operand(0).op() instanceof Op.Binary(var fn) && fn == BinaryFn.LT
        && node.operand(0).operand(0).op() instanceof Op.Uniform && probability(node) >= 0 && node.type().rank() > 0;
    return found ? Optional.of(node.operand(0).operand(0)) : Optional.empty();
  }

  private static double probability(Node bernoulli) {
    return OpTraits.value(bernoulli.operand(0).operand(1));
  }

  /** Draws of one program are apart by their numbers, which count all that a program draws: what no longer is drawn is drawn for nothing. */
  private List<Ast.Statement> draws() {
    var all = graph.nodes().stream().filter(node -> node.op() instanceof Op.Uniform).sorted(Comparator.comparingInt(GraphSource::stream)).toList();
    var out = new ArrayList<Ast.Statement>();
    int next = 0;
    for (var draw : all) {
      for (; next < stream(draw); next++) {
        out.add(Trees.bind(names.free("unused"), Trees.call(function("uniform"), List.of(Trees.argument(Trees.number(0)), Trees.argument(Trees.number(1)),
            Trees.argument(Trees.numbers(List.of(1)))))));
      }
      if (stream(draw) == next) {
        next++;
      }
      draw(draw, out);
    }
    return out;
  }

  private static int stream(Node draw) {
    return ((Op.Uniform) draw.op()).stream();
  }

  private void draw(Node draw, List<Ast.Statement> out) {
    var shape = draw.type().shape();
    var sizes = shape.isEmpty() ? Trees.numbers(List.of(1)) : Trees.dims(shape);
    var masks = graph.nodes().stream().filter(node -> reads.contains(node) && drawn(node).filter(draw::equals).isPresent()).toList();
    if (masks.size() == 1 && !reads.contains(draw)) {
      var name = names.free(wishes.names.get(masks.getFirst(), "mask"));
      out.add(Trees.bind(name, text().call("bernoulli", Trees.number(probability(masks.getFirst())), sizes)));
      texts.put(masks.getFirst(), Trees.name(name));
      return;
    }
    var name = names.free(wishes.names.get(draw, "draw"));
    var drawn = text().call("uniform", Trees.number(0), Trees.number(1), sizes);
    out.add(Trees.bind(name, shape.isEmpty() ? text().call("reshape", drawn, Trees.list(List.of())) : drawn));
    texts.put(draw, Trees.name(name));
    for (var mask : masks) {
      texts.put(mask, Forms.cast(Trees.binary("<", Trees.name(name), Trees.number(probability(mask))), Kind.FLOAT, text()));
    }
  }

  // ---- statements

  private Ast.Expr function(String name) {
    called.add(name);
    return Trees.name(hidden.contains(name) ? aliases.computeIfAbsent(name, _ -> names.free("library_" + name)) : name);
  }

  private Form.Text text() {
    return new Form.Text() {
      @Override
      public Ast.Expr of(Node node) {
        return texts.get(node);
      }

      @Override
      public Ast.Expr function(String name) {
        return GraphSource.this.function(name);
      }
    };
  }

  private List<Ast.Statement> body() {
    var out = new ArrayList<Ast.Statement>();
    var results = new NodeSet();
    graph.results().forEach(result -> results.add(result.node()));
    for (var node : graph.nodes()) {
      if (written.contains(node) && !texts.contains(node)) {
        var expr = written.get(node).text().apply(text());
        if (isNamed(node, expr, results)) {
          var name = resultNames.contains(node) ? resultNames.get(node) : names.free(wishes.names.get(node, "v"));
          out.add(Trees.bind(name, expr));
          expr = Trees.name(name);
        }
        texts.put(node, expr);
      }
    }
    return out;
  }

  private boolean isNamed(Node node, Ast.Expr expr, NodeSet results) {
    boolean simple = node.op() instanceof Op.Const || node.op() instanceof Op.Size || node.op() instanceof Op.Counter;
    return !simple && (wishes.names.contains(node) && !(results.contains(node) && reads.get(node) == 1) || reads.get(node) > 1
        || !results.contains(node) && SourcePrinter.expr(expr).length() > LONG);
  }

  // ---- outputs

  private void nameOutput(Graph.Result result) {
    var wanted = switch (result.role()) {
      case GRADIENT, DECLARED_GRADIENT -> "d_" + result.name();
      case UPDATE, CARRIED -> "next_" + result.name();
      case OUTPUT, VALUE, LOSS, TERM, METRIC, SUM, PROD, MAX, MIN, ROWS, CHECK -> result.name();
    };
    var name = names.freeOutput(wanted);
    outputNames.add(name);
    claim(name);
    if (!Words.SOFT.contains(name) && !resultNames.contains(result.node())) {
      resultNames.put(result.node(), name);
    }
  }

  private Ast.Statement output(int place) {
    var name = outputNames.get(place);
    var value = texts.get(graph.results().get(place).node());
    return new Ast.Output(name, Optional.empty(), value.equals(Trees.name(name)) ? Optional.empty() : Optional.of(value), Span.NONE);
  }
}
