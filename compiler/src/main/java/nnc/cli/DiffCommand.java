package nnc.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nnc.cli.WeightDifference.Change;
import nnc.driver.Compilation;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator.Purpose;
import nnc.graph.Dim;
import nnc.runtime.Model;
import nnc.runtime.base.Json;
import nnc.runtime.files.AtomicFile;
import nnc.runtime.files.Npz;
import nnc.runtime.files.WeightFile;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.WeightKind;

/** {@code nnc diff}. */
final class DiffCommand implements Command {
  private static final String USAGE = "nnc diff A.nn B.nn, or nnc diff A.nn WEIGHTS.npz";

  @Override
  public String name() {
    return "diff";
  }

  @Override
  public String help() {
    return "Tells which weights of a program, file or jar are which of another program, and which are new: " + USAGE;
  }

  @Override
  public List<Option> options() {
    return SourceOptions.with(new Option("-o", "MAP", "writes what is called otherwise as lines THERE = HERE, for train --init WEIGHTS --map MAP"),
        new Option("--json", "", "prints a JSON object on a line for each weight"));
  }

  @Override
  public boolean open() {
    return true;
  }

  @Override
  public boolean needsProgram() {
    return false;
  }

  @Override
  public int run(CommandLine given) throws FaultyProgram {
    var files = files(given);
    // weights are what there was, whatever their place
    boolean turned = isProgram(files.getFirst()) && !isProgram(files.getLast());
    var there = turned ? files.getLast() : files.getFirst();
    var here = turned ? files.getFirst() : files.getLast();
    var difference = WeightDifference.of(shapes(there, given), shapes(here, given));
    if (given.has("-o")) {
      var map = SourceOptions.path("-o", given.one("-o", ""));
      AtomicFile.write(map, out -> out.write(difference.map(there.toString(), here.toString()).getBytes(StandardCharsets.UTF_8)));
    }
    if (given.has("--json")) {
      difference.rows().forEach(row -> System.out.println(json(row)));
    } else {
      System.out.print(text(difference));
    }
    return 0;
  }

  private static List<Path> files(CommandLine given) {
    var named = given.arguments().stream().filter(argument -> given.rest().contains(argument) || given.hasFile() && argument.equals(given.file())).toList();
    var wrong = named.stream().filter(name -> name.startsWith("-")).findFirst();
    if (wrong.isPresent()) {
      throw new WrongUsage("unknown option " + wrong.get());
    } else if (named.size() != 2) {
      throw new WrongUsage("which two? " + USAGE);
    }
    return named.stream().map(name -> SourceOptions.path("FILE", name)).toList();
  }

  private static boolean isProgram(Path file) {
    return !has(file, ".npz") && !has(file, ".jar");
  }

  private static boolean has(Path file, String end) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(end);
  }

  /** Shapes of the weights of a program, a file or a jar, by path, in their order. */
  static Map<String, int[]> shapes(Path file, CommandLine given) throws FaultyProgram {
    if (has(file, ".npz")) {
      var arrays = new LinkedHashMap<String, int[]>();
      Npz.read(file).forEach((name, array) -> {
        if (!name.startsWith(WeightFile.OWN) && !name.startsWith(ModelSpec.Training.memory(0))) {
          arrays.put(name, array.shape());
        }
      });
      return arrays;
    } else if (has(file, ".jar")) {
      var shapes = new LinkedHashMap<String, int[]>();
      Model.load(file).spec().weights().stream().filter(weight -> isKept(weight.kind(), weight.path()))
          .forEach(weight -> shapes.put(weight.path(), weight.shape().stream().mapToInt(size -> size).toArray()));
      return shapes;
    }
    var compilation = new Compilation(file, SourceOptions.of(given));
    var shapes = new LinkedHashMap<String, int[]>();
    for (var elaborated : compilation.elaborate(List.of(Purpose.values())).values()) {
      elaborated.weights().stream().filter(weight -> isKept(weight.kind(), weight.path())).forEach(weight ->
          shapes.putIfAbsent(weight.path(), weight.type().shape().stream().mapToInt(Dim::fixed).toArray()));
    }
    return shapes;
  }

  private static boolean isKept(WeightKind kind, String path) {
    return (kind == WeightKind.PARAMETER || kind == WeightKind.STATE) && !path.equals(ModelSpec.VALIDATION_LOSS);
  }

  private static String word(Change change) {
    return change.name().toLowerCase(Locale.ROOT);
  }

  private static Json json(WeightDifference.Row row) {
    var json = new Json().put("change", word(row.change())).put("path", row.path());
    if (row.change() != Change.NEW && row.change() != Change.MISSING) {
      json.put("from", row.from()).raw("shape_there", Arrays.toString(row.before()));
    }
    return json.raw("shape", Arrays.toString(row.shape())).put("might_be", row.others());
  }

  private static String text(WeightDifference difference) {
    var out = new StringBuilder();
    int wide = difference.rows().stream().mapToInt(row -> row.path().length()).max().orElse(0);
    for (var row : difference.rows()) {
      out.append(word(row.change())).repeat(' ', 10 - word(row.change()).length()).append(row.path()).repeat(' ', wide - row.path().length()).append("  ").append(switch (row.change()) {
        case KEPT, NEW, MISSING -> Arrays.toString(row.shape());
        case RENAMED -> Arrays.toString(row.shape()) + "  was " + row.from();
        case RESHAPED -> Arrays.toString(row.shape()) + "  was " + Arrays.toString(row.before());
      });
      out.append(row.others().isEmpty() ? "" : "  might be " + String.join(" or ", row.others())).append('\n');
    }
    for (var change : Change.values()) {
      out.append(change.ordinal() == 0 ? "" : ", ").append(difference.rows().stream().filter(row -> row.change() == change).count()).append(' ').append(word(change));
    }
    return out.append('\n').toString();
  }
}
