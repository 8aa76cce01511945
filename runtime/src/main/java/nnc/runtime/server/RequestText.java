package nnc.runtime.server;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the JSON (RFC 8259) of a request from its bytes, value by value, with no object for a number: bodies are mostly numbers. What is wrong is a {@link Refusal}
 * that tells the byte.
 */
final class RequestText {
  /** Lists and objects in each other. */
  private static final int DEEPEST = 100;

  private static final double[] TENS = new double[23];

  static {
    TENS[0] = 1;
    for (int i = 1; i < TENS.length; i++) {
      // exact: 10^22 is the largest power that a double holds
      TENS[i] = TENS[i - 1] * 10;
    }
  }

  /** Below this a decimal's digits are a whole number that a double holds. */
  private static final long EXACT = 1L << 53;

  /** So few digits are below it. */
  private static final int EXACT_DIGITS = 15;

  private final byte[] bytes;
  private final int end;
  private int at;
  private int depth;

  /** Of the first {@code end} bytes. */
  RequestText(byte[] bytes, int end) {
    this.bytes = bytes;
    this.end = end;
  }

  /** Where the next byte is. */
  int place() {
    return at;
  }

  /** Goes on at a place that {@link #place} has told at the same depth. */
  void goTo(int place) {
    at = place;
  }

  Refusal wrong(String what) {
    return Refusal.bad("byte " + at + " of the JSON: " + what);
  }

  /** The next byte that is no space; 0 at the end. */
  int peek() {
    while (at < end && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
      at++;
    }
    return at < end ? bytes[at] : 0;
  }

  void take(char wanted) {
    if (peek() != wanted) {
      throw wrong("'" + wanted + "' is expected");
    }
    at++;
  }

  /** Passes over a byte if it is next. */
  boolean passes(char next) {
    if (peek() != next) {
      return false;
    }
    at++;
    return true;
  }

  /** Nothing may follow. */
  void requireEnd() {
    if (peek() != 0 || at < end) {
      throw wrong("more than one value");
    }
  }

  /** Begins a list or an object. */
  void begin(char bracket) {
    take(bracket);
    if (++depth > DEEPEST) {
      throw wrong("more than " + DEEPEST + " lists and objects in each other");
    }
  }

  /** Before an item: whether there is one, or the bracket that ends the list or object, which is taken. */
  boolean hasNext(char bracket, boolean first) {
    if (passes(bracket)) {
      depth--;
      return false;
    }
    if (!first) {
      take(',');
    }
    return true;
  }

  /** A field's name, and what stands between it and its value. */
  String field() {
    String name = text();
    take(':');
    return name;
  }

  /** A number, also one that is larger than any double, which is infinite. */
  double number() {
    int from = start();
    boolean negative = bytes[at] == '-';
    int place = negative ? at + 1 : at;
    long digits = 0;
    int first = place;
    int scale = 0;
    while (place < end && isDigit(bytes[place])) {
      digits = digits < EXACT ? digits * 10 + bytes[place] - '0' : EXACT;
      place++;
    }
    boolean fine = place - first == 1 || place - first > 1 && bytes[first] != '0';
    if (place < end && bytes[place] == '.') {
      int point = ++place;
      while (place < end && isDigit(bytes[place])) {
        digits = digits < EXACT ? digits * 10 + bytes[place] - '0' : EXACT;
        place++;
      }
      scale = point - place;
      fine &= place > point;
    }
    boolean power = place < end && (bytes[place] == 'e' || bytes[place] == 'E');
    if (power) {
      place += place + 1 < end && (bytes[place + 1] == '+' || bytes[place + 1] == '-') ? 2 : 1;
      int exponent = place;
      while (place < end && isDigit(bytes[place])) {
        place++;
      }
      fine &= place > exponent;
    }
    if (!fine) {
      throw wrong("no JSON number");
    }
    at = place;
    if (digits < EXACT && !power && scale > -TENS.length) {
      double value = digits / TENS[-scale];
      return negative ? -value : value;
    }
    return Double.parseDouble(new String(bytes, from, place - from, StandardCharsets.ISO_8859_1));
  }

