package nnc.runtime.cli;

import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whether what a command printed has arrived. */
public final class OutputCheck {
  private OutputCheck() {}

  /** The descriptors that were closed before the start; they stay open for as long as the process lives. */
  private static final List<FileInputStream> TAKEN = new ArrayList<>();

  /** As of a process that the signal of a broken pipe ended. */
  private static final int BROKEN_PIPE = 141;

  /**
   * Takes those of a process's three descriptors that were closed before the start. Otherwise a file that is opened later gets such a number, and what is
   * printed would be written into it. Writing to one that is taken so fails, as it does to one that is closed.
   */
  public static void takeClosed() {
    try {
      for (int number = 0; number < 3 && new File("/dev/fd").isDirectory(); number++) {
        if (!new File("/dev/fd/" + number).exists()) {
          // this has the lowest number that is free
          TAKEN.add(new FileInputStream("/dev/null"));
        }
      }
    } catch (IOException e) {
      // not as systems are
    }
  }

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
    try {
      // it is not closed: another file may have its number, which Java needs to the end
      new FileOutputStream(FileDescriptor.out).write('\n');
      return false;
    } catch (IOException e) {
      return e.getMessage() != null && e.getMessage().toLowerCase(Locale.ROOT).contains("pipe");
    }
  }
}
