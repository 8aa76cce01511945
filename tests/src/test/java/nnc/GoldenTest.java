package nnc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenTest {
  private static final String DESCRIPTOR = "remark\n\n[source]\n\n  a\n b\n\n[upper]\n  A\n B\n";

  @TempDir
  private Path folder;

  private Path descriptor(String text) throws Exception {
    return Files.writeString(folder.resolve("a.txt"), text);
  }

  @Test
  void sectionsAreReadByName() {
    assertThat(Golden.sections(DESCRIPTOR)).isEqualTo(Map.of("", "remark", "source", "  a\n b", "upper", "  A\n B"));
  }

  @Test
  void whatIsAsWrittenPasses() throws Exception {
    Golden.check(descriptor(DESCRIPTOR), sections -> Map.of("upper", sections.get("source").toUpperCase(java.util.Locale.ROOT) + "\n"));
  }

  @Test
  void aDifferenceFails() throws Exception {
    Assumptions.assumeFalse(Boolean.getBoolean("golden.update"), "an update rewrites instead of failing");
    var file = descriptor(DESCRIPTOR);
    assertThatThrownBy(() -> Golden.check(file, _ -> Map.of("upper", "C"))).isInstanceOf(AssertionError.class).hasMessageContaining("a.txt");
    assertThatThrownBy(() -> Golden.check(file, _ -> Map.of("more", "C"))).isInstanceOf(AssertionError.class);
    assertThat(file).hasContent(DESCRIPTOR);
  }
}
