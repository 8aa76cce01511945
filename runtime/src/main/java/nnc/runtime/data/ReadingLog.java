package nnc.runtime.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A large file as it is read: tells from time to time how far it has come. */
final class ReadingLog extends FilterInputStream {
  private static final long EVERY_NS = 3_000_000_000L;

  private final Path file;
  private final PrintStream log;
  /** Of all that will be read; 0 if that is not known. */
  private final long size;
  private long read;
  private long told = System.nanoTime();

  /** @param most what {@link Folder} says of the bytes: those that there are, unless they are compressed */
  ReadingLog(InputStream in, Path file, long most, PrintStream log) throws IOException {
    super(in);
    this.file = file;
    this.log = log;
    size = Files.isRegularFile(file) && Files.size(file) == most ? most : 0;
  }

  @Override
  public int read() throws IOException {
    int one = super.read();
    count(one < 0 ? 0 : 1);
    return one;
  }

  @Override
  public int read(byte[] into, int from, int most) throws IOException {
    int got = super.read(into, from, most);
    count(Math.max(0, got));
    return got;
  }

  private void count(int bytes) {
    read += bytes;
    long time = System.nanoTime();
    if (time - told > EVERY_NS) {
      told = time;
      log.println(file + ": " + (read >> 20) + " MB read" + (size > 0 ? ", " + 100 * read / size + " %" : ""));
    }
  }
}
