package nnc.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import nnc.driver.Compilation;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator.Purpose;
import nnc.explain.PictureGrid;
import nnc.graph.Graph;
import nnc.graph.Op;
import nnc.interpret.Array;
import nnc.interpret.Interpreter;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folder;
import nnc.runtime.data.Table;
import nnc.runtime.files.Npz;

/** {@code nnc preview}: what training makes of the first pictures, in several steps, drawn beside what prediction makes of them. */
final class PreviewCommand implements Command {
  @Override
  public String name() {
    return "preview";
  }

  @Override
  public String help() {
    return "Draws the first pictures as they are and as training varies them, in a PNG file.";
  }

  @Override
  public List<Option> options() {
    return SourceOptions.with(new Option("-o", "FILE.png", "the file to draw (default: the program's name beside you)"),
        new Option("--show", "NAME", "a picture of the program (default: the last that has a name and depends on no parameter)"),
        new Option("--rows", "N", "how many examples (default: 4)"),
        new Option("--columns", "N", "how many pictures of each, the first as it is (default: 8)"),
        new Option("--in", "INPUTS.npz", "an array for each input, in place of the data block's train"),
        new Option("--data", "DIR", "where files of the data block are"),
        new Option("--weights", "WEIGHTS", "what training has saved, for what was learned from the data"),
        new Option("--seed", "N", "of what is drawn at random (default: 0)"));
  }

  @Override
  public int run(CommandLine given) {
    return Faults.guard(false, () -> {
      int columns = whole(given, "--columns", 8, 1);
      int wanted = whole(given, "--rows", 4, 1);
      var file = SourceOptions.file(given);
      var compilation = new Compilation(file, SourceOptions.of(given));
      var varied = compilation.picture(Purpose.TRAIN, given.one("--show", ""));
      var shown = varied.results().getFirst();
      var plain = compilation.picture(Purpose.PREDICT, shown.name());
      requireSame(shown, plain.results().getFirst());
      var fed = given.has("--in") ? arrays(SourceOptions.path("--in", given.one("--in", ""))) : table(data(compilation, file, given));
      int rows = rows(varied, fed, wanted);
      var run = new Run(fed, weights(given), rows, whole(given, "--seed", 0, 0));
      var grid = new PictureGrid(IntStream.range(0, columns).mapToObj(column -> run.of(column == 0 ? plain : varied, column)).toList());
      var out = SourceOptions.drawn("-o", given.one("-o", Path.of(given.file()).getFileName().toString().replaceFirst("\\.nn$", "") + ".png"), ".png");
      grid.write(out);
      System.out.println("saved " + out + ": " + shown.name() + " of " + rows + (rows == 1 ? " example" : " examples") + ", as it is and varied " + (columns - 1)
          + (columns == 2 ? " time" : " times") + "; black is " + grid.black() + ", white is " + grid.white());
      return 0;
    });
  }

  private static void requireSame(Graph.Result varied, Graph.Result plain) {
    if (!varied.node().type().equals(plain.node().type())) {
      throw new Fault(varied.name() + " is " + varied.node().type() + " in training, and " + plain.node().type() + " in prediction",
          "--show chooses a picture that is as large in both");
    }
  }

  private static Data data(Compilation compilation, Path file, CommandLine given) throws FaultyProgram {
    var folder = given.has("--data") ? SourceOptions.path("--data", given.one("--data", "")) : null;
    return new Data(compilation.compile(List.of(Purpose.TRAIN)).spec(), new Folder(file.toAbsolutePath().getParent(), folder, System.err));
  }

  /** The rows of an input, or null if there are none of this name. */
  private interface Fed {
    Rows of(String input);
  }

  /** @param first of so many rows their elements, one row behind the other */
  private record Rows(int count, Function<Integer, double[]> first) {}

  /**
   * What a graph is computed of.
   *
   * @param weights by path
   */
  private record Run(Fed fed, Map<String, Tensor> weights, int rows, long seed) {
    Array of(Graph graph, int step) {
      Map<String, Integer> dims = new HashMap<>();
      graph.nodes().forEach(node -> node.type().shape().forEach(dim -> dim.variables().forEach(name -> dims.put(name, rows))));
      return new Interpreter(dims, this::values, seed, step, 0).run(graph).get(graph.results().getFirst().node());
    }

    private double[] values(Op op) {
      return switch (op) {
        case Op.Input(var name, _, _) -> fed.of(name).first.apply(rows);
        case Op.State(var path, _) -> weight(path);
        default -> throw new IllegalStateException(op.toString());
      };
    }

    private double[] weight(String path) {
      if (!weights.containsKey(path)) {
        throw new Fault("what is shown depends on " + path + ", which training learns from the data", "give --weights, or --show what comes before it");
      }
      return weights.get(path).toDoubles();
    }
  }

  private static Map<String, Tensor> weights(CommandLine given) {
    return given.has("--weights") ? Npz.read(SourceOptions.path("--weights", given.one("--weights", ""))) : Map.of();
  }

  private static Fed arrays(Path file) {
    var arrays = Npz.read(file);
    return name -> {
      var array = arrays.get(name);
      if (array == null || array.shape().length == 0) {
        return null;
      }
      int count = array.shape()[0];
      var values = array.toDoubles();
      return new Rows(count, rows -> Arrays.copyOf(values, values.length / count * rows));
    };
  }

  private static Fed table(Data data) {
    if (!data.has("train")) {
      throw new Fault("the program names no data to train on", "give --in inputs.npz, an array for each input");
    }
    Table table = data.table("train");
    return name -> {
      var column = table.column(name);
      return column == null ? null : new Rows(table.size(), rows -> {
        var values = new double[rows * column.width()];
        column.gather(table.rows(), 0, rows, values, 0);
        return values;
      });
    };
  }

  /** As many rows as there are and are wanted; each input that is read must be there, with elements for its shape. */
  private static int rows(Graph graph, Fed fed, int wanted) {
    int rows = wanted;
    for (var node : graph.nodes()) {
      if (node.op() instanceof Op.Input(var name, _, var type)) {
        var given = fed.of(name);
        if (given == null) {
          throw new Fault("there are no numbers for the input " + name, "--in names a file that has them");
        }
        long each = type.shape().stream().skip(1).mapToLong(dim -> dim.isConstant() ? dim.fixed() : -1).reduce(1, (x, y) -> x * y);
        if (given.count < 1 || given.first.apply(1).length != each) {
          throw new Fault("the input " + name + " is " + type + ", and what is given has "
              + (given.count < 1 ? "no rows" : given.first.apply(1).length + " numbers a row"));
        }
        rows = Math.min(rows, given.count);
      }
    }
    return rows;
  }

  private static int whole(CommandLine given, String name, int otherwise, int least) {
    try {
      int number = Integer.parseInt(given.one(name, "" + otherwise));
      if (number >= least && number <= 10_000) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new WrongUsage(name + " is a whole number, not '" + given.one(name, "") + "'");
    }
    throw new WrongUsage(name + " is from " + least + " to 10000, and this is " + given.one(name, ""));
  }
}
