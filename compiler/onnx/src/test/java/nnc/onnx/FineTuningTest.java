package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.onnx.translate.Settings;
import nnc.runtime.base.Tensor;
import nnc.runtime.learn.Examples;
import nnc.runtime.learn.Training;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An imported network trains further: with a target, a loss and how to train behind it, from the model's weights; what is frozen stays. */
class FineTuningTest {
  private static final String MORE = """
      target wanted: float[batch, 2]
      loss mse(y, wanted)
      freeze "first.*"
      train { optimizer = adam(0.05)  batch = 4  epochs = 40 }
      """;

  @TempDir
  Path folder;

  @Test
  void goesOnFromTheWeightsAndLeavesWhatIsFrozen() throws Exception {
    var file = new SmallModel(17).rows("x", 5).weight("first.weight", 5, 6).weight("first.bias", 6).weight("second.weight", 6, 2)
        .node("MatMul", "x first.weight -> a").node("Add", "a first.bias -> b").node("Tanh", "b -> c").node("MatMul", "c second.weight -> y").outputs("y").file(folder);
    var program = OnnxImport.of(file, Settings.NONE);
    assertThat(program.weights()).containsOnlyKeys("first.W", "first.b", "second.W");
    var model = Compiler.load(Compiler.compile("model.nn", program.text() + MORE, CompilerOptions.standard())).initialised(0);
    program.weights().forEach((path, tensor) -> model.set(path, tensor.asFloats()));
    var random = new Random(2);
    var examples = Examples.of(Map.of("x", drawn(random, 4, 5), "wanted", drawn(random, 4, 2)));
    var run = Training.of(model).train(examples).init(model).seed(1).run();
    var losses = run.epochs().stream().map(epoch -> epoch.training("loss")).toList();
    assertThat(losses.getLast()).isLessThan(losses.getFirst() / 4);
    for (var path : program.weights().keySet()) {
      var before = program.weights().get(path).asFloats().toDoubles();
      var after = run.model().weight(path).toDoubles();
      assertThat(java.util.Arrays.equals(before, after)).as(path).isEqualTo(path.startsWith("first."));
    }
  }

  private static Tensor drawn(Random random, int rows, int columns) {
    var values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() / 2;
    }
    return new Tensor(new int[] {rows, columns}, values);
  }
}
