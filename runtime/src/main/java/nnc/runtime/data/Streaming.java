package nnc.runtime.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;

/** What is done with a file of text whose rows do not stay in memory. Jars of programs that have such a source carry it. */
interface Streaming {
  /** Where the numbers of a column go. */
  interface Store {
    /** Adds the next number. */
    void add(double number);

    /**
     * All rows, once the last number was added.
     *
     * @param width numbers of a row
     */
    RowReader rows(int width);
  }

  /** @param origin of the numbers, for messages */
  Store store(String origin);

  /**
   * The bytes of a file, of which is told from time to time how far it was read.
   *
   * @param most what {@link Folder} says of them: how many there are, unless they are compressed
   */
  InputStream told(InputStream in, Path file, long most, PrintStream log) throws IOException;

  /** What a source's argument {@code stream} says; null if rows stay in memory. */
  static Streaming of(SourceArguments arguments) {
    return arguments.namedFlag(SourceReaders.STREAM, false) ? SourceReaders.of(SourceReaders.STREAM, Streaming.class) : null;
  }
}
