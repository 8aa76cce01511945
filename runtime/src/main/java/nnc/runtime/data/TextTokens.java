package nnc.runtime.data;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Names;
import nnc.runtime.base.Tensor;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.Polynomials;

/**
 * Texts as lists of tokens, those of the files in a folder a class, or those of a column: as many tokens as {@code length} says, cut there or filled up with
 * empty ones, or, without it, as many as each has; and in a column {@code count} how many there are before the empty ones. A token is a word, which is letters and digits next to each other, or a letter
 * of any kind. With {@code ngrams = 2} each is followed by the pair that it ends, with a space between. What tokens there are is for categories to learn.
 */
final class TextTokens implements SourceReader, DerivedTable {
  /** The column of a folder's files. */
  private static final String COLUMN = "tokens";

  /** Letters of a token: what is longer is no word, and has no use as a category. */
  private static final int LONGEST = 100;

  /**
   * How texts are cut.
   *
   * @param length tokens of a text; 0 for as many as it has
   */
  private record Rule(int length, boolean words, boolean lower, int ngrams) {
    static Rule of(SourceArguments arguments) {
      long length = arguments.namedWhole("length", 0);
      String by = arguments.namedText("by", "words");
      boolean lower = arguments.namedFlag("lower", true);
      long ngrams = arguments.namedWhole("ngrams", 1);
      if (length < 0 || length > 1 << 24) {
        throw arguments.fault("length is how many tokens a text has, cut there or filled up", "e.g. length = 200; without it each text has as many as it has");
      } else if (!by.equals("words") && !by.equals("letters")) {
        throw arguments.fault("by is \"words\" or \"letters\"");
      } else if (ngrams < 1 || ngrams > 9) {
        throw arguments.fault("ngrams is a number from 1 to 9");
      }
      return new Rule((int) length, by.equals("words"), lower, (int) ngrams);
    }

    int most() {
      return length == 0 ? Integer.MAX_VALUE : length;
    }
  }

  @Override
  public Table load(String source, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    if (source.equals("textfile")) {
      return text(arguments, folder);
    }
    Path root = folder.find(arguments.text("folder"));
    Rule rule = Rule.of(arguments);
    Charset encoding = CsvFormat.encoding(arguments, arguments.namedText("encoding", "utf-8"));
    arguments.end();
    var classes = ClassFolders.of(root, List.of(), "files of text");
    arguments.elements(classes.files().size(), Math.max(1, rule.length()));
    var cut = new Cut(rule);
    for (Path file : classes.files()) {
      try {
        cut.add(new String(Files.readAllBytes(file), encoding));
      } catch (IOException e) {
        throw new Fault(file + ": cannot be read: " + e.getMessage(), "", e);
      }
    }
    List<Column> columns = cut.columns(COLUMN, (row, element) -> classes.files().get(row).toString());
    columns.add(classes.label());
    return Table.of(root.toString(), columns);
  }

  /** A file: a line a row, or, where a length is said, all of it in windows of that many tokens. */
  private static Table text(SourceArguments arguments, Folder folder) {
    Path file = folder.find(arguments.text("file"));
    Rule rule = Rule.of(arguments);
    long step = arguments.namedWhole("step", rule.length());
    Charset encoding = CsvFormat.encoding(arguments, arguments.namedText("encoding", "utf-8"));
    arguments.end();
    if (step < 1 != (rule.length() == 0) || step > Integer.MAX_VALUE) {
      throw arguments.fault("step is how many tokens a window begins behind the one before, with length", "e.g. length = 65, step = 64");
    }
    String all;
    try {
      all = new String(Files.readAllBytes(file), encoding);
    } catch (IOException e) {
      throw new Fault(file + ": cannot be read: " + e.getMessage(), "", e);
    }
    if (rule.length() > 0) {
      var whole = new Cut(new Rule(0, rule.words(), rule.lower(), rule.ngrams()));
      whole.add(all);
      return Table.of(file.toString(), whole.windows(COLUMN, rule.length(), (int) step, file.toString()));
    }
    var lines = new Cut(rule);
    List<Integer> numbers = new ArrayList<>();
    int number = 0;
    for (String line : all.split("\\R")) {
      number++;
      if (!line.isBlank()) {
        lines.add(line);
        numbers.add(number);
      }
    }
    return Table.of(file.toString(), lines.columns(COLUMN, (row, element) -> file + ":" + numbers.get(row)));
  }

