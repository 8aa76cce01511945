package nnc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import nnc.Compiler;
import nnc.OneWidth;
import nnc.endtoend.Programs;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import org.junit.jupiter.api.Test;

/** Networks that read a sequence a step a run: what a run gives is what the next one is fed, within the context. */
class CarriedStateTest {
  private static final String CELL = "cell = lstm_cell(7)\nhead = dense(3)\n";

  private static final String WHOLE = "input x: float[N, T, 4]\n" + CELL + """
      h, c = [zeros(N, 7), zeros(N, 7)]
      seen = []
      for t in 0..T {
        h, c = cell(x[:, t], h, c)
        seen = seen + [head(h)]
      }
      output y = stack(seen, axis = 1)
      """;

  private static final String STEP = "input x: float[N, 4]\ninput h: float[N, 7]\ninput c: float[N, 7]\n" + CELL + """
      after, memory = cell(x, h, c)
      output y = head(after)
      output after
      output memory
      """;

  private static Model model(String program, int precision, String width) {
    var compiled = Programs.compile(program, precision);
    return OneWidth.of(compiled.spec(), compiled.classes(), width).initialised(5);
  }

  private static Context steps(int precision, String width) {
    var context = model(STEP, precision, width).context("predict", Map.of("N", 3), new Threads(1));
    context.carry("after", "h");
    context.carry("memory", "c");
    return context;
  }

  private static double[] values(int n, int length) {
    return new Random(8).doubles((long) n * length * 4, -1, 1).map(value -> (float) value).toArray();
  }

  /** The outputs of all steps, as the whole sequence has them. */
  private static double[] stepped(Context context, double[] x, int n, int length) {
    var all = new double[n * length * 3];
    for (int t = 0; t < length; t++) {
      var now = new double[n * 4];
      for (int i = 0; i < n; i++) {
        System.arraycopy(x, (i * length + t) * 4, now, i * 4, 4);
      }
      context.input("x").set(now);
      context.run();
      var y = context.output("y").tensor().toDoubles();
      for (int i = 0; i < n; i++) {
        System.arraycopy(y, i * 3, all, (i * length + t) * 3, 3);
      }
    }
    return all;
  }

  @Test
  void stepsHaveTheBitsOfTheWholeSequence() {
    for (int precision : new int[] {32, 64}) {
      for (var width : new String[] {"Scalar", "256"}) {
        var whole = model(WHOLE, precision, width).context("predict", Map.of("N", 3, "T", 9), new Threads(1));
        whole.dim("N", 3);
        whole.dim("T", 9);
        var x = values(3, 9);
        whole.input("x").set(x);
        whole.run();
        var context = steps(precision, width);
        context.batch(3);
        var expected = whole.output("y").tensor().toDoubles();
        assertThat(stepped(context, x, 3, 9)).isEqualTo(expected);
        // it goes on from there, and begins anew where it is told
        assertThat(stepped(context, x, 3, 9)).isNotEqualTo(expected);
        context.restart();
        assertThat(stepped(context, x, 3, 9)).isEqualTo(expected);
      }
    }
  }

  @Test
  void aStepAllocatesNothing() {
    var context = steps(32, "Scalar");
    context.batch(2);
    var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    var x = new float[8];
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 20; round++) {
      long before = bean.getThreadAllocatedBytes(Thread.currentThread().threadId());
      for (int step = 0; step < 10; step++) {
        context.input("x").set(x);
        context.run();
      }
      least = Math.min(least, bean.getThreadAllocatedBytes(Thread.currentThread().threadId()) - before);
    }
    // what asking takes
    assertThat(least).isLessThan(200);
  }

  /** Who sets what is carried goes on from there; another batch begins another sequence. */
  @Test
  void whatIsCarriedMayBeSet() {
    var context = steps(64, "Scalar");
    context.batch(1);
    var x = values(1, 4);
    var expected = stepped(context, x, 1, 4);
    context.restart();
    stepped(context, Arrays.copyOf(x, 8), 1, 2);
    var h = context.output("after").tensor().toDoubles();
    var c = context.output("memory").tensor().toDoubles();
    var other = steps(64, "Scalar");
    other.batch(1);
    other.input("h").set(h);
    other.input("c").set(c);
    assertThat(stepped(other, Arrays.copyOfRange(x, 8, 16), 1, 2)).isEqualTo(Arrays.copyOfRange(expected, 6, 12));
    other.batch(2);
    other.input("x").set(new double[8]);
    assertThatThrownBy(other::run).isInstanceOf(Fault.class).hasMessageContaining("input h is carried from a run of [1, 7], and this one is of [2, 7]");
    other.restart();
    other.run();
  }

  /** As many numbers are not the same array. */
  @Test
  void whatIsCarriedKeepsItsShape() {
    var model = Compiler.load(Programs.compile("input x: float[N, K]\ninput h: float[N, K]\noutput after = x + h", 64));
    var context = model.context("predict", Map.of("N", 3, "K", 3), new Threads(1));
    context.carry("after", "h");
    context.input("x").set(new Tensor(new int[] {2, 3}, new double[6]));
    context.run();
    context.input("x").set(new Tensor(new int[] {3, 2}, new double[6]));
    assertThatThrownBy(context::run).isInstanceOf(Fault.class).hasMessageContaining("input h is carried from a run of [2, 3], and this one is of [3, 2]");
  }

  @Test
  void whatDoesNotFitIsTold() {
    var context = steps(64, "Scalar");
    assertThatThrownBy(() -> context.carry("y", "h")).isInstanceOf(Fault.class).hasMessageContaining("float[N, 7] is not set to output y: float[N, 3]");
    assertThatThrownBy(() -> context.carry("z", "h")).isInstanceOf(Fault.class).hasMessageContaining("no output z");
    assertThatThrownBy(() -> context.input("h").set(steps(64, "Scalar").output("after"))).isInstanceOf(Fault.class).hasMessageContaining("another context");
  }
}
