package nnc.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  @Test
  void nncRunsCommandsThatThereAre() {
    for (var command : new String[] {"train", "evaluate", "predict", "summary", "bench", "profile", "gradcheck"}) {
      assertThat(Main.run(command, "--help")).as(command).isZero();
    }
  }
}
