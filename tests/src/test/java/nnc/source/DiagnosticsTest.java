package nnc.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class DiagnosticsTest {
  private static Span span(String file, int line, int column, int end) {
    return new Span(file, line, column, line, end);
  }

  @Test
  void faultsLookAsTheLanguagePageSays() {
    var diagnostics = new Diagnostics();
    diagnostics.source("lenet.nn", "\n".repeat(12) + "  |> flatten\n  |> dense(120)\n");
    diagnostics.error(span("lenet.nn", 14, 6, 16), "dense: matrix product of float[N, 400] and float[256, 120]: 400 and 256 differ")
        .note("the left side comes from flatten at line 13: float[N, 16, 5, 5] -> float[N, 400]").hint("write\nit");
    assertThat(diagnostics.render()).isEqualTo("""
        lenet.nn:14:6: error: dense: matrix product of float[N, 400] and float[256, 120]: 400 and 256 differ
          14 |   |> dense(120)
             |      ^^^^^^^^^^
          the left side comes from flatten at line 13: float[N, 16, 5, 5] -> float[N, 400]
          hint: write
            it
        """);
  }

  @Test
  void notesShowTheirPlaces() {
    var diagnostics = new Diagnostics();
    diagnostics.warning(WarningName.UNUSED, span("a.nn", 2, 1, 2), "m").note("same file:", span("a.nn", 1, 3, 5)).note("other file:", span("b.nn", 1, 1, 2));
    assertThat(diagnostics.render(Map.of("a.nn", "u vw\r\nx", "b.nn", "b"))).isEqualTo("""
        a.nn:2:1: warning: m
          2 | x
            | ^
          same file:
          1 | u vw
            |   ^^
          b.nn:1:1: other file:
          1 | b
            | ^
          to allow it: # nnc: allow unused
        """);
    assertThat(diagnostics.hasErrors()).isFalse();
  }

  @Test
  void spansOverLinesAndBeyondTheEndAreShown() {
    var diagnostics = new Diagnostics();
    diagnostics.source("a.nn", "abc\nd");
    diagnostics.error(new Span("a.nn", 1, 2, 2, 2), "two lines");
    diagnostics.error(span("a.nn", 2, 2, 3), "the end");
    diagnostics.error(span("a.nn", 9, 1, 2), "nowhere");
    diagnostics.error(Span.NONE, "no place");
    assertThat(diagnostics.render()).isEqualTo("""
        a.nn:1:2: error: two lines
          1 | abc
            |  ^^
        a.nn:2:2: error: the end
          2 | d
            |  ^
        a.nn:9:1: error: nowhere
        error: no place
        """);
  }

  @Test
  void orderIsByFileAsMetThenByPlaceAndRepeatsAreDropped() {
    var diagnostics = new Diagnostics();
    diagnostics.source("z.nn", "");
    diagnostics.error(span("a.nn", 1, 1, 2), "third");
    diagnostics.error(span("z.nn", 2, 1, 2), "second");
    diagnostics.error(span("z.nn", 1, 5, 6), "first");
    diagnostics.error(span("z.nn", 1, 5, 6), "first");
    assertThat(diagnostics.faults()).extracting(Diagnostics.Fault::message).containsExactly("first", "second", "third");
  }

  @Test
  void jsonIsAnObjectALine() {
    var diagnostics = new Diagnostics();
    diagnostics.error(span("a.nn", 1, 2, 4), "say \"x\"").note("n").note("p", span("b.nn", 3, 4, 5)).hint("h\n");
    diagnostics.warning(WarningName.UNUSED, span("a.nn", 2, 2, 4), "w");
    assertThat(diagnostics.json()).isEqualTo("""
        {"severity": "error", "file": "a.nn", "line": 1, "column": 2, "endLine": 1, "endColumn": 4, "message": "say \\"x\\"", \
        "notes": [{"text": "n"}, {"file": "b.nn", "line": 3, "column": 4, "endLine": 3, "endColumn": 5, "text": "p"}], "hints": ["h\\n"]}
        {"severity": "warning", "name": "unused", "file": "a.nn", "line": 2, "column": 2, "endLine": 2, "endColumn": 4, "message": "w", "notes": [], "hints": []}
        """);
  }

  /** Read back, it says what was reported, whatever the texts hold. */
  @Property(seed = "26")
  void jsonReadsBack(@ForAll String message, @ForAll String file, @ForAll String note) {
    var diagnostics = new Diagnostics();
    diagnostics.error(span(file, 1, 2, 4), message).note(note, span("b", 5, 6, 7)).hint(note);
    var read = (Map<?, ?>) nnc.JsonReader.read(diagnostics.json());
    assertThat(read.get("message")).isEqualTo(message);
    assertThat(read.get("file")).isEqualTo(file);
    assertThat(read.get("endColumn")).isEqualTo(4.0);
    assertThat(read.get("hints")).isEqualTo(List.of(note));
    assertThat(read.get("notes")).isEqualTo(List.of(Map.of("file", "b", "line", 5.0, "column", 6.0, "endLine", 5.0, "endColumn", 7.0, "text", note)));
  }

  @Test
  void colourOnlyAddsEscapes() {
    var diagnostics = new Diagnostics();
    diagnostics.source("a.nn", "abc");
    diagnostics.error(span("a.nn", 1, 1, 3), "m").hint("h");
    var coloured = diagnostics.renderInColour();
    assertThat(coloured).contains("\u001b[1;31merror\u001b[0m");
    assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(diagnostics.render());
  }

  /** Below the marked letters stand the marks, whatever stands before them. */
  @Property(seed = "26")
  void marksStandBelowTheSpan(@ForAll List<@IntRange(max = 4) Integer> before, @ForAll @IntRange(min = 1, max = 5) int length) {
    var letters = List.of("a", "\t", "数", "e\u0301", "\uD83D\uDE00");
    var line = String.join("", before.stream().map(letters::get).toList());
    var width = 0;
    for (int letter : before) {
      width = letter == 1 ? (width / 4 + 1) * 4 : width + (letter == 2 || letter == 4 ? 2 : 1);
    }
    var diagnostics = new Diagnostics();
    diagnostics.source("a.nn", line + "x".repeat(length) + " y");
    int column = line.codePointCount(0, line.length()) + 1;
    diagnostics.error(span("a.nn", 1, column, column + length), "m");
    var rendered = diagnostics.render().lines().toList();
    assertThat(rendered.get(2)).isEqualTo("    | " + " ".repeat(width) + "^".repeat(length));
    assertThat(rendered.get(1)).startsWith("  1 | ").endsWith("x".repeat(length) + " y").doesNotContain("\t");
  }

  @Test
  void controlCharactersDoNotReachTheTerminal() {
    var diagnostics = new Diagnostics();
    diagnostics.source("a.nn", "\u001b[31mx");
    diagnostics.error(span("a.nn", 1, 1, 2), "m");
    assertThat(diagnostics.render()).doesNotContain("\u001b").contains("?[31mx");
  }

  @Test
  void suggestionsAreNear() {
    var known = List.of("dense", "dropout", "relu", "conv2d", "mean");
    assertThat(Suggestion.of("dnese", known)).contains("dense");
    assertThat(Suggestion.of("relo", known)).contains("relu");
    assertThat(Suggestion.of("conv2", known)).contains("conv2d");
    assertThat(Suggestion.of("softmax", known)).isEmpty();
    assertThat(Suggestion.of("x", known)).isEmpty();
    assertThat(Suggestion.sentence("men", known)).isEqualTo("; did you mean mean?");
  }

  @Property(seed = "26")
  void aLostLetterIsFound(@ForAll @AlphaChars @StringLength(min = 4, max = 12) String word, @ForAll @IntRange(max = 3) int at) {
    assertThat(Suggestion.of(new StringBuilder(word).deleteCharAt(at).toString(), List.of(word, "~~~~~~~~~"))).contains(word);
  }
}
