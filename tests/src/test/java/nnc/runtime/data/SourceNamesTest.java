package nnc.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import nnc.endtoend.Programs;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The compiler and the runtime know the same data sources. */
class SourceNamesTest {
  private static final String PROGRAM = """
      input  x: float[N, 2]
      target y: float[N]
      output z = x |> dense(1) |> flatten
      loss mse(z, y)
      data { train = %s }
      train { optimizer = sgd(0.1) }
      """;

  @TempDir
  private Path folder;

  static List<String> names() {
    return Data.sources();
  }

  private Table table(Source source) {
    return Sources.table(folder, source, "x");
  }

  @ParameterizedTest
  @MethodSource("names")
  void theCompilerKnowsWhatItTakes(String name) {
    assertThat(Programs.faults(PROGRAM.formatted(name + "(" + "1, ".repeat(9) + "1)"))).contains(name + ": this is one argument too many", "it is " + name + "(");
  }

  @ParameterizedTest
  @MethodSource("names")
  void theRuntimeLoadsIt(String name) {
    assertThatThrownBy(() -> table(Sources.source(name, Map.of("surely_none", "x"))), "Data loads %s", name).isInstanceOf(Fault.class)
        .hasMessageNotContaining("no such data source");
  }

  /** Classes are named by texts there, which javac does not look at. */
  @ParameterizedTest
  @MethodSource("names")
  void itsReaderIsThere(String name) throws ClassNotFoundException {
    assertThat(Class.forName(SourceReaders.className(name)).getDeclaredConstructors()).as("what reads %s", name).anyMatch(constructor -> constructor.getParameterCount() == 0);
  }

  /** A class that reads sources, and that no source is read by, is a source that was forgotten. */
  @Test
  void eachReaderReadsASource() throws IOException {
    var used = names().stream().map(SourceReaders::className).collect(Collectors.toSet());
    try (var files = Files.list(Path.of("../runtime/src/main/java/nnc/runtime/data"))) {
      for (var file : files.toList()) {
        if (Files.readString(file).contains("implements SourceReader ")) {
          var name = file.getFileName().toString().replace(".java", "");
          assertThat(used).as("SourceReaders has a name for what %s loads", name).contains("nnc.runtime.data." + name);
        }
      }
    }
  }

  /** Its numbers, and of files what is wrong with them. */
  @ParameterizedTest
  @MethodSource("names")
  void someTestReadsIt(String name) throws IOException {
    var text = new StringBuilder();
    for (var test : List.of("MutantsTest", "GeneratorTest", "DataTest", "CsvTest", "PicturesTest", "CifarTest", "PartsTest", "WavTest", "TextTokensTest", "SequenceRowsTest")) {
      text.append(Files.readString(Path.of("src/test/java/nnc/runtime/data", test + ".java")));
    }
    assertThat(text.toString().matches("(?s).*[\"{ ]" + name + "[\",(].*")).as("MutantsTest, GeneratorTest or another one loads %s", name).isTrue();
  }

  @ParameterizedTest
  @MethodSource("names")
  void theReadmeHasIt(String name) throws IOException {
    assertThat(Files.readString(Path.of("../docs/data.md")).contains("`" + name + "(")).as("docs/data.md tells of `%s(...)`", name).isTrue();
  }

  @Test
  void anUnknownOneIsToldWithAllThatAre() {
    assertThat(Programs.faults(PROGRAM.formatted("heap(1)"))).contains("unknown data source heap").contains(names());
    assertThatThrownBy(() -> table(Sources.source("heap", Map.of()))).isInstanceOfSatisfying(Fault.class, fault -> assertThat(fault.hint()).contains(names()));
  }
}
