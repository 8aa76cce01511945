package nnc.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nnc.cli.Command;
import nnc.cli.CommandLine;
import nnc.cli.Option;
import nnc.cli.SourceOptions;
import nnc.cli.WrongUsage;
import nnc.onnx.model.ModelReader;
import nnc.onnx.model.OnnxGraph;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.translate.Settings;
import nnc.onnx.write.ImportedProgram;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;

/** {@code nnc import}. */
public final class ImportCommand implements Command {
  @Override
  public String name() {
    return "import";
  }

  @Override
  public String help() {
    return "Writes the program and the weights that an ONNX model is: nnc import MODEL.onnx -o MODEL.nn, and MODEL.npz beside it.";
  }

  @Override
  public List<Option> options() {
    return List.of(new Option("-o", "FILE.nn", "the program; its weights are FILE.npz (default: beside the model, called as it is)"),
        new Option("-D", "NAME=VALUE", "decides an open size, or an input that sizes follow from: -D batch=1, -D axes=[0,2]; may be repeated"));
  }

  @Override
  public boolean needsProgram() {
    return false;
  }

  @Override
  public int run(CommandLine given) {
    if (!given.hasFile()) {
      throw new WrongUsage("which model? nnc import MODEL.onnx -o MODEL.nn");
    }
    var model = SourceOptions.path("MODEL.onnx", given.file());
    var source = SourceOptions.path("-o", given.one("-o", stem(model.toString()) + ".nn"));
    if (!source.toString().endsWith(".nn")) {
      throw new WrongUsage("-o is the program that is written, FILE.nn, and not '" + source + "'");
    }
    var decided = given.pairs("-D");
    var program = OnnxImport.of(model, decided.isEmpty() ? Settings.NONE : settings(decided, ModelReader.read(model).graph()));
    var weights = Path.of(stem(source.toString()) + ".npz");
    write(program, source, weights);
    tell(program, source, weights);
    return 0;
  }

  private static String stem(String path) {
    return path.replaceFirst("\\.(onnx|nn)$", "");
  }

  /** Values of inputs by their names, and sizes of open dimensions. */
  private static Settings settings(Map<String, String> decided, OnnxGraph graph) {
    Map<String, Long> sizes = new LinkedHashMap<>();
    Map<String, OnnxTensor> values = new LinkedHashMap<>();
    decided.forEach((name, text) -> {
      var input = graph.inputs().stream().filter(port -> port.name().equals(name)).findFirst();
      if (input.isPresent()) {
        values.put(name, value(name, text));
      } else if (openSizes(graph).anyMatch(name::equals)) {
        sizes.put(name, size(name, text));
      } else {
        throw new WrongUsage("-D " + name + ": the model has no input and no open size of this name; it has "
            + String.join(", ", Stream.concat(graph.inputs().stream().map(OnnxGraph.Port::name), openSizes(graph)).distinct().toList()));
      }
    });
    return new Settings(sizes, values);
  }

  /** Those without a name are called by their input and axis: {@code image.2}. */
  private static Stream<String> openSizes(OnnxGraph graph) {
    return graph.inputs().stream().filter(port -> port.shape() != null).flatMap(port -> Stream.iterate(0, axis -> axis < port.shape().size(), axis -> axis + 1)
        .map(axis -> port.shape().get(axis).isEmpty() ? port.name() + "." + axis : port.shape().get(axis)).filter(size -> !size.matches("[0-9]+")));
  }

  private static long size(String name, String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw new WrongUsage("-D " + name + " is a size, and '" + text + "' is none");
    }
    return Long.parseLong(text);
  }

  private static OnnxTensor value(String name, String text) {
    try {
      boolean isList = text.startsWith("[") && text.endsWith("]");
      var numbers = Stream.of((isList ? text.substring(1, text.length() - 1) : text).split(",")).map(String::strip).filter(part -> !part.isEmpty())
          .mapToDouble(part -> part.equals("true") ? 1 : part.equals("false") ? 0 : Double.parseDouble(part)).toArray();
      boolean isWhole = java.util.Arrays.stream(numbers).allMatch(number -> number == Math.rint(number));
      return OnnxTensor.of(isWhole ? nnc.onnx.model.ElementType.INT64 : nnc.onnx.model.ElementType.FLOAT, isList ? new int[] {numbers.length} : new int[0],
          isList ? numbers : java.util.Arrays.copyOf(numbers, 1));
    } catch (NumberFormatException e) {
      throw new WrongUsage("-D " + name + " is a number or a list of numbers, [1,2], and '" + text + "' is none");
    }
  }

  private static void write(ImportedProgram program, Path source, Path weights) {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    program.weights().forEach((path, tensor) -> arrays.put(path, tensor.asFloats()));
    try {
      Npz.write(weights, arrays);
      Files.writeString(source, program.text());
    } catch (IOException e) {
      throw new Fault(source + " cannot be written: " + e.getMessage(), "", e);
    }
  }

  private static void tell(ImportedProgram program, Path source, Path weights) {
    long numbers = program.weights().values().stream().mapToLong(OnnxTensor::size).sum();
    System.out.println(source + ": " + program.text().lines().count() + " lines; " + weights + ": " + program.weights().size() + " arrays of " + numbers + " numbers");
    var renamed = program.names();
    if (!renamed.isEmpty()) {
      System.out.println("names that are others in the program:");
      renamed.entrySet().stream().limit(20).forEach(entry -> System.out.println("  " + entry.getKey() + " -> " + entry.getValue()));
      if (renamed.size() > 20) {
        System.out.println("  and " + (renamed.size() - 20) + " more");
      }
    }
  }
}
