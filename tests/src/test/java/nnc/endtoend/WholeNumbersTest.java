package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nnc.Compiler;
import nnc.Said;
import nnc.runtime.Input;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole numbers are exact, and what 32 bits do not hold is refused wherever it comes from, with the number and its place. */
class WholeNumbersTest {
  private static final String NEXT = "input id: int[N]\noutput y = id + 1\n";

  @TempDir
  Path folder;

  private static Model model(String source, int precision) {
    return Compiler.load(Programs.compile(source, precision)).initialised(1);
  }

  private static void refused(Runnable feed, String message) {
    assertThatThrownBy(feed::run).isInstanceOf(Fault.class).hasMessage(message);
  }

  /** Beside ints a whole number is an int, as in {@code k + 1}. */
  @Test
  void whatIsChosenOfIntsAndWholeNumbersIsInts() {
    var context = model("input k: int[N]\noutput a = where(k > 1, k, -1)\noutput b = where(k > 1, 7, k)\noutput c = maximum(k, 2)\noutput d = minimum(1, k)\n"
        + "output e = where(k > 1, k, 0.5)\noutput f = where(k > 1, 1, 0)\n", 32).context("predict", 3);
    context.batch(3);
    context.input("k").set(new int[] {0, 1, 2});
    context.run();
    Map.of("a", new int[] {-1, -1, 2}, "b", new int[] {0, 1, 7}, "c", new int[] {2, 2, 2}, "d", new int[] {0, 1, 1})
        .forEach((name, values) -> assertThat(context.output(name).tensor().data()).as(name).isEqualTo(values));
    assertThat(context.output("e").tensor().data()).isEqualTo(new float[] {0.5f, 0.5f, 2});
    assertThat(context.output("f").tensor().data()).isEqualTo(new float[] {0, 0, 1});
  }

  /** The last numbers that 32 bits hold, and those that floats of 32 bits do not; the next ones, and all that wrap around to what is held. */
  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void allArraysAreCheckedAsTheyAreGiven(int precision) {
    var context = model(NEXT, precision).context("predict", 4);
    Input id = context.input("id");
    for (int value : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, 0, -7, 16_777_216, 16_777_217, -33_554_433, -8_388_607}) {
      List<Runnable> ways = List.of(() -> id.set(new long[] {1, value}), () -> id.set(new int[] {1, value}), () -> id.set(new double[] {1, value}),
          () -> id.set(new Tensor(new int[] {2}, new long[] {1, value})), () -> id.set(new Tensor(new int[] {2}, new int[] {1, value})), () -> id.set(1, value));
      for (var way : ways) {
        way.run();
        context.run();
        assertThat(context.output("y").tensor().data()).isEqualTo(new int[] {2, value + 1});
        var doubles = new double[2];
        context.output("y").copyTo(doubles, 0);
        assertThat(doubles).containsExactly(2, value + 1);
        assertThat(context.output("y").get(1)).isEqualTo(value + 1);
      }
    }
    for (long beyond : new long[] {Integer.MAX_VALUE + 1L, Integer.MIN_VALUE - 1L, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE}) {
      var why = beyond + " is beyond an int's 32 bits";
      refused(() -> id.set(new long[] {1, 2, beyond}), "input id: " + why + " in example 2");
      refused(() -> id.set(new Tensor(new int[] {2}, new long[] {1, beyond})), "input id: " + why + " in example 1");
      refused(() -> id.set(new Tensor(new int[] {5}, new long[] {1, 2, beyond, 3, 4}), 2, 3), "input id: " + why + " in example 2");
    }
    refused(() -> id.set(new double[] {3e9}), "input id: 3000000000 is beyond an int's 32 bits in example 0");
    refused(() -> id.set(0, 3e9), "input id: 3000000000 is beyond an int's 32 bits at place 0");
  }

  @Test
  void smallerTypesAreCheckedTooAndHalvesAreNoWholeNumbers() {
    var id = model(NEXT, 32).context("predict", 4).input("id");
    refused(() -> id.set(new float[] {1, 0x1p31f}), "input id: 2147483648 is beyond an int's 32 bits in example 1");
    refused(() -> id.set(new Tensor(new int[] {1}, new float[] {-0x1p40f})), "input id: -1099511627776 is beyond an int's 32 bits in example 0");
    refused(() -> id.set(new double[] {0.99999999999}), "input id: 0.99999999999 is no whole number in example 0");
    refused(() -> id.set(new double[] {1e300}), "input id: 1.0E300 is beyond an int's 32 bits in example 0");
    refused(() -> id.set(new float[] {Float.NaN}), "input id: NaN is no whole number in example 0");
    id.set(new byte[3]);
    refused(() -> id.set(2, Double.NEGATIVE_INFINITY), "input id: -Infinity is no whole number at place 2");
    id.set(new byte[] {-1, 2});
    id.set(new Tensor(new int[] {2}, new byte[] {-1, 2}));
    id.set(new Tensor(new int[] {2}, new short[] {-1, 2}));
    id.set(new Tensor(new int[] {2}, new boolean[] {true, false}));
  }

  // ---- from files

  @Test
  void predictRefusesThem() {
    Npz.write(folder.resolve("in.npz"), Map.of("id", new Tensor(new int[] {300}, new long[300])));
    assertThat(predict().code()).isZero();
    var ids = new long[300];
    ids[299] = 1L << 31;
    Npz.write(folder.resolve("in.npz"), Map.of("id", new Tensor(new int[] {300}, ids)));
    assertThat(predict().code()).isOne();
    assertThat(predict().err()).contains("input id: 2147483648 is beyond an int's 32 bits in " + folder.resolve("in.npz") + ": array id[299]");
  }

  private Said predict() {
    return Said.byNetwork(model(NEXT, 32), folder, "predict", "--in", folder.resolve("in.npz").toString(), "--out", folder.resolve("out.npz").toString());
  }

  private static final String DATA = "input id: int[N]\nmetric most = max(id)\ndata { test = %s }\n";

  @ParameterizedTest
  @CsvSource({"32, 2147483648", "64, 9007199254740994", "64, -2147483649"})
  void dataIsRefused(int precision, long value) throws IOException {
    Npz.write(folder.resolve("d.npz"), Map.of("id", new Tensor(new int[] {2}, new long[] {3, value})));
    Files.writeString(folder.resolve("d.csv"), "id\n3\n" + value + "\n");
    for (var source : List.of("npz(\"d.npz\")", "csv(\"d.csv\")")) {
      var said = Said.byNetwork(model(DATA.formatted(source), precision), folder, "evaluate");
      assertThat(said.code()).as(said.all()).isOne();
      assertThat(said.err()).contains("input id: ").contains(value + " is beyond an int's 32 bits").contains(source.startsWith("npz") ? "d.npz" : "d.csv:3");
    }
  }

  // ---- in the program

  @ParameterizedTest
  @CsvSource({"id + 2147483648, 2147483648", "id == 33554435000, 33554435000", "id * -2147483649, -2147483649", "'id + cast(3000000000, \"int\")', 3000000000"})
  void aConstantThatWouldBeAnotherIsAnError(String value, String told) {
    var source = "input id: int[N]\noutput y = " + value + "\n";
    assertThat(Programs.faults(source)).contains("test.nn:2:").contains(told + " is beyond an int's 32 bits");
  }

  @Test
  void constantsThatAreHeldAreFine() {
    Programs.compile("input id: int[N]\noutput y = id + 16777216\noutput z = id * -1000000000\noutput w = id * 0.1\n", 32);
  }
}
