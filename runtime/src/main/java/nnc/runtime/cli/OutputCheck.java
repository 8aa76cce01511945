package nnc.runtime.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.Locale;

/** Whether what a command printed has arrived. */
public final class OutputCheck {
  private OutputCheck() {}

  /** As of a process that the signal of a broken pipe ended. */
  private static final int BROKEN_PIPE = 141;

  /**
   * The exit code of a command that has printed to standard output. Where the reader has gone, as {@code head} does once it has enough,
   * nothing is said; where writing failed for another reason, that is a fault.
   *
   * @param code the command's own
   * @param who  begins the message, e.g. {@code "nnc: "}
   */
  public static int code(int code, String who) {
    if (!System.out.checkError() || code != 0) {
      return code;
    }
    if (readerHasGone()) {
      return BROKEN_PIPE;
    }
    System.err.println(who + "error: what was to be printed could not be written");
    return 1;
  }

  /** A stream for printing keeps the fact of a failure, but not its cause: that is asked for by writing once more. */
  private static boolean readerHasGone() {
    try (var out = new FileOutputStream(FileDescriptor.out)) {
      out.write('\n');
      return false;
    } catch (IOException e) {
      return e.getMessage() != null && e.getMessage().toLowerCase(Locale.ROOT).contains("pipe");
    }
  }
}
