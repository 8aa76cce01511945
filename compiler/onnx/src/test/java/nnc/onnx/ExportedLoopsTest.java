package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Loops over open lengths are the operator {@code Loop}: at several lengths ONNX Runtime and the importer compute of the model what the interpreter computes of the program. */
class ExportedLoopsTest {
  @TempDir
  Path folder;

  private static final String ROWS = "input x: float[N, T, 3]\n", STATE = ROWS + "h = zeros(N, 3)\n", LIST = STATE + "steps = []\n";

  private static ExportCase of(String program, int length) throws Exception {
    return new ExportCase(() -> new Compilation("program.nn", program, CompilerOptions.standard()), 7, 2, length);
  }

  private void check(String program, int length) throws Exception {
    var one = of(program, length);
    var wanted = one.interpreted();
    assertThat(wanted).isNotEmpty();
    var single = one.write(folder.resolve("single.onnx"), 32);
    assertThat(one.exported(32).operators()).as(program).containsKey("Loop");
    assertThat(ExportCase.distance(wanted, one.run(single))).as("ONNX Runtime, of %s at %d", program, length).isLessThan(1e-5);
    assertThat(ExportCase.distance(wanted, one.imported(single))).as("imported again, of %s at %d", program, length).isLessThan(1e-5);
    var exact = one.write(folder.resolve("double.onnx"), 64);
    assertThat(ExportCase.distance(wanted, one.imported(exact))).as("imported again in double, of %s at %d", program, length).isLessThan(1e-12);
  }

  static Stream<String> loops() {
    return Stream.of(
        // what is carried, what is collected, and both, in either order
        STATE + "w = dense(3)\nfor t in 0..T {\n  h = tanh(w(x[:, t]) + h)\n}\noutput y = h",
        LIST + "for t in 0..T {\n  steps = steps + [sin(x[:, T - 1 - t])]\n}\noutput y = stack(steps, axis = 1)",
        LIST + "for t in 0..T {\n  h = 0.5 * h + x[:, t]\n  steps = [h * h] + steps\n}\noutput y = stack(steps, axis = 1)\noutput z = h",
        // what no turn changes, what two hand to one another, and a number beside
        STATE + "k = h + 1\nn = 0\nfor t in 0..T {\n  h, k = [k + x[:, t], h]\n  n = n + t * T\n}\noutput y = h - k\noutput m = n * ones(N)",
        // the number of a turn as a number and as a size; half as many turns; a place that is computed of it
        STATE + "for t in 0..T {\n  h = h * 0.5 + t * x[:, t] + sum(range(T) * t)\n}\noutput y = h",
        STATE + "for t in 0..T {\n  h = h + x[:, floor_div(t, 2)]\n}\noutput y = h",
        // ints and truths are carried, too
        ROWS + "i = cast(zeros(N), \"int\")\nb = zeros(N) > 1\nfor t in 0..T {\n  b = b or x[:, t, 0] > 0.2\n  i = i + cast(b, \"int\") * 1431655765\n}\noutput n = i\noutput s = b",
        // what is the same in all turns
        STATE + "for t in 0..T {\n  h = tanh(h + exp(x[:, 0]) * x[:, t])\n}\noutput y = h",
        // loops in loops
        STATE + "for t in 0..T {\n  s = zeros(N, 3)\n  for u in 0..T {\n    s = s + x[:, u] * cos(h + u) * t\n  }\n  h = sin(s + x[:, t])\n}\noutput y = h",
        LIST + "for t in 0..T {\n  inner = []\n  for u in 0..T {\n    inner = inner + [x[:, u] * x[:, t]]\n  }\n  steps = steps + [sum(stack(inner), axis = 0)]\n}\noutput y = stack(steps, axis = 1)",
        // layers of the library
        ROWS + "output y = x |> lstm(4)", ROWS + "output y = x |> gru(4, bidirectional = true)", ROWS + "mask = sum(x, axis = 2) > 0\noutput y = x |> rnn(4)\noutput z = lstm(4, sequences = false)(x, mask)",
        // two loops, one of which reads what the other has come to, and outputs of one value
        LIST + "for t in 0..T {\n  h = tanh(h + x[:, t])\n  steps = steps + [h]\n}\ny = stack(steps, axis = 1)\nk = zeros(N, 3)\nfor t in 0..T {\n  k = k * 0.9 + y[:, t] * h\n}\noutput y\noutput z = k\noutput last = h");
  }

  @ParameterizedTest
  @MethodSource("loops")
  void aLoopIsALoop(String program) throws Exception {
    check(program, 1);
    check(program, 5);
  }

  /** A loop that data end: the operator ends where nothing is collected, and otherwise has rows for all turns. */
  @Test
  void dataMayEndIt() throws Exception {
    for (int length : new int[] {1, 6}) {
      check(STATE + "n = 0\ngoing = true\nfor t in 0..T while going {\n  h = h + x[:, t]\n  n = n + 1\n  going = sum(h) < 0.4\n}\noutput y = h\noutput m = n * ones(N)", length);
      check(LIST + "going = true\nfor t in 0..T while going {\n  h = h + x[:, t] + 0.5\n  steps = steps + [h]\n  going = sum(h) < 5\n}\noutput y = h\noutput z = stack(steps, axis = 1)", length);
    }
  }
}