  /** A whole number of 64 bits. */
  long whole() {
    int from = start();
    int place = bytes[at] == '-' ? at + 1 : at;
    while (place < end && isDigit(bytes[place])) {
      place++;
    }
    boolean whole = place == end || bytes[place] != '.' && bytes[place] != 'e' && bytes[place] != 'E';
    if (whole && place - from <= EXACT_DIGITS) {
      return (long) number();
    }
    double value = number();
    if (whole) {
      try {
        return Long.parseLong(new String(bytes, from, at - from, StandardCharsets.ISO_8859_1));
      } catch (NumberFormatException e) {
        throw Refusal.bad("byte " + from + " of the JSON: a whole number beyond 64 bits");
      }
    }
    if (value != Math.rint(value) || Math.abs(value) >= EXACT) {
      throw Refusal.bad("byte " + from + " of the JSON: " + value + " is no whole number");
    }
    return (long) value;
  }

  private int start() {
    int next = peek();
    if (next != '-' && !isDigit(next)) {
      throw wrong("a number is expected");
    }
    return at;
  }

  private static boolean isDigit(int letter) {
    return letter >= '0' && letter <= '9';
  }

  /** {@code true}, {@code false} or {@code null}. */
  boolean passesWord(String word) {
    peek();
    if (end - at < word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (bytes[at + i] != word.charAt(i)) {
        return false;
      }
    }
    at += word.length();
    return true;
  }

  boolean truth() {
    if (passesWord("true")) {
      return true;
    } else if (passesWord("false")) {
      return false;
    }
    throw wrong("true or false is expected");
  }

  /** A text. */
  String text() {
    take('"');
    int from = at;
    while (at < end && bytes[at] != '"' && bytes[at] != '\\' && (bytes[at] & 0xff) >= ' ') {
      at++;
    }
    if (at < end && bytes[at] == '"') {
      return decoded(Arrays.copyOfRange(bytes, from, at++));
    }
    return escaped(from);
  }

  /** A text with escapes: of these and of all else the bytes in UTF-8. */
  private String escaped(int from) {
    var letters = new StringBuilder();
    int plain = from;
    while (at < end && bytes[at] != '"') {
      if ((bytes[at] & 0xff) < ' ') {
        throw wrong("a control character within quotes");
      }
      if (bytes[at] == '\\') {
        letters.append(decoded(Arrays.copyOfRange(bytes, plain, at)));
        at++;
        letters.append(escape());
        plain = at;
      } else {
        at++;
      }
    }
    if (at == end) {
      throw wrong("the quoted text has no end");
    }
    return letters.append(decoded(Arrays.copyOfRange(bytes, plain, at++))).toString();
  }

  private char escape() {
    int place = at < end ? "\"\\/bfnrt".indexOf(bytes[at]) : -1;
    if (place >= 0) {
      at++;
      return "\"\\/\b\f\n\r\t".charAt(place);
    }
    if (at + 5 <= end && bytes[at] == 'u') {
      int code = 0;
      for (int i = 1; i < 5; i++) {
        int digit = Character.digit(bytes[at + i], 16);
        if (digit < 0) {
          throw wrong("what follows the backslash is not known");
        }
        code = code << 4 | digit;
      }
      at += 5;
      return (char) code;
    }
    throw wrong("what follows the backslash is not known");
  }

  private String decoded(byte[] utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw wrong("not UTF-8");
    }
  }

  /** Passes over any value. */
  void skip() {
    int next = peek();
    if (next == '{' || next == '[') {
      char closing = next == '{' ? '}' : ']';
      begin((char) next);
      for (boolean first = true; hasNext(closing, first); first = false) {
        if (next == '{') {
          field();
        }
        skip();
      }
    } else if (next == '"') {
      text();
    } else if (!passesWord("true") && !passesWord("false") && !passesWord("null")) {
      number();
    }
  }
}
