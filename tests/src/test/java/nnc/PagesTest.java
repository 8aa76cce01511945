package nnc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages speak of is there: files that they link to, classes that they name, the tests that hold what always holds. */
class PagesTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern CLASS = Pattern.compile("(?:nnc\\.[a-z.]+\\.)?([A-Z][a-z]+(?:[A-Z][A-Za-z0-9]*)?)(?:\\.[A-Z_]+)?");

  private static final Pattern NUMBER = Pattern.compile("(?m)^\\| `([A-Z0-9_]+)` \\| ([0-9.]+) \\|");

  private static List<Path> pages() throws IOException {
    try (var docs = Files.walk(ROOT.resolve("docs")); var top = Files.list(ROOT)) {
      return Stream.concat(docs, top).filter(file -> file.toString().endsWith(".md")).sorted().toList();
    }
  }

  private static Set<String> classes() throws IOException {
    var names = new ArrayList<String>();
    for (var module : List.of("compiler", "runtime", "tests", "dsl-grammar", "samples")) {
      try (var files = Files.walk(ROOT.resolve(module))) {
        files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".java")).forEach(name -> names.add(name.substring(0, name.length() - 5)));
      }
    }
    return names.stream().collect(Collectors.toSet());
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    for (var page : pages()) {
      var links = LINK.matcher(Files.readString(page)).results().map(match -> match.group(1)).filter(link -> !link.contains("://")).toList();
      for (var link : links) {
        assertThat(page.resolveSibling(link)).as("%s links to %s", page, link).exists();
      }
    }
  }

  @Test
  void mapsNameClassesThatThereAre() throws IOException {
    var classes = classes();
    for (var page : List.of("ARCHITECTURE.md", "docs/kernels.md")) {
      var missing = CODE.matcher(Files.readString(ROOT.resolve(page))).results().map(match -> CLASS.matcher(match.group(1)))
          .filter(name -> name.matches() && !classes.contains(name.group(1))).map(name -> name.group()).toList();
      assertThat(missing).as(page).isEmpty();
    }
  }

  /** The page of kernels has each tuned number, with its value. */
  @ParameterizedTest
  @ValueSource(strings = {"nnc.lower.gemm.GemmTuning", "nnc.lower.conv.ConvolutionTuning", "nnc.loops.expand.TileTuning"})
  void kernelsStatesTunedNumbersAsTheyAre(String name) throws IOException, ReflectiveOperationException {
    var numbers = new TreeMap<String, Double>();
    var type = Class.forName(name);
    for (var field : type.getDeclaredFields()) {
      field.setAccessible(true);
      numbers.put(field.getName(), ((Number) field.get(null)).doubleValue());
    }
    var page = Files.readString(ROOT.resolve("docs/kernels.md"));
    var table = page.substring(page.indexOf("| `" + type.getSimpleName() + "` |")).split("\n\n")[0];
    var stated = new TreeMap<String, Double>();
    NUMBER.matcher(table).results().forEach(row -> stated.put(row.group(1), Double.valueOf(row.group(2))));
    assertThat(stated).isNotEmpty().isEqualTo(numbers);
  }

  /** A sentence that nothing holds becomes untrue unseen. */
  @Test
  void eachInvariantNamesItsTest() throws IOException {
    var classes = classes();
    var invariants = Stream.of(Files.readString(ROOT.resolve("ARCHITECTURE.md")).split("\n\n")).filter(text -> text.startsWith("Invariant:")).toList();
    assertThat(invariants).hasSizeGreaterThan(5).allSatisfy(text -> assertThat(CODE.matcher(text).results().map(match -> match.group(1)))
        .as(text).isNotEmpty().anyMatch(name -> name.endsWith("Test") && classes.contains(name)));
  }
}
