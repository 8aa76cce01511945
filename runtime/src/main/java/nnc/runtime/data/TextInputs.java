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

/** Rows of text to predict for, read as the program's own {@code csv} reads what is trained on: its columns, names and options. */
public final class TextInputs {
  private static final List<String> ENDINGS = List.of(".csv", ".tsv", ".txt", ".data");

  /** What rows on the command line are called in messages. */
  private static final String ROW = "--row";

  private final CsvFormat format;
  private final List<Choice> choices = new ArrayList<>();
  private final Map<String, Feed> feeds;

  /** What takes rows. */
  public interface Sink {
    void accept(Table table) throws IOException;
  }

  /** @param feeds the inputs that rows are for, by name */
  public TextInputs(ModelSpec spec, Map<String, Feed> feeds) {
    this.feeds = feeds;
    Source source = null;
    for (Source role : spec.data().values()) {
      source = source == null ? csv(role) : source;
    }
    if (source == null) {
      format = CsvFormat.PLAIN;
      return;
    }
    var arguments = new SourceArguments(source, spec.name() + ".nn");
    arguments.text("file");
    format = CsvFormat.of(arguments);
    for (Choice choice : Csv.choices(arguments, format)) {
      if (feeds.containsKey(choice.name())) {
        choices.add(choice);
      }
    }
  }

  private static Source csv(Source source) {
    Source found = source.name().equals("csv") ? source : null;
    for (Source argument : source.arguments()) {
      found = found == null ? csv(argument) : found;
    }
    return found;
  }

  /** Whether a file of that name is one of text. */
  public static boolean isText(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    name = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    for (String ending : ENDINGS) {
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
      read(in, new Csv.Source(file, file.toString(), format), most, sink);
      return null;
    });
  }

  private void read(InputStream in, Csv.Source source, int most, Sink sink) throws IOException {
    var rows = new CsvRows(new CsvLines(in, source.format(), source.name()), choices, feeds, source);
    Table table = rows.next(most);
    if (table == null) {
      throw new Fault(source.name() + ": no rows");
    }
    while (table != null) {
      for (Feed feed : feeds.values()) {
        if (table.column(feed.name()) == null) {
          throw new Fault(source.name() + ": no column for input " + feed.name() + "; it has " + table.names());
        }
      }
      sink.accept(table);
      table = rows.next(most);
    }
  }

  /** Reads a row as the command line has it: {@code age=30,sex=female}, with quotes around a value that has commas. */
  public void readRow(String text, Sink sink) {
    var names = new StringBuilder();
    var values = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int equals = text.indexOf('=', at);
      if (equals < 0) {
        throw new Fault(ROW + ": '" + text.substring(at) + "' has no value", "a row is written NAME=VALUE,NAME=VALUE");
      }
      int end = end(text, equals + 1);
      names.append(names.isEmpty() ? "" : ",").append('"').append(text.substring(at, equals).trim().replace("\"", "\"\"")).append('"');
      values.append(at == 0 ? "" : ",").append(text, equals + 1, end);
      at = end + 1;
    }
    var plain = new CsvFormat(',', '.', StandardCharsets.UTF_8, true, CsvFormat.FOUND, format.missing());
    try {
      read(new ByteArrayInputStream((names + "\n" + values + "\n").getBytes(StandardCharsets.UTF_8)), new Csv.Source(null, ROW, plain), 1, sink);
    } catch (IOException e) {
      throw new Fault(ROW + ": " + e.getMessage(), "", e);
    }
  }

  /** Where a value ends: at a comma that no quotes are around. */
  private static int end(String text, int from) {
    boolean quoted = false;
    int at = from;
    while (at < text.length() && (quoted || text.charAt(at) != ',')) {
      quoted ^= text.charAt(at) == '"';
      at++;
    }
    return at;
  }
}
