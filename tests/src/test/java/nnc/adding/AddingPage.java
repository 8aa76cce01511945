package nnc.adding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The page docs/adding.md: of each recipe, by the number of a step, the files and tests that it names. */
final class AddingPage {
  private static final Pattern STEP = Pattern.compile("(?ms)^(\\d+)\\. (.*?)(?=^\\d+\\. |\\z)");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  private AddingPage() {}

  static Map<String, Map<Integer, List<String>>> read() throws IOException {
    var recipes = new LinkedHashMap<String, Map<Integer, List<String>>>();
    for (var section : Files.readString(Path.of("..", "docs", "adding.md")).split("(?m)^## ")) {
      var steps = new TreeMap<Integer, List<String>>();
      STEP.matcher(section).results().forEach(step -> steps.put(Integer.valueOf(step.group(1)),
          NAME.matcher(step.group(2)).results().map(name -> name.group(1)).toList()));
      if (!steps.isEmpty()) {
        recipes.put(section.lines().findFirst().orElseThrow(), steps);
      }
    }
    return recipes;
  }

  /** Whether a name on the page means a file; a star stands for some letters. */
  static boolean means(String name, String path) {
    var plain = Stream.of(name.split("\\*", -1)).map(Pattern::quote).reduce((a, b) -> a + "[A-Za-z]+" + b).orElseThrow();
    return Pattern.compile("(.*/)?" + plain + "(/.*|\\.[a-z]+)?").matcher(path).matches();
  }
}
