package nnc.runtime.spec;

import java.util.List;

/** What an input or target takes from a column of data. */
public sealed interface ColumnType {
  /** What the class is called that all other texts have. */
  String OTHER = "(other)";

  /** Numbers; {@code gaps} says whether some may be missing, which are NaN then. */
  record Numbers(boolean gaps) implements ColumnType {
    @Override
    public int classes() {
      return 0;
    }
  }

  /** Texts that the program lists: each is its place in the list; {@code other} says whether one more class stands for all others. */
  record Listed(List<String> names, boolean other) implements ColumnType {
    @Override
    public int classes() {
      return names.size() + (other ? 1 : 0);
    }
  }

  /** The {@code most} most frequent texts of the training part, in the order of their letters; {@code other} as of those that are listed. */
  record Learned(int most, boolean other) implements ColumnType {
    @Override
    public int classes() {
      return most + (other ? 1 : 0);
    }
  }

  /** Any texts: each has a class by the 64 bits of {@code FNV-1a} over its letters in UTF-8, as a number without sign, modulo the classes. */
  record Hashed(int classes) implements ColumnType {}

  /**
   * Dates, of which a number is fed.
   *
   * @param part   what of it: one of {@link #PARTS}
   * @param format how it is written: {@code yyyy}, {@code mm} and {@code dd} with other signs between
   * @param gaps   whether some may be missing, which are NaN then
   */
  record Dates(String part, String format, boolean gaps) implements ColumnType {
    /** Days since the first of January 1970; year; month and day of the month, from 1 on; day of the week, 1 for Monday; day of the year, from 1 on. */
    public static final List<String> PARTS = List.of("days", "year", "month", "day", "weekday", "yearday");

    /** How ISO 8601 writes them. */
    public static final String ISO = "yyyy-mm-dd";

    @Override
    public int classes() {
      return 0;
    }

    /** Whether what is fed are whole numbers. */
    public boolean isWhole() {
      return !part.equals(PARTS.get(0));
    }
  }

  /** Numbers that are all there. */
  ColumnType NUMBERS = new Numbers(false);

  /** How many whole numbers from 0 on it is fed as; 0 if it is fed as the numbers that stand there. */
  int classes();

  /** Whether what stands there are texts. */
  default boolean isText() {
    return classes() > 0;
  }

  /** Whether one more class stands for all texts that have none of their own. */
  default boolean hasOther() {
    return this instanceof Listed listed && listed.other || this instanceof Learned learned && learned.other;
  }

  /** Whether numbers may be missing. */
  default boolean hasGaps() {
    return this instanceof Numbers numbers && numbers.gaps || this instanceof Dates dates && dates.gaps;
  }
}
