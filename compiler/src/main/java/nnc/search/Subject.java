package nnc.search;

import java.io.PrintStream;
import java.nio.file.Path;
import nnc.driver.CompilerOptions;
import nnc.runtime.data.Folder;

/**
 * The program that trials train.
 *
 * @param options with the constants that stay
 * @param data    where data files are instead of beside the program, or null
 * @param log     where a download tells of itself
 */
public record Subject(Path file, CompilerOptions options, Path data, PrintStream log) {
  /** Where its data files are looked for. */
  public Folder folder() {
    return new Folder(file.toAbsolutePath().getParent(), data, log);
  }

  /** The options with the constants of a point. */
  public CompilerOptions options(Point point) {
    return options.with(point.with(options.defines()));
  }
}
