package nnc.onnx;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeMap;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborated;
import nnc.elaborate.Elaborator.Purpose;
import nnc.graph.Dim;
import nnc.onnx.model.ModelFile;
import nnc.onnx.model.ModelReader;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Typing;
import nnc.onnx.translate.Problem;
import nnc.onnx.translate.Settings;
import nnc.onnx.translate.Translator;
import nnc.onnx.write.ImportedProgram;
import nnc.onnx.write.ProgramWriter;
import nnc.runtime.base.Fault;

/** The way of a model: file, records, terms, program. */
public final class OnnxImport {
  /** Of one operator so many nodes are told. */
  private static final int MOST_TOLD = 3;

  private OnnxImport() {}

  /**
   * What a model file is in the language.
   *
   * @throws Fault if it cannot be read or translated; the message tells of each operator that cannot
   */
  public static ImportedProgram of(Path file, Settings settings) {
    var model = ModelReader.read(file);
    var translation = Translator.translate(model, settings, new Typing());
    if (!translation.problems().isEmpty()) {
      throw untranslatable(file, translation.problems());
    } else if (translation.outputs().isEmpty()) {
      throw new Fault(file + " has no outputs", "");
    }
    var program = ProgramWriter.write(translation, comment(file, model, settings));
    check(program);
    return program;
  }

  private static Fault untranslatable(Path file, List<Problem> problems) {
    var byOperator = new TreeMap<String, List<Problem>>();
    problems.forEach(problem -> byOperator.computeIfAbsent(problem.operator(), _ -> new ArrayList<>()).add(problem));
    var lines = new ArrayList<String>();
    byOperator.forEach((operator, list) -> {
      list.stream().limit(MOST_TOLD).forEach(problem -> lines.add("  " + problem));
      if (list.size() > MOST_TOLD) {
        lines.add("  " + operator + ": and " + (list.size() - MOST_TOLD) + " more");
      }
    });
    var wanted = new LinkedHashSet<String>();
    problems.forEach(problem -> wanted.addAll(problem.wanted()));
    return new Fault(file + " has what cannot be said in the language:\n" + String.join("\n", lines),
        wanted.isEmpty() ? "" : "inputs that decide on sizes are given at the import: " + String.join(" ", wanted.stream().map(name -> "-D " + name + "=VALUE").toList()));
  }

  /** Where it is from, and what was decided. */
  private static List<String> comment(Path file, ModelFile model, Settings settings) {
    var lines = new ArrayList<String>();
    lines.add("From " + file.getFileName() + (model.producer().isEmpty() ? "" : ", which " + model.producer() + " wrote") + ": ONNX, operators of version " + model.opset() + ".");
    settings.sizes().forEach((name, size) -> lines.add("The size " + name + ", which is open there, is " + size + "."));
    settings.values().forEach((name, value) -> lines.add("The input " + name + " is decided: " + shown(value) + "."));
    return lines;
  }

  private static String shown(OnnxTensor value) {
    var numbers = java.util.Arrays.stream(value.toDoubles()).limit(8).mapToObj(nnc.onnx.term.FormulaPrinter::number).toList();
    return value.rank() == 0 ? numbers.getFirst() : "[" + String.join(", ", numbers) + (value.size() > 8 ? ", ..." : "") + "]";
  }

  /** The program compiles, and its weights are those that were listed: whatever else would be a fault of ours is found here, and not by the user. */
  private static void check(ImportedProgram program) {
    try {
      var elaborated = new Compilation("the imported program", program.text(), CompilerOptions.standard()).elaborate(List.of(Purpose.PREDICT)).get(Purpose.PREDICT);
      var found = new TreeMap<String, String>();
      elaborated.weights().forEach(weight -> found.put(weight.path(), shape(weight)));
      var listed = new TreeMap<String, String>();
      program.weights().forEach((path, tensor) -> listed.put(path, java.util.Arrays.toString(tensor.shape())));
      if (!found.equals(listed)) {
        throw new IllegalStateException("the program's weights are " + found + " and those of the model " + listed);
      }
    } catch (FaultyProgram e) {
      throw new IllegalStateException("the imported program has faults: " + e.getMessage(), e);
    }
  }

  private static String shape(Elaborated.WeightInfo weight) {
    return weight.type().shape().stream().map(Dim::fixed).toList().toString();
  }
}
