package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import nnc.Compiler;
import nnc.Said;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import nnc.runtime.learn.Evaluation;
import nnc.runtime.learn.Examples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is true or false is 1 or 0, by whichever way it is fed; any other number is refused. */
class BoolInputsTest {
  private static final String PROGRAM = """
      input  on: bool[N]
      input  x: float[N]
      target so: bool[N]
      output y = where(on, x, -x)
      loss   binary_cross_entropy(y, cast(so, "float"))
      data   { test = csv("d.csv") }
      """;

  @TempDir
  Path folder;

  private final Model model = Compiler.load(Programs.compile(PROGRAM, 32));

  @ParameterizedTest
  @ValueSource(doubles = {2, 0.5, -1, Double.NaN})
  void otherNumbersAreRefusedFromJava(double wrong) {
    var context = model.context("predict", 2);
    context.batch(2);
    var input = context.input("on");
    assertThatThrownBy(() -> input.set(new double[] {1, wrong})).isInstanceOf(Fault.class).hasMessageContaining(wrong + " is neither 0 nor 1");
    assertThatThrownBy(() -> input.set(0, wrong)).isInstanceOf(Fault.class).hasMessageContaining("neither 0 nor 1");
    var examples = Examples.of(Map.of("on", new Tensor(new int[] {1}, new double[] {1}), "x", new Tensor(new int[] {1}, new float[1]), "so", new Tensor(new int[] {1}, new double[] {wrong})));
    assertThatThrownBy(() -> Evaluation.of(model, examples)).isInstanceOf(Fault.class).hasMessageContaining("target so: " + wrong + " is neither 0 nor 1");
  }

  @Test
  void otherNumbersOfFilesAreRefused() throws Exception {
    Files.writeString(folder.resolve("d.csv"), "on,x,so\n1,2,0\n0,3,2\n");
    var csv = Said.byNetwork(model, folder, "evaluate");
    assertThat(csv.code()).isEqualTo(1);
    assertThat(csv.err()).contains("target so: 2.0 is neither 0 nor 1", "d.csv:3");
    Npz.write(folder.resolve("in.npz"), Map.of("on", new Tensor(new int[] {2}, new int[] {1, 7}), "x", new Tensor(new int[] {2}, new float[2])));
    var npz = Said.byNetwork(model, folder, "predict", "--in", folder.resolve("in.npz").toString(), "--out", folder.resolve("out.npz").toString());
    assertThat(npz.code()).isEqualTo(1);
    assertThat(npz.err()).contains("7.0 is neither 0 nor 1");
  }

  @Test
  void truthIsOneOrTrue() throws Exception {
    Files.writeString(folder.resolve("d.csv"), "on,x,so\n1,2,true\n0,3,false\nfalse,3,1\n");
    assertThat(Said.byNetwork(model, folder, "evaluate").code()).isZero();
  }
}
