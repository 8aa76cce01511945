package nnc.runtime.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;

/** Has rows kept on the disk. */
final class Spooling implements Streaming {
  @Override
  public Store store(String origin) {
    return new Spool(origin);
  }

  @Override
  public InputStream told(InputStream in, Path file, long most, PrintStream log) throws IOException {
    return new ReadingLog(in, file, most, log);
  }
}
