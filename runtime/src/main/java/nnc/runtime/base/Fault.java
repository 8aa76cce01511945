package nnc.runtime.base;

import java.nio.file.InvalidPathException;

/** A fault of the user's or of the outside world: one message and perhaps a hint, shown without a stack trace. */
public final class Fault extends RuntimeException {
  private final String hint;

  /** A fault without advice. */
  public Fault(String message) {
    this(message, "", null);
  }

  /** A fault with advice on what to do. */
  public Fault(String message, String hint) {
    this(message, hint, null);
  }

  /** A fault with advice, which came of {@code cause}. */
  public Fault(String message, String hint, Throwable cause) {
    super(printable(message), cause);
    this.hint = printable(hint);
  }

  /** With what a terminal would obey, or not show, as its number: messages tell of what stands in files, and that may be anything. */
  private static String printable(String text) {
    var printed = new StringBuilder();
    for (int i = 0; text != null && i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int letter = text.codePointAt(i);
      int type = Character.getType(letter);
      if (letter != '\n' && (type == Character.CONTROL || type == Character.FORMAT || type == Character.SURROGATE)) {
        printed.append("\\u").append(Integer.toHexString(0x10000 | letter).substring(1));
      } else {
        printed.appendCodePoint(letter);
      }
    }
    return text == null ? null : printed.toString();
  }

  /**
   * There is no room for something.
   *
   * @param bytes how many it needs
   */
  public static Fault memory(String what, double bytes, OutOfMemoryError cause) {
    return new Fault("not enough memory: " + what + " needs " + Text.bytes(bytes), "give Java more memory with -Xmx", cause);
  }

  /** A text that is no path on this system. */
  public static Fault of(InvalidPathException e) {
    boolean narrow = System.getProperty("sun.jnu.encoding", "").matches("ANSI_X3.4-1968|US-ASCII|646");
    return new Fault("not a path: " + e.getInput(), narrow ? "the shell's language has no letters beyond ASCII; with LC_ALL=C.UTF-8 it has" : "", e);
  }

  /** What to do about it; may be empty. */
  public String hint() {
    return hint;
  }
}
