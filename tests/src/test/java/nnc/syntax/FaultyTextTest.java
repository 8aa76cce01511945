package nnc.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import nnc.source.Diagnostics;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whatever the text, the parser returns, and tells each fault with a place inside the text. */
class FaultyTextTest {
  private static final List<String> PIECES = List.of("(", ")", "[", "]", "{", "}", "=", "==", "<", "-", "+", "|>", "..", "...", ":", ",", ".",
      "if", "then", "else", "for", "in", "return", "fn", "layer", "input", "output", "loss", "param", "state", "train", "data", "and", "not", "=>", "->",
      "x", "y", "1", "1.5", "\"t\"", "\"", "'", "#", "\n", " ", "&", "\u2212", "\\", "^", "true", "none", "on", "import", "freeze", "é", "数");

  /** Errors of a text; fails where one, or a warning, has no place in it or cannot be shown. */
  static List<Diagnostics.Fault> faults(String text) {
    var diagnostics = new Diagnostics();
    var program = AstBuilder.parse("a.nn", text, diagnostics);
    int lines = (int) text.chars().filter(c -> c == '\n').count() + 1;
    for (var fault : diagnostics.faults()) {
      assertThat(fault.span().file()).isEqualTo("a.nn");
      assertThat(fault.span().line()).isBetween(1, lines);
      assertThat(fault.span().column()).isBetween(1, text.length() + 1);
      assertThat(fault.message()).isNotBlank().doesNotContain("expecting", "mismatched", "extraneous", "viable");
      assertThat(fault.notes()).allSatisfy(note -> assertThat(note.text()).isNotBlank());
    }
    assertThat(diagnostics.render()).doesNotContain("\u001b");
    assertThat(diagnostics.json().lines()).hasSize(diagnostics.faults().size());
    var errors = diagnostics.faults().stream().filter(fault -> fault.severity() == Diagnostics.Severity.ERROR).toList();
    assertThat(diagnostics.hasErrors()).isEqualTo(!errors.isEmpty());
    if (diagnostics.hasErrors()) {
      assertThat(program.statements()).isEmpty();
    }
    return errors;
  }

  private static boolean hasOneReading(String text) {
    try {
      GrammarTest.readPickily(text);
      return true;
    } catch (AssertionError e) {
      return false;
    }
  }

  @Property(tries = 500, seed = "26")
  void anyText(@ForAll @StringLength(max = 200) String text) {
    faults(text);
  }

  @Property(tries = 1000, seed = "26")
  void anyTokens(@ForAll List<@IntRange(max = 57) Integer> choice) {
    var text = String.join(" ", choice.stream().map(i -> PIECES.get(i % PIECES.size())).toList());
    assertThat(!faults(text).isEmpty() || hasOneReading(text)).as(text).isTrue();
  }

  @Property(tries = 500, seed = "26")
  void changedPrograms(@ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int changes) throws IOException {
    var random = new Random(seed);
    var samples = GrammarTest.samples();
    var text = new StringBuilder(Files.readString(samples.get(random.nextInt(samples.size()))));
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(3)) {
        case 0 -> text.delete(at, Math.min(text.length() - 1, at + 1 + random.nextInt(4)));
        case 1 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        default -> text.setCharAt(at, text.charAt(random.nextInt(text.length())));
      }
    }
    assertThat(!faults(text.toString()).isEmpty() || hasOneReading(text.toString())).as(text.toString()).isTrue();
  }

  /** A closing bracket less is one fault, not a cascade. */
  @Property(tries = 200, seed = "26")
  void aLostBracketIsOneFault(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    var samples = GrammarTest.samples();
    var text = new StringBuilder(Files.readString(samples.get(random.nextInt(samples.size()))).replaceAll("#.*", ""));
    var closing = java.util.stream.IntStream.range(0, text.length()).filter(i -> ")]".indexOf(text.charAt(i)) >= 0).boxed().toList();
    text.deleteCharAt(closing.get(random.nextInt(closing.size())));
    assertThat(faults(text.toString())).hasSize(1);
  }

  @TestFactory
  Stream<DynamicTest> deepNestingIsReported() {
    int n = 50_000;
    return Stream.of("x = " + "(".repeat(n), "x = " + "(".repeat(n) + "1" + ")".repeat(n), "x = " + "[".repeat(n), "x = " + "-".repeat(n) + "1",
        "x = " + "not ".repeat(n) + "a", "x = " + "2^".repeat(n) + "2", "x = " + "a => ".repeat(n) + "a", "x = " + "f(".repeat(n),
        "x = " + "a + ".repeat(n) + "a", "x = a" + " |> f".repeat(n), "x = a" + "(1)".repeat(n), "x = a" + ".b".repeat(n),
        "x = " + "if a then b else ".repeat(n) + "c", "if a { ".repeat(n) + "}".repeat(n), "if a { } else ".repeat(n) + "{ }",
        "fn f(a = ".repeat(n), "x = " + "a[".repeat(n), "input x: float[" + "(".repeat(n), "}".repeat(n), ")".repeat(n), "{".repeat(n))
        .map(text -> DynamicTest.dynamicTest(text.substring(0, 20), () -> Assertions.assertTimeout(Duration.ofSeconds(10),
            () -> assertThat(faults(text)).isNotEmpty())));
  }

  @Test
  void whatIsNeverReachedIsNoError() {
    var diagnostics = new Diagnostics();
    var program = AstBuilder.parse("a.nn", "fn f(a) {\n  return a\n  return a\n}\n", diagnostics);
    assertThat(diagnostics.faults()).singleElement().satisfies(fault -> assertThat(fault.span().line()).isEqualTo(3));
    assertThat(program.statements()).hasSize(1);
    assertThat(faults("fn f(a) {\n  return a\n  return a\n}\n")).isEmpty();
  }

  @Test
  void reasonableDepthIsFine() {
    int n = 100;
    assertThat(faults("x = " + "(".repeat(n) + "1" + ")".repeat(n))).isEmpty();
    assertThat(faults("x = a" + " |> f".repeat(3 * n))).isEmpty();
    assertThat(faults("if a { } else ".repeat(n) + "{ }")).isEmpty();
    assertThat(faults("x = [" + "1, ".repeat(100 * n) + "]")).isEmpty();
  }

  @Test
  void manyFaultsAreCutShort() {
    assertThat(faults("x = $\n".repeat(2000)).size()).isLessThan(60);
  }
}
