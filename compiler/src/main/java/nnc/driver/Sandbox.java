package nnc.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import nnc.source.Diagnostics;
import nnc.source.Span;

/**
 * What a program that somebody else has written may have read: files in its own folder and below, whatever they are called and whatever links lie there. What it may do
 * else is bounded with and without: a program computes, and its budgets end what would take too long.
 *
 * <p>Files are looked at when the program is compiled, and names among its data with them. Who may change the folder meanwhile is not somebody whose programs to run.
 *
 * @param use  whether data are read after compiling
 * @param data the folder that its data are read from in place of its own
 */
public record Sandbox(DataUse use, Optional<Path> data) {
  /** Whether a program's data are read. Of those that are, what lies in folders is looked at too, and public data sets have to lie in a folder that was named. */
  public enum DataUse { UNREAD, READ }

  private static final String HINT = "in a sandbox a program has nothing read but files in its folder, and below";

  /** Of a program that is compiled, and whose data nobody reads. */
  public static Sandbox compiling() {
    return new Sandbox(DataUse.UNREAD, Optional.empty());
  }

  /** Of a program whose data are read too, from a folder if one is named. */
  public static Sandbox reading(Optional<Path> data) {
    return new Sandbox(DataUse.READ, data);
  }

  /** Whether the program itself is a file of its folder. What is none is a fault. */
  boolean admits(Path program, Diagnostics diagnostics) {
    var name = program.getFileName();
    return name == null || admits(program.toAbsolutePath().getParent(), name.toString(), Span.NONE, diagnostics);
  }

  /** Whether an import is a file of the program's folder. What is none is a fault. */
  boolean admits(Path folder, String name, Span place, Diagnostics diagnostics) {
    var problem = problem(folder, name);
    problem.ifPresent(what -> diagnostics.error(place, name + " is not read: " + what).hint(HINT));
    return problem.isEmpty();
  }

  /**
   * Looks at what a source of data is read from.
   *
   * @param beside the program's folder
   * @param name   of a file or folder; empty of a public data set, which lies elsewhere
   */
  void data(Path beside, String source, String name, Span place, Diagnostics diagnostics) {
    if (name.isEmpty()) {
      if (use == DataUse.READ && data.isEmpty()) {
        diagnostics.error(place, source + " is not read: it lies in the user's own folders, or is fetched").hint("--data DIR names the folder that it is read from");
      }
      return;
    }
    var folder = data.orElse(beside);
    var problem = problem(folder, name);
    if (problem.isEmpty() && use == DataUse.READ) {
      problem = problemInside(folder, folder.resolve(name));
    }
    problem.ifPresent(what -> diagnostics.error(place, name + " is not read: " + what).hint(HINT + (data.isEmpty() ? "; --data DIR names another folder of its data" : ", and those of --data")));
  }

  /** Why a name is not that of a file or folder in a folder; nothing where it is, or of nothing that there is. */
  private static Optional<String> problem(Path folder, String name) {
    Path path;
    try {
      path = Path.of(name);
    } catch (InvalidPathException e) {
      return Optional.of("it is no path");
    }
    if (path.getRoot() != null || name.startsWith("/") || name.startsWith("\\") || name.matches("[A-Za-z]:.*")) {
      return Optional.of("it is an absolute path");
    }
    for (var part : name.split("[/\\\\]")) {
      if (part.equals("..")) {
        return Optional.of("it leaves its folder by '..'");
      }
    }
    var whole = folder;
    for (var part : path) {
      whole = whole.resolve(part);
      var wrong = Files.exists(whole, LinkOption.NOFOLLOW_LINKS) ? problemOf(folder, whole) : Optional.<String>empty();
      if (wrong.isPresent()) {
        return wrong;
      }
    }
    return Optional.empty();
  }

  /** Of what is there. */
  private static Optional<String> problemOf(Path folder, Path there) {
    try {
      var real = there.toRealPath();
      if (!real.startsWith(folder.toRealPath())) {
        return Optional.of(there.getFileName() + " is a link out of its folder");
      }
      return Files.isRegularFile(real) || Files.isDirectory(real) ? Optional.empty() : Optional.of("it is neither a file nor a folder");
    } catch (IOException e) {
      return Optional.of(there.getFileName() + " is a link to nothing that can be read");
    }
  }

  /** Of what lies in a folder. */
  private static Optional<String> problemInside(Path folder, Path there) {
    if (!Files.isDirectory(there)) {
      return Optional.empty();
    }
    try (var files = Files.walk(there)) {
      return files.map(file -> problemOf(folder, file).map(what -> there.relativize(file) + ": " + what)).flatMap(Optional::stream).findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.of("it cannot be looked through: " + e.getMessage());
    }
  }
}