  @Override
  public Table of(String source, SourceArguments arguments, List<Table> of, Map<String, Feed> feeds) {
    String name = source.equals("tokens") ? arguments.text("column") : COLUMN;
    Rule said = Rule.of(arguments);
    // windows are what is learned from; a text that is given by itself is whole, if the program takes any length
    Rule rule = source.equals("textfile") && isOpen(feeds.get(name)) ? new Rule(0, said.words(), said.lower(), said.ngrams()) : said;
    arguments.namedText("encoding", "");
    arguments.namedWhole("step", 0);
    arguments.end();
    Table table = of.get(0);
    Column texts = table.column(name);
    if (texts == null) {
      return table;
    } else if (texts.isStreamed()) {
      throw arguments.fault("tokens are in memory, and the rows of " + table.origin() + " are not", "leave out stream = true");
    } else if (texts.classes().isEmpty() || texts.shape().length > 0) {
      throw arguments.fault("column " + name + " of " + table.origin() + " is not one text a row", "declare its input as a category: input " + name
          + ": category(10000)[N, " + (rule.length() == 0 ? "T" : rule.length()) + "]");
    }
    arguments.elements(texts.rows(), Math.max(1, rule.length()));
    var cut = new Cut(rule);
    for (int row = 0; row < texts.rows(); row++) {
      cut.add(texts.classes().get((int) texts.get(row)));
    }
    List<Column> columns = cut.columns(name, texts.places() == null ? null : (row, element) -> texts.place(row, 0, table.origin()));
    for (Column column : table.columns()) {
      if (!column.name().equals(name) && !column.name().equals("count")) {
        columns.add(column);
      }
    }
    return Table.of(table.origin(), columns, table.unread());
  }

  /** Whether texts of any number of tokens may be fed. */
  private static boolean isOpen(Feed feed) {
    return feed != null && feed.shape().size() > 1 && !Polynomials.isConstant(feed.shape().get(1));
  }

  /** Texts that are cut one after the other. */
  private static final class Cut {
    private final Rule rule;
    private int[] codes = new int[64];
    /** Of all texts before the present one. */
    private int size;
    private final List<Integer> counts = new ArrayList<>();
    private final Map<String, Integer> places = new HashMap<>();
    private final List<String> texts = new ArrayList<>();
    private final List<String> last = new ArrayList<>();
    private int count;

    Cut(Rule rule) {
      this.rule = rule;
      place("");
    }

    private int place(String token) {
      Integer known = places.putIfAbsent(token, texts.size());
      if (known == null) {
        texts.add(token);
        return texts.size() - 1;
      }
      return known;
    }

    void add(String text) {
      count = 0;
      last.clear();
      String plain = Names.composed(rule.lower() ? text.toLowerCase(Locale.ROOT) : text);
      int from = -1;
      for (int i = 0; i < plain.length() && count < rule.most();) {
        int letter = plain.codePointAt(i);
        int next = i + Character.charCount(letter);
        boolean inWord = rule.words() && Character.isLetterOrDigit(letter);
        from = inWord && from < 0 ? i : from;
        boolean ends = next == plain.length() || !Character.isLetterOrDigit(plain.codePointAt(next));
        if (inWord && ends) {
          token(plain.substring(from, Math.min(next, from + LONGEST)));
          from = -1;
        } else if (!rule.words()) {
          token(plain.substring(i, next));
        }
        i = next;
      }
      counts.add(count);
      size += Math.max(count, rule.length());
      room(size);
    }

    /** Makes room for so many tokens. */
    private void room(int needed) {
      if (needed > codes.length) {
        codes = Arrays.copyOf(codes, Math.max(needed, (int) Math.min(Tensor.LARGEST, 2L * codes.length)));
      }
    }

    /** Puts a token, and the longer ones that it ends. */
    private void token(String token) {
      last.add(token);
      for (int n = 1; n <= rule.ngrams() && n <= last.size() && count < rule.most(); n++) {
        String joined = n == 1 ? token : String.join(" ", last.subList(last.size() - n, last.size()));
        room(size + count + 1);
        codes[size + count++] = place(joined);
      }
      if (last.size() == rule.ngrams()) {
        last.remove(0);
      }
    }

    /** Windows of the one text that there is. */
    List<Column> windows(String name, int length, int step, String file) {
      int count = size < length ? 0 : (size - length) / step + 1;
      if (count == 0) {
        throw new Fault(file + ": has " + size + " tokens, fewer than the " + length + " of a window", "take a smaller length");
      } else if ((long) count * length > Tensor.LARGEST) {
        throw new Fault(file + ": " + count + " windows of " + length + " tokens are more than one array can hold", "take a larger step");
      }
      int[] windows = new int[count * length];
      int[] counts = new int[count];
      Arrays.fill(counts, length);
      for (int i = 0; i < count; i++) {
        System.arraycopy(codes, i * step, windows, i * length, length);
      }
      return List.of(new Column(name, new int[] {length}, windows, (row, element) -> file, List.copyOf(texts)), new Column("count", new int[0], counts));
    }

    List<Column> columns(String name, Column.Places where) {
      int[] numbers = new int[counts.size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = counts.get(i);
      }
      int[] own = Arrays.copyOf(codes, size);
      Column tokens = rule.length() == 0 ? Column.ragged(name, new int[0], own, numbers).of(where, List.copyOf(texts))
          : new Column(name, new int[] {rule.length()}, own, where, List.copyOf(texts));
      return new ArrayList<>(List.of(tokens, new Column("count", new int[0], numbers)));
    }
  }
}
