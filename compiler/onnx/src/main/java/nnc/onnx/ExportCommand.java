package nnc.onnx;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import nnc.cli.Command;
import nnc.cli.CommandLine;
import nnc.cli.Faults;
import nnc.cli.Option;
import nnc.cli.SourceOptions;
import nnc.cli.WrongUsage;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.onnx.export.ExportedModel;
import nnc.onnx.export.ModelWriter;
import nnc.onnx.export.ProgramExport;
import nnc.onnx.export.ProgramExport.Draws;
import nnc.runtime.base.Json;
import nnc.runtime.files.NetworkJar;

/** {@code nnc export}. */
public final class ExportCommand implements Command {
  @Override
  public String name() {
    return "export";
  }

  @Override
  public String help() {
    return "Writes what a program predicts as an ONNX model, with its weights: nnc export FILE.nn --weights W -o FILE.onnx; of a jar too.";
  }

  @Override
  public List<Option> options() {
    return List.of(new Option("--weights", "WEIGHTS", "what training has saved; a jar may hold its own"),
        new Option("-o", "FILE.onnx", "the model (default: the program's name beside you)"),
        new Option("-D", "NAME=VALUE", "sets a constant of the program; may be repeated"),
        new Option("--precision", "f32|f64", "the float type (default: f32, and of a jar its own)"),
        new Option("--draws", "", "makes draws at random inputs of the model, draws_0 ...: numbers from [0, 1) that its caller draws"),
        new Option("--json", "", "prints the result, and each fault or warning, as a JSON object on a line"));
  }

  @Override
  public int run(CommandLine given) throws FaultyProgram {
    var program = SourceOptions.file(given);
    var output = SourceOptions.path("-o", given.one("-o", program.getFileName().toString().replaceFirst("\\.(nn|jar)$", "") + ".onnx"));
    if (!output.toString().endsWith(".onnx")) {
      throw new WrongUsage("-o is the model that is written, FILE.onnx, and not '" + output + "'");
    }
    var model = program.toString().endsWith(".jar") ? ofJar(program, given) : ofSource(program, given);
    boolean apart = ModelWriter.write(output, model, ModelWriter.LARGEST);
    tell(model, output, apart, given.has("--json"));
    return 0;
  }

  private static ExportedModel ofSource(Path program, CommandLine given) throws FaultyProgram {
    var options = SourceOptions.of(given);
    var compilation = new Compilation(program, options);
    var weights = given.has("--weights") ? ExportWeights.of(SourceOptions.path("--weights", given.one("--weights", ""))) : ExportWeights.NONE;
    return exported(compilation, options, weights, given);
  }

  /** A jar holds the program's text, in what precision it was compiled, and perhaps weights. */
  private static ExportedModel ofJar(Path jar, CommandLine given) throws FaultyProgram {
    var content = NetworkJar.read(jar);
    var options = given.has("--precision") ? SourceOptions.of(given) : SourceOptions.of(given, content.spec().precision());
    JarSource.requireSame(jar, content.spec(), options);
    var weights = given.has("--weights") ? ExportWeights.of(SourceOptions.path("--weights", given.one("--weights", ""))) : ExportWeights.of(jar, content);
    return exported(JarSource.of(jar, content.spec(), options), options, weights, given);
  }

  private static ExportedModel exported(Compilation compilation, CompilerOptions options, ProgramExport.WeightSource weights, CommandLine given) throws FaultyProgram {
    var settings = new ProgramExport.Settings(options.precision(), given.has("--draws") ? Draws.INPUTS : Draws.REFUSED);
    var model = ProgramExport.of(compilation, settings, weights);
    Faults.tell(compilation.diagnostics(), given);
    return model;
  }

  private static void tell(ExportedModel model, Path output, boolean apart, boolean json) {
    var operators = model.operators();
    long nodes = operators.values().stream().mapToLong(Long::longValue).sum();
    if (json) {
      System.out.println(new Json().put("onnx", output.toString()).put("nodes", nodes).put("bytes", model.bytes()).put("external", apart));
      return;
    }
    System.out.println(output + ": " + nodes + (nodes == 1 ? " node" : " nodes") + ", " + model.bytes() / 1000 + " kB of weights and constants"
        + (apart ? ", which are in " + output.getFileName() + ".data beside it" : ""));
    System.out.println("  " + operators.entrySet().stream().map(entry -> entry.getValue() + " " + entry.getKey()).collect(Collectors.joining(", ")));
  }
}
