package nnc.runtime.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.data.Csv.Choice;
import nnc.runtime.data.Csv.Source;
import nnc.runtime.data.Csv.Wanted;
import nnc.runtime.spec.ModelSpec.Feed;

/** The rows of a CSV file, some at a time. */
final class CsvRows implements RowTables {
  private final CsvLines lines;
  private final Source source;
  private final Map<String, Feed> feeds;
  private final CsvHeader header;
  private final List<Wanted> wanted;
  /** Whether the line at hand is a row that is not yet read. */
  private boolean ahead;
  /** What rows are done with that do not stay in memory; null if they do. */
  private final Streaming streaming;
  private int done;

  CsvRows(CsvLines lines, List<Choice> choices, Map<String, Feed> feeds, Source source) throws IOException {
    this(lines, choices, feeds, source, null);
  }

  /** @param streaming what rows are done with that do not stay in memory; null if they do */
  CsvRows(CsvLines lines, List<Choice> choices, Map<String, Feed> feeds, Source source, Streaming streaming) throws IOException {
    this.streaming = streaming;
    this.lines = lines;
    this.source = source;
    this.feeds = feeds;
    if (!lines.next()) {
      throw new Fault(source.name() + ": empty");
    }
    header = new CsvHeader(lines, source);
    wanted = header.wanted(choices, feeds.values());
    ahead = !source.format().header();
    if (!ahead) {
      lines.want(header.fields(wanted));
    }
  }

  @Override
  public Table next(int most) throws IOException {
    List<Cells> cells = new ArrayList<>();
    List<List<Integer>> lengths = new ArrayList<>();
    for (Wanted one : wanted) {
      lengths.add(isList(one) ? new ArrayList<>() : null);
      cells.add(new Cells(feeds.get(one.name()), source.format(), streaming == null ? null : streaming.store(source.name())));
    }
    int count = 0;
    while (count < most && (ahead || lines.next())) {
      if (lines.count() != header.names().size()) {
        throw uneven();
      }
      for (int i = 0; i < wanted.size(); i++) {
        for (int field : wanted.get(i).fields()) {
          if (lengths.get(i) != null) {
            lengths.get(i).add(items(field, cells.get(i)));
          } else {
            cells.get(i).add(lines, field, header.names().get(field));
          }
        }
      }
      if (ahead) {
        ahead = false;
        lines.want(header.fields(wanted));
      }
      count++;
    }
    if (count == 0) {
      return null;
    }
    int before = done;
    done += count;
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      Wanted one = wanted.get(i);
      boolean list = lengths.get(i) != null;
      Column.Places where = (row, element) -> place(before + row, one.fields()[list ? 0 : element]);
      columns.add(list ? cells.get(i).ragged(one.name(), new int[0], lengths.get(i), where) : cells.get(i).column(one.name(), one.shape(), where));
    }
    return Table.of(source.name(), columns, header.unread(wanted));
  }

  /** Whether what stands in a column's field is a list of any length: where the program declares it so. */
  private boolean isList(Wanted one) {
    Feed feed = feeds.get(one.name());
    boolean list = one.single() && feed != null && feed.shape().size() == 2 && feed.isOfAnyLength();
    if (list && streaming != null) {
      throw new Fault(source.name() + ": rows of different lengths are in memory (column " + header.names().get(one.fields()[0]) + ")", "leave out stream = true");
    }
    return list;
  }

  /** Adds the items of a list in a field, which have spaces between them; gives how many there are. */
  private int items(int field, Cells cells) {
    String text = lines.text(field).strip();
    String[] items = text.isEmpty() ? new String[0] : text.split("\\s+");
    for (int i = 0; i < items.length; i++) {
      cells.add(new Fields() {
        @Override
        public String text(int item) {
          return items[item];
        }

        @Override
        public String place(int item) {
          return lines.place(field);
        }
      }, i, header.names().get(field));
    }
    return items.length;
  }

  private Fault uneven() {
    int names = header.names().size();
    boolean open = lines.count() - 1 == names;
    return new Fault(source.name() + ":" + lines.line() + ": " + lines.count() + " fields, the " + (source.format().header() ? "header" : "first line")
        + " has " + names, open ? "a separator at the end of a line begins one more field; the header must have it too"
            : lines.count() == 2 * names && lines.separator() == ',' ? "numbers have a decimal point, not a comma" : "");
  }

  /** Where a number is, by reading the file once more as far as that. */
  private String place(int row, int field) {
    if (source.file() == null) {
      return source.name();
    }
    try {
      return Folder.read(source.file(), (in, most) -> {
        var again = new CsvLines(in, source.format(), source.name());
        again.want(new boolean[0]);
        for (int i = source.format().header() ? -1 : 0; i <= row; i++) {
          again.next();
        }
        return again.place(field);
      });
    } catch (Fault changed) {
      return "row " + row + " of " + source.name();
    }
  }
}
