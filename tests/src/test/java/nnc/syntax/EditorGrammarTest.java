package nnc.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nnc.Golden;
import nnc.JsonReader;
import nnc.grammar.NnLexer;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.Token;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The editor's grammar and the compiler's agree on what is a comment, a text, a number, a reserved word, a name. */
class EditorGrammarTest {
  private record Rule(Pattern pattern, String scope, Map<?, ?> captures) {}

  private static final List<Rule> RULES = new ArrayList<>();

  @BeforeAll
  static void load() throws IOException {
    var folder = Stream.of(Path.of("../dsl-grammar/editor"), Path.of("dsl-grammar/editor")).filter(Files::isDirectory).findFirst().orElseThrow();
    JsonReader.read(Files.readString(folder.resolve("package.json")));
    JsonReader.read(Files.readString(folder.resolve("language-configuration.json")));
    var grammar = (Map<?, ?>) JsonReader.read(Files.readString(folder.resolve("syntaxes/nn.tmLanguage.json")));
    RULES.clear();
    add(grammar, (Map<?, ?>) grammar.get("repository"));
  }

  private static void add(Map<?, ?> rule, Map<?, ?> repository) {
    if (rule.get("patterns") instanceof List<?> patterns) {
      patterns.forEach(pattern -> add((Map<?, ?>) pattern, repository));
    } else if (rule.get("include") instanceof String name) {
      add((Map<?, ?>) repository.get(name.substring(1)), repository);
    } else {
      var captures = rule.get("captures") instanceof Map<?, ?> map ? map : Map.of();
      RULES.add(new Rule(Pattern.compile((String) rule.get("match")), (String) rule.get("name"), captures));
    }
  }

  /** The scope of every character, as an editor finds it: line by line, the earliest match, of two the one listed first. */
  private static String[] scopes(String text) {
    var scopes = new String[text.length()];
    int offset = 0;
    for (var line : text.split("\n", -1)) {
      int at = 0;
      while (at < line.length()) {
        var first = first(line, at);
        if (first == null) {
          break;
        }
        paint(scopes, offset, first.getKey(), first.getValue());
        at = Math.max(first.getKey().end(), at + 1);
      }
      offset += line.length() + 1;
    }
    return scopes;
  }

  private static Map.Entry<Matcher, Rule> first(String line, int at) {
    Map.Entry<Matcher, Rule> best = null;
    for (var rule : RULES) {
      var matcher = rule.pattern().matcher(line);
      if (matcher.find(at) && (best == null || matcher.start() < best.getKey().start())) {
        best = Map.entry(matcher, rule);
      }
    }
    return best;
  }

  private static void paint(String[] scopes, int offset, Matcher matcher, Rule rule) {
    for (int i = matcher.start(); i < matcher.end(); i++) {
      scopes[offset + i] = rule.scope();
    }
    rule.captures().forEach((group, scope) -> {
      int number = Integer.parseInt((String) group);
      for (int i = matcher.start(number); i < matcher.end(number); i++) {
        scopes[offset + i] = (String) ((Map<?, ?>) scope).get("name");
      }
    });
  }

  private static String wanted(Token token) {
    return switch (token.getType()) {
      case NnLexer.STRING -> "string";
      case NnLexer.NUMBER -> "constant.numeric";
      case NnLexer.NAME -> "entity|variable|storage";
      default -> Tokens.isReserved(token) ? "keyword|constant.language" : Tokens.isName(token) ? "keyword|entity|variable" : "keyword.operator|null";
    };
  }

  private static void agrees(String text) {
    // editors count in UTF-16, the lexer in code points; the texts here have none beyond
    assertThat(text.codePoints().count()).isEqualTo(text.length());
    var scopes = scopes(text);
    for (var token : new NnLexer(CharStreams.fromString(text)).getAllTokens()) {
      assertThat(String.valueOf(scopes[token.getStartIndex()])).as(token.toString()).matches("(" + wanted(token) + ").*");
      assertThat(scopes[token.getStopIndex()]).as(token.toString()).isEqualTo(scopes[token.getStartIndex()]);
    }
  }

  @TestFactory
  Stream<DynamicTest> samplesAreColouredByTheirTokens() throws IOException {
    return GrammarTest.samples().stream().map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> agrees(Files.readString(file))));
  }

  @TestFactory
  Stream<DynamicTest> descriptorsAreColouredByTheirTokens() {
    return Golden.tests("syntax", sections -> {
      agrees(sections.get("source"));
      return Map.of();
    });
  }

  @Test
  void wordsAreColouredByTheirUse() {
    var text = "loss mse(a, b)\nloss = f(data = x)\ndata { train = 1 }\noutput loss\nencode.state\n# loss \"x\ns = \"# fn\"";
    var scopes = scopes(text);
    assertThat(scopes[0]).startsWith("keyword.control");
    assertThat(scopes[text.indexOf("mse")]).startsWith("entity.name.function");
    assertThat(scopes[text.indexOf("loss =")]).startsWith("variable");
    assertThat(scopes[text.indexOf("data =")]).startsWith("variable.parameter");
    assertThat(scopes[text.indexOf("data {")]).startsWith("keyword.declaration");
    assertThat(scopes[text.indexOf("train")]).startsWith("variable.parameter");
    assertThat(scopes[text.indexOf("output") + 7]).startsWith("entity.name");
    assertThat(scopes[text.indexOf(".state") + 1]).startsWith("variable");
    assertThat(scopes[text.indexOf("\"x")]).startsWith("comment");
    assertThat(scopes[text.indexOf("# fn")]).startsWith("string");
  }
}
