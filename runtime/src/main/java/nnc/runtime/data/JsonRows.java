package nnc.runtime.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Names;
import nnc.runtime.base.Text;
import nnc.runtime.data.Csv.Choice;
import nnc.runtime.data.JsonValue.Kind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.Polynomials;

/**
 * The rows of a file of JSON objects, one a line. The first object says what columns there are, and of which shape: a list is an axis. What a later one
 * lacks is missing there, as what is null.
 */
final class JsonRows implements RowTables {
  private final BufferedReader in;
  private final Map<String, Feed> feeds;
  private final String origin;
  /** What rows are done with that do not stay in memory; null if they do. */
  private final Streaming streaming;
  private final List<Field> fields = new ArrayList<>();
  private final List<String> unread = new ArrayList<>();
  /** The first object, until its row has been read. */
  private JsonValue ahead;
  private int line;

  /**
   * A column to be.
   *
   * @param paths  of what makes a row
   * @param single whether that is one value, whatever shape it has; else the values of the paths are a list
   * @param shape  of a row
   * @param open   whether rows may differ in length, on the first axis
   */
  private record Field(String name, List<String> paths, boolean single, int[] shape, boolean open) {}

  /**
   * @param origin    names the file in messages
   * @param streaming what rows are done with that do not stay in memory; null if they do
   */
  JsonRows(InputStream in, List<Choice> choices, Map<String, Feed> feeds, String origin, Streaming streaming) throws IOException {
    this.streaming = streaming;
    this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)), 1 << 13);
    this.feeds = feeds;
    this.origin = origin;
    ahead = object();
    if (ahead == null) {
      throw new Fault(origin + ": no rows");
    }
    unread.addAll(ahead.fields().keySet());
    List<Feed> fed = new ArrayList<>(feeds.values());
    for (Choice choice : choices) {
      fed.remove(feeds.get(choice.name()));
      choose(choice);
    }
    for (Feed feed : fed) {
      String field = feed.among(ahead.fields().keySet(), origin + ":" + line);
      if (field != null) {
        add(feed.name(), List.of(field), true);
      }
    }
    if (fields.isEmpty()) {
      throw new Fault(origin + ": none of its fields is called as an input or target; it has " + listed(),
          "choose the field of each, e.g. jsonl(\"data.jsonl\", x = \"pupil.age\")");
    }
  }

  private void choose(Choice choice) {
    List<String> paths = new ArrayList<>();
    for (String column : choice.columns()) {
      String path = Names.composed(column);
      boolean own = choice.single() && ahead.find(path) == null && ahead.fields().containsKey(choice.name());
      if (!own && ahead.find(path) == null) {
        String nearest = Text.nearest(path, List.copyOf(ahead.fields().keySet()));
        throw new Fault(origin + ":" + line + ": no field " + path + "; it has " + listed(), nearest.isEmpty() ? "" : "is it " + nearest + "?");
      }
      paths.add(own ? choice.name() : path);
    }
    add(choice.name(), paths, choice.single());
  }

  private void add(String name, List<String> paths, boolean single) {
    unread.removeAll(paths);
    Feed feed = feeds.get(name);
    boolean open = single && feed != null && feed.isOfAnyLength();
    int[] shape = single ? shape(ahead.find(paths.get(0))) : new int[] {paths.size()};
    fields.add(new Field(name, paths, single, open ? open(feed, shape, paths.get(0)) : shape, open));
    if (open && streaming != null) {
      throw new Fault(origin + ": rows of different lengths are in memory (field " + paths.get(0) + ")", "leave out stream = true");
    }
  }

  /** The shape of rows that differ in length; what is within a place the program says, or else the first row. */
  private int[] open(Feed feed, int[] first, String path) {
    int[] shape = new int[feed.shape().size() - 1];
    for (int axis = 1; axis < shape.length; axis++) {
      Poly declared = feed.shape().get(axis + 1);
      if (!Polynomials.isConstant(declared) && axis >= first.length) {
        throw new Fault(origin + ":" + line + ": an empty list does not tell what is in others (field " + path + ")", "begin with a row that has something in it");
      }
      shape[axis] = Polynomials.isConstant(declared) ? (int) Polynomials.value(declared, new int[0]) : first[axis];
    }
    return shape;
  }

  /** That of a list by its first items. */
  private static int[] shape(JsonValue value) {
    int[] shape = new int[0];
    JsonValue first = value;
    while (first.kind() == Kind.LIST) {
      shape = Arrays.copyOf(shape, shape.length + 1);
      shape[shape.length - 1] = first.items().size();
      if (first.items().isEmpty()) {
        break;
      }
      first = first.items().get(0);
    }
    return shape;
  }

  private String listed() {
    String all = String.join(", ", ahead.fields().keySet());
    return all.length() > 1000 ? all.substring(0, 1000) + "..." : all;
  }

  // ---- lines

  /** The next line that is not blank, as an object; null at the end. */
  private JsonValue object() throws IOException {
    try {
      String text = in.readLine();
      line++;
      text = line == 1 && text != null && text.startsWith("\ufeff") ? text.substring(1) : text;
      while (text != null && text.isBlank()) {
        text = in.readLine();
        line++;
      }
      JsonValue value = text == null ? null : JsonParser.parse(text);
      if (value != null && value.kind() != Kind.OBJECT) {
        throw new JsonParser.Wrong("not an object", value.at());
      }
      return value;
    } catch (JsonParser.Wrong e) {
      throw new Fault(place(e.at()) + ": " + e.getMessage(), "each line is a JSON object: {\"x\": 1.5, \"label\": \"red\"}", e);
    } catch (CharacterCodingException e) {
      throw new Fault(origin + ":" + (line + 1) + ": not UTF-8", "save the file as UTF-8", e);
    }
  }

  private String place(int at) {
    return origin + ":" + line + ":" + (at + 1);
  }

  // ---- rows

  @Override
  public Table next(int most) throws IOException {
    List<Cells> cells = new ArrayList<>();
    List<List<Integer>> lengths = new ArrayList<>();
    for (Field field : fields) {
      lengths.add(new ArrayList<>());
      cells.add(new Cells(feeds.get(field.name()), CsvFormat.PLAIN, streaming == null ? null : streaming.store(origin)));
    }
    int[] lines = new int[16];
    int count = 0;
    JsonValue object = count < most ? ahead == null ? object() : ahead : null;
    while (object != null) {
      ahead = null;
      if (count == lines.length) {
        lines = Arrays.copyOf(lines, 2 * count);
      }
      lines[count++] = line;
      for (int i = 0; i < fields.size(); i++) {
        lengths.get(i).add(row(fields.get(i), object, cells.get(i)));
      }
      object = count < most ? object() : null;
    }
    if (count == 0) {
      return null;
    }
    List<Column> columns = new ArrayList<>();
    int[] places = lines;
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      Column.Places where = (row, element) -> origin + ":" + places[row];
      columns.add(field.open() ? cells.get(i).ragged(field.name(), Arrays.copyOfRange(field.shape(), 1, field.shape().length), lengths.get(i), where)
          : cells.get(i).column(field.name(), field.shape(), where));
    }
    return Table.of(origin, columns, unread);
  }

  /** Adds a row; gives how many places its first axis has. */
  private int row(Field field, JsonValue object, Cells cells) {
    var row = new Leaves();
    for (String path : field.paths()) {
      row.add(value(object, path), field, field.single() ? 0 : field.shape().length, path);
    }
    for (int i = 0; i < row.values.size(); i++) {
      cells.add(row, i, field.name());
    }
    return field.open() ? value(object, field.paths().get(0)).items().size() : 1;
  }

  private static JsonValue value(JsonValue object, String path) {
    JsonValue found = object.find(path);
    return found == null ? JsonValue.single(Kind.NULL, "", object.at()) : found;
  }

  /** The numbers or texts of a row, one after the other. */
  private final class Leaves implements Fields {
    private final List<JsonValue> values = new ArrayList<>();

    /** Adds what is in a value on an axis of the field's shape and those behind. */
    void add(JsonValue value, Field field, int axis, String path) {
      if (axis == field.shape().length) {
        if (value.kind() == Kind.LIST || value.kind() == Kind.OBJECT) {
          throw new Fault(JsonRows.this.place(value.at()) + ": " + (value.kind() == Kind.LIST ? "a list" : "an object") + ", where one value is expected (field "
              + path + ")", value.kind() == Kind.OBJECT ? "choose a field of it: \"" + path + ".NAME\"" : "rows have lists of equal length");
        }
        values.add(value);
        return;
      }
      boolean any = axis == 0 && field.open();
      if (value.kind() != Kind.LIST || !any && value.items().size() != field.shape()[axis]) {
        throw any ? new Fault(JsonRows.this.place(value.at()) + ": no list, where one of any length is expected (field " + path + ")", "a row of no length is []")
            : new Fault(JsonRows.this.place(value.at()) + ": " + (value.kind() == Kind.LIST ? "a list of " + value.items().size() : "no list") + ", where one of "
            + field.shape()[axis] + " is expected, as the first row has (field " + path + ")", "rows have lists of equal length");
      }
      for (JsonValue item : value.items()) {
        add(item, field, axis + 1, path);
      }
    }

    @Override
    public String text(int field) {
      return values.get(field).text();
    }

    @Override
    public String place(int field) {
      return JsonRows.this.place(values.get(field).at());
    }
  }
}
