package nnc.runtime.base;

/** Numbers for people to read, without the JDK's formatter, which costs a start some 30 ms. */
public final class Text {
  private Text() {}

  /** Four digits behind the point, or an exponent where that would say too little. */
  public static String number(double value) {
    double size = Math.abs(value);
    if (!Double.isFinite(value) || size >= 1e6) {
      return value == Math.rint(value) && size < 1e15 ? Long.toString((long) value) : shortened(value);
    }
    return size != 0 && size < 0.001 ? shortened(value) : fixed(value, 4);
  }

  /** Four significant digits with an exponent. */
  private static String shortened(double value) {
    if (!Double.isFinite(value) || value == 0) {
      return Double.toString(value);
    }
    int exponent = (int) Math.floor(Math.log10(Math.abs(value)));
    double mantissa = value / Math.pow(10, exponent);
    if (Math.abs(mantissa) >= 9.9995) {
      mantissa /= 10;
      exponent++;
    }
    return fixed(mantissa, 3) + "e" + exponent;
  }

  /** With that many digits behind the point. */
  public static String fixed(double value, int digits) {
    long unit = 1;
    for (int i = 0; i < digits; i++) {
      unit *= 10;
    }
    long scaled = Math.round(Math.abs(value) * unit);
    var text = new StringBuilder(value < 0 && scaled > 0 ? "-" : "").append(scaled / unit);
    if (digits > 0) {
      String rest = Long.toString(scaled % unit);
      text.append('.').append("0".repeat(digits - rest.length())).append(rest);
    }
    return text.toString();
  }

  /** {@code 407,050}. */
  public static String grouped(long value) {
    String digits = Long.toString(Math.abs(value));
    var text = new StringBuilder(value < 0 ? "-" : "");
    for (int i = 0; i < digits.length(); i++) {
      text.append(i > 0 && (digits.length() - i) % 3 == 0 ? "," : "").append(digits.charAt(i));
    }
    return text.toString();
  }

  /** {@code 3.2 s}, {@code 4:07}, {@code 1:02:03}. */
  public static String seconds(double seconds) {
    if (seconds < 60) {
      return fixed(seconds, 1) + " s";
    }
    long whole = Math.round(seconds);
    String end = two(whole / 60 % 60) + ":" + two(whole % 60);
    return whole < 3600 ? whole / 60 + ":" + two(whole % 60) : whole / 3600 + ":" + end;
  }

  private static String two(long number) {
    return number < 10 ? "0" + number : Long.toString(number);
  }

  /** {@code 18.6k}. */
  public static String rate(double perSecond) {
    if (perSecond >= 1e6) {
      return fixed(perSecond / 1e6, 1) + "M";
    }
    return perSecond >= 1e4 ? fixed(perSecond / 1e3, 1) + "k" : fixed(perSecond, perSecond < 10 ? 1 : 0);
  }

  /** How many bytes a text says, as Java's own options write them: {@code 512M}, {@code 2G}, with units of 1024, or a number of bytes; 0 if it says none. */
  public static long bytesIn(String text) {
    int unit = text.isEmpty() ? -1 : "KMG".indexOf(Character.toUpperCase(text.charAt(text.length() - 1)));
    String digits = unit < 0 ? text : text.substring(0, text.length() - 1);
    boolean isNumber = !digits.isEmpty() && digits.length() <= 12;
    for (int i = 0; i < digits.length(); i++) {
      isNumber &= digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
    }
    long number = isNumber ? Long.parseLong(digits) : 0;
    int shift = 10 * (unit + 1);
    return number <= Long.MAX_VALUE >> shift ? number << shift : 0;
  }

  /** {@code 1.6 MB}. */
  public static String bytes(double bytes) {
    return bytes < 1e3 ? fixed(bytes, 0) + " B" : bytes < 1e6 ? fixed(bytes / 1e3, 1) + " kB" : bytes < 1e9 ? fixed(bytes / 1e6, 1) + " MB"
        : fixed(bytes / 1e9, 2) + " GB";
  }

  /** Rows with their columns aligned: the first and the last on the left, those between on the right. */
  public static void table(java.util.List<String[]> rows, java.io.PrintStream out) {
    int columns = rows.get(0).length;
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      var line = new StringBuilder(left(row[0], widths[0]));
      for (int i = 1; i < columns; i++) {
        line.append("  ").append(i == columns - 1 ? row[i] : right(row[i], widths[i]));
      }
      out.println(line.toString().stripTrailing());
    }
  }

  /** Filled up on the right. */
  public static String left(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  /** Filled up on the left. */
  public static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  /** The candidate nearest to a word that is not among them, by Levenshtein's distance; empty if none is near. */
  public static String nearest(String word, Iterable<String> candidates) {
    String best = "";
    int least = Math.max(2, word.length() / 3) + 1;
    for (String candidate : candidates) {
      int distance = distance(word, candidate);
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return best;
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
