package nnc.search;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import nnc.runtime.base.Fault;
import nnc.runtime.data.Decimal;

/**
 * What {@code -D NAME=...} says of a search: {@code [a, b, c]} are choices; {@code A..B}, {@code linear(A..B)} and {@code log(A..B)} ranges, with a
 * number of grid points if one follows a comma. All else is a value that stays.
 */
public final class AxisText {
  private static final Pattern SPACED = Pattern.compile("(linear|log)\\((.*)\\)");
  private static final Pattern BOUNDS = Pattern.compile("\\s*([^,]+?)\\s*\\.\\.\\s*([^,]+?)\\s*(?:,\\s*([^,]*?)\\s*)?");
  private static final Pattern OPENED = Pattern.compile("(linear|log)\\s*\\([^)]*");
  private static final Pattern TWO_NUMBERS = Pattern.compile("(linear|log)\\(\\s*([-+0-9.eE]+)\\s*,\\s*([-+0-9.eE]+)\\s*\\)");
  private static final Pattern NUMBERS = Pattern.compile("[-+0-9.].*\\.\\..*");

  private AxisText() {}

  /**
   * The axis of a constant; none if its value stays.
   *
   * @throws Fault if it is meant to be an axis and is none
   */
  public static Optional<Axis> read(String name, String text) {
    var trimmed = text.strip();
    var spaced = SPACED.matcher(trimmed);
    if (trimmed.startsWith("[")) {
      return Optional.of(choice(name, trimmed));
    } else if (spaced.matches() && (spaced.group(2).contains("..") || spaced.group(1).equals("linear"))) {
      return Optional.of(range(name, trimmed, spaced.group(2), spaced.group(1).equals("log") ? Axis.Spacing.LOG : Axis.Spacing.LINEAR));
    }
    if (NUMBERS.matcher(trimmed).matches()) {
      return Optional.of(range(name, trimmed, trimmed, Axis.Spacing.LINEAR));
    }
    requireNoRange(name, trimmed);
    return Optional.empty();
  }

  /** What has the points or the ends of a range is meant as one. */
  private static void requireNoRange(String name, String text) {
    var ends = TWO_NUMBERS.matcher(text);
    if (OPENED.matcher(text).matches()) {
      throw fault(name, text, "the range is not closed: there is no ) at its end", "write " + name + "=log(1e-4..1e-1), and put it in quotes for the shell");
    } else if (ends.matches()) {
      throw fault(name, text, "a range has two points between its ends", "write " + name + "=" + ends.group(1) + "(" + ends.group(2) + ".." + ends.group(3) + ")");
    } else if (!text.startsWith("\"") && text.contains("..")) {
      throw fault(name, text, "this is no range", "write 8..64, linear(0.0..0.5) or log(1e-4..1e-1)");
    }
  }

  private static Fault fault(String name, String text, String why, String hint) {
    return new Fault("-D " + name + "=" + text + ": " + why, hint);
  }

  // ---- choices

  private static Axis choice(String name, String text) {
    if (!text.endsWith("]")) {
      throw fault(name, text, "the list of choices has no end", "write [8, 16, 32]");
    }
    var values = items(text.substring(1, text.length() - 1));
    if (values.isEmpty() || values.contains("")) {
      throw fault(name, text, values.isEmpty() ? "there is nothing to choose from" : "a choice is empty", "write [8, 16, 32]");
    }
    var seen = new HashSet<String>();
    values.stream().filter(value -> !seen.add(value)).findFirst().ifPresent(twice -> {
      throw fault(name, text, twice + " is there twice", "a list's items are what is tried; a constant that is a list is one item: [[8, 8]]");
    });
    return new Axis.Choice(name, values);
  }

  /** Parts between commas that no bracket or text encloses. */
  private static List<String> items(String text) {
    var items = new ArrayList<String>();
    int depth = 0;
    int from = 0;
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      quoted ^= c == '"';
      depth += quoted ? 0 : c == '[' || c == '(' ? 1 : c == ']' || c == ')' ? -1 : 0;
      if (c == ',' && depth == 0 && !quoted) {
        items.add(text.substring(from, i).strip());
        from = i + 1;
      }
    }
    if (!text.isBlank()) {
      items.add(text.substring(from).strip());
    }
    return List.copyOf(items);
  }

  // ---- ranges

  private static Axis range(String name, String text, String bounds, Axis.Spacing spacing) {
    var parts = BOUNDS.matcher(bounds);
    if (!parts.matches()) {
      throw fault(name, text, "a range has two ends", "write 8..64 or log(1e-4..1e-1), and a number of grid points after a comma if you like");
    }
    double low = number(name, text, parts.group(1));
    double high = number(name, text, parts.group(2));
    if (low > high) {
      throw fault(name, text, "the range ends before it begins", "write " + parts.group(2) + ".." + parts.group(1));
    } else if (spacing == Axis.Spacing.LOG && low <= 0) {
      throw fault(name, text, "a logarithmic range is above zero", "begin with a small number instead, or write linear(...)");
    }
    var numbers = isWhole(parts.group(1)) && isWhole(parts.group(2)) ? Axis.Numbers.WHOLE : Axis.Numbers.REAL;
    return new Axis.Range(name, low, high, spacing, numbers, parts.group(3) == null ? 0 : points(name, text, parts.group(3)));
  }

  /** Written as a whole number: {@code 1.0} is not. */
  private static boolean isWhole(String text) {
    return text.matches("[-+]?[0-9]{1,9}");
  }

  private static double number(String name, String text, String end) {
    try {
      double value = Decimal.parse(end);
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new Fault("-D " + name + "=" + text + ": " + end + " " + e.getMessage(), "a range is two numbers, such as 8..64", e);
    }
    throw fault(name, text, end + " is no end of a range", "a range is two finite numbers");
  }

  private static int points(String name, String text, String count) {
    if (!count.matches("[0-9]{1,6}") || Integer.parseInt(count) < 1) {
      throw fault(name, text, "the number of grid points is a whole number of at least 1, not '" + count + "'", "write log(1e-4..1e-1, 4)");
    }
    return Integer.parseInt(count);
  }
}
