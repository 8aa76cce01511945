package nnc.elaborate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.endtoend.Programs;
import nnc.source.Limit;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a program may take while it is compiled, and what is told of one that takes more. */
class LimitsTest {
  private static final String INPUT = "input x: float[N, 4]\n";

  /** Programs that would fill the memory or go on for years, by the limit that each goes beyond. */
  private static final Map<Limit, List<String>> BEYOND = new TreeMap<>(Map.ofEntries(
      Map.entry(Limit.NESTING, List.of("output y = " + "(1 + ".repeat(500) + "x" + ")".repeat(500), "output y = " + "[".repeat(50_000), "if training { ".repeat(900) + "}".repeat(900),
          "output y = " + "(a => ".repeat(600) + "x" + ")".repeat(600), "output y = x" + " |> relu".repeat(450))),
      Map.entry(Limit.DEPTH, List.of("fn f(x) = f(x)\noutput y = f(x)", "fn f(x) = g(x)\nfn g(x) = f(x)\noutput y = f(x)", "layer l()(x: float[N, D]) { return l()(x) }\noutput y = l()(x)")),
      Map.entry(Limit.CALLS, List.of("fn f(n) = if n == 0 then 0 else f(n - 1) + f(n - 1)\noutput y = x + f(40)", "fn f(n) = len([1])\nfor i in 0..300 { for j in 0..330 { a = f(f(i)) + f(j) } }\noutput y = x")),
      Map.entry(Limit.TURNS, List.of("for i in 0..1000 { for j in 0..1000 { a = i } }\noutput y = x", "for i in 0..1000000 { a = i }\noutput y = x",
          "for i in 0..1000000 { x = x * i }\noutput y = x",
          "a = [0] * 400000\nfor i in a { b = i }\noutput y = x")),
      Map.entry(Limit.EXPRESSIONS, List.of("for i in 0..99000 { " + "a = i + 1\n".repeat(40) + "}\noutput y = x", "input z: float[65536]\noutput h = hessian(sum(z^3), z)")),
      Map.entry(Limit.NODES, List.of("for i in 0..100000 { x = x + i }\noutput y = x", "for i in 0..60000 { x = x * x + x * i }\noutput y = x",
          "for i in 0..90000 { x = x |> dense(4) }\noutput y = x",
          "z = zeros(2000000000, 2)\nfor r in z { a = r }\noutput y = x")),
      Map.entry(Limit.LENGTH, List.of("a = [0] * 1000000000\noutput y = x", "a = [0, 1]\nfor i in 0..40 { a = a + a }\noutput y = x",
          "a = [1]\nfor i in 0..40 { a = [a, a] }\noutput y = x")),
      Map.entry(Limit.ELEMENTS, List.of("big = [0] * 900000\nfor i in 0..1000 { b = big + [i] }\noutput y = x", "for i in 0..1000 { a = [0] * 100000 }\noutput y = x",
          "a = [0] * 900000\nb = [0] * 900000\nfor i in 0..1000 { c = a == b }\noutput y = x", "for i in 0..1000 { a = 0..90000 }\noutput y = x", "a = [0] * 900000\nfor i in 0..1000 { b = tensor(a) }\noutput y = x",
          "a = [0] * 900000\nfor i in 0..1000 { b = a[1:] }\noutput y = x")),
      Map.entry(Limit.LEVELS, List.of("a = [1]\nfor i in 0..1000 { a = [a] }\noutput y = x")),
      Map.entry(Limit.AXES, List.of("for i in 0..40 { x = expand(x, 0) }\noutput y = x", "output y = zeros([1] * 100)"))));

  /** The first of each limit, as they are checked. */
  @TestFactory
  Stream<DynamicTest> whatIsBeyondALimitIsToldOnceAtItsPlace() {
    return BEYOND.entrySet().stream().map(entry -> DynamicTest.dynamicTest(entry.getKey().toString(), () -> requireTold(entry.getKey(), checked(INPUT + entry.getValue().getFirst() + "\n"))));
  }

  @Tag("slow")
  @TestFactory
  Stream<DynamicTest> allThatAreBeyondAreToldWhenTheyAreCompiledToo() {
    return BEYOND.entrySet().stream().flatMap(entry -> entry.getValue().stream().map(program -> DynamicTest.dynamicTest(entry.getKey() + " " + beginning(program), () -> {
      requireTold(entry.getKey(), checked(INPUT + program + "\n"));
      requireTold(entry.getKey(), Programs.faults(INPUT + program + "\n"));
    })));
  }

