package nnc.runtime.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A file that one process at a time holds, until it closes it, which deletes it, or ends. However a process ends, the system takes its locks: so what a dead
 * one has left is told from what a living one works at, in other containers too, where the numbers of processes say nothing.
 */
public final class ProcessLock implements AutoCloseable {
  /** Behind all that the file holds: where a lock forbids others to read, they can still read what is before it. */
  private static final long PLACE = Long.MAX_VALUE - 1;

  /** How often, and after what time, one is asked for that another process may be about to let go of: one that was killed, say, a moment ago. */
  private static final int ATTEMPTS = 100, PAUSE_NS = 20_000_000;

  /** What this process holds: a file that is opened once more would be free when it is closed, whoever has it. */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path file;
  private final FileChannel channel;

  private ProcessLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes a file, which is made if it is not there; one that is let go of within two seconds is waited for.
   *
   * @param file by its absolute path
   * @return null if another process holds it, or this one does already
   * @throws IOException if it cannot be written, or there are no locks where it lies
   */
  public static ProcessLock take(Path file) throws IOException {
    for (int i = 0; i < ATTEMPTS; i++) {
      if (i > 0) {
        LockSupport.parkNanos(PAUSE_NS);
      }
      synchronized (HELD) {
        FileChannel channel = HELD.contains(file) ? null : open(file);
        if (channel != null) {
          HELD.add(file);
          var lock = new ProcessLock(file, channel);
          lock.sign();
          return lock;
        }
      }
    }
    return null;
  }

  /** Opens and locks a file; null if it is not free. Whoever opened it here once more would let go of it by closing that: it is only asked for its attributes. */
  private static FileChannel open(Path file) throws IOException {
    FileChannel channel = null;
    boolean held = false;
    try {
      if (!Files.exists(file)) {
        Files.createFile(file);
      }
      Object before = key(file);
      channel = FileChannel.open(file, StandardOpenOption.WRITE);
      // who held it may have deleted it before it was locked here: then this is no longer the file of that name
      held = isFree(channel) && Objects.equals(before, key(file));
    } catch (NoSuchFileException | FileAlreadyExistsException e) {
      // others are at it: perhaps at the next attempt
    } finally {
      if (channel != null && !held) {
        channel.close();
      }
    }
    return held ? channel : null;
  }

  private static Object key(Path file) throws IOException {
    return Files.getAttribute(file, "fileKey");
  }

  /** Says who holds it; on a full disk nobody does. */
  private void sign() {
    try {
      channel.truncate(0).write(ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      // it is held all the same
    }
  }

  /** Takes the lock of an open file; whether it was free. It is free again when the channel is closed. */
  static boolean isFree(FileChannel channel) throws IOException {
    try {
      return channel.tryLock(PLACE, 1, false) != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** Who holds a file, e.g. {@code process 4242, since 2026-01-31 12:00:00 UTC}; less if that is not known. */
  public static String holder(Path file) {
    synchronized (HELD) {
      if (HELD.contains(file)) {
        return "this process";
      }
      try {
        return "process " + Files.readString(file) + ", since " + Files.getLastModifiedTime(file).toString().substring(0, 19).replace('T', ' ') + " UTC";
      } catch (IOException e) {
        return "another process";
      }
    }
  }

  /** Deletes the file and lets go of it. */
  @Override
  public void close() {
    synchronized (HELD) {
      HELD.remove(file);
      try (channel) {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // it stays there, held by nobody
      }
    }
  }
}
