package nnc.runtime.data;

import java.util.Locale;

/**
 * Numbers as they stand in text files and on the command line: {@code [+-] digits [. digits] [e [+-] digits]} with digits on one side of the point at least, and
 * {@code nan}, {@code inf} and {@code infinity}, signed or not, in any case. ({@link Double#parseDouble} would take {@code 1d} and {@code 0x1p3}.)
 */
public final class Decimal {
  private Decimal() {}

  /** @throws NumberFormatException if the text is no number, or is finite and beyond 64 bits; the message says which */
  public static double parse(String text) {
    if (isDecimal(text)) {
      double value = Double.parseDouble(text);
      if (Double.isInfinite(value)) {
        throw new NumberFormatException("is beyond what a number of 64 bits can be");
      }
      return value;
    }
    boolean signed = text.startsWith("-") || text.startsWith("+");
    switch (text.substring(signed ? 1 : 0).toLowerCase(Locale.ROOT)) {
      case "nan":
        return Double.NaN;
      case "inf":
      case "infinity":
        return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      default:
        throw new NumberFormatException("is not a number");
    }
  }

  private static boolean isDecimal(String text) {
    int at = !text.isEmpty() && isSign(text.charAt(0)) ? 1 : 0;
    int whole = digits(text, at);
    int end = whole;
    int digits = whole - at;
    if (end < text.length() && text.charAt(end) == '.') {
      end = digits(text, end + 1);
      digits += end - whole - 1;
    }
    if (digits > 0 && end < text.length() && (text.charAt(end) | 0x20) == 'e') {
      int power = end + 1 < text.length() && isSign(text.charAt(end + 1)) ? end + 2 : end + 1;
      end = digits(text, power);
      digits = end - power;
    }
    return digits > 0 && end == text.length();
  }

  private static boolean isSign(char c) {
    return c == '-' || c == '+';
  }

  /** The end of the digits that begin at a place. */
  private static int digits(String text, int from) {
    int end = from;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end;
  }

  /** What may help where a text is no number; may be empty. */
  static String advice(String text) {
    if (text.isEmpty() || "na n/a null none - ? missing".contains(text.toLowerCase(Locale.ROOT))) {
      return "for a value that is missing write nan";
    }
    int comma = text.indexOf(',');
    return comma >= 0 && comma == text.lastIndexOf(',') && isDecimal(text.replace(',', '.')) ? "numbers have a decimal point, "
        + text.replace(',', '.') + ", unless csv(..., decimal = \",\") says otherwise" : "";
  }
}
