package nnc.runtime.files;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.Set;

/**
 * A folder, in the system's one for temporary files, for what a process needs for a while. It goes with all that is in it when it is closed or the process ends;
 * that of a process that was killed goes when the next one is made.
 */
public final class ScratchFolder implements AutoCloseable {
  private static final String PREFIX = "nnc-scratch", LOCK = ".lock";

  /** Of this process. */
  private static final Set<Path> OWN = new HashSet<>();

  private final Path folder;
  private final ProcessLock lock;

  private ScratchFolder(Path folder, ProcessLock lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * A new one.
   *
   * @throws IOException if none can be made
   */
  public static ScratchFolder make() throws IOException {
    synchronized (OWN) {
      while (true) {
        Path folder = Files.createTempDirectory(PREFIX);
        folder.toFile().deleteOnExit();
        clean(folder);
        try {
          ProcessLock lock = lock(folder.resolve(LOCK));
          OWN.add(folder);
          return new ScratchFolder(folder, lock);
        } catch (NoSuchFileException e) {
          // another process took it for left behind before it was held
        }
      }
    }
  }

  /** Null where there are no locks: such a folder is nobody's to delete. */
  private static ProcessLock lock(Path file) throws IOException {
    try {
      file.toFile().deleteOnExit();
      return ProcessLock.take(file);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      Files.deleteIfExists(file);
      return null;
    }
  }

  /** Where it is. */
  public Path path() {
    return folder;
  }

  /** The place of a file in it. */
  public Path file(String name) {
    Path file = folder.resolve(name);
    file.toFile().deleteOnExit();
    return file;
  }

  /** Deletes those of the same user that nobody holds. */
  private static void clean(Path like) throws IOException {
    UserPrincipal user = Files.getOwner(like);
    File[] all = like.getParent().toFile().listFiles();
    for (File one : all == null ? new File[0] : all) {
      Path folder = one.toPath();
      if (one.getName().startsWith(PREFIX) && !folder.equals(like) && !OWN.contains(folder)) {
        clean(folder, user);
      }
    }
  }

  private static void clean(Path folder, UserPrincipal user) {
    try {
      if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(user)) {
        try (var channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
          if (ProcessLock.isFree(channel)) {
            delete(folder);
          }
        }
      }
    } catch (IOException e) {
      // one that has no lock, or that somebody else deletes: it stays
    }
  }

  /** Deletes a folder, if there is one, and all that is in it. */
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(folder, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Files.deleteIfExists(file);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult postVisitDirectory(Path inner, IOException fault) throws IOException {
        Files.deleteIfExists(inner);
        return FileVisitResult.CONTINUE;
      }
    });
  }

  @Override
  public void close() throws IOException {
    synchronized (OWN) {
      delete(folder);
      if (lock != null) {
        lock.close();
      }
      OWN.remove(folder);
    }
  }
}
