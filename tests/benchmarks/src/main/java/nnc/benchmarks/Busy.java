package nnc.benchmarks;

import java.io.IOException;
import java.nio.file.Path;

/** Another program that keeps so many threads busy: what engines are measured beside by {@code --busy N}. It ends when it is closed, and with this process. */
final class Busy implements AutoCloseable {
  private static volatile long sink;

  private final Process process;

  private Busy(Process process) {
    this.process = process;
  }

  /** A process of so many busy threads, one at least; it runs when this returns. */
  static Busy start(int threads) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder = new ProcessBuilder(java, "-Xmx32m", Busy.class.getName(), Integer.toString(threads)).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    var busy = new Busy(builder.start());
    if (busy.process.getInputStream().read() < 0) {
      throw new IOException("the process that is to be busy has ended");
    }
    return busy;
  }

  /** Argument: how many threads. They run until the input ends. */
  public static void main(String[] arguments) throws IOException {
    for (int i = 0; i < Integer.parseInt(arguments[0]); i++) {
      Thread.ofPlatform().daemon().start(Busy::spin);
    }
    System.out.write('\n');
    System.out.flush();
    while (System.in.read() >= 0) {
      // what is said to it does not matter
    }
  }

  /** Works in registers alone, so that it takes processors and not the memory's bandwidth. */
  private static void spin() {
    while (true) {
      long x = sink + 1;
      for (int i = 0; i < 1 << 20; i++) {
        x ^= x << 13;
        x ^= x >>> 7;
        x ^= x << 17;
      }
      sink = x;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
