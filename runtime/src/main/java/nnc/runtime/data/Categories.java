package nnc.runtime.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Text;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.Vocabulary;

/** Texts of columns as the classes that a network knows them by. */
public final class Categories {
  private Categories() {}

  /** A class that no row may have. */
  private static final int NONE = -1;

  /** Letters of a name that weights are kept with. */
  private static final int LONGEST = 1000;

  /**
   * The column as an input takes it: where it has texts and the input is a category, their classes; else as it is.
   *
   * @throws Fault if a row's text is of no class, saying where
   */
  public static Column coded(Column column, Feed feed, Vocabulary vocabulary, Table table) {
    if (!feed.column().isText() || column.classes().isEmpty()) {
      return column;
    }
    if (feed.column() instanceof ColumnType.Learned && !vocabulary.has(feed.name())) {
      throw new Fault(label(feed) + ": the weights have no names of categories", "they were learned from numbers: give numbers here too, from 0 on");
    }
    int[] classes = new int[column.classes().size()];
    Map<String, Integer> places = vocabulary.places(feed);
    for (int i = 0; i < classes.length; i++) {
      classes[i] = Vocabulary.index(feed, places, column.classes().get(i));
    }
    if (column.data() instanceof RowReader texts) {
      return new Column(column.name(), column.shape(), coded(column, texts, classes, feed, vocabulary, table), column.places());
    }
    int[] coded = new int[column.elements()];
    for (int i = 0; i < coded.length; i++) {
      coded[i] = classes[(int) column.get(i)];
    }
    for (int row : table.rows()) {
      int end = column.start(row) + column.size(row);
      for (int i = column.start(row); i < end; i++) {
        if (coded[i] == NONE) {
          throw unknown(column.classes().get((int) column.get(i)), column.place(i, table.origin()), feed, vocabulary);
        }
      }
    }
    for (int i = 0; i < coded.length; i++) {
      coded[i] = Math.max(0, coded[i]);
    }
    return column.with(coded);
  }

  /** As {@link #coded(Column, Feed, Vocabulary, Table)}, of texts that are not in memory: all rows are looked through once where a text has no class. */
  private static RowReader coded(Column column, RowReader texts, int[] classes, Feed feed, Vocabulary vocabulary, Table table) {
    boolean any = false;
    for (int i : classes) {
      any |= i == NONE;
    }
    double[] read = new double[column.width()];
    for (int k = 0; any && k < table.size(); k++) {
      int row = table.rows()[k];
      column.read(row, read, 0);
      for (int i = 0; i < read.length; i++) {
        if (classes[(int) read[i]] == NONE) {
          throw unknown(column.classes().get((int) read[i]), column.place(row, i, table.origin()), feed, vocabulary);
        }
      }
    }
    return new CodedRows(texts, column.width(), classes);
  }

  /** The classes of texts that are not in memory. */
  private record CodedRows(RowReader texts, int width, int[] classes) implements RowReader {
    /** Floats tell numbers below this apart. */
    private static final int FLOATS = 1 << 24;

    @Override
    public int rows() {
      return texts.rows();
    }

    @Override
    public void read(int row, Object memory, int to) {
      boolean own = classes.length <= FLOATS || memory instanceof double[];
      Object numbers = own ? memory : new double[width];
      int from = own ? to : 0;
      texts.read(row, numbers, from);
      for (int i = 0; i < width; i++) {
        NumericArrays.set(memory, to + i, Math.max(0, classes[(int) NumericArrays.get(numbers, from + i)]));
      }
    }
  }

  /** What to say of a text that has no class. */
  public static Fault unknown(String text, String place, Feed feed, Vocabulary vocabulary) {
    List<String> names = vocabulary.names(feed);
    String listed = String.join(", ", names);
    String nearest = Text.nearest(text, names);
    return new Fault(place + ": '" + Cells.shortened(text) + "' is no category of " + label(feed) + "; there are "
        + (listed.length() > 1000 ? listed.substring(0, 1000) + "..." : listed),
        !nearest.isEmpty() ? "is it " + nearest + "?" : "other = true gives all that have no class of their own one more: category(..., other = true)");
  }

  /** Learns from the rows of a table what no weights have told before. */
  public static void learn(Feed feed, Table table, Vocabulary vocabulary) {
    Column column = table.column(feed);
    if (feed.column() instanceof ColumnType.Learned learned && !vocabulary.has(feed.name()) && column != null && !column.classes().isEmpty()) {
      vocabulary.learn(feed.name(), learned(feed, learned, column, table));
    }
  }

  /** The most frequent texts, of equally frequent ones the first by their letters, in the order of these. */
  private static List<String> learned(Feed feed, ColumnType.Learned type, Column column, Table table) {
    int[] counts = new int[column.classes().size()];
    double[] texts = new double[column.width()];
    for (int row : table.rows()) {
      column.readOwn(row, texts, 0);
      for (int i = 0; i < column.size(row); i++) {
        counts[(int) texts[i]]++;
      }
    }
    List<String> found = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        found.add(column.classes().get(i));
      }
    }
    if (found.size() > type.most()) {
      if (!type.other()) {
        throw new Fault(label(feed) + ": " + found.size() + " categories in " + table.origin() + ", and at most " + type.most() + " were declared",
            "declare category(" + found.size() + ")[N]" + (feed.target() ? "" : ", or leave the rarest to one class of all others: other = true"));
      }
      found = mostFrequent(column.classes(), counts, type.most());
    }
    for (String name : found) {
      if (name.length() > LONGEST) {
        throw new Fault(label(feed) + ": '" + Cells.shortened(name) + "' of " + table.origin() + " has " + name.length() + " letters, and a category has at most "
            + LONGEST, "texts of any length are taken by hashed(512)[N]");
      }
    }
    found.sort(null);
    return found;
  }

  private static List<String> mostFrequent(List<String> texts, int[] counts, int most) {
    Map<String, Integer> count = new HashMap<>();
    for (int i = 0; i < counts.length; i++) {
      count.put(texts.get(i), counts[i]);
    }
    List<String> sorted = new ArrayList<>(texts);
    sorted.sort(null);
    long[] order = new long[counts.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = (long) (Integer.MAX_VALUE - count.get(sorted.get(i))) << 32 | i;
    }
    Arrays.sort(order);
    List<String> found = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      found.add(sorted.get((int) order[i]));
    }
    return found;
  }

  private static String label(Feed feed) {
    return (feed.target() ? "target " : "input ") + feed.name();
  }
}
