package nnc.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.elaborate.Traced;
import nnc.explain.example.Example;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folder;
import nnc.runtime.data.Table;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.WeightKind;

/** One example for a network, from what is written behind {@code --feed}, an .npz file, or the program's own data; and the network's weights. */
final class ExampleFeed {
  static final List<Option> OPTIONS = List.of(
      new Option("--feed", "INPUT=NUMBERS", "the example: an input's numbers, x=7,1,-4; may be repeated"),
      new Option("--in", "INPUTS.npz", "the example: an array for each input; otherwise a row of the data block's train"),
      new Option("--example", "N", "which row of these arrays or of the data (default: 1, the first)"),
      new Option("--data", "DIR", "where files of the data block are"),
      new Option("--weights", "WEIGHTS", "what training has saved (default: as training starts)"),
      new Option("--seed", "N", "of how weights start and of what is drawn (default: 0)"));

  private final CommandLine given;
  private final Model model;
  private final int row;
  private final Map<String, Integer> dims = new HashMap<>();
  private final Map<String, double[]> inputs = new LinkedHashMap<>();

  private ExampleFeed(CommandLine given, Model model) {
    this.given = given;
    this.model = model;
    this.row = Numbers.count(given, "--example", 1, 1);
  }

  /** @param model with weights */
  static Example of(CommandLine given, Path file, Model model, Traced traced) {
    var feed = new ExampleFeed(given, model);
    var nodes = feed.needed(traced);
    feed.requireFitted(nodes);
    feed.read(nodes.stream().filter(node -> node.op() instanceof Op.Input).toList(), file);
    for (var name : Example.open(nodes)) {
      feed.dims.putIfAbsent(name, 1);
    }
    Map<String, double[]> weights = new HashMap<>();
    model.spec().weights().stream().filter(weight -> weight.kind() == WeightKind.PARAMETER || weight.kind() == WeightKind.STATE)
        .forEach(weight -> weights.put(weight.path(), model.weight(weight.path()).toDoubles()));
    return new Example(traced, new Example.Given(feed.dims, feed.inputs, weights, Numbers.count(given, "--seed", 0, 0)));
  }

  private List<Node> needed(Traced traced) {
    var ends = new java.util.ArrayList<>(traced.outputs());
    traced.results().forEach(ends::addAll);
    traced.steps().forEach(step -> ends.add(new nnc.graph.Graph.Result(nnc.graph.Graph.Role.TERM, "", step.value())));
    return List.copyOf(traced.builder().finish("", ends).needed(_ -> false).nodes());
  }

  private void requireFitted(List<Node> nodes) {
    var used = nodes.stream().filter(node -> node.op() instanceof Op.State).map(node -> ((Op.State) node.op()).path()).toList();
    model.spec().weights().stream().filter(weight -> !given.has("--weights") && used.contains(weight.path()) && weight.initialiser().kind().fitted()).findFirst()
        .ifPresent(weight -> {
          throw new Fault("the example depends on " + weight.path() + ", which training learns from the data", "give --weights, what training has saved");
        });
  }

  // ---- numbers

  /** Numbers of one example, with the sizes of its axes but for that of examples; null where these are not known. */
  private record Row(double[] values, int[] shape, String origin) {}

  private void read(List<Node> nodes, Path file) {
    var written = given.pairs("--feed");
    var names = nodes.stream().map(node -> ((Op.Input) node.op()).name()).toList();
    written.keySet().stream().filter(name -> !names.contains(name)).findFirst().ifPresent(name -> {
      throw new WrongUsage("--feed " + name + ": the program has no input of this name that anything depends on" + nnc.source.Suggestion.sentence(name, names));
    });
    var arrays = given.has("--in") ? Npz.read(SourceOptions.path("--in", given.one("--in", ""))) : Map.<String, Tensor>of();
    boolean all = names.stream().allMatch(name -> written.containsKey(name) || arrays.containsKey(name));
    var table = all || given.has("--in") || !written.isEmpty() ? null : table(file);
    for (var node : nodes) {
      if (node.op() instanceof Op.Input(var name, _, var type)) {
        var found = written.containsKey(name) ? written(name, written.get(name)) : arrays.containsKey(name) ? array(name, type, arrays.get(name)) : column(name, table);
        take(name, type, found);
      }
    }
  }

  private static Row written(String name, String numbers) {
    try {
      return new Row(Arrays.stream(numbers.split(",")).mapToDouble(number -> Double.parseDouble(number.strip())).toArray(), null, "--feed");
    } catch (NumberFormatException e) {
      throw new WrongUsage("--feed " + name + " takes numbers with commas between, and '" + numbers + "' is something else");
    }
  }

