package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import nnc.onnx.BackendCase.Outcome;
import nnc.onnx.term.Typing;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * ONNX's backend tests, in the folder {@code onnx} of the one that {@code NNC_DATA} names: each model is imported, and what its program computes compared
 * with the outputs that come with it. What does not pass is nothing that a network of numbers has: the table of docs/onnx.md counts it by its reasons.
 */
class BackendTest {
  private static final Path PAGE = Path.of("../../docs/onnx.md");
  private static final String BEGIN = "<!-- backend tests -->\n", END = "<!-- end -->";

  /** What no network of numbers has, by what is said of it. */
  private static final Map<String, String> OUTSIDE = new LinkedHashMap<>();

  static {
    OUTSIDE.put("texts", "texts are not in the language|array of string|arrays of string");
    OUTSIDE.put("sequences and optional values", "sequence|optional");
    OUTSIDE.put("steps of a training", "it trains;");
    OUTSIDE.put("draws at random, which no two programs share", "at random");
    OUTSIDE.put("results whose size depends on the data", "the size of its result depends on the data");
  }

  @Test
  void eachModelComputesWhatItShould() throws IOException {
    var data = System.getenv("NNC_DATA");
    var root = data == null ? null : Path.of(data, "onnx");
    Assumptions.assumeTrue(root != null && Files.isDirectory(root), "NNC_DATA names no folder with onnx in it");
    var typing = new Typing();
    int passed = 0;
    var counts = new TreeMap<String, List<String>>();
    var surprises = new ArrayList<String>();
    for (var folder : folders(root)) {
      var outcome = new BackendCase(folder, typing).run();
      if (outcome.passes()) {
        passed++;
      } else {
        reason(outcome).ifPresentOrElse(reason -> counts.computeIfAbsent(reason, _ -> new ArrayList<>()).add(outcome.name()),
            () -> surprises.add(outcome.name() + ": " + outcome.operator() + " " + outcome.reason() + "\n" + outcome.program()));
      }
    }
    assertThat(surprises).isEmpty();
    var table = table(passed, counts);
    var page = Files.readString(PAGE);
    var now = page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + table + page.substring(page.indexOf(END));
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(PAGE, now);
    } else {
      assertThat(page).as("the table of docs/onnx.md, which -Dgolden.update=true writes").isEqualTo(now);
    }
  }

  private static List<Path> folders(Path root) throws IOException {
    var only = Pattern.compile(System.getProperty("onnx.only", ".*"));
    try (var groups = Files.walk(root, 2)) {
      return groups.filter(folder -> Files.exists(folder.resolve("model.onnx")) && only.matcher(folder.getFileName().toString()).matches()).sorted().toList();
    }
  }

  private static Optional<String> reason(Outcome outcome) {
    return OUTSIDE.entrySet().stream().filter(one -> Pattern.compile(one.getValue()).matcher(outcome.reason()).find()).map(Map.Entry::getKey).findFirst();
  }

  private static String table(int passed, Map<String, List<String>> counts) {
    var lines = new ArrayList<String>();
    lines.add("| tests | what comes of them |");
    lines.add("| ---: | --- |");
    lines.add("| " + passed + " | pass |");
    OUTSIDE.keySet().forEach(reason -> lines.add("| " + counts.getOrDefault(reason, List.of()).size() + " | are of " + reason + " |"));
    return String.join("\n", lines) + "\n";
  }
}
