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
    return this instanceof Numbers numbers && numbers.gaps;
  }
}
