package nnc.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nnc.runtime.base.Fault;
import nnc.runtime.files.AtomicFile;

/**
 * What was read and what was written for each program, with the hash of each file: a program of which all is as it was need not be compiled again.
 *
 * <p>The file is text, so that a build tool can look by itself whether there is anything to do: a line {@code key HASH} of the compiler and its options, then for
 * each program {@code program PATH} and lines {@code read HASH PATH} and {@code wrote HASH PATH}.
 */
public final class BuildStamp {
  /**
   * Of a program.
   *
   * @param read  the hash of each file that it was made of, itself included
   * @param wrote the hash of each file that was made
   */
  public record Entry(Map<Path, String> read, Map<Path, String> wrote) {
    /** With the hashes that files have now. */
    public static Entry of(Collection<Path> read, Collection<Path> wrote) {
      return new Entry(hashes(read), hashes(wrote));
    }

    private static Map<Path, String> hashes(Collection<Path> files) {
      var hashes = new LinkedHashMap<Path, String>();
      files.forEach(file -> hashes.put(file.toAbsolutePath().normalize(), ContentHash.of(file)));
      return hashes;
    }

    /** Whether all files are as they were. */
    public boolean isFresh() {
      return isFresh(read) && isFresh(wrote);
    }

    private static boolean isFresh(Map<Path, String> files) {
      return files.entrySet().stream().allMatch(file -> ContentHash.of(file.getKey()).equals(file.getValue()));
    }
  }

  private final String key;
  private final Map<Path, Entry> entries = new LinkedHashMap<>();

  private BuildStamp(String key) {
    this.key = key;
  }

  /** One that tells of nothing. */
  public static BuildStamp empty() {
    return new BuildStamp("");
  }

  /**
   * What a file tells; nothing if there is none, or it was written with another key.
   *
   * @param key hash of all besides files that decides what is made
   */
  public static BuildStamp read(Path file, String key) {
    var stamp = new BuildStamp(key);
    try {
      var lines = Files.exists(file) ? Files.readAllLines(file) : List.<String>of();
      if (!lines.isEmpty() && lines.getFirst().equals("key " + key)) {
        stamp.take(lines.subList(1, lines.size()));
      }
    } catch (IOException e) {
      throw new Fault(file + ": cannot be read: " + e.getMessage(), "", e);
    }
    return stamp;
  }

  private void take(List<String> lines) {
    Entry entry = null;
    for (var line : lines) {
      var words = line.split(" ", 3);
      switch (words[0]) {
        case "program" -> {
          entry = new Entry(new LinkedHashMap<>(), new LinkedHashMap<>());
          entries.put(Path.of(line.substring("program ".length())), entry);
        }
        case "read" -> entry.read.put(Path.of(words[2]), words[1]);
        case "wrote" -> entry.wrote.put(Path.of(words[2]), words[1]);
        default -> entries.clear();
      }
    }
  }

  /** What was done for a program. */
  public Optional<Entry> of(Path program) {
    return Optional.ofNullable(entries.get(program.toAbsolutePath().normalize()));
  }

  /** The programs that it tells of. */
  public List<Path> programs() {
    return List.copyOf(entries.keySet());
  }

  /** Takes note of what was done for a program. */
  public void put(Path program, Entry entry) {
    entries.put(program.toAbsolutePath().normalize(), entry);
  }

  /** Forgets a program; what was written for it, and is as it was, is deleted. */
  public void remove(Path program) {
    var entry = entries.remove(program.toAbsolutePath().normalize());
    if (entry == null) {
      return;
    }
    entry.wrote.forEach((file, hash) -> {
      try {
        if (ContentHash.of(file).equals(hash)) {
          Files.delete(file);
        }
      } catch (IOException e) {
        throw new Fault(file + ": cannot be deleted: " + e.getMessage(), "", e);
      }
    });
  }

  /** Writes what {@link #read} reads. */
  public void write(Path file) {
    var lines = new ArrayList<String>();
    lines.add("key " + key);
    entries.forEach((program, entry) -> {
      lines.add("program " + program);
      entry.read.forEach((read, hash) -> lines.add("read " + hash + " " + read));
      entry.wrote.forEach((wrote, hash) -> lines.add("wrote " + hash + " " + wrote));
    });
    AtomicFile.write(file, out -> out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8)));
  }
}
