package nnc.elaborate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.Golden;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs as people write them who know Keras, PyTorch or NumPy, and what they are told. Each descriptor begins with its grade and a reason: 3 names the
 * cause in the user's words, shows types or values and where they came from, and says what to write; 2 lacks one of these; 1 misses the cause; 0 is silent or untrue.
 */
class MistakesTest {
  private static final Path CORPUS = Path.of("src/test/resources/golden/mistakes");

  @TempDir
  Path folder;

  @TestFactory
  Stream<DynamicTest> mistakesAreToldLikeThis() {
    return Golden.tests("mistakes", sections -> Map.of("told", told(sections.get("source"))));
  }

  /** As {@code nnc check} tells it. */
  private String told(String source) throws IOException {
    var file = Files.writeString(folder.resolve("a.nn"), source + "\n");
    String told;
    try {
      told = Compiler.check(file, CompilerOptions.standard()).render();
    } catch (FaultyProgram fault) {
      told = fault.diagnostics().render(fault.texts());
    }
    return told.replace(folder.toString() + "/", "");
  }

  @Test
  void noneIsSilentOrMissesTheCause() throws IOException {
    int sum = 0;
    int count = 0;
    var topics = new TreeSet<String>();
    try (var files = Files.walk(CORPUS)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var sections = Golden.sections(Files.readString(file));
        var grade = sections.get("");
        assertThat(grade).as(file.toString()).matches("[23]: .+");
        assertThat(sections.get("told")).as(file.toString()).containsPattern("a\\.nn:\\d+:\\d+: (error|warning): ");
        sum += grade.charAt(0) - '0';
        count++;
        topics.add(file.getParent().getFileName().toString());
      }
    }
    assertThat(count).isGreaterThanOrEqualTo(150);
    assertThat(topics).hasSize(4);
    assertThat((double) sum / count).isGreaterThanOrEqualTo(2.8);
  }
}
