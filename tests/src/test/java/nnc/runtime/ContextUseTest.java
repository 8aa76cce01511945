package nnc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Contexts in wrong hands: what comes out is right, or it is a fault. */
class ContextUseTest {
  private static final int WIDTH = 64;
  private static Model model;

  @BeforeAll
  static void compile() throws Exception {
    model = Compiler.load(Compiler.compile("net", """
        input a: float[N, 64]
        input b: float[N, 64]
        output y = 2 * a + b
        """, CompilerOptions.standard())).initialised(1);
  }

  private static Context context() {
    return model.context("predict", 4, new Threads(1));
  }

  private static float[] all(float value) {
    var values = new float[WIDTH];
    java.util.Arrays.fill(values, value);
    return values;
  }

  /** One cycle of a thread that takes the context for its own; whether it was refused. */
  private static boolean isRefused(Context context, int number) {
    var y = new float[WIDTH];
    try {
      context.input("a").set(all(number));
      Thread.yield();
      context.input("b").set(all(-number));
      context.run();
      Thread.yield();
      context.output("y").copyTo(y, 0);
    } catch (Fault fault) {
      assertThat(fault.getMessage()).containsAnyOf("two threads", "was not fed");
      return true;
    }
    assertThat(y).containsExactly(all(number));
    return false;
  }

  @Test
  void threadsThatShareOneComputeRightOrAreRefused() throws Exception {
    var context = context();
    var refused = new AtomicInteger();
    var begin = new CyclicBarrier(4);
    try (var pool = Executors.newFixedThreadPool(4)) {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int first = 1 + thread * 10_000;
        all.add(pool.submit((Callable<Void>) () -> {
          begin.await();
          for (int number = first; number < first + 2_000; number++) {
            refused.addAndGet(isRefused(context, number) ? 1 : 0);
          }
          return null;
        }));
      }
      for (var one : all) {
        one.get();
      }
    }
    assertThat(refused.get()).as("they got into each other's way").isPositive();
    assertThat(isRefused(context, 7)).as("whoever comes later has it whole").isFalse();
  }

  @Test
  void turnsOfTwoThreadsAreTold() throws Exception {
    var context = context();
    context.input("a").set(all(1));
    inAnother(() -> {
      assertThat(isRefused(context, 5)).isFalse();
      return null;
    });
    assertThatThrownBy(context::run).isInstanceOf(Fault.class).hasMessageContaining("two threads at once").hasMessageContaining("make one for each thread");
    assertThatThrownBy(() -> context.output("y").tensor()).isInstanceOf(Fault.class).hasMessageContaining("two threads at once");
    context.input("b").set(all(1));
    assertThatThrownBy(context::run).isInstanceOf(Fault.class).hasMessage("input a was not fed: set it before the run");
    assertThat(isRefused(context, 3)).isFalse();
  }

  /** A pool hands a context from thread to thread, and a run may be left to another. */
  @Test
  void whatIsHandedOnIsRight() throws Exception {
    var context = context();
    for (int i = 1; i < 20; i++) {
      int number = i;
      assertThat(inAnother(() -> isRefused(context, number))).isFalse();
      context.input("a").set(all(i));
      context.input("b").set(all(1));
      inAnother(() -> {
        context.run();
        return null;
      });
      assertThat(context.output("y").tensor().toDoubles()[0]).isEqualTo(2.0 * i + 1);
    }
  }

  private static <T> T inAnother(Callable<T> work) throws Exception {
    try (var one = Executors.newSingleThreadExecutor()) {
      return one.submit(work).get();
    }
  }

  @Test
  void whatWasNotFedIsNotZero() {
    var context = context();
    assertThatThrownBy(context::run).isInstanceOf(Fault.class).hasMessage("input a was not fed: set it before the run");
    context.input("a").set(all(1));
    assertThatThrownBy(context::run).isInstanceOf(Fault.class).hasMessage("input b was not fed: set it before the run");
    context.input("b").set(new Tensor(new int[] {1, WIDTH}, all(2)));
    context.run();
    assertThat(context.output("y").get(3)).isEqualTo(4);
    assertThatThrownBy(() -> context.input("b").set(new float[3])).isInstanceOf(Fault.class).hasMessageContaining("3 elements given");
    assertThatThrownBy(context::run).as("what was there before is not taken for it").isInstanceOf(Fault.class).hasMessageContaining("input b was not fed");
  }

  @Test
  void sizesThatCannotBeAreTold() {
    assertThatThrownBy(() -> model.context("predict", -1)).isInstanceOf(Fault.class).hasMessageContaining("this is -1");
    assertThatThrownBy(() -> model.context("predict", java.util.Map.of("N", -2), new Threads(1))).isInstanceOf(Fault.class).hasMessageContaining("cannot be -2");
    var context = context();
    assertThat(isRefused(context, 2)).isFalse();
    assertThatThrownBy(() -> context.output("y").copyTo(new float[10], 0)).isInstanceOf(Fault.class).hasMessage("output y has 64 elements, and from place 0 on the array has room for 10");
    assertThatThrownBy(() -> context.output("y").copyTo(new double[70], 7)).isInstanceOf(Fault.class).hasMessageContaining("room for 63");
    assertThatThrownBy(() -> context.output("y").copyTo(new int[70], -1)).isInstanceOf(Fault.class);
  }
}
