package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.onnx.translate.Settings;
import nnc.onnx.write.ImportedProgram;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.learn.Examples;
import nnc.runtime.learn.Training;
import nnc.runtime.train.GradientCheck;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Imported loops over open lengths train: their gradients are those that differences confirm, at several lengths, and steps lower a loss. */
class TrainedLoopsTest {
  private static final String MORE = """

      loss mean((y - 0.3)^2) + mean(sin(last))
      train { optimizer = adam(0.02)  batch = 6  epochs = 40 }
      """;

  @TempDir
  Path folder;

  private static SmallModel open() {
    return new SmallModel(17).open("x", "N", "T", 3).weight("w", 3, 4).weight("u", 4, 4).weight("b", 4);
  }

  /** Zeros for each row of a batch, [N, 4], and how many places a row has. */
  private static SmallModel begun(SmallModel model) {
    return model.whole("zeroth", 0).whole("first", 1).list("front", 0).list("width", 4).node("Shape", "x -> shape").node("Gather", "shape zeroth -> n").node("Unsqueeze", "n front -> n1")
        .node("Concat", "n1 width -> wanted", "axis", 0).node("ConstantOfShape", "wanted -> h0").node("Gather", "shape first -> trips").truth("yes", true);
  }

  private static SmallModel cell(SmallModel body) {
    return body.node("MatMul", "row w -> a").node("MatMul", "h u -> c").node("Add", "a c -> s").node("Add", "s b -> z").node("Tanh", "z -> next");
  }

  static Stream<SmallModel> models() {
    var scanned = cell(new SmallModel(17).takes("h", "row")).node("Identity", "next -> told").outputs("next", "told");
    var turned = cell(new SmallModel(17).takes("i:7[]", "going:9[]", "h").node("Gather", "x i -> row", "axis", 1)).node("Identity", "next -> told").outputs("going:9[]", "next", "told");
    var ended = cell(new SmallModel(17).takes("i:7[]", "going:9[]", "h").node("Gather", "x i -> row", "axis", 1)).weight("bound", new long[0], 3).node("ReduceSum", "next -> sum", "keepdims", 0)
        .node("Less", "sum bound -> on").outputs("on:9[]", "next");
    return Stream.concat(Stream.of(
            begun(open()).node("Scan", "h0 x -> last y", "body", scanned, "num_scan_inputs", 1, "scan_input_axes", List.of(1)),
            begun(open()).node("Loop", "trips yes h0 -> last y", "body", turned),
            begun(open()).node("Loop", "trips yes h0 -> last", "body", ended).node("Exp", "last -> y")),
        Stream.of("RNN forward 1", "LSTM bidirectional 4", "GRU reverse 3", "LSTM forward 4").map(kind -> recurrence(kind.split(" ")))).map(model -> model.outputs("y", "last"));
  }

  private static SmallModel recurrence(String[] kind) {
    long gates = Long.parseLong(kind[2]);
    int directions = kind[1].equals("bidirectional") ? 2 : 1;
    return new SmallModel(14).open("x", "N", "T", 3).weight("w", directions, 4 * gates, 3).weight("r", directions, 4 * gates, 4).weight("b", directions, 8 * gates)
        .node("Transpose", "x -> turned", "perm", List.of(1, 0, 2)).node(kind[0], "turned w r b -> y last", "hidden_size", 4, "direction", kind[1]);
  }

  @ParameterizedTest
  @MethodSource("models")
  void gradientsAndStepsAreRight(SmallModel model) throws Exception {
    var program = OnnxImport.of(model.file(folder), Settings.NONE);
    for (int length : new int[] {1, 2, 7}) {
      gradients(program, length);
    }
    var trained = Compiler.load(Compiler.compile("model.nn", program.text() + MORE, CompilerOptions.standard())).initialised(0);
    program.weights().forEach((path, tensor) -> trained.set(path, tensor.asFloats()));
    var losses = Training.of(trained).train(Examples.of(Map.of("x", drawn(12, 5, 3)))).init(trained).seed(1).run().epochs().stream().map(epoch -> epoch.training("loss")).toList();
    assertThat(losses.getLast()).as(program.text()).isLessThan(losses.getFirst() - 0.1);
  }

  private static void gradients(ImportedProgram program, int length) throws Exception {
    var options = new CompilerOptions(Map.of(), 64, List.of(), List.of(), _ -> { });
    var model = Compiler.load(Compiler.compile("model.nn", program.text() + MORE, options)).inDouble(1);
    program.weights().forEach((path, tensor) -> model.set(path, tensor.asFloats()));
    var context = model.context("gradient", new LinkedHashMap<>(Map.of("N", 2, "T", length)), new Threads(1));
    context.dim("N", 2);
    context.dim("T", length);
    var values = drawn(2, length, 3).toDoubles();
    var findings = new GradientCheck(model, context, () -> context.input("x").set(values)).run(model.spec(), 20, 1);
    assertThat(findings).as(program.text()).isNotEmpty().allSatisfy(finding -> {
      assertThat(finding.error()).as("%s at length %d of%n%s", finding, length, program.text()).isLessThan(1e-6);
      assertThat(finding.checked()).as(finding.path()).isPositive();
    });
  }

  private static Tensor drawn(int... shape) {
    var random = new Random(2);
    var values = new float[shape[0] * shape[1] * shape[2]];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() / 2;
    }
    return new Tensor(shape, values);
  }
}
