package nnc.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import nnc.cli.Main;
import org.junit.jupiter.api.Test;

/** Every command is listed and found, and nnc names none that there is not. */
class CommandListTest {
  @Test
  void theListHasEveryCommand() throws IOException {
    try (var files = Files.list(Path.of("../runtime/src/main/java/nnc/runtime/cli"))) {
      var classes = files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith("Command.java") && !name.equals("ModelCommand.java"))
          .map(name -> name.substring(0, name.length() - 5)).toList();
      assertThat(Stream.of(ModelMain.COMMANDS).map(command -> ModelMain.of(command[0]).getClass().getSimpleName()))
          .as("classes of the commands that ModelMain lists").containsExactlyInAnyOrderElementsOf(classes);
    }
  }

  @Test
  void noOptionIsThereTwice() {
    for (var command : ModelMain.COMMANDS) {
      var flags = Stream.concat(ModelMain.of(command[0]).flags().stream(), ModelMain.COMMON.stream()).map(Options.Flag::name).toList();
      assertThat(flags).as(command[0]).doesNotHaveDuplicates().allMatch(name -> name.startsWith("-"));
    }
  }

  /** What makes a jar, or tells of one, is for jars alone; {@code check} is the compiler's own, and the jar's is called otherwise. */
  @Test
  void nncRunsThemToo() {
    for (var command : ModelMain.COMMANDS) {
      if (!List.of("bundle", "info").contains(command[0])) {
        var name = command[0].equals("check") ? "gradcheck" : command[0];
        assertThat(Main.run(name, "--help")).as("nnc.cli.Main knows %s", name).isZero();
      }
    }
  }

  @Test
  void theReadmeHasEveryCommand() throws IOException {
    var readme = Files.readString(Path.of("../README.md"));
    for (var command : ModelMain.COMMANDS) {
      assertThat(readme.contains("java -jar FILE.jar " + command[0])).as("README.md lists the command %s", command[0]).isTrue();
    }
  }
}
