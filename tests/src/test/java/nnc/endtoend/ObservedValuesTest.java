package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.learn.Evaluation;
import nnc.runtime.learn.Examples;
import nnc.runtime.learn.Training;
import nnc.runtime.spec.ModelSpec.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What layers and names come to, for who looks into a network. Oracle: a program that has the same as outputs. */
class ObservedValuesTest {
  private static final String PROGRAM = """
      input point: float[N, 2]
      target label: float[N]
      first = dense(4, tanh)
      squares = concat([point, point^2], axis = 1)
      x = squares
      for units in [5, 3] { x = x |> dense(units, relu) |> dropout(0.5) }
      inner = first(x) * 2
      table = tensor([1, 2, 3])
      guess = inner |> dense(1) |> squeeze(1)
      %soutput guess
      loss mse(guess, label)
      metric far = mean(abs(guess - label))
      data { train = circle(40, seed = 3)  test = split(train, 0.25) }
      train { optimizer = sgd(0.1)  batch = 10  epochs = 2 }
      """;

  @TempDir
  Path folder;

  private static Model observed(String text) throws FaultyProgram {
    return Compiler.load(Compiler.compileToObserve(Path.of("net.nn"), text, CompilerOptions.standard(), _ -> false)).initialised(5);
  }

  private static Context predicted(Model model) {
    var context = model.context("predict", 7);
    context.input("point").set(new float[] {1, -2, 0.5f, 0.25f, -3, 1, 0, 0, 2, 2, -1, 0.125f, 4, -4});
    context.run();
    return context;
  }

  @Test
  void layersAndNamesHaveTheBitsOfOutputs() throws FaultyProgram {
    var context = predicted(observed(PROGRAM.formatted("")));
    var plain = predicted(Compiler.load(Compiler.compile("net.nn", PROGRAM.formatted("output squares = squares\noutput doubled = inner\n"), CompilerOptions.standard())).initialised(5));
    assertThat(context.results(Role.VALUE)).extracting(value -> value.name() + " from " + value.from())
        .containsExactly("squares from ", "dense.5 from squares", "dense.3 from dense.5", "first from dense.3", "inner from ", "dense from inner", "guess from ");
    for (var pair : Map.of("squares", "squares", "inner", "doubled").entrySet()) {
      assertThat((float[]) context.result(Role.VALUE, pair.getKey()).tensor().data()).containsExactly((float[]) plain.output(pair.getValue()).tensor().data());
    }
    assertThat((float[]) context.output("guess").tensor().data()).containsExactly((float[]) plain.output("guess").tensor().data());
    var hidden = context.result(Role.VALUE, "first").tensor();
    assertThat(hidden.shape()).containsExactly(7, 4);
    for (int i = 0; i < hidden.size(); i++) {
      assertThat(2 * hidden.get(i)).isEqualTo(context.result(Role.VALUE, "inner").get(i));
    }
  }

  @Test
  void otherProgramsHaveNone() throws FaultyProgram {
    var plain = predicted(Compiler.load(Compiler.compile("net.nn", PROGRAM.formatted(""), CompilerOptions.standard())).initialised(5));
    assertThat(plain.results(Role.VALUE)).isEmpty();
    assertThat(plain.output("guess").from()).isEmpty();
  }

  @Test
  void importsAreReadByLeave() throws Exception {
    Files.writeString(folder.resolve("parts.nn"), "fn twice(x) = 2 * x\n");
    var text = "import \"parts.nn\"\n" + PROGRAM.formatted("").replace("* 2", "|> twice");
    var file = folder.resolve("net.nn");
    assertThat(Compiler.compileToObserve(file, text, CompilerOptions.standard(), path -> path.endsWith("parts.nn")).spec().plans()).isNotEmpty();
    assertThatThrownBy(() -> Compiler.compileToObserve(file, text, CompilerOptions.standard(), _ -> false)).isInstanceOf(FaultyProgram.class)
        .hasMessageContaining("parts.nn may not be imported here").hasMessageNotContaining("twice(x)");
  }

  /** An evaluation that is asked again sees the weights as they are; a run has the examples that its program names. */
  @Test
  void aRunTellsOfItsExamplesAndAnEvaluationIsAskedAgain() throws FaultyProgram {
    var run = Training.of(observed(PROGRAM.formatted(""))).prepare();
    assertThat(List.of(run.has("train"), run.has("validate"), run.has("test"))).containsExactly(true, false, true);
    var test = run.examples("test");
    assertThat(run.examples("train").size()).isEqualTo(30);
    assertThat(test.values(run.model(), "point").shape()).containsExactly(10, 2);
    var evaluation = Evaluation.prepare(run.model(), test, nnc.runtime.base.Threads.shared());
    var before = evaluation.figures().get("loss").get(0);
    run.run();
    assertThat(evaluation.figures().get("loss").get(0)).isNotEqualTo(before).isEqualTo(Evaluation.of(run.model(), test).get("loss").get(0));
    var given = Examples.of(Map.of("point", new Tensor(new int[] {2, 2}, new float[] {1, 2, 3, 4}), "label", new Tensor(new int[] {2}, new byte[] {0, 1})));
    assertThat(given.values(run.model(), "label").toDoubles()).containsExactly(0, 1);
    assertThatThrownBy(() -> given.values(run.model(), "none")).hasMessage("the network has no input none");
  }
}
