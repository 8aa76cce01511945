package nnc.runtime.data;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * How the text of a CSV file is written.
 *
 * @param separator between fields; {@link #FOUND} if the first line tells
 * @param decimal   a point or a comma
 * @param encoding  null if the first bytes tell: UTF-8, or UTF-16 with its mark
 * @param header    whether the first line has names; else columns are called by their numbers, from 1 on
 * @param comment   what lines begin with that are passed over; {@link #FOUND} if there are none
 * @param missing   what stands for a missing number, beside what always does
 */
record CsvFormat(char separator, char decimal, Charset encoding, boolean header, char comment, List<String> missing) {
  /** In place of a character. */
  static final char FOUND = 0;

  static final CsvFormat PLAIN = new CsvFormat(FOUND, '.', null, true, FOUND, List.of());

  /** What a separator may be that is to be found. */
  private static final String SEPARATORS = ",;\t|";

  static final String UTF_16 = "utf-16";

  static CsvFormat of(SourceArguments arguments) {
    char separator = character(arguments, "separator");
    char decimal = character(arguments, "decimal");
    char comment = character(arguments, "comment");
    String encoding = arguments.namedText("encoding", "");
    if ("\"\r\n".indexOf(separator) >= 0 || separator != FOUND && separator == decimal) {
      throw arguments.fault(separator == decimal ? "fields are not separated by what numbers have before their decimals" : "separator must be one character");
    } else if (decimal != FOUND && decimal != '.' && decimal != ',') {
      throw arguments.fault("decimal must be \".\" or \",\"");
    }
    return new CsvFormat(separator, decimal == FOUND ? '.' : decimal, encoding(arguments, encoding), arguments.namedFlag("header", true), comment,
        arguments.namedTexts("missing"));
  }

  private static char character(SourceArguments arguments, String name) {
    String text = arguments.namedText(name, null);
    if (text != null && text.length() != 1) {
      throw arguments.fault(name + " must be one character");
    }
    return text == null ? FOUND : text.charAt(0);
  }

  /** The encoding of a name; null if it is empty. */
  static Charset encoding(SourceArguments arguments, String name) {
    switch (name) {
      case "":
        return null;
      case "utf-8":
        return StandardCharsets.UTF_8;
      case UTF_16:
        return StandardCharsets.UTF_16;
      case "latin-1":
        return StandardCharsets.ISO_8859_1;
      case "windows-1252":
        return Charset.forName(name);
      default:
        throw arguments.fault("the encoding " + name + " is not known", "it is one of utf-8, utf-16, latin-1, windows-1252");
    }
  }

  /** The separator of a text: that of its first line, outside of quotes; of several the most frequent one. A comma, if there is none. */
  char separator(char[] text, int length) {
    if (separator != FOUND) {
      return separator;
    }
    int[] counts = new int[SEPARATORS.length()];
    boolean quoted = false;
    boolean any = false;
    for (int i = 0; i < length; i++) {
      char c = text[i];
      if (!any && comment != FOUND && c == comment) {
        while (i < length && text[i] != '\n' && text[i] != '\r') {
          i++;
        }
        continue;
      }
      if (!quoted && any && (c == '\n' || c == '\r')) {
        break;
      }
      quoted ^= c == '"';
      any |= c != '\n' && c != '\r';
      int kind = quoted || c == decimal ? -1 : SEPARATORS.indexOf(c);
      if (kind >= 0) {
        counts[kind]++;
      }
    }
    int best = 0;
    for (int i = 1; i < counts.length; i++) {
      best = counts[i] > counts[best] ? i : best;
    }
    return SEPARATORS.charAt(best);
  }

  /** Whether the program says of a text that a number is missing where it stands. */
  boolean isMarked(String text) {
    return missing.contains(text);
  }

  /** Whether a number is missing where this stands. */
  boolean isMissing(String text) {
    switch (text.toLowerCase(java.util.Locale.ROOT)) {
      case "", "?", "na", "n/a", "nan", "null", "none":
        return true;
      default:
        return missing.contains(text);
    }
  }
}
