package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nnc.Said;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sample of sentences, copied elsewhere as a stranger does, builds there and passes its own tests: the tokens of the native tokenizer, the vectors of the native
 * network. What it needs is taken from Maven's local repository, where {@code mvn package} of the sample puts it.
 */
@Tag("slow")
class SentencesSampleTest {
  private static final Path SAMPLE = Checkout.ROOT.resolve("samples/sentences");

  @TempDir
  Path folder;

  private void copy() throws Exception {
    try (var files = Files.walk(SAMPLE)) {
      for (var file : files.filter(file -> Files.isRegularFile(file) && !file.startsWith(SAMPLE.resolve("target"))).toList()) {
        var target = folder.resolve(SAMPLE.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }

  @Test
  void isBuiltByWhoeverCopiesIt() throws Exception {
    Checkout.requirePackaged();
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/mvn")), "there is no /usr/bin/mvn");
    copy();
    var command = new ArrayList<>(List.of("/usr/bin/mvn", "-o", "-q", "-B", "package", "-Dnnc=" + Checkout.ROOT.resolve("nnc")));
    if (System.getProperty("localRepository") != null) {
      command.add("-Dmaven.repo.local=" + System.getProperty("localRepository"));
    }
    var said = Said.byProcess(folder, Map.of("JAVA_HOME", System.getProperty("java.home")), command.toArray(String[]::new));
    Assumptions.assumeFalse(said.all().contains("offline"), "the local repository has not all that samples/sentences needs");
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(folder.resolve("target/sentences.jar")).isRegularFile();
    try (var reports = Files.list(folder.resolve("target/surefire-reports"))) {
      assertThat(reports.filter(file -> file.toString().endsWith(".txt"))).hasSize(2).allSatisfy(file -> assertThat(file).content().contains("Failures: 0, Errors: 0, Skipped: 0"));
    }
  }
}