  private Table table(Path file) {
    var data = new Data(model.spec(), new Folder(file.toAbsolutePath().getParent(), given.has("--data") ? SourceOptions.path("--data", given.one("--data", "")) : null, System.err));
    if (!data.has("train")) {
      throw new Fault("there is no example: the program names no data to train on", "give --feed x=1,2,3 for each input, or --in inputs.npz, an array for each");
    }
    return data.table("train");
  }

  private Row array(String name, Type type, Tensor array) {
    var values = array.toDoubles();
    boolean counted = type.rank() > 0 && !type.dim(0).isConstant() && array.shape().length == type.rank();
    if (!counted) {
      return new Row(values, array.shape(), "the file");
    }
    int rows = array.shape()[0];
    requireRow(name, rows, "the file");
    int each = values.length / rows;
    return new Row(Arrays.copyOfRange(values, (row - 1) * each, row * each), Arrays.copyOfRange(array.shape(), 1, array.shape().length), "the file");
  }

  private void requireRow(String name, int rows, String where) {
    if (row > rows) {
      throw new Fault("--example " + row + ": " + where + " has " + rows + (rows == 1 ? " row" : " rows") + " of " + name);
    }
  }

  private Row column(String name, Table table) {
    var column = table == null ? null : table.column(name);
    if (column == null) {
      throw new Fault("there are no numbers for the input " + name, "--feed " + name + "=1,2,3 gives them, or an array of that name in --in inputs.npz");
    }
    requireRow(name, table.size(), "the data");
    var values = new double[column.width()];
    column.gather(table.rows(), row - 1, 1, values, 0);
    return new Row(values, column.shape(), "the data");
  }

  /** Of one example; where sizes are open they are the row's. */
  private void take(String name, Type type, Row found) {
    boolean counted = type.rank() > 0 && !type.dim(0).isConstant();
    if (counted) {
      type.dim(0).variables().forEach(variable -> dims.putIfAbsent(variable, 1));
    }
    var inner = type.shape().subList(counted ? 1 : 0, type.rank());
    for (int axis = 0; axis < inner.size() && found.shape != null && found.shape.length == inner.size(); axis++) {
      var dim = inner.get(axis);
      if (!dim.isConstant() && dim.equals(Dim.open(dim.variables().iterator().next()))) {
        dims.putIfAbsent(dim.variables().iterator().next(), found.shape[axis]);
      }
    }
    open(inner, found).forEach(dims::putIfAbsent);
    long wanted = type.elements(variable -> dims.getOrDefault(variable, 1));
    boolean fits = found.values.length == wanted && (found.shape == null || found.shape.length != inner.size() || sizes(inner).equals(Arrays.stream(found.shape).boxed().toList()));
    if (!fits) {
      throw new Fault("the input " + name + " is " + type + ", of which one example has " + wanted + (wanted == 1 ? " number" : " numbers") + ", and " + found.origin + " has "
          + found.values.length + (found.shape == null ? "" : ", as " + Arrays.toString(found.shape)));
    }
    requireAllowed(name, type.kind(), found.values);
    inputs.put(name, found.values);
  }

  private List<Integer> sizes(List<Dim> shape) {
    return shape.stream().map(dim -> (int) dim.evaluate(variable -> dims.getOrDefault(variable, 1))).toList();
  }

  /** Of numbers without a shape the one size that is open follows from how many there are. */
  private Map<String, Integer> open(List<Dim> inner, Row found) {
    var unknown = inner.stream().filter(dim -> dim.variables().stream().anyMatch(variable -> !dims.containsKey(variable))).toList();
    long others = inner.stream().filter(dim -> !unknown.contains(dim)).mapToLong(dim -> dim.evaluate(dims::get)).reduce(1, (x, y) -> x * y);
    boolean follows = found.shape == null && unknown.size() == 1 && unknown.getFirst().equals(Dim.open(unknown.getFirst().variables().iterator().next())) && others > 0;
    return follows ? Map.of(unknown.getFirst().variables().iterator().next(), (int) (found.values.length / others)) : Map.of();
  }

  private void requireAllowed(String name, Kind kind, double[] values) {
    var feed = model.spec().inputs().stream().filter(one -> one.name().equals(name)).findFirst().orElse(null);
    for (double value : values) {
      boolean allowed = switch (kind) {
        case FLOAT -> true;
        case INT -> value == Math.rint(value) && isWithin(feed, value);
        case BOOL -> value == 0 || value == 1;
      };
      if (!allowed) {
        throw new Fault("the input " + name + " is " + kind + (feed != null && feed.high() > feed.low() ? " from " + feed.low() + " to " + (feed.high() - 1) : "")
            + ", and " + value + " is given");
      }
    }
  }

  private static boolean isWithin(ModelSpec.Feed feed, double value) {
    return feed == null || feed.high() <= feed.low() || value >= feed.low() && value < feed.high();
  }
}
