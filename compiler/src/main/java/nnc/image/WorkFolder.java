package nnc.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import nnc.runtime.base.Fault;
import nnc.runtime.files.ScratchFolder;

/**
 * A folder in the making, and the processes that work on it. Whatever ends the work before it is done, a fault as well as Ctrl-C, takes the
 * folder away.
 */
final class WorkFolder implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 10;

  /** Of the environment, what would change how a child's Java works. */
  private static final List<String> JAVA_VARIABLES = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private final Path folder;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "nnc-stop");
  private Process child;
  private boolean stopped;

  /** Makes the folder, which must not be there, with the rights that a new folder has. */
  WorkFolder(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectory(folder);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  Path folder() {
    return folder;
  }

  /** How a process ended, and all that it said. */
  record Ended(int code, String text) {}

  /** Runs a process and waits for its end. */
  Ended run(List<String> command) throws IOException {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    JAVA_VARIABLES.forEach(builder.environment()::remove);
    Process process;
    synchronized (this) {
      check();
      process = builder.start();
      child = process;
    }
    process.getOutputStream().close();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      int code = process.waitFor();
      check();
      return new Ended(code, text);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      throw new Fault("interrupted", "", e);
    }
  }

  /** Throws if the work is to end. */
  synchronized void check() {
    if (stopped) {
      throw new Fault("stopped; nothing was written");
    }
  }

  /** From now on nothing stops the work, and the folder is another's. */
  synchronized void done() {
    check();
    removeHook();
  }

  private void stop() {
    synchronized (this) {
      stopped = true;
      if (child != null) {
        child.descendants().forEach(ProcessHandle::destroyForcibly);
        child.destroyForcibly();
      }
    }
    try {
      if (!closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        ScratchFolder.delete(folder);
      }
    } catch (InterruptedException | IOException e) {
      // the process is ending: there is nobody left to tell
    }
  }

  /** Deletes the folder if it is still there. */
  @Override
  public void close() throws IOException {
    try {
      ScratchFolder.delete(folder);
    } finally {
      closed.countDown();
      removeHook();
    }
  }

  private void removeHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // it is running
    }
  }
}
