package nnc.runtime.data;

import java.time.DateTimeException;
import java.time.LocalDate;
import nnc.runtime.spec.ColumnType.Dates;

/** Dates of the calendar as they stand in text files, and the numbers that are fed of them. */
public final class CalendarDates {
  private CalendarDates() {}

  private static final String LETTERS = "ymd";

  private static final String FIELD = "(?:yyyy|mm?|dd?)", BETWEEN = "[^A-Za-z0-9]*";

  /** Whether a text says how dates are written: {@code yyyy}, {@code m} or {@code mm}, and {@code d} or {@code dd}, once each, with signs between. */
  public static boolean isFormat(String format) {
    return format.matches("(?=.*y)(?=.*m)(?=.*d)" + BETWEEN + FIELD + BETWEEN + FIELD + BETWEEN + FIELD + BETWEEN);
  }

  /**
   * The number that is fed of a date; of days a time of day behind it, {@code 2024-01-31T18:00} or with a space, is a fraction.
   *
   * @throws NumberFormatException if the text is none; the message says why
   */
  static double number(Dates type, String text) {
    String format = type.format();
    int[] numbers = new int[LETTERS.length()];
    int at = 0;
    for (int i = 0; i < format.length();) {
      char sign = format.charAt(i++);
      int place = LETTERS.indexOf(sign);
      while (place >= 0 && i < format.length() && format.charAt(i) == sign) {
        i++;
      }
      int end = place < 0 ? at : end(text, at, place == 0 ? 4 : 2);
      if (place < 0 ? at == text.length() || text.charAt(at) != sign : end == at || place == 0 && end < at + 4) {
        throw new NumberFormatException("is no date written as " + format);
      }
      if (place >= 0) {
        numbers[place] = Integer.parseInt(text.substring(at, end));
      }
      at = place < 0 ? at + 1 : end;
    }
    try {
      return number(type, LocalDate.of(numbers[0], numbers[1], numbers[2]), text.substring(at));
    } catch (DateTimeException e) {
      throw (NumberFormatException) new NumberFormatException("is no date of the calendar").initCause(e);
    }
  }

  /** The end of the digits that begin at a place, of at most so many. */
  private static int end(String text, int from, int most) {
    int end = from;
    while (end < text.length() && end < from + most && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end;
  }

  private static double number(Dates type, LocalDate date, String time) {
    double fraction = fraction(time, type.format());
    return switch (type.part()) {
      case "year" -> date.getYear();
      case "month" -> date.getMonthValue();
      case "day" -> date.getDayOfMonth();
      case "weekday" -> date.getDayOfWeek().getValue();
      case "yearday" -> date.getDayOfYear();
      default -> date.toEpochDay() + fraction;
    };
  }

  /** What of a day has passed at a time such as {@code T18:30:00Z}; 0 for none. */
  private static double fraction(String time, String format) {
    if (!time.isEmpty() && !time.matches("[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?Z?")) {
      throw new NumberFormatException("is no date written as " + format);
    }
    String[] parts = time.replace("Z", "").split("[T :]");
    double seconds = 0;
    for (int i = 1; i < parts.length; i++) {
      seconds += Double.parseDouble(parts[i]) * (i == 1 ? 3600 : i == 2 ? 60 : 1);
    }
    return seconds / 86_400;
  }
}
