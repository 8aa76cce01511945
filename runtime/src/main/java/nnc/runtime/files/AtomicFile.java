package nnc.runtime.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import nnc.runtime.base.Fault;

/** A file that is wholly written, on the disk, or not at all: what was there before stays until then. */
public final class AtomicFile {
  private AtomicFile() {}

  /** Tells the files of one process apart; the first tells the processes apart, more cheaply than asking for their number. */
  private static final AtomicLong NEXT = new AtomicLong(System.nanoTime());

  /** What is to be in the file. */
  public interface Content {
    void write(OutputStream out) throws IOException;
  }

  /**
   * Writes beside {@code file}, brings it to the disk and renames it into place.
   *
   * @throws Fault if that fails, saying why
   */
  public static void write(Path file, Content content) {
    Path folder = file.toAbsolutePath().getParent();
    Path beside = folder.resolve("." + file.getFileName() + "." + Long.toHexString(NEXT.getAndIncrement()) + ".part");
    try {
      if (Files.isDirectory(file)) {
        throw new FileAlreadyExistsException(file.toString(), null, "it is a folder");
      }
      Files.createDirectories(folder);
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        writeThrough(file, content);
        return;
      }
      try {
        fill(beside, content);
        move(beside, file);
      } finally {
        Files.deleteIfExists(beside);
      }
    } catch (IOException e) {
      throw fault(file, e);
    }
  }

  /**
   * Refuses to put something else into a file that is there already and is not of its kind: a table of the user's under a name that was meant for
   * weights, or the program itself.
   *
   * @param kind       e.g. {@code "a weight file"}
   * @param beginnings what files of the kind begin with, one of them, each a byte a character; an empty file may become anything
   */
  public static void keepOthers(Path file, String kind, String... beginnings) {
    if (!Files.isRegularFile(file)) {
      return;
    }
    String there;
    try (var in = Files.newInputStream(file)) {
      there = new String(in.readNBytes(16), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // who writes it finds out
      return;
    }
    boolean own = there.isEmpty();
    for (String beginning : beginnings) {
      own |= there.startsWith(beginning);
    }
    if (!own) {
      throw new Fault(file + ": this file is not " + kind + ", and stays as it is", "choose another name, or remove the file first");
    }
  }

  /** Says before the work whether what it is for could be written. */
  public static void probe(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    try {
      if (Files.isDirectory(file)) {
        throw new FileAlreadyExistsException(file.toString(), null, "it is a folder");
      }
      Files.createDirectories(folder);
      if (!Files.isWritable(folder) || Files.exists(file) && !Files.isRegularFile(file) && !Files.isWritable(file)) {
        throw new AccessDeniedException(file.toString());
      }
    } catch (IOException e) {
      throw fault(file, e);
    }
  }

  /** What to say of a file that could not be written. */
  public static Fault fault(Path file, IOException e) {
    String kept = Files.isRegularFile(file) ? "; the file that was there is unchanged" : "";
    if (e instanceof AccessDeniedException) {
      return new Fault(file + ": no permission to write it" + kept, "", e);
    } else if (e instanceof FileSystemException known) {
      String reason = known.getReason();
      boolean other = !(file + "").equals(known.getFile()) && known.getFile() != null && !known.getFile().endsWith(".part");
      return new Fault(file + ": cannot be written: " + (reason != null ? reason : known instanceof FileAlreadyExistsException
          ? known.getFile() + " is no folder" : known instanceof NoSuchFileException ? "no such folder" : known.getMessage())
          + (other && reason != null ? " (" + known.getFile() + ")" : "") + kept, "", e);
    }
    return new Fault(file + ": writing failed: " + e.getMessage() + kept, "", e);
  }

  /** To a device or a pipe. */
  private static void writeThrough(Path file, Content content) throws IOException {
    try (var out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      content.write(out);
    }
  }

  private static void fill(Path file, Content content) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
      var out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
      content.write(out);
      out.flush();
      channel.force(true);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
