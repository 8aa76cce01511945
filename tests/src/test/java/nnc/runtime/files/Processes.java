package nnc.runtime.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Another process that holds a file until it is closed here. */
final class Processes implements AutoCloseable {
  private final Process process;

  private Processes(Process process) {
    this.process = process;
  }

  /** The other process: takes the lock as a writer does, says so, and waits to be killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws Exception {
      var file = Path.of(arguments[0]);
      if (!arguments[1].equals("part")) {
        try (var lock = ProcessLock.take(file)) {
          System.out.println(lock != null);
          Thread.sleep(arguments[1].equals("ask") ? 0 : Long.MAX_VALUE);
        }
        return;
      }
      try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        System.out.println(ProcessLock.isFree(channel));
        Thread.sleep(Long.MAX_VALUE);
      }
    }
  }

  /** That holds an open file's lock. */
  static Processes holding(Path file) throws IOException {
    return start(file, "part");
  }

  /** That has taken a file as a {@link ProcessLock}. */
  static Processes locking(Path file) throws IOException {
    return start(file, "lock");
  }

  private static Processes start(Path file, String how) throws IOException {
    var command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
        Holder.class.getName(), file.toString(), how);
    var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    if (process.inputReader().readLine() instanceof String said && said.equals("true")) {
      return new Processes(process);
    }
    process.destroyForcibly();
    throw new IllegalStateException("the other process does not hold " + file);
  }

  /** Whether another process gets hold of a file, which it lets go of. */
  static boolean isFree(Path file) throws IOException, InterruptedException {
    try (var other = start(file, "ask")) {
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long number() {
    return process.pid();
  }

  /** Kills it, as nothing can be done about. */
  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
