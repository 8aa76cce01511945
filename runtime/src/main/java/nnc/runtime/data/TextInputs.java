package nnc.runtime.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.data.Csv.Choice;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Source;

/** Rows of text to predict for, read as the program's own {@code csv} or {@code jsonl} reads what is trained on: its columns, names and options. */
public final class TextInputs {
  private static final List<String> CSV_ENDINGS = List.of(".csv", ".tsv", ".txt", ".data"), JSON_ENDINGS = List.of(".jsonl", ".ndjson");

  /** What rows on the command line are called in messages. */
  private static final String ROW = "--row";

  private final CsvFormat format;
  /** The source that cuts a column of texts into tokens; null if there is none. */
  private final Source tokens;
  /** The source that puts rows together; null if there is none. */
  private final Source sequences;
  private final String program;
  private final List<Choice> choices = new ArrayList<>();
  private final Map<String, Feed> feeds;
  /** As the file has them. */
  private final Map<String, Feed> read;

  /** What takes rows. */
  public interface Sink {
    void accept(Table table) throws IOException;
  }

  /** @param feeds the inputs that rows are for, by name */
  public TextInputs(ModelSpec spec, Map<String, Feed> feeds) {
    this.feeds = feeds;
    read = Data.asTexts(feeds, spec.data().values());
    program = spec.name() + ".nn";
    Source source = SourceReaders.first(List.of("csv", "jsonl"), spec.data().values());
    tokens = SourceReaders.first(List.of("tokens", "texts", "textfile"), spec.data().values());
    sequences = SourceReaders.first(List.of(Data.SEQUENCES), spec.data().values());
    if (sequences != null && sequences.named().get("key") != null) {
      // says which rows belong together
      String key = String.valueOf(sequences.named().get("key").value());
      read.putIfAbsent(key, Data.compared(key));
    }
    if (source == null) {
      format = CsvFormat.PLAIN;
      return;
    }
    var arguments = new SourceArguments(source, program);
    arguments.text("file");
    format = source.name().equals("csv") ? CsvFormat.of(arguments) : CsvFormat.PLAIN;
    // what is predicted for comes in parts anyway
    arguments.namedFlag(SourceReaders.STREAM, false);
    for (Choice choice : Csv.choices(arguments, format)) {
      if (feeds.containsKey(choice.name())) {
        choices.add(choice);
      }
    }
  }

  /** With tokens in place of texts and sequences in the place of their rows, if the program has them so. */
  private Table cut(Table table) {
    Table cut = table == null || tokens == null ? table : ofTokens(table);
    if (cut == null || sequences == null) {
      return cut;
    }
    var arguments = new SourceArguments(sequences, program);
    arguments.source("source");
    return SourceReaders.of(Data.SEQUENCES, DerivedTable.class).of(Data.SEQUENCES, arguments, List.of(cut), feeds);
  }

  private Table ofTokens(Table table) {
    var arguments = new SourceArguments(tokens, program);
    if (tokens.name().equals("tokens")) {
      arguments.source("source");
    } else {
      arguments.text(tokens.name().equals("texts") ? "folder" : "file");
    }
    return SourceReaders.of("tokens", DerivedTable.class).of(tokens.name(), arguments, List.of(table), feeds);
  }

  /** Whether a file of that name is one of text. */
  public static boolean isText(Path file) {
    return ends(file, CSV_ENDINGS) || ends(file, JSON_ENDINGS);
  }

  private static boolean ends(Path file, List<String> endings) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    name = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    for (String ending : endings) {
      if (name.endsWith(ending)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Reads a file's rows.
   *
   * @param most how many of them are taken at a time
   */
  public void read(Path file, int most, Sink sink) {
    Folder.read(file, (in, bytes) -> {
      String name = file.toString();
      read(ends(file, JSON_ENDINGS) ? SourceReaders.of("jsonl", RowTables.Opener.class).open(in, choices, read, name) : csv(in, new Csv.Source(file, name, format)), name, most, sink);
      return null;
    });
  }

  private CsvRows csv(InputStream in, Csv.Source source) throws IOException {
    return new CsvRows(new CsvLines(in, source.format(), source.name()), choices, read, source);
  }

  private void read(RowTables rows, String origin, int asked, Sink sink) throws IOException {
    // rows that belong together may be anywhere
    int most = sequences == null ? asked : Integer.MAX_VALUE;
    Table table = cut(rows.next(most));
    if (table == null) {
      throw new Fault(origin + ": no rows");
    }
    while (table != null) {
      for (Feed feed : feeds.values()) {
        if (table.column(feed) == null) {
          throw new Fault(origin + ": no column for " + (feed.target() ? "target " : "input ") + feed.name() + "; it has " + table.names());
        }
      }
      sink.accept(table);
      table = cut(rows.next(most));
    }
  }

  /**
   * Reads the rows of CSV text.
   *
   * @param most how many of them are taken at a time
   */
  public void readText(String text, int most, Sink sink) {
    var written = new CsvFormat(format.separator(), format.decimal(), StandardCharsets.UTF_8, format.header(), format.comment(), format.missing());
    readBytes(text, new Csv.Source(null, "the text", written), most, sink);
  }

  private void readBytes(String text, Csv.Source source, int most, Sink sink) {
    try {
      read(csv(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), source), source.name(), most, sink);
    } catch (IOException e) {
      throw new Fault(source.name() + ": " + e.getMessage(), "", e);
    }
  }

  /**
   * Reads a row as the command line has it: {@code age=30,sex=female}, with quotes around a value that has commas. Where the program's file has another
   * separator or a decimal comma, the row has them too.
   */
  public void readRow(String text, Sink sink) {
    char separator = format.separator() != CsvFormat.FOUND ? format.separator() : format.decimal() == ',' ? ';' : ',';
    var names = new StringBuilder();
    var values = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int equals = text.indexOf('=', at);
      if (equals < 0) {
        throw new Fault(ROW + ": '" + text.substring(at) + "' has no value", "a row is written NAME=VALUE" + separator + "NAME=VALUE");
      }
      int end = end(text, equals + 1, separator);
      names.append(names.isEmpty() ? "" : String.valueOf(separator)).append('"').append(text.substring(at, equals).trim().replace("\"", "\"\"")).append('"');
      values.append(at == 0 ? "" : String.valueOf(separator)).append(text, equals + 1, end);
      at = end + 1;
    }
    var written = new CsvFormat(separator, format.decimal(), StandardCharsets.UTF_8, true, CsvFormat.FOUND, format.missing());
    readBytes(names + "\n" + values + "\n", new Csv.Source(null, ROW, written), 1, sink);
  }

  /** Where a value ends: at a separator that no quotes are around. */
  private static int end(String text, int from, char separator) {
    boolean quoted = false;
    int at = from;
    while (at < text.length() && (quoted || text.charAt(at) != separator)) {
      quoted ^= text.charAt(at) == '"';
      at++;
    }
    return at;
  }
}
