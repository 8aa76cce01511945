package nnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import org.junit.jupiter.api.Test;

class TrainingPositionTest {
  private static final double[] WATCH = {0.5, Double.NaN, 3}, SUMS = {128, 12.5};

  private static Map<String, Tensor> written(TrainingPosition position) {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    position.write(arrays);
    return arrays;
  }

  /** Wherever training can be, it is found again. */
  @Property(tries = 300, seed = "5", edgeCases = EdgeCasesMode.NONE)
  void whatIsWrittenIsRead(@ForAll @IntRange(min = 1, max = 500) int rows, @ForAll @IntRange(min = 1, max = 600) int batch,
      @ForAll @IntRange(max = 50) int epoch, @ForAll @IntRange(max = 500) int done, @ForAll long seed) {
    int steps = Math.ceilDiv(rows, Math.min(batch, rows));
    int inEpoch = done % (steps + 1);
    var position = new TrainingPosition(epoch, epoch * steps + inEpoch, (int) Math.min((long) inEpoch * batch, rows), rows, batch, 0, seed, WATCH, SUMS);
    TrainingPosition read = TrainingPosition.read(written(position), "w.npz");
    assertThat(read).usingRecursiveComparison().isEqualTo(position);
  }

  @Test
  void beforeTheFirstValidationNothingIsKeptOfIt() {
    var untouched = new EarlyStopping(new TrainingSettings.Stopping(0, 0, "loss", false, false, false));
    assertThat(untouched.state()).isEmpty();
    var position = new TrainingPosition(0, 4, 64, 200, 16, 0, 7, untouched.state(), SUMS);
    assertThat(TrainingPosition.read(written(position), "w.npz").watch()).isEmpty();
  }

  @Test
  void placesThatTrainingCannotBeAtAreRefused() {
    long[] sound = {2, 3, 3 * 13 + 4, 64, 200, 16, 7};
    assertThat(TrainingPosition.read(arrays(new Tensor(new int[] {7}, sound)), "w.npz").place()).isEqualTo(64);
    long[][] wrong = {{1, -1}, {1, 4}, {1, 1L << 33}, {2, 42}, {3, -64}, {3, 65}, {3, 216}, {3, Long.MAX_VALUE}, {4, 0}, {4, 63}, {5, 0}, {5, -16}, {5, 17}};
    for (long[] change : wrong) {
      long[] counts = sound.clone();
      counts[(int) change[0]] = change[1];
      assertThatThrownBy(() -> TrainingPosition.read(arrays(new Tensor(new int[] {7}, counts)), "w.npz")).isInstanceOf(Fault.class)
          .hasMessageStartingWith("w.npz: array nnc.position: no position that training could be at: ");
    }
  }

  @Test
  void otherTypesAreRefused() {
    assertThatThrownBy(() -> TrainingPosition.read(arrays(new Tensor(new int[] {7}, new float[] {2, 3, 43, 64, 200, 16, 7})), "w.npz"))
        .isInstanceOf(Fault.class).hasMessageContaining("float32[7]");
    Map<String, Tensor> arrays = arrays(new Tensor(new int[] {7}, new long[] {2, 3, 43, 64, 200, 16, 7}));
    arrays.put("nnc.watch", new Tensor(new int[] {3}, new float[3]));
    assertThatThrownBy(() -> TrainingPosition.read(arrays, "w.npz")).isInstanceOf(Fault.class).hasMessageContaining("float32[3]");
    arrays.remove("nnc.watch");
    assertThatThrownBy(() -> TrainingPosition.read(arrays, "w.npz")).isInstanceOf(Fault.class).hasMessage("w.npz: has no training position to resume from");
  }

  private static Map<String, Tensor> arrays(Tensor counts) {
    Map<String, Tensor> arrays = written(new TrainingPosition(3, 43, 64, 200, 16, 0, 7, WATCH, SUMS));
    arrays.put("nnc.position", counts);
    return arrays;
  }
}
