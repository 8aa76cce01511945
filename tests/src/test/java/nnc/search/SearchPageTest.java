package nnc.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.Said;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** What the page on search has one type does what it says, on the page's program. */
@ResourceLock(Resources.SYSTEM_OUT)
class SearchPageTest {
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

  @TempDir
  Path folder;

  private static String page() throws IOException {
    return Files.readString(Path.of("../docs/search.md"));
  }

  @TestFactory
  Stream<DynamicTest> commandsRun() throws IOException {
    var blocks = page().split("```");
    var program = IntStream.range(0, blocks.length).filter(i -> i % 2 == 1 && blocks[i].contains("loss ")).mapToObj(i -> blocks[i]).findFirst().orElseThrow();
    // epochs are what takes time
    var file = Files.writeString(folder.resolve("FILE.nn"), program.replace("epochs = 9", "epochs = 3")).toString();
    var lines = page().lines().map(String::strip).filter(line -> line.startsWith("nnc ")).toList();
    assertThat(lines).hasSizeGreaterThan(8);
    return IntStream.range(0, lines.size()).mapToObj(i -> DynamicTest.dynamicTest(lines.get(i), () -> {
      var words = new ArrayList<>(WORD.matcher(lines.get(i)).results().map(word -> word.group(1) == null ? word.group(2) : word.group(1)).toList());
      words.removeFirst();
      words.replaceAll(word -> word.equals("FILE.nn") ? file : word.equals("rate.svg") ? folder.resolve(word).toString() : word);
      if (List.of("sweep", "train").contains(words.getFirst())) {
        words.addAll(List.of("--out", folder.resolve("out" + i).toString()));
      }
      var said = Said.byCompiler(words.toArray(String[]::new));
      assertThat(said.code()).as(said.all()).isZero();
    }));
  }

  @Test
  void theReadmeAndTheHelpNameTheCommands() throws IOException {
    var readme = Files.readString(Path.of("../README.md"));
    var help = Said.byCompiler("--help").out();
    for (var command : List.of("sweep", "rate", "crossvalidate")) {
      assertThat(readme).contains("./nnc " + command + " FILE.nn");
      assertThat(help).containsPattern("\n  " + command + " +[A-Z]");
      var page = page();
      var options = Said.byCompiler(command, "--help").out();
      assertThat(options).startsWith("usage: nnc " + command + " FILE.nn [OPTIONS]");
      assertThat(page).contains("nnc " + command + " FILE.nn");
    }
  }
}
