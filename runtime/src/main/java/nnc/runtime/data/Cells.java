package nnc.runtime.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Names;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.Vocabulary;

/** A column that is made of texts, one after the other: the only place where these become numbers, for training and for predictions. */
final class Cells {
  private final Feed feed;
  private final CsvFormat format;
  /** Takes the numbers; null if they stay in memory. */
  private final Streaming.Store store;
  private double[] numbers = new double[16];
  private int size;
  /** Texts by their first places; null if there are numbers, or each text has its class by itself. */
  private final Map<String, Integer> places;
  private final List<String> texts = new ArrayList<>();

  /** @param feed what takes the column; null if nothing does */
  Cells(Feed feed, CsvFormat format) {
    this(feed, format, null);
  }

  /**
   * A column whose numbers may be elsewhere than in memory. Of its texts those are there that differ, unless they are hashed.
   *
   * @param store takes the numbers; null if they stay in memory
   */
  Cells(Feed feed, CsvFormat format, Streaming.Store store) {
    this.feed = feed;
    this.format = format;
    this.store = store;
    places = isText() && !isHashed() ? new HashMap<>() : null;
  }

  private boolean isText() {
    return feed != null && feed.column().isText();
  }

  /** Whether texts become classes at once, so that they need not be kept: not where they are all of one class, as what parts go by is. */
  private boolean isHashed() {
    return store != null && feed != null && feed.column() instanceof ColumnType.Hashed hashed && hashed.classes() > 1;
  }

  /** Adds what stands in a field, of a column of that name. */
  void add(Fields row, int field, String column) {
    double number = isText() ? place(row, field, column) : number(row, field, column);
    if (store != null) {
      store.add(number);
      return;
    }
    if (size == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * size);
    }
    numbers[size++] = number;
  }

  private int place(Fields row, int field, String column) {
    String text = Names.composed(row.text(field));
    if (text.indexOf('\ufffd') >= 0) {
      throw new Fault(row.place(field) + ": '" + shortened(text) + "' is not written in the file's encoding (column " + column + ")",
          "save the file as UTF-8, or say how it is written: csv(..., encoding = \"latin-1\")");
    }
    if (places == null) {
      return Vocabulary.index(feed, Map.of(), text);
    }
    Integer known = places.putIfAbsent(text, texts.size());
    if (known == null) {
      texts.add(text);
      return texts.size() - 1;
    }
    return known;
  }

  private double number(Fields row, int field, String column) {
    String text = row.text(field);
    if (feed != null && feed.column().hasGaps() && format.isMissing(text)) {
      return Double.NaN;
    } else if (format.isMarked(text)) {
      throw new Fault(row.place(field) + ": '" + shortened(text) + "' says that a number is missing (column " + column + ")", advice(text));
    } else if (feed != null && feed.kind() == ElementKind.BOOL && isTruth(text)) {
      return text.length() == 4 ? 1 : 0;
    }
    if (feed != null && feed.column() instanceof ColumnType.Dates dates) {
      return date(dates, row, field, column);
    }
    try {
      return Decimal.parse(format.decimal() == '.' ? text : pointed(text));
    } catch (NumberFormatException e) {
      throw new Fault(row.place(field) + ": " + (text.isEmpty() ? "an empty field" : "'" + shortened(text) + "'") + " " + e.getMessage()
          + " (column " + column + ")", advice(text), e);
    }
  }

  private double date(ColumnType.Dates dates, Fields row, int field, String column) {
    String text = row.text(field);
    try {
      return CalendarDates.number(dates, text);
    } catch (NumberFormatException e) {
      throw new Fault(row.place(field) + ": " + (text.isEmpty() ? "an empty field" : "'" + shortened(text) + "'") + " " + e.getMessage() + " (column " + column + ")",
          text.isEmpty() ? "if dates may be missing, declare it so: input " + feed.name() + ": date?[N], and fill them" : dates.format().equals(ColumnType.Dates.ISO)
              ? "if dates are written otherwise, say so: date(\"" + dates.part() + "\", format = \"dd.mm.yyyy\")" : "", e);
    }
  }

  /** With a point for the comma, which takes the place of a point. */
  private static String pointed(String text) {
    if (text.indexOf('.') >= 0) {
      throw new NumberFormatException("is not a number");
    }
    return text.replace(',', '.');
  }

  private static boolean isTruth(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.equals("true") || lower.equals("false");
  }

  private String advice(String text) {
    if (format.decimal() == ',' && text.indexOf('.') >= 0) {
      return "with decimal = \",\" numbers have a decimal comma and no point";
    } else if (feed != null && !feed.target() && feed.kind() == ElementKind.FLOAT && format.isMissing(text)) {
      return "if numbers may be missing, declare it so: input " + feed.name() + ": float?[N], and fill them: " + feed.name() + " |> fill(\"mean\")";
    }
    String advice = Decimal.advice(text);
    boolean letters = !text.isEmpty() && Character.isLetter(text.charAt(0));
    return advice.isEmpty() && letters && feed != null ? "if these are names of classes, declare it so: " + (feed.target() ? "target " : "input ") + feed.name()
        + ": category(\"" + shortened(text) + "\", ...)[N], or category(20)[N] for at most 20 that are learned" : advice;
  }

  static String shortened(String text) {
    return text.length() > 100 ? text.substring(0, 100) + "..." : text;
  }

  /**
   * The column so far, of rows that may differ in length.
   *
   * @param inner   the shape of one place of a row
   * @param lengths of each row
   */
  Column ragged(String name, int[] inner, List<Integer> lengths, Column.Places where) {
    int[] all = new int[lengths.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = lengths.get(i);
    }
    Column flat = column(name, new int[0], where);
    return Column.ragged(name, inner, flat.data(), all).of(where, flat.classes());
  }

  /** The column so far. */
  Column column(String name, int[] shape, Column.Places where) {
    if (store != null) {
      int width = 1;
      for (int axis : shape) {
        width *= axis;
      }
      return new Column(name, shape, store.rows(width), where, List.copyOf(texts));
    }
    if (places == null) {
      return new Column(name, shape, Arrays.copyOf(numbers, size), where);
    }
    int[] codes = new int[size];
    for (int i = 0; i < size; i++) {
      codes[i] = (int) numbers[i];
    }
    return new Column(name, shape, codes, where, List.copyOf(texts));
  }
}
