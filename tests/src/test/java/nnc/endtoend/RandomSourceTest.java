package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import nnc.driver.CompiledProgram;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec.Role;

/**
 * Random programs with convolutions, attention, recurrences, {@code for}, {@code if}, lists, functions, layers and gradients compute what the
 * interpreter says, at every width and in both precisions, and the same bits whatever the width and the number of threads.
 */
class RandomSourceTest {
  private static final List<Integer> BATCHES = List.of(1, 3, 7, 17, 33);

  /** What fails tells the program. */
  private static void check(String source, Runnable body) {
    try {
      body.run();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(e + "\n" + source, e);
    }
  }

  @Property(tries = 4, seed = "20")
  void inDouble(@ForAll @Size(min = 1, max = 9) List<@IntRange(max = 1 << 24) Integer> genes, @ForAll @IntRange(max = 2) int size) {
    var source = RandomSources.of(genes, false);
    check(source, () -> Agreement.check(Programs.compile(source, 64), BATCHES.get(size), 1e-7, genes.hashCode()));
  }

  @Tag("slow")
  @Property(tries = 200, seed = "26")
  void inDoubleForLong(@ForAll @Size(min = 1, max = 9) List<@IntRange(max = 1 << 24) Integer> genes, @ForAll @IntRange(max = 2) int size) {
    inDouble(genes, size);
  }

  @Property(tries = 4, seed = "20")
  void inFloat(@ForAll @Size(min = 1, max = 9) List<@IntRange(max = 1 << 24) Integer> genes, @ForAll @IntRange(max = 2) int size) {
    var source = RandomSources.of(genes, true);
    check(source, () -> Agreement.check(Programs.compile(source, 32), BATCHES.get(size), 5e-3, genes.hashCode()));
  }

  /** Two steps of training: the losses and all weights after them. */
  private static Map<String, double[]> trained(CompiledProgram compiled, String width, int threads, int batch) {
    try (var team = new Threads(threads)) {
      var model = Agreement.load(compiled, width).initialised(5);
      var context = model.context("train", batch, team);
      var results = new TreeMap<String, double[]>();
      for (int step = 1; step <= 2; step++) {
        Agreement.feed(model, context, step);
        context.seed(9);
        context.counters(step, 0);
        context.run();
        results.put("loss " + step, context.result(Role.LOSS, "loss").tensor().toDoubles());
      }
      model.spec().weights().forEach(weight -> results.put(weight.path(), model.weight(weight.path()).toDoubles()));
      return results;
    }
  }

  @Property(tries = 6, seed = "20")
  void theSameBits(@ForAll @Size(min = 1, max = 9) List<@IntRange(max = 1 << 24) Integer> genes, @ForAll boolean wide, @ForAll @IntRange(max = 4) int size) {
    var source = RandomSources.of(genes, false);
    check(source, () -> {
      var compiled = Programs.compile(source, wide ? 64 : 32);
      var expected = trained(compiled, "Scalar", 1, BATCHES.get(size));
      for (var width : List.of("Scalar", "128", "256", "512")) {
        for (int threads = 1; threads <= 3; threads++) {
          var actual = trained(compiled, width, threads, BATCHES.get(size));
          for (var name : expected.keySet()) {
            assertThat(Arrays.equals(actual.get(name), expected.get(name))).as("%s with %s on %d threads", name, width, threads).isTrue();
          }
        }
      }
    });
  }
}
