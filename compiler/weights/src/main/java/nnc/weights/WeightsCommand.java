package nnc.weights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import nnc.cli.Command;
import nnc.cli.CommandLine;
import nnc.cli.Option;
import nnc.cli.SourceOptions;
import nnc.cli.WrongUsage;
import nnc.driver.Compilation;
import nnc.driver.FaultyProgram;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Json;
import nnc.runtime.base.Tensor;
import nnc.weights.WeightMatching.Match;
import nnc.weights.WeightMatching.Reason;

/** {@code nnc weights}. */
public final class WeightsCommand implements Command {
  @Override
  public String name() {
    return "weights";
  }

  @Override
  public String help() {
    return "Takes weights from a file of another framework for a program: nnc weights FILE.safetensors --for FILE.nn -o W.npz";
  }

  @Override
  public List<Option> options() {
    return List.of(new Option("--for", "FILE.nn", "the program"),
        new Option("-o", "FILE", "what is written, .npz or .safetensors (default: the program's name with .npz)"),
        new Option("-D", "NAME=VALUE", "sets a constant of the program; may be repeated"),
        new Option("--map", "FILE", "lines NAME = PATH or NAME = PATH transpose, which count before all else"),
        new Option("--save-map", "FILE", "writes such lines of what was found"),
        new Option("--partial", "", "writes what was found even if weights are missing or arrays are left over"),
        new Option("--json", "", "prints a JSON object on a line for each weight"));
  }

  @Override
  public boolean needsProgram() {
    return false;
  }

  @Override
  public int run(CommandLine given) throws FaultyProgram {
    if (!given.hasFile() || !given.has("--for")) {
      throw new WrongUsage("which weights, for which program? nnc weights FILE.safetensors --for FILE.nn -o W.npz");
    }
    var file = SourceOptions.path("FILE", given.file());
    var program = SourceOptions.path("--for", given.one("--for", ""));
    var output = SourceOptions.path("-o", given.one("-o", program.getFileName().toString().replaceFirst("\\.nn$", "") + ".npz"));
    if (!output.toString().matches(".*\\.(npz|safetensors)")) {
      throw new WrongUsage("-o is a file .npz or .safetensors, and not '" + output + "'");
    }
    var layers = TargetLayer.of(new Compilation(program, SourceOptions.of(given, 32)));
    var weights = TargetLayer.weights(layers);
    var arrays = ArrayFiles.read(file);
    Map<String, ArrayOrigin> said = given.has("--map") ? WeightMap.read(SourceOptions.path("--map", given.one("--map", "")), List.copyOf(weights.keySet())) : Map.of();
    said.forEach((path, origin) -> requireFit(path, origin, arrays, weights));
    var matches = WeightMatching.of(layers, arrays, said);
    tell(matches, weights, given.has("--json"));
    if (given.has("--save-map")) {
      WeightMap.write(SourceOptions.path("--save-map", given.one("--save-map", "")), matches);
    }
    requireAll(matches, weights, arrays, given);
    write(output, matches, weights, arrays, given.has("--json"));
    return 0;
  }

  private static void requireFit(String path, ArrayOrigin origin, Map<String, Tensor> arrays, Map<String, List<Integer>> weights) {
    var problem = origin.problem(arrays, weights.get(path));
    if (!problem.isEmpty()) {
      throw new Fault("--map says " + path + " = " + origin + ": " + problem);
    }
  }

  /** Line by line what each weight is made of, and why; of square matrices that their layer decides whether they are transposed. */
  private static void tell(Map<String, Match> matches, Map<String, List<Integer>> weights, boolean json) {
    int wide = matches.keySet().stream().mapToInt(String::length).max().orElse(0);
    matches.forEach((path, match) -> {
      var shape = weights.get(path);
      boolean isSquare = shape.size() == 2 && shape.get(0).equals(shape.get(1)) && match.reason() != Reason.MAP && match.reason() != Reason.PATH;
      if (json) {
        System.out.println(new Json().put("path", path).put("from", new ArrayOrigin(match.origin().parts(), false).toString()).put("transposed", match.origin().transposed())
            .put("by", match.reason().toString()).put("square", isSquare));
      } else {
        System.out.println(path + " ".repeat(wide - path.length()) + "  " + shape + "  <-  " + match.origin() + "  (by " + match.reason()
            + (isSquare ? "; square: that it is " + (match.origin().transposed() ? "" : "not ") + "transposed follows from its layer" : "") + ")");
      }
    });
    long ordered = matches.values().stream().filter(match -> match.reason() == Reason.ORDER).count();
    if (ordered > 0 && !json) {
      System.out.println(ordered + " weights are matched by their order alone, which the file does not say for sure: look at them; --save-map FILE writes what --map FILE corrects");
    }
  }

  private static void requireAll(Map<String, Match> matches, Map<String, List<Integer>> weights, Map<String, Tensor> arrays, CommandLine given) {
    var faults = new ArrayList<String>();
    weights.forEach((path, shape) -> {
      if (!matches.containsKey(path)) {
        faults.add("missing: " + path + " " + shape + candidates(shape, matches, arrays));
      }
    });
    WeightMatching.left(arrays, matches).forEach(name -> faults.add("left over: " + name + " " + arrays.get(name)));
    if (faults.isEmpty()) {
      return;
    }
    var text = faults.stream().limit(20).map(fault -> "  " + fault).collect(Collectors.joining("\n")) + (faults.size() > 20 ? "\n  and " + (faults.size() - 20) + " more" : "");
    if (!given.has("--partial")) {
      throw new Fault("the file and the program do not fit each other; nothing is written\n" + text,
          "--map FILE says what is what, by lines NAME = PATH or NAME = PATH transpose; --partial takes what fits");
    }
    System.err.println("nnc: warning: not everything is matched\n" + text);
  }

  /** Arrays that are left and would fit. */
  private static String candidates(List<Integer> shape, Map<String, Match> matches, Map<String, Tensor> arrays) {
    var fitting = WeightMatching.left(arrays, matches).stream().filter(name -> ArrayOrigin.of(name).fits(arrays, shape) || shape.size() == 2 && ArrayOrigin.transposed(name).fits(arrays, shape))
        .limit(3).toList();
    return fitting.isEmpty() ? "" : ", which might be " + String.join(" or ", fitting);
  }

  private static void write(Path output, Map<String, Match> matches, Map<String, List<Integer>> weights, Map<String, Tensor> arrays, boolean json) {
    var values = new LinkedHashMap<String, Tensor>();
    matches.forEach((path, match) -> values.put(path, match.origin().value(arrays, weights.get(path))));
    ArrayFiles.write(output, values);
    long numbers = values.values().stream().mapToLong(Tensor::size).sum();
    System.out.println(json ? new Json().put("file", output.toString()).put("weights", values.size()).put("numbers", numbers).toString()
        : output + ": " + values.size() + " weights of " + numbers + " numbers");
  }
}
