package nnc.onnx.translate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import nnc.onnx.model.ModelFile;
import nnc.onnx.model.OnnxAttribute;
import nnc.onnx.model.OnnxGraph;
import nnc.onnx.model.OnnxNode;
import nnc.onnx.term.Term;
import nnc.onnx.term.Typing;
import nnc.runtime.base.Fault;

/** Goes through a graph's nodes in their order. What a node that fails would have made is missing, and what depends on it is passed over in silence. */
final class GraphTranslator {
  /** Functions may use functions, but none itself. */
  private static final int DEEPEST = 40;

  /** Functions within functions and loops within loops multiply: more nodes than that are none of a network. */
  private static final int MOST_NODES = 200_000;

  /** How many nodes were translated, those of functions and of turns of loops each time. */
  private static final class Effort {
    private int nodes;

    void add(OnnxNode node) {
      if (++nodes > MOST_NODES) {
        throw new Fault(node.title() + ": functions and turns of loops come to more than " + MOST_NODES + " nodes", "");
      }
    }
  }

  private final ModelFile model;
  private final Typing typing;
  private final List<Problem> problems;
  private final GraphTranslator outer;
  private final int depth;
  private final Effort effort;
  private final Map<String, Term> terms = new HashMap<>();
  private final Set<String> missing = new HashSet<>();
  /** What some node reads, or the whole gives. */
  private final Set<String> read = new HashSet<>();

  GraphTranslator(ModelFile model, Typing typing, List<Problem> problems) {
    this(model, typing, problems, null);
  }

  private GraphTranslator(ModelFile model, Typing typing, List<Problem> problems, GraphTranslator outer) {
    this.model = model;
    this.typing = typing;
    this.problems = problems;
    this.outer = outer;
    depth = outer == null ? 0 : outer.depth + 1;
    effort = outer == null ? new Effort() : outer.effort;
  }

  Typing typing() {
    return typing;
  }

  /** How many graphs there are around this one. */
  int depth() {
    return depth;
  }

  /** How many nodes were not translated so far, here or elsewhere in the model. */
  int failed() {
    return problems.size();
  }

  int opset() {
    return model.opset();
  }

  void bind(String name, Term term) {
    terms.put(name, term);
  }

  /** The term of a name, here or outside; none if what would have made it failed. */
  Optional<Term> find(String name) {
    for (var graph = this; graph != null; graph = graph.outer) {
      if (graph.terms.containsKey(name)) {
        return Optional.of(graph.terms.get(name));
      } else if (graph.missing.contains(name)) {
        return Optional.empty();
      }
    }
    throw new Untranslatable("'" + name + "' is made by no node before it: nodes stand in an order in which each knows its inputs, without circles");
  }

  /** Whether anything here, or in a graph within, reads a value. */
  boolean isRead(String name) {
    return read.contains(name);
  }

  private static void collect(List<OnnxNode> nodes, Set<String> read) {
    for (var node : nodes) {
      read.addAll(node.inputs());
      node.attributes().values().forEach(attribute -> {
        if (attribute instanceof OnnxAttribute.Body(var body)) {
          collect(body.nodes(), read);
          body.outputs().forEach(port -> read.add(port.name()));
        }
      });
    }
  }

  /** Initializers and nodes. */
  void run(OnnxGraph graph) {
    graph.outputs().forEach(port -> read.add(port.name()));
    graph.initializers().forEach((name, tensor) -> terms.putIfAbsent(name, Term.of(name, tensor)));
    run(graph.nodes());
  }

  void run(List<OnnxNode> nodes) {
    collect(nodes, read);
    for (var node : nodes) {
      effort.add(node);
      try {
        var results = translate(node);
        if (results.isEmpty()) {
          node.outputs().forEach(missing::add);
        }
        for (int i = 0; i < Math.min(results.size(), node.outputs().size()); i++) {
          terms.put(node.outputs().get(i), results.get(i).named(node.outputs().get(i)));
        }
        node.outputs().stream().skip(results.size()).forEach(missing::add);
      } catch (Untranslatable fault) {
        problems.add(problem(node, fault));
        node.outputs().forEach(missing::add);
      } catch (ArithmeticException | IndexOutOfBoundsException | NegativeArraySizeException | IllegalArgumentException fault) {
        problems.add(problem(node, new Untranslatable("its sizes or numbers do not go together (" + fault.getMessage() + ")")));
        node.outputs().forEach(missing::add);
      }
    }
  }

  private static Problem problem(OnnxNode node, Untranslatable fault) {
    var name = node.name().isEmpty() ? node.outputs().stream().findFirst().orElse("") : node.name();
    return new Problem((node.domain().isEmpty() ? "" : node.domain() + ".") + node.operator(), name, fault.getMessage(), fault.wanted());
  }

  /** A term for each output; none if an input is missing. */
  private List<Term> translate(OnnxNode node) {
    var inputs = new ArrayList<Term>();
    for (var name : node.inputs()) {
      if (name.isEmpty()) {
        inputs.add(null);
      } else {
        var found = find(name);
        if (found.isEmpty()) {
          return List.of();
        }
        inputs.add(found.get());
      }
    }
    var function = model.functions().get(node.domain() + ":" + node.operator());
    if (function != null) {
      return inline(function, node, inputs);
    }
    var use = new Use(this, node, inputs);
    return ShapeArithmetic.of(use).orElseGet(() -> Operators.of(node).translate(use));
  }

  /** The body of one of the model's own operators in the place of its use. */
  private List<Term> inline(ModelFile.Function function, OnnxNode node, List<Term> inputs) {
    var inner = inner();
    for (int i = 0; i < function.inputs().size() && i < inputs.size(); i++) {
      if (inputs.get(i) != null) {
        inner.bind(function.inputs().get(i), inputs.get(i));
      }
    }
    var given = new HashMap<>(function.defaults());
    given.putAll(node.attributes());
    inner.read.addAll(function.outputs());
    inner.run(function.nodes().stream().map(each -> with(each, given)).toList());
    return inner.results(function.outputs());
  }

  private static OnnxNode with(OnnxNode node, Map<String, OnnxAttribute> given) {
    var attributes = new HashMap<String, OnnxAttribute>();
    node.attributes().forEach((name, attribute) -> {
      if (attribute instanceof OnnxAttribute.Outer(var outer)) {
        if (given.containsKey(outer)) {
          attributes.put(name, given.get(outer));
        }
      } else {
        attributes.put(name, attribute);
      }
    });
    return new OnnxNode(node.name(), node.domain(), node.operator(), node.inputs(), node.outputs(), attributes);
  }

  /** For a graph within this one, which sees what is here. */
  private GraphTranslator inner() {
    if (depth > DEEPEST) {
      throw new Untranslatable("graphs and functions nest more than " + DEEPEST + " deep");
    }
    return new GraphTranslator(model, typing, problems, this);
  }

  /** What a graph within this one gives for some inputs; nothing if a node of it fails. */
  List<Term> results(OnnxGraph body, List<Term> inputs) {
    var inner = inner();
    for (int i = 0; i < body.inputs().size() && i < inputs.size(); i++) {
      inner.bind(body.inputs().get(i).name(), inputs.get(i));
    }
    inner.run(body);
    return inner.results(body.outputs().stream().map(OnnxGraph.Port::name).toList());
  }

  private List<Term> results(List<String> names) {
    var results = names.stream().map((Function<String, Optional<Term>>) this::find).toList();
    return results.stream().allMatch(Optional::isPresent) ? results.stream().map(Optional::get).toList() : List.of();
  }
}