  private static void requireTold(Limit limit, String told) {
    assertThat(told).containsPattern("(a|test)\\.nn:[0-9]+:[0-9]+: error: ").contains("hint: " + limit.hint()).contains(limit.count());
    assertThat(told.lines().filter(line -> line.contains(": error: "))).hasSize(1);
  }

  private static String beginning(String program) {
    return program.substring(0, Math.min(60, program.length())).replace('\n', ' ');
  }

  private static String checked(String program) {
    try {
      new Compilation("a.nn", program, CompilerOptions.standard()).elaborate(List.of(Elaborator.Purpose.values()));
      return "";
    } catch (FaultyProgram faulty) {
      return faulty.getMessage();
    }
  }

  @Test
  void eachLimitHasAProgramThatGoesBeyond() {
    assertThat(BEYOND.keySet()).containsAll(EnumSet.complementOf(EnumSet.of(Limit.TEXT)));
  }

  @Test
  void textsAreReadNoFurtherThanTheyMayBe(@TempDir Path folder) throws IOException {
    var part = "# " + "x".repeat(1 << 20) + "\n";
    for (int i = 0; i < 5; i++) {
      Files.writeString(folder.resolve(i + ".nn"), part + (i < 4 ? "import \"" + (i + 1) + ".nn\"\n" : INPUT + "output y = x\n"));
    }
    assertThat(refused(folder.resolve("0.nn"))).contains("3.nn is too large for a program: " + Limit.TEXT.message()).contains("2.nn:2:1: error: ");
    assertThat(refused(Path.of("/dev/zero"))).contains("/dev/zero is too large for a program");
  }

  private static String refused(Path file) {
    try {
      return Compiler.check(file, CompilerOptions.standard()).render();
    } catch (FaultyProgram faulty) {
      return faulty.getMessage();
    }
  }

  /** Sizes in which open dimensions are multiplied without end. */
  @ParameterizedTest
  @CsvSource(delimiterString = "===", value = {
      "s = N for i in 0..40 { s = s * s } === a size here is a product of more than 64 open dimensions",
      "s = N + M for i in 0..40 { s = s * (s + K) } === open dimensions",
      "s = 2000000000 + 0 * N for i in 0..40 { s = s * s } === "})
  void sizesAreBounded(String program, String message) {
    var told = Programs.faults("input x: float[N, M, K]\n" + program + "\noutput y = x\n");
    assertThat(told).contains(message == null ? "" : message);
  }

  /** Just below each limit a program compiles, and what its lists come to is right. */
  @Test
  void whatIsWithinLimitsIsCompiled() {
    assertThat(Programs.faults(INPUT + "a = [0] * 999999\nb = a + [1]\noutput y = x + len(b)")).isEmpty();
    assertThat(Programs.faults(INPUT + "a = 0\nfor i in 0..99000 { a = a + i }\noutput y = x + a")).isEmpty();
    assertThat(Programs.faults(INPUT + "a = [1]\nfor i in 0..98 { a = [a] }\noutput y = x")).isEmpty();
    assertThat(Programs.faults(INPUT + "for i in 0..3000 { x = x + 1 }\noutput y = x")).isEmpty();
  }

  /** A fault of each turn is that of the first: the others are not compiled, and what they would have made is not known. */
  @Test
  void aFaultEndsALoop() {
    var told = checked(INPUT + "a = []\nfor i in 0..100000 { b = nothing(i) a = a + [x[:, 9]] }\noutput y = stack(a) + b\n");
    assertThat(told.lines().filter(line -> line.contains(": error: "))).hasSize(2).allMatch(line -> line.startsWith("a.nn:3:"));
  }

  @Test
  void thePageHasTheNumbers() throws IOException {
    var rows = Files.readString(Path.of("../docs/limits.md")).lines().filter(line -> line.matches("\\| [0-9,]+ \\|.*")).toList();
    assertThat(rows).containsExactlyElementsOf(Arrays.stream(Limit.values()).map(limit -> "| " + limit.count() + " | " + limit.what() + " | " + limit.hint() + " |").collect(Collectors.toList()));
  }

  /** What each takes of the processor, for who wants to know: {@code target/limits.txt}. */
  @Tag("slow")
  @Test
  void whatTheyTakeIsWritten() throws IOException {
    var out = new StringBuilder();
    BEYOND.forEach((limit, programs) -> programs.forEach(program -> {
      long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      checked(INPUT + program + "\n");
      out.append("%6.2f s %s %s%n".formatted((ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin) / 1e9, limit, beginning(program)));
    }));
    Files.createDirectories(Path.of("target"));
    Files.writeString(Path.of("target", "limits.txt"), out);
    assertThat(out.toString().lines()).hasSize((int) BEYOND.values().stream().mapToLong(List::size).sum());
  }
}
