package nnc.maven;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.maven.plugin.MojoExecutionException;

/**
 * Whether a command would find nothing to do, so that no process need be started: the compiler and the arguments are the same, and so are all files that the compiler's
 * stamp tells of ({@code read HASH PATH}, {@code wrote HASH PATH}).
 */
final class UpToDate {
  private final Path stamp;
  private final Path record;
  private final String invocation;

  /**
   * Of a command.
   *
   * @param stamp     the file that the command is told to keep
   * @param classPath of the compiler
   */
  UpToDate(Path stamp, List<File> classPath, List<String> arguments) throws MojoExecutionException {
    this.stamp = stamp;
    record = stamp.resolveSibling(stamp.getFileName() + ".invocation");
    List<String> all = new ArrayList<>(arguments);
    try {
      for (File entry : classPath) {
        if (entry.isFile()) {
          all.add(entry + " " + entry.length() + " " + entry.lastModified());
        } else {
          for (Path file : files(entry.toPath(), "")) {
            all.add(file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis());
          }
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw new MojoExecutionException("the compiler's class path cannot be read: " + e.getMessage(), e);
    }
    invocation = String.join("\n", all);
  }

  /** The files of a folder whose names have an end; none if there is no such folder. */
  static Set<Path> files(Path folder, String end) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Set.of();
    }
    try (var all = Files.walk(folder)) {
      return new TreeSet<>(all.filter(file -> Files.isRegularFile(file) && file.toString().endsWith(end)).toList());
    }
  }

  /** Whether all is as it was, and each of these programs is told of. */
  boolean holds(Set<Path> programs) throws MojoExecutionException {
    try {
      if (!Files.exists(stamp) || !Files.exists(record) || !Files.readString(record).equals(invocation)) {
        return false;
      }
      Set<Path> read = new TreeSet<>();
      for (String line : Files.readAllLines(stamp)) {
        String[] words = line.split(" ", 3);
        if (words[0].equals("program")) {
          read.add(Path.of(line.substring("program ".length())));
        } else if (words[0].equals("read") || words[0].equals("wrote")) {
          if (!hash(Path.of(words[2])).equals(words[1])) {
            return false;
          }
          read.add(Path.of(words[2]));
        }
      }
      return read.containsAll(programs);
    } catch (IOException e) {
      throw new MojoExecutionException(stamp + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Takes note that the command was done. */
  void done() throws MojoExecutionException {
    try {
      Files.writeString(record, invocation);
    } catch (IOException e) {
      throw new MojoExecutionException(record + " cannot be written: " + e.getMessage(), e);
    }
  }

  /** As the compiler's stamps have it: of the content's size and the content; of a folder, which only the compiler looks through, none. */
  private static String hash(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return "";
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] content = Files.readAllBytes(file);
      digest.update((content.length + ":").getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(digest.digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
