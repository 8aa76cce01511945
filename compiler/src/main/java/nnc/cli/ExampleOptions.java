package nnc.cli;

import java.nio.file.Path;
import java.util.List;
import nnc.driver.Compilation;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator.Purpose;
import nnc.explain.example.GradientSource;

/** What {@code nnc explain} tells of one example, and of the way back as a program. */
final class ExampleOptions {
  private ExampleOptions() {}

  static final List<Option> ALL = List.of(
      new Option("--gradient", "", "prints the backward pass as a program: the loss and its gradient by each parameter"),
      new Option("--step", "N", "of a training by several steps, the one whose backward pass is printed (default: 1)"));

  static boolean asked(CommandLine given) {
    return given.has("--gradient");
  }

  static String told(CommandLine given, Path file) throws FaultyProgram {
    var compilation = new Compilation(file, SourceOptions.of(given));
    return GradientSource.of(file.getFileName().toString(), compilation.trace(Purpose.GRADIENT), Numbers.count(given, "--step", 1, 1) - 1);
  }
}
