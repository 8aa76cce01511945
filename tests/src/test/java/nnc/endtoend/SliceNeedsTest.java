package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import nnc.Compiler;
import nnc.Said;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Slices, padding and sizes that open dimensions may be too small for: nothing outside is ever read, and what can be known is told before a run. */
class SliceNeedsTest {
  private static final List<String> WIDTHS = List.of("Scalar", "128", "256", "512");
  private static final String INPUT = "input x: float[N, 2]\n";

  private static Model model(String source, String width) {
    return Agreement.load(Programs.compile(source, 32), width).initialised(1);
  }

  /** Rows are numbered from 1, and so are their elements. */
  private static double[] rows(int n) {
    return IntStream.rangeClosed(1, 2 * n).asDoubleStream().toArray();
  }

  private static void feed(Context context, int n) {
    context.batch(n);
    context.inputs().forEach(input -> input.set(rows(n)));
  }

  // ---- what is known

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      output y = zeros(shape(x)[1] - 6)                            | test.nn:2:12: error: zeros: 'dims' should be sizes, and has -4: none is negative
      output y = x[N:N + 1]                                        | error: place N of an axis of N lies outside
      output y = x loss mean(x[4:8]) train { batch = 5 }           | test.nn:2:24: error: the slice 4:8 of an axis of N needs N of at least 8, and the train block sets batch = 5
      output y = x loss mean(x[-8:]) train { batch = 5 }           | error: the slice N - 8:N of an axis of N needs N of at least 8, and the train block sets batch = 5
      output y = x loss mean(x[7]) train { batch = 7 }             | error: place 7 of an axis of N needs N of at least 8, and the train block sets batch = 7
      output y = x loss sum(zeros(N - 3)) + mean(x) train { batch = 2 } | error: a size of N - 3 needs N of at least 3, and the train block sets batch = 2
      output y = x loss mean(pad(x, [8 - N, 0], [0, 0])) train { batch = 9 } | needs N of at most 8, and the train block sets batch = 9
      """)
  void whatIsKnownIsAFaultOfTheProgram(String line, String fault) {
    assertThat(Programs.faults(INPUT + line)).contains(fault);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      output y = x loss mean(x[4:8]) train { batch = 8 }
      output y = x[1:] + x[:-1] loss mean(x[4:8]) train { epochs = 2 }
      unused = x[4:8] output y = x loss mean(x) train { batch = 5 }
      output y = concat([x, x[::-1]], axis = 0)[N:] loss mean(x) train { batch = 1 }
      """)
  void whatFitsIsNot(String line) {
    Programs.compile(INPUT + line, 32);
  }

  // ---- before a run

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      x[4:8]                           | 8  | 7 | test.nn:2: the slice 4:8 of an axis of N needs N of at least 8, and N is 7
      x[N - 8:N]                       | 8  | 5 | test.nn:2: the slice N - 8:N of an axis of N needs N of at least 8, and N is 5
      x[-8:]                           | 8  | 5 | test.nn:2: the slice N - 8:N of an axis of N needs N of at least 8, and N is 5
      x[-3]                            | 3  | 2 | test.nn:2: place N - 3 of an axis of N needs N of at least 3, and N is 2
      x[2]                             | 3  | 1 | test.nn:2: place 2 of an axis of N needs N of at least 3, and N is 1
      x[6:2:-2]                        | 7  | 6 | test.nn:2: the slice 6:2:-2 of an axis of N needs N of at least 7, and N is 6
      x[2:N - 3]                       | 5  | 4 | test.nn:2: the slice 2:N - 3 of an axis of N needs N of at least 5, and N is 4
      zeros(N - 3)                     | 3  | 1 | test.nn:2: a size of N - 3 needs N of at least 3, and N is 1
      full([2 * N - 5], 1)             | 3  | 2 | test.nn:2: a size of 2*N - 5 needs N of at least 3, and N is 2
      pad(x, [8 - N, 0], [0, 0])       | 1  | 9 | test.nn:2: padding by -N + 8 needs N of at most 8, and N is 9
      top_k(transpose(x), 4)           | 4  | 3 | test.nn:2: the slice 0:4 of an axis of N needs N of at least 4, and N is 3
      split(x, [3, N - 3], axis = 0)[0] | 3 | 2 | test.nn:2: the slice 0:3 of an axis of N needs N of at least 3, and N is 2
      gather(x, cast(zeros(4, 1), "int")) | 4 | 3 | test.nn:2: the slice 0:4 of an axis of N needs N of at least 4, and N is 3
      grad(sum(x[4:8]^2), x)           | 8  | 7 | test.nn:2: the slice 4:8 of an axis of N needs N of at least 8, and N is 7
      """)
  void aRunThatWouldReadOutsideIsRefused(String expression, int fits, int wrong, String message) {
    for (var width : WIDTHS) {
      var model = model(INPUT + "output y = " + expression.replace("N", "shape(x)[0]"), width);
      try (var threads = new Threads(2)) {
        var context = model.context("predict", 9, threads);
        for (int n : new int[] {wrong, fits, wrong, fits}) {
          feed(context, n);
          if (n == wrong) {
            assertThatThrownBy(context::run).as(width).isInstanceOf(Fault.class).hasMessage(message);
          } else {
            context.run();
          }
        }
        var small = model.context("predict", wrong, threads);
        feed(small, wrong);
        assertThatThrownBy(small::run).as(width).isInstanceOf(Fault.class).hasMessage(message);
      }
    }
  }

  /** As Python's slices where they lie inside, whatever the context was made for. */
  @Property(tries = 60, seed = "26")
  void slicesAreThoseRowsOrThereIsNoRun(@ForAll boolean late, @ForAll boolean ending, @ForAll @IntRange(min = -9, max = 9) int a, @ForAll @IntRange(min = -9, max = 9) int b,
      @ForAll @IntRange(min = 1, max = 20) int n) {
    int from = late ? n + a : Math.abs(a);
    int to = ending ? n + b : Math.abs(b);
    var text = "x[" + (late ? "N + " + a : Math.abs(a)) + ":" + (ending ? "N + " + b : Math.abs(b)) + "]";
    boolean empty = late == ending && to <= from;
    if (ending && !empty && b > 0) {
      assertThat(Programs.faults(INPUT + "output y = " + text)).contains("of an axis of N lies outside");
      return;
    }
    var model = model(INPUT + "output y = " + text, "256");
    var context = model.context("predict", 20);
    feed(context, n);
    if (empty || from >= 0 && from <= to && to <= n) {
      context.run();
      double[] expected = empty ? new double[0] : Arrays.copyOfRange(rows(n), 2 * from, 2 * to);
      assertThat(context.output("y").tensor().toDoubles()).as(text).isEqualTo(expected);
    } else {
      assertThatThrownBy(context::run).as(text).isInstanceOf(Fault.class).hasMessageContaining("needs N of at").hasMessageContaining(", and N is " + n);
    }
  }

  /** What is larger where there are fewer examples has room in a context that was made for many. */
  @ParameterizedTest
  @CsvSource({"Scalar", "128", "256", "512"})
  void sizesThatFallAsTheBatchGrowsHaveRoom(String width) {
    var model = model("""
        input x: float[N, 2]
        h = sort(pad(x, [8 - shape(x)[0], 0], [0, 0]), axis = 0)
        g = cumsum(zeros(8 - shape(x)[0], 100) + 1, axis = 0)
        output y = h * 2
        output z = g
        output s = x + sum(g)
        """, width);
    var context = model.context("predict", 8);
    for (int n = 1; n <= 8; n++) {
      feed(context, n);
      context.run();
      double[] y = new double[16];
      for (int i = 0; i < 2 * n; i++) {
        y[16 - 2 * n + i] = 2 * (i + 1);
      }
      assertThat(context.output("y").tensor().toDoubles()).as("N = %d", n).isEqualTo(y);
      double[] z = IntStream.range(0, (8 - n) * 100).mapToDouble(i -> i / 100 + 1).toArray();
      assertThat(context.output("z").tensor().toDoubles()).as("N = %d", n).isEqualTo(z);
      double sum = Arrays.stream(z).sum();
      assertThat(context.output("s").tensor().toDoubles()).as("N = %d", n).isEqualTo(Arrays.stream(rows(n)).map(v -> v + sum).toArray());
    }
  }

  @Test
  void twoOpenDimensionsAreBothNamed() {
    var model = model("input x: float[N, 2]\ninput t: float[T]\noutput y = zeros(N * T - 6)", "Scalar");
    var context = model.context("predict", 9);
    context.dim("N", 2);
    context.dim("T", 2);
    assertThatThrownBy(context::run).hasMessage("test.nn:3: a size of N*T - 6 needs N*T - 6 not to be negative, and N is 2, T is 2");
  }

  // ---- training

  private static final String TRAINED = """
      input a: float[N]
      target t: float[N]
      h = expand(a, 1) |> dense(3) |> batch_norm() |> dense(1)
      loss mean((h[0:2] - h[2:4])^2) + mse(h, expand(t, 1))
      output p = h
      data { train = csv("d.csv") }
      train { optimizer = adam(0.1)  epochs = 2  shuffle = false }
      """;

  private static String csv(int rows) {
    return IntStream.range(0, rows).mapToObj(i -> i * 0.5 + "," + i % 3).collect(Collectors.joining("\n", "a,t\n", "\n"));
  }

  @Test
  void trainingSaysItBeforeTheFirstStep(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("d.csv"), csv(11));
    var model = Compiler.load(Programs.compile(TRAINED, 32));
    var out = folder.resolve("w.npz");
    var said = Said.byNetwork(model, folder, "train", "--data", folder.toString(), "--out", out.toString(), "--batch", "4");
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.all()).contains("error: test.nn:4: the slice 2:4 of an axis of N needs N of at least 4, and the last batch has 3 (11 examples in batches of 4)")
        .contains("take another batch, such as train { batch = 6 }").doesNotContain("epoch 1");
    assertThat(out).doesNotExist();
    assertThat(Said.byNetwork(model, folder, "train", "--data", folder.toString(), "--out", out.toString(), "--batch", "6").code()).isZero();
    said = Said.byNetwork(model, folder, "train", "--data", folder.toString(), "--out", out.toString(), "--batch", "3");
    assertThat(said.all()).contains("needs N of at least 4, and a batch has 3 (11 examples in batches of 3)");
  }

  @Test
  void aStepThatIsRefusedChangesNoWeight() {
    var model = model(TRAINED, "256");
    try (var threads = new Threads(2)) {
      var context = model.context("train", 8, threads);
      var weights = model.spec().weights();
      double[][] before = weights.stream().map(w -> model.weight(w.path()).toDoubles()).toArray(double[][]::new);
      context.batch(3);
      context.counters(1, 0);
      context.input("a").set(new double[] {1, 2, 3});
      context.input("t").set(new double[] {1, 2, 3});
      assertThatThrownBy(context::run).hasMessageContaining("needs N of at least 4, and N is 3");
      for (int i = 0; i < before.length; i++) {
        assertThat(model.weight(weights.get(i).path()).toDoubles()).isEqualTo(before[i]);
      }
    }
  }
}
