package nnc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import nnc.jar.SpecWriter;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.engine.CounterRandom;
import nnc.runtime.spec.ModelSpec.Source;
import nnc.runtime.spec.SpecFile;
import org.junit.jupiter.api.Test;

class ModelTest {
  private final Model model = Perceptron.model(Map.of(), Map.of()).initialised(3);

  private float[] predict(Context context, float... points) {
    context.input("point").set(points);
    context.run();
    float[] scores = new float[context.output("score").size()];
    context.output("score").copyTo(scores, 0);
    return scores;
  }

  @Test
  void theBatchFollowsFromWhatIsFed() {
    var context = model.context("predict", 3);
    double w0 = model.weight("dense.W").get(0);
    double w1 = model.weight("dense.W").get(1);
    assertThat(predict(context, 1, 0, 0, 1)).containsExactly((float) w0, (float) w1);
    assertThat(predict(context, 2, 0)).containsExactly((float) (2 * w0));
    assertThat(predict(context, 0, 0, 0, 0, 0, 0)).containsExactly(0, 0, 0);
  }

  @Test
  void aRunIsTheSameOnAnyNumberOfThreads() {
    float[] points = new float[2 * 5000];
    for (int i = 0; i < points.length; i++) {
      points[i] = CounterRandom.uniform(1, 0, 0, i);
    }
    float[] alone = predict(model.context("predict", 5000, new Threads(1)), points);
    try (var team = new Threads(3)) {
      assertThat(predict(model.context("predict", 5000, team), points)).isEqualTo(alone);
    }
  }

  @Test
  void messagesNameTheInputAndBothShapes() {
    var context = model.context("predict", 4);
    assertThatThrownBy(() -> context.input("point").set(new float[3])).isInstanceOf(Fault.class)
        .hasMessage("input point: 3 elements given, float[N, 2] has 2 an example");
    assertThatThrownBy(() -> context.input("point").set(new Tensor(new int[] {2, 3}, new float[6])))
        .hasMessage("input point: float32[2, 3] given, float[N, 2] declared");
    assertThatThrownBy(() -> context.input("point").set(new float[10]))
        .hasMessage("N = 5: this context was made for at most 4");
    assertThatThrownBy(() -> context.input("image")).hasMessage("plan predict has no input image; it has point");
  }

  @Test
  void inputsOfOneRunMustAgree() {
    var context = model.context("evaluate", 4);
    context.input("point").set(new float[6]);
    assertThatThrownBy(() -> context.input("label").set(new float[2]))
        .hasMessage("target label: 2 examples given, but another input of this run has N = 3");
  }

  @Test
  void withoutWeightsARunSaysSo() {
    var context = Perceptron.model(Map.of(), Map.of()).context("predict", 1);
    context.input("point").set(new float[2]);
    assertThatThrownBy(context::run).hasMessage("the network perceptron has no weights");
  }

  @Test
  void slotsLieOnCacheLines() {
    var context = model.context("train", 7);
    for (int slot = 0; slot < 6; slot++) {
      assertThat(context.executor().base(slot) % 16).isEqualTo(12);
    }
  }

  @Test
  void aSpecSurvivesItsFile() throws IOException {
    var source = new Source("spiral", List.of(new Source("number", List.of(), Map.of(), 1000.0, 4)),
        Map.of("noise", new Source("number", List.of(), Map.of(), 0.1, 4)), null, 4);
    var spec = Perceptron.spec(Map.of("train", source), Map.of("batch", 32.0, "shuffle", true, "monitor", "loss"));
    var bytes = new ByteArrayOutputStream();
    SpecWriter.write(spec, bytes);
    assertThat(SpecFile.read(new ByteArrayInputStream(bytes.toByteArray()), "x")).isEqualTo(spec);
  }

  @Test
  void anotherVersionsOrADamagedSpecIsRefused() throws IOException {
    var bytes = new ByteArrayOutputStream();
    SpecWriter.write(Perceptron.spec(Map.of(), Map.of()), bytes);
    byte[] newer = bytes.toByteArray();
    newer[7] = 99;
    assertThatThrownBy(() -> SpecFile.read(new ByteArrayInputStream(newer), "mlp.jar"))
        .hasMessage("mlp.jar: made by a newer nnc (format 99, this runtime reads up to " + SpecFile.VERSION + ")");
    byte[] older = bytes.toByteArray();
    older[7] = 1;
    assertThatThrownBy(() -> SpecFile.read(new ByteArrayInputStream(older), "mlp.jar"))
        .hasMessage("mlp.jar: made by an older nnc (format 1, this runtime reads " + SpecFile.OLDEST + " to " + SpecFile.VERSION + ")");
    for (int length = 0; length < bytes.size(); length += 7) {
      byte[] cut = java.util.Arrays.copyOf(bytes.toByteArray(), length);
      assertThatThrownBy(() -> SpecFile.read(new ByteArrayInputStream(cut), "mlp.jar")).isInstanceOf(Fault.class);
    }
    for (int place = 8; place < bytes.size(); place++) {
      for (int value : new int[] {0, 1, 3, 0x7e, 0x7f, 0x80, 0xff}) {
        byte[] changed = bytes.toByteArray();
        changed[place] = (byte) value;
        try {
          assertThat(SpecFile.read(new ByteArrayInputStream(changed), "mlp.jar")).isNotNull();
        } catch (Fault fault) {
          assertThat(fault).hasMessageStartingWith("mlp.jar: ");
        }
      }
    }
  }
}
