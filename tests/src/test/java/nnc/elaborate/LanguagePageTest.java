package nnc.elaborate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.endtoend.Programs;
import nnc.runtime.spec.Setting;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The language's pages: their programs compile, or are refused as they say; what statements and settings there are stands in the first. */
class LanguagePageTest {
  private static final Path PAGE = Path.of("../docs/language.md");
  private static final Path SIZES = Path.of("../docs/sizes.md");
  private static final Pattern PROGRAM = Pattern.compile("(?s)```nn\n(.*?)```");
  private static final String ERROR = "# error: ";

  private static List<String> programs(Path page) throws IOException {
    return PROGRAM.matcher(Files.readString(page)).results().map(found -> found.group(1)).toList();
  }

  @TestFactory
  Stream<DynamicTest> programsCompileOrAreRefused() throws IOException {
    return Stream.concat(programs(PAGE).stream(), programs(SIZES).stream()).map(program -> DynamicTest.dynamicTest(program.lines().findFirst().orElseThrow(), () -> {
      var refused = program.lines().filter(line -> line.startsWith(ERROR)).map(line -> line.substring(ERROR.length())).toList();
      if (refused.isEmpty()) {
        Programs.compile(program, 32);
      } else {
        assertThat(Programs.faults(program)).contains(refused);
      }
    }));
  }

  /** Each word that begins a statement is used by one of the programs. */
  @Test
  void everyStatementHasAProgram() throws IOException {
    var grammar = Files.readString(Path.of("../dsl-grammar/src/main/antlr4/nnc/grammar/Nn.g4"));
    var statements = grammar.substring(grammar.indexOf("\nstatement\n"), grammar.indexOf("\nifStatement"));
    var words = Pattern.compile("(?m)^  [:|] (?:role=\\()?'([a-z]+)'(?: \\| '([a-z]+)')?").matcher(statements).results()
        .flatMap(found -> Stream.of(found.group(1), found.group(2))).filter(word -> word != null && !word.equals("import")).collect(Collectors.toCollection(TreeSet::new));
    assertThat(words).hasSizeGreaterThan(15);
    var used = programs(PAGE).stream().flatMap(program -> Pattern.compile("[a-z]+").matcher(program).results().map(found -> found.group()))
        .collect(Collectors.toSet());
    assertThat(used).containsAll(words);
  }

  /** The settings of a train block, each by its name. */
  @Test
  void everySettingIsNamed() throws IOException {
    var text = Files.readString(PAGE);
    var known = new TreeSet<>(StepSettings.NAMES);
    Stream.of(Setting.values()).map(Setting::title).forEach(known::add);
    assertThat(known).hasSizeGreaterThan(15).allSatisfy(name -> assertThat(text).contains("`" + name));
  }
}
