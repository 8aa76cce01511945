package nnc.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import nnc.grammar.NnLexer;
import nnc.source.Diagnostics;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.Token;

/** What is printed reads back as what it was, in one reading, however it is spaced. */
class RoundTripTest {
  private static final List<String> SPACES = List.of(" ", "\n", "\t", "\r\n", "  # remark ( \" [\n", "\n\n", "\u00a0");

  static Ast.Program read(String text) {
    var diagnostics = new Diagnostics();
    var program = AstBuilder.read("a.nn", text, diagnostics);
    assertThat(diagnostics.render()).isEmpty();
    return program;
  }

  @Property(tries = 1000, seed = "26")
  void printedProgramsReadBack(@ForAll long seed, @ForAll @IntRange(min = 1, max = 120) int size) {
    var program = new RandomProgram(seed, size).program();
    assertThat(AstPrinter.print(read(SourcePrinter.print(program)))).isEqualTo(AstPrinter.print(program));
  }

  @Property(tries = 300, seed = "26")
  void printingIsStable(@ForAll long seed, @ForAll @IntRange(min = 1, max = 120) int size) {
    var printed = SourcePrinter.print(new RandomProgram(seed, size).program());
    assertThat(SourcePrinter.print(read(printed))).isEqualTo(printed);
  }

  @Property(tries = 200, seed = "26")
  void everyProgramHasOneReading(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    GrammarTest.readPickily(SourcePrinter.print(new RandomProgram(seed, size).program()));
  }

  @Property(tries = 300, seed = "26")
  void spaceMeansNothing(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    var program = new RandomProgram(seed, size).program();
    assertThat(AstPrinter.print(read(respaced(SourcePrinter.print(program), new Random(seed))))).isEqualTo(AstPrinter.print(program));
  }

  /** The same tokens with other space between them; none inside an arrow. */
  private static String respaced(String text, Random random) {
    var out = new StringBuilder();
    var before = "";
    for (Token token : new NnLexer(CharStreams.fromString(text)).getAllTokens()) {
      var arrow = before.equals("<") && token.getText().equals("-");
      out.append(arrow ? "" : SPACES.get(random.nextInt(SPACES.size()))).append(token.getText());
      before = token.getText();
    }
    return out.toString();
  }
}
