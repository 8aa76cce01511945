package nnc.runtime.data;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Names;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * Texts as lists of tokens, those of the files in a folder a class, or those of a column: as many tokens as {@code length} says, cut there or filled up with
 * empty ones, and in a column {@code count} how many there are before these. A token is a word, which is letters and digits next to each other, or a letter
 * of any kind. With {@code ngrams = 2} each is followed by the pair that it ends, with a space between. What tokens there are is for categories to learn.
 */
final class TextTokens implements SourceReader, DerivedTable {
  /** The column of a folder's files. */
  private static final String COLUMN = "tokens";

  /** Letters of a token: what is longer is no word, and has no use as a category. */
  private static final int LONGEST = 100;

  /** How texts are cut. */
  private record Rule(int length, boolean words, boolean lower, int ngrams) {
    static Rule of(SourceArguments arguments) {
      long length = arguments.namedWhole("length", 0);
      String by = arguments.namedText("by", "words");
      boolean lower = arguments.namedFlag("lower", true);
      long ngrams = arguments.namedWhole("ngrams", 1);
      if (length < 1 || length > 1 << 24) {
        throw arguments.fault("needs length, how many tokens a text has at most", "e.g. length = 200");
      } else if (!by.equals("words") && !by.equals("letters")) {
        throw arguments.fault("by is \"words\" or \"letters\"");
      } else if (ngrams < 1 || ngrams > 9) {
        throw arguments.fault("ngrams is a number from 1 to 9");
      }
      return new Rule((int) length, by.equals("words"), lower, (int) ngrams);
    }
  }

  @Override
  public Table load(String source, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    Path root = folder.find(arguments.text("folder"));
    Rule rule = Rule.of(arguments);
    Charset encoding = CsvFormat.encoding(arguments, arguments.namedText("encoding", "utf-8"));
    arguments.end();
    var classes = ClassFolders.of(root, List.of(), "files of text");
    var cut = new Cut(rule, arguments.elements(classes.files().size(), rule.length()));
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

  @Override
  public Table of(String source, SourceArguments arguments, List<Table> of) {
    String name = source.equals("texts") ? COLUMN : arguments.text("column");
    Rule rule = Rule.of(arguments);
    arguments.namedText("encoding", "");
    arguments.end();
    Table table = of.get(0);
    Column texts = table.column(name);
    if (texts == null) {
      return table;
    } else if (texts.isStreamed()) {
      throw arguments.fault("tokens are in memory, and the rows of " + table.origin() + " are not", "leave out stream = true");
    } else if (texts.classes().isEmpty() || texts.shape().length > 0) {
      throw arguments.fault("column " + name + " of " + table.origin() + " is not one text a row", "declare its input as a category: input " + name
          + ": category(10000)[N, " + rule.length() + "]");
    }
    var cut = new Cut(rule, arguments.elements(texts.rows(), rule.length()));
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

  /** Texts that are cut one after the other. */
  private static final class Cut {
    private final Rule rule;
    private final int[] codes;
    private final List<Integer> counts = new ArrayList<>();
    private final Map<String, Integer> places = new HashMap<>();
    private final List<String> texts = new ArrayList<>();
    private final List<String> last = new ArrayList<>();
    private int count;

    /** @param size of all texts together, in tokens */
    Cut(Rule rule, int size) {
      this.rule = rule;
      codes = new int[size];
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
      for (int i = 0; i < plain.length() && count < rule.length();) {
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
    }

    /** Puts a token, and the longer ones that it ends. */
    private void token(String token) {
      last.add(token);
      for (int n = 1; n <= rule.ngrams() && n <= last.size() && count < rule.length(); n++) {
        String joined = n == 1 ? token : String.join(" ", last.subList(last.size() - n, last.size()));
        codes[counts.size() * rule.length() + count++] = place(joined);
      }
      if (last.size() == rule.ngrams()) {
        last.remove(0);
      }
    }

    List<Column> columns(String name, Column.Places where) {
      int[] numbers = new int[counts.size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = counts.get(i);
      }
      return new ArrayList<>(List.of(new Column(name, new int[] {rule.length()}, codes, where, List.copyOf(texts)), new Column("count", new int[0], numbers)));
    }
  }
}
