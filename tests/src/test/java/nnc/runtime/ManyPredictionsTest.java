package nnc.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import nnc.Allocated;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.runtime.base.Threads;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What services do all day: predictions by many threads, each in a context of its own, and weights that are replaced meanwhile. */
class ManyPredictionsTest {
  private static final String PROGRAM = """
      input point: float[N, 7]
      output probability = point |> dense(33, gelu) |> layer_norm() |> dense(5) |> softmax()
      """;
  private static final int THREADS = 16;
  private static final int POINTS = 40;

  private static Model model() throws Exception {
    return Compiler.load(Compiler.compile("net.nn", PROGRAM, CompilerOptions.standard()));
  }

  private static float[] point(int number) {
    var random = new Random(number);
    var point = new float[7];
    for (int i = 0; i < point.length; i++) {
      point[i] = (float) random.nextGaussian();
    }
    return point;
  }

  private static float[] answer(Context context, float[] point, float[] answer) {
    context.input("point").set(point);
    context.run();
    context.output("probability").copyTo(answer, 0);
    return answer;
  }

  /** Runs a thread's predictions, which all are what one thread alone predicted; what the later half of them has allocated. */
  private static long predict(Model model, int count, float[][] points, float[][] answers) {
    var context = model.context("predict", 1, new Threads(1));
    var answer = new float[5];
    long before = 0;
    for (int i = 0; i < count; i++) {
      if (i == count / 2) {
        before = Allocated.here();
      }
      answer(context, points[i % POINTS], answer);
      if (!java.util.Arrays.equals(answer, answers[i % POINTS])) {
        throw new AssertionError("prediction " + i + " is another");
      }
    }
    return Allocated.here() - before;
  }

  private static void predictions(int all) throws Exception {
    var model = model().initialised(3);
    var points = IntStream.range(0, POINTS).mapToObj(ManyPredictionsTest::point).toArray(float[][]::new);
    var context = model.context("predict", 1, new Threads(1));
    var answers = IntStream.range(0, POINTS).mapToObj(i -> answer(context, points[i], new float[5])).toArray(float[][]::new);
    var allocated = new ArrayList<Long>();
    try (var pool = Executors.newFixedThreadPool(THREADS)) {
      Callable<Long> one = () -> predict(model, all / THREADS, points, answers);
      for (var result : pool.invokeAll(java.util.Collections.nCopies(THREADS, one))) {
        allocated.add(result.get());
      }
    }
    // a thread's own bookkeeping, once; a prediction that allocated would come to megabytes
    assertThat(allocated).allSatisfy(bytes -> assertThat(bytes).isLessThan(Math.max(4_096, all / THREADS / 4)));
  }

  @Test
  void haveTheSameBitsAndAllocateNothing() throws Exception {
    predictions(160_000);
  }

  @Test
  @Tag("slow")
  void aMillion() throws Exception {
    predictions(1_000_000);
  }

  private static long heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Weights of a megabyte, which a reload that kept the old ones would show soon. */
  @Test
  void reloadsLeaveNothingBehind(@TempDir Path folder) throws Exception {
    var model = Compiler.load(Compiler.compile("net.nn", "input point: float[N, 512]\noutput y = point |> dense(512)\n", CompilerOptions.standard()));
    var files = new Path[] {folder.resolve("1.npz"), folder.resolve("2.npz")};
    model.initialised(1).save(files[0]);
    model.initialised(2).save(files[1]);
    var predictor = Predictor.of(model.initialised(3));
    var point = new float[512];
    for (int i = 0; i < 4; i++) {
      predictor.reload(files[i % 2]);
      predictor.predict((Object) point);
    }
    // vector code is made and loaded meanwhile
    predictor.warmUp(60);
    // what other tests left may be collected or not: in one round of several nothing grows, unless it does in each
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 4; round++) {
      long before = heap();
      for (int i = 0; i < 60; i++) {
        predictor.reload(files[i % 2]);
        predictor.predict((Object) point);
      }
      least = Math.min(least, heap() - before);
    }
    assertThat(least).as("of 60 megabytes that were read").isLessThan(8 << 20);
  }
}
