package nnc.runtime.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import nnc.runtime.base.Fault;

/**
 * The lines of a CSV file (RFC 4180), one after the other: lines end with LF, CR or both, blank ones are passed over, a quoted field may go
 * over several. Texts are UTF-8, or UTF-16 with a byte order mark, unless the format says otherwise. Only the fields that are wanted are kept.
 */
final class CsvLines implements Fields {
  /** Longer than a number or a name can be: what else is a field of that length, must not fill the memory. */
  private static final int LONGEST = 1 << 16;

  /** More than any table has. */
  private static final int MOST = 1 << 20;

  private static final int END = -1, QUOTE = '"';

  private final Reader in;
  private final CsvFormat format;
  private final char separator;
  private final String file;
  private final char[] buffer = new char[1 << 13];
  private int filled;
  private int next;

  /** Line and column of the next character. */
  private int row = 1;
  private int column = 1;

  private boolean[] wanted;
  private final StringBuilder text = new StringBuilder();
  private int[] starts = new int[16];
  private int[] ends = new int[16];
  /** Line and column where each field begins. */
  private long[] places = new long[16];
  private int count;
  private int line;
  private boolean blank;

  CsvLines(InputStream in, CsvFormat format, String file) throws IOException {
    this.format = format;
    this.file = file;
    var marked = new BufferedInputStream(in, 1 << 13);
    this.in = new InputStreamReader(marked, charset(marked));
    int more = 0;
    while (filled < buffer.length && more >= 0) {
      filled += more;
      more = this.in.read(buffer, filled, buffer.length - filled);
    }
    separator = format.separator(buffer, filled);
  }

  /** What separates fields. */
  char separator() {
    return separator;
  }

  /** By the mark at the beginning, which is passed over. */
  private Charset charset(BufferedInputStream bytes) throws IOException {
    bytes.mark(4);
    byte[] start = bytes.readNBytes(4);
    bytes.reset();
    if (format.encoding() != null && format.encoding() != StandardCharsets.UTF_16 && format.encoding() != StandardCharsets.UTF_8) {
      return format.encoding();
    }
    int first = start.length < 2 ? 0 : (start[0] & 0xff) << 8 | start[1] & 0xff;
    boolean wide = first == 0xfeff || first == 0xfffe;
    if (wide && start.length == 4 && start[2] == 0 && start[3] == 0) {
      throw new Fault(file + ": text in UTF-32", "save it as UTF-8");
    } else if (!wide && format.encoding() == StandardCharsets.UTF_16) {
      return start.length > 1 && start[0] == 0 ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE;
    } else if (!wide && (start.length > 1 && start[1] == 0 || start.length > 0 && start[0] == 0)) {
      throw new Fault(file + ": not UTF-8: perhaps text in UTF-16 without its mark, or no text at all", "save it as UTF-8, or say so: encoding = \"utf-16\"");
    }
    if (first == 0xefbb && start.length > 2 && (start[2] & 0xff) == 0xbf) {
      bytes.skipNBytes(3);
    } else if (wide) {
      bytes.skipNBytes(2);
    }
    return first == 0xfeff ? StandardCharsets.UTF_16BE : first == 0xfffe ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8;
  }

  /** Keeps from here on only those fields of a line. */
  void want(boolean[] fields) {
    wanted = fields;
  }

  /** Reads the next line that is not blank; false at the end. */
  boolean next() throws IOException {
    do {
      while (format.comment() != CsvFormat.FOUND && peek() == format.comment()) {
        passLine();
      }
      if (peek() == END) {
        return false;
      }
      line = row;
      count = 0;
      text.setLength(0);
      blank = true;
      while (field()) {
        count++;
      }
      count++;
    } while (count == 1 && blank);
    return true;
  }

  private void passLine() throws IOException {
    int c = read();
    while (c != END && c != '\n' && c != '\r') {
      c = read();
    }
    if (c == '\r' && peek() == '\n') {
      read();
    }
  }

  /** How many fields the line has. */
  int count() {
    return count;
  }

  /** The number of the line in the file, from 1. */
  int line() {
    return line;
  }

  /** A field's text; without spaces around it, unless it was quoted. */
  @Override
  public String text(int field) {
    return text.substring(starts[field], ends[field]);
  }

  /** Where a field begins: {@code d.csv:2:3}. */
  @Override
  public String place(int field) {
    return file + ":" + (places[field] >> 32) + ":" + (int) places[field];
  }

  // ---- a field

  /** Reads a field and what ends it; whether another follows. */
  private boolean field() throws IOException {
    boolean kept = wanted == null || count < wanted.length && wanted[count];
    if (count == MOST) {
      throw new Fault(file + ":" + line + ": more than " + MOST + " fields");
    } else if (count == starts.length) {
      starts = Arrays.copyOf(starts, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
      places = Arrays.copyOf(places, 2 * count);
    }
    starts[count] = text.length();
    places[count] = (long) row << 32 | column;
    passSpaces();
    if (peek() == QUOTE) {
      quoted(kept);
    } else {
      plain(kept);
    }
    int last = read();
    if (last == '\r' && peek() == '\n') {
      read();
    }
    return last == separator;
  }

  private void passSpaces() throws IOException {
    int c = peek();
    while ((c == ' ' || c == '\t') && c != separator) {
      read();
      c = peek();
    }
  }

  private void plain(boolean kept) throws IOException {
    int from = text.length();
    int c = peek();
    while (c != END && c != separator && c != '\n' && c != '\r') {
      read();
      if (kept) {
        add(c, from);
      }
      blank &= c == ' ' || c == '\t';
      c = peek();
    }
    int to = text.length();
    while (to > from && isSpace(text.charAt(to - 1))) {
      to--;
    }
    while (from < to && isSpace(text.charAt(from))) {
      from++;
    }
    starts[count] = from;
    ends[count] = to;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  private void quoted(boolean kept) throws IOException {
    int from = text.length();
    blank = false;
    read();
    while (true) {
      int c = read();
      if (c == END) {
        throw new Fault(place(count) + ": the quoted field has no end");
      } else if (c == QUOTE && peek() != QUOTE) {
        break;
      } else if (c == QUOTE) {
        read();
      }
      if (kept) {
        add(c, from);
      }
    }
    ends[count] = text.length();
    passSpaces();
    int c = peek();
    if (c != END && c != separator && c != '\n' && c != '\r') {
      throw new Fault(file + ":" + row + ":" + column + ": expected " + separator + " behind the quoted field");
    }
  }

  private void add(int c, int from) {
    if (text.length() - from == LONGEST) {
      throw new Fault(place(count) + ": a field of more than " + LONGEST + " characters");
    }
    text.append((char) c);
  }

  // ---- characters

  private int peek() throws IOException {
    if (next == filled) {
      filled = Math.max(0, in.read(buffer));
      next = 0;
    }
    return filled == 0 ? END : buffer[next];
  }

  private int read() throws IOException {
    int c = peek();
    if (c == END) {
      return END;
    }
    next++;
    if (c == 0) {
      throw new Fault(file + ":" + row + ":" + column + ": a NUL character: the file is damaged, or no text");
    } else if (c == '\n' || c == '\r' && peek() != '\n') {
      row++;
      column = 1;
    } else {
      column++;
    }
    return c;
  }
}
