package nnc.runtime.data;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.spec.ModelSpec.Feed;

/** Generated tasks on sequences of whole numbers. */
final class Sequences implements SourceReader {
  private static final int PLUS = 10, SPACE = 11;

  @Override
  public Table load(String source, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    return source.equals("addition") ? addition(arguments) : sorting(arguments);
  }

  /**
   * Sums as texts: columns {@code question: [2 digits + 1]}, {@code answer: [digits + 1]}; the characters are 0 to 9, 10 for +, 11 for the
   * space that fills up on the right, unless {@code padded = false} leaves each text its own length. No pair of addends comes twice, in either order; each addend has 1 to {@code digits} digits,
   * all lengths equally likely (the task of Keras' addition_rnn).
   */
  private static Table addition(SourceArguments arguments) {
    int digits = arguments.count("digits", 1);
    int count = arguments.count("count", 1);
    long seed = arguments.whole("seed", 0);
    boolean padded = arguments.namedFlag("padded", true);
    arguments.end();
    long numbers = (long) Math.pow(10, digits);
    if (digits > 9 || count > numbers * (numbers + 1) / 2) {
      throw arguments.fault("there are not " + count + " different sums of " + digits + " digits");
    }
    var random = new Generator("addition", seed);
    Set<Long> seen = new HashSet<>();
    int[] questions = new int[arguments.elements(count, 2 * digits + 1)];
    int[] answers = new int[arguments.elements(count, digits + 1)];
    for (int row = 0; row < count;) {
      int a = number(digits, random);
      int b = number(digits, random);
      if (seen.add((long) Math.min(a, b) * numbers + Math.max(a, b))) {
        write(a + "+" + b, questions, row * (2 * digits + 1), 2 * digits + 1);
        write(String.valueOf(a + (long) b), answers, row * (digits + 1), digits + 1);
        row++;
      }
    }
    return Table.of("addition", List.of(column("question", questions, 2 * digits + 1, padded), column("answer", answers, digits + 1, padded)));
  }

  /** Texts of so many characters, or each without the spaces behind it. */
  private static Column column(String name, int[] texts, int width, boolean padded) {
    if (padded) {
      return new Column(name, new int[] {width}, texts);
    }
    int[] lengths = new int[texts.length / width];
    int[] own = new int[texts.length];
    int size = 0;
    for (int i = 0; i < texts.length; i++) {
      if (texts[i] != SPACE) {
        own[size++] = texts[i];
        lengths[i / width]++;
      }
    }
    return Column.ragged(name, new int[0], Arrays.copyOf(own, size), lengths);
  }

  private static int number(int digits, Generator random) {
    int number = 0;
    for (int left = 1 + random.below(digits); left > 0; left--) {
      number = 10 * number + random.below(10);
    }
    return number;
  }

  private static void write(String text, int[] to, int at, int width) {
    for (int i = 0; i < width; i++) {
      char c = i < text.length() ? text.charAt(i) : ' ';
      to[at + i] = c == '+' ? PLUS : c == ' ' ? SPACE : c - '0';
    }
  }

  /** Columns {@code sequence: [length]}, tokens drawn from 0 to {@code tokens} - 1, and {@code ranked: [length]}, the same sorted. */
  private static Table sorting(SourceArguments arguments) {
    int length = arguments.count("length", 1);
    int tokens = arguments.count("tokens", 1);
    int count = arguments.count("count", 1);
    long seed = arguments.whole("seed", 0);
    arguments.end();
    var random = new Generator("sorting", seed);
    int[] sequences = new int[arguments.elements(count, length)];
    for (int i = 0; i < sequences.length; i++) {
      sequences[i] = random.below(tokens);
    }
    int[] ranked = sequences.clone();
    for (int row = 0; row < count; row++) {
      Arrays.sort(ranked, row * length, (row + 1) * length);
    }
    return Table.of("sorting", List.of(new Column("sequence", new int[] {length}, sequences),
        new Column("ranked", new int[] {length}, ranked)));
  }
}
