package nnc.runtime.data;

import static nnc.runtime.data.Sources.source;
import static nnc.runtime.data.Sources.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import nnc.runtime.base.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files side by side: of what both have it is said which one is meant. */
class ZipTest {
  @TempDir
  Path folder;

  @BeforeEach
  void files() throws IOException {
    Files.writeString(folder.resolve("a.csv"), "x,a\n1,10\n2,20\n");
    Files.writeString(folder.resolve("b.csv"), "x,b\n3,30\n4,40\n");
  }

  private Table table(Map<String, ?> chosen, Map<String, ?> ofSecond, String... fed) {
    return Sources.table(folder, source("zip", chosen, source("csv", Map.of(), "a.csv"), source("csv", ofSecond, "b.csv")), fed);
  }

  @Test
  void aColumnOfBothIsThatOfTheSourceThatIsNamed() {
    assertThat(values(table(Map.of("x", "first"), Map.of(), "x", "a", "b").column("x"))).containsExactly(1, 2);
    Table second = table(Map.of("x", "second"), Map.of(), "x", "a", "b");
    assertThat(values(second.column("x"))).containsExactly(3, 4);
    assertThat(values(second.column("a"))).containsExactly(10, 20);
    assertThat(values(second.column("b"))).containsExactly(30, 40);
    Table both = table(Map.of("x", "first"), Map.of("later", "x"), "x", "later");
    assertThat(values(both.column("x"))).containsExactly(1, 2);
    assertThat(values(both.column("later"))).containsExactly(3, 4);
  }

  @Test
  void whatIsNotSaidIsAskedFor() {
    assertThatThrownBy(() -> table(Map.of(), Map.of(), "x")).isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.hint()).contains("zip(..., x = \"first\")"))
        .hasMessageContaining("both have a column x");
    assertThatThrownBy(() -> table(Map.of("x", "a.csv"), Map.of(), "x")).isInstanceOf(Fault.class).hasMessageContaining("x is \"first\" or \"second\"");
    assertThatThrownBy(() -> table(Map.of("a", "second", "x", "first"), Map.of(), "x", "a")).isInstanceOf(Fault.class).hasMessageContaining("b.csv has no column a");
  }
}
