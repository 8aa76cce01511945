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
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import nnc.runtime.base.Fault;

/**
 * A file that is wholly written, on the disk, or not at all: what was there before stays until then. What takes its place has its mode and, where that is
 * permitted, its owner and group; a link stays one, and what it leads to is written.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /** Names what this process writes beside files; told from what others do by when it was first asked for. */
  private static final String OWN = Long.toHexString(System.nanoTime()) + "-";
  private static final AtomicLong NEXT = new AtomicLong();
  private static final String PART = ".part";

  /** What was looked through for parts of files that dead processes have left. */
  private static final Set<Path> CLEANED = Collections.synchronizedSet(new HashSet<>());

  private static final int MOST_LINKS = 40;
  private static final String OTHER_NAME = "choose another name";

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
    try {
      Path target = writable(file);
      if (Files.exists(target) && !Files.isRegularFile(target)) {
        writeThrough(target, content);
        return;
      }
      clean(target);
      while (!replace(target, content)) {
        // once more, under another name
      }
    } catch (IOException e) {
      throw fault(file, e);
    }
  }

  /**
   * Where what is written to a file goes, whose folder is made: to what a link leads to, also if that is not there yet.
   *
   * @throws IOException if it cannot be written
   */
  private static Path writable(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FileAlreadyExistsException(file.toString(), null, "it is a folder");
    }
    Path target = target(file);
    Files.createDirectories(target.getParent());
    if (Files.exists(target) && !Files.isWritable(target)) {
      throw new AccessDeniedException(file.toString());
    }
    return target;
  }

  /** What a link leads to, or where it would; a device or a pipe by the name that it was given. */
  public static Path target(Path file) throws IOException {
    Path target = file.toAbsolutePath();
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      return target;
    }
    for (int i = 0; Files.isSymbolicLink(target); i++) {
      if (i == MOST_LINKS) {
        throw new FileSystemLoopException(file.toString());
      }
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    return target;
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
      throw other(file, kind);
    }
  }

  /** What is said of a file of another kind. */
  static Fault other(Path file, String kind) {
    return new Fault(file + ": this file is not " + kind + ", and stays as it is", OTHER_NAME + ", or remove the file first");
  }

  /**
   * Refuses to write over what is read meanwhile, by whatever name.
   *
   * @param read may be null, or not there
   * @param why  what would come of it
   */
  public static void keepRead(Path read, Path written, String why) {
    try {
      if (read != null && Files.isRegularFile(written) && Files.isSameFile(read, written)) {
        throw new Fault(written + ": " + why, OTHER_NAME);
      }
    } catch (IOException e) {
      // one of them is not there: they are not the same
    }
  }

  /** Says before the work whether what it is for could be written, and deletes what dead processes have left of it. */
  public static void probe(Path file) {
    try {
      Path target = writable(file);
      if (!Files.isWritable(target.getParent())) {
        throw new AccessDeniedException(file.toString());
      }
      clean(target);
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
      boolean other = !(file + "").equals(known.getFile()) && known.getFile() != null && !known.getFile().endsWith(PART);
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

  /** Writes beside a file and renames it into place; false, before that, if another process took what is beside it for left behind. */
  private static boolean replace(Path file, Content content) throws IOException {
    Map<String, Object> before = attributes(file);
    Path beside = file.resolveSibling("." + file.getFileName() + "." + OWN + NEXT.getAndIncrement() + PART);
    // who may not read what was there does not read what is to come while it is written
    FileAttribute<?>[] mode = before.isEmpty() ? new FileAttribute<?>[0] : new FileAttribute<?>[] {mode(before)};
    try (var channel = FileChannel.open(beside, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode)) {
      // so others see that somebody works at it
      if (!lock(channel) || !Files.exists(beside)) {
        return false;
      }
      for (var attribute : before.entrySet()) {
        try {
          Files.setAttribute(beside, "posix:" + attribute.getKey(), attribute.getValue());
        } catch (IOException e) {
          // only the superuser gives files away, and not every disk has modes
        }
      }
      var out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
      content.write(out);
      out.flush();
      channel.force(true);
      move(beside, file);
    } finally {
      Files.deleteIfExists(beside);
    }
    sync(file.getParent());
    return true;
  }

  private static boolean lock(FileChannel channel) {
    try {
      return ProcessLock.isFree(channel);
    } catch (IOException e) {
      // there are no locks here: nobody takes it away
      return true;
    }
  }

  /** Group, owner and mode of a file, in this order, as a change of the others takes from the mode; none if it is not there, or the system has no such. */
  private static Map<String, Object> attributes(Path file) {
    try {
      return new TreeMap<>(Files.readAttributes(file, "posix:owner,group,permissions"));
    } catch (IOException | UnsupportedOperationException e) {
      return Map.of();
    }
  }

  @SuppressWarnings("unchecked")   // what the view of this name gives
  private static FileAttribute<?> mode(Map<String, Object> attributes) {
    return PosixFilePermissions.asFileAttribute((Set<PosixFilePermission>) attributes.get("permissions"));
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Brings a folder's names to the disk, where folders can be opened. */
  private static void sync(Path folder) {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // not on this system; the file itself is there
    }
  }

  /** Deletes, once, what processes that are dead have left beside a file: what nobody has locked. */
  private static void clean(Path file) {
    String[] names = CLEANED.add(file) ? file.getParent().toFile().list() : null;
    if (names == null) {
      return;
    }
    String begin = "." + file.getFileName() + ".";
    for (String name : names) {
      if (name.startsWith(begin) && name.endsWith(PART) && !name.startsWith(OWN, begin.length())) {
        Path part = file.resolveSibling(name);
        try (var channel = FileChannel.open(part, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
          if (ProcessLock.isFree(channel)) {
            Files.deleteIfExists(part);
          }
        } catch (IOException e) {
          // somebody else's: it stays
        }
      }
    }
  }
}
