package nnc.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import nnc.Golden;
import nnc.elaborate.Prelude;
import nnc.grammar.NnLexer;
import nnc.grammar.NnParser;
import nnc.source.Diagnostics;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.atn.ATNConfigSet;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.dfa.DFA;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The grammar allows one reading of every program. */
class GrammarTest {
  /** Fails on a syntax error and on an ambiguity. */
  private static final class Picky extends BaseErrorListener {
    @Override
    public void syntaxError(Recognizer<?, ?> recognizer, Object symbol, int line, int column, String message, RecognitionException e) {
      throw new AssertionError(line + ":" + column + ": " + message);
    }

    @Override
    public void reportAmbiguity(Parser parser, DFA dfa, int start, int stop, boolean exact, BitSet alternatives, ATNConfigSet configs) {
      throw new AssertionError("ambiguous: " + parser.getTokenStream().getText(org.antlr.v4.runtime.misc.Interval.of(start, stop)));
    }
  }

  static void readPickily(String text) {
    var lexer = new NnLexer(CharStreams.fromString(text));
    lexer.removeErrorListeners();
    lexer.addErrorListener(new Picky());
    var parser = new NnParser(new CommonTokenStream(lexer));
    parser.removeErrorListeners();
    parser.addErrorListener(new Picky());
    parser.getInterpreter().setPredictionMode(PredictionMode.LL_EXACT_AMBIG_DETECTION);
    parser.program();
  }

  /** The samples that are shipped; tests run in the module's folder or above it. */
  static List<Path> samples() throws IOException {
    var folder = Stream.of(Path.of("../samples"), Path.of("samples")).filter(Files::isDirectory).findFirst().orElseThrow();
    try (var files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".nn") && !file.toString().contains("target")).sorted().toList();
    }
  }

  @TestFactory
  Stream<DynamicTest> samplesHaveOneReadingAndNoFaults() throws IOException {
    assertThat(samples()).isNotEmpty();
    return samples().stream().map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
      var text = Files.readString(file);
      readPickily(text);
      var diagnostics = new Diagnostics();
      var program = AstBuilder.parse(file.getFileName().toString(), text, diagnostics);
      assertThat(diagnostics.render()).isEmpty();
      assertThat(program.statements()).isNotEmpty();
      assertThat(AstPrinter.print(RoundTripTest.read(SourcePrinter.print(program)))).isEqualTo(AstPrinter.print(program));
    }));
  }

  @TestFactory
  Stream<DynamicTest> descriptorsHaveOneReading() {
    return Golden.tests("syntax", sections -> {
      readPickily(sections.get("source"));
      return java.util.Map.of();
    });
  }

  @Test
  void libraryHasOneReading() {
    assertThat(Prelude.files().values()).hasSizeGreaterThan(20).allSatisfy(GrammarTest::readPickily);
  }

  @Test
  void pickinessNoticesAnError() {
    assertThatThrownBy(() -> readPickily("x = = 1")).isInstanceOf(AssertionError.class);
  }

  /** Oracle: Unicode's general categories, as regular expressions know them. */
  @Test
  void namesAreOfUnicodesLettersMarksAndDigits() {
    for (int point = 0x80; point <= Character.MAX_CODE_POINT; point += point < 0x3000 ? 1 : 97) {
      var character = Character.toString(point);
      if (Character.getType(point) == Character.SURROGATE) {
        continue;
      }
      assertThat(isName(character)).as("U+%X first", point).isEqualTo(character.matches("\\p{L}"));
      assertThat(isName("x" + character + "1")).as("U+%X inside", point).isEqualTo(character.matches("[\\p{L}\\p{M}\\p{Nd}]"));
    }
    assertThat(isName("_a1")).isTrue();
    assertThat(isName("1a")).isFalse();
  }

  private static boolean isName(String text) {
    var tokens = new NnLexer(CharStreams.fromString(text)).getAllTokens();
    return tokens.size() == 1 && tokens.getFirst().getType() == NnLexer.NAME;
  }
}
