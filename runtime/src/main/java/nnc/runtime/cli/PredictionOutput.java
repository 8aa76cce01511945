package nnc.runtime.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nnc.runtime.Context;
import nnc.runtime.Output;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Json;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Text;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec.Role;

/** Where predictions go, part by part. */
interface PredictionOutput {
  /** Takes what the context's last run has given. */
  void add(Context context) throws IOException;

  /** Takes what was predicted for rows that may differ in length. */
  void add(RowOutputs rows) throws IOException;

  /** Writes what is not yet written. */
  void end(OutputStream out) throws IOException;

  /** What the rows that come next are called; where that is not asked for, nothing is told of it. */
  default void name(List<String> rows) {}

  /** Whether a file's ending says what is written. */
  static boolean isKnown(Path file) {
    return file.getFileName() != null && file.getFileName().toString().toLowerCase(Locale.ROOT).matches(".*[.](npz|csv|jsonl|ndjson)");
  }

  /** By the file's ending: CSV, JSON lines, or else npz. */
  static PredictionOutput of(Path file, OutputStream out) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    var lines = new PrintStream(out, false, StandardCharsets.UTF_8);
    return name.endsWith(".csv") ? new CsvPredictions(lines, file.toString())
        : name.endsWith(".jsonl") || name.endsWith(".ndjson") ? new JsonPredictions(lines, file.toString())
        : new ArrayPredictions();
  }

  /** All outputs as arrays, which are in memory until the end. */
  final class ArrayPredictions implements PredictionOutput {
    private JoinedOutputs parts;
    /** Outputs of rows that may differ in length, row by row. */
    private final Map<String, List<Tensor>> rows = new LinkedHashMap<>();
    private RowOutputs last;

    @Override
    public void add(RowOutputs given) {
      last = given;
      for (int i = 0; i < given.outputs().size(); i++) {
        List<Tensor> all = rows.computeIfAbsent(given.outputs().get(i).name(), name -> new ArrayList<>());
        for (int row = 0; row < given.count(); row++) {
          all.add(given.get(row, i));
        }
      }
    }

    @Override
    public void add(Context context) {
      parts = parts == null ? new JoinedOutputs(context) : parts;
      parts.add(context);
    }

    @Override
    public void end(OutputStream out) throws IOException {
      Npz.write(out, last == null ? parts.outputs() : ofRows());
    }

    private Map<String, Tensor> ofRows() {
      Map<String, Tensor> arrays = new LinkedHashMap<>();
      for (Output output : last.outputs()) {
        List<Tensor> joined = RowOutputs.joined(output, rows.get(output.name()));
        arrays.put(output.name(), joined.get(0));
        if (joined.size() > 1) {
          arrays.put(output.name() + Npz.LENGTHS, joined.get(1));
        }
      }
      return arrays;
    }
  }

  /** What is written row by row. */
  abstract class RowPredictions implements PredictionOutput {
    final PrintStream lines;
    final String origin;
    private boolean begun;
    /** Names of rows, and which of them is next; null if rows have none. */
    private List<String> names;
    private int next;

    RowPredictions(PrintStream lines, String origin) {
      this.lines = lines;
      this.origin = origin;
    }

    @Override
    public void name(List<String> rows) {
      names = rows;
      next = 0;
    }

    /** Whether rows have names. */
    final boolean isNamed() {
      return names != null;
    }

    /** What a row's name is called: {@code file}, unless an output is called so. */
    static String title(List<NamedOutput> outputs) {
      String title = "file";
      for (NamedOutput output : outputs) {
        title = output.name().equals(title) ? "file name" : title;
      }
      return title;
    }

    /** The next row's name. */
    final String nextName() {
      return names.get(next++);
    }

    abstract void row(List<NamedOutput> outputs, int row);

    /** Writes what is above the rows; nothing, unless said otherwise. */
    void begin(List<NamedOutput> outputs) {}

    @Override
    public void add(Context context) {
      List<NamedOutput> outputs = new ArrayList<>();
      int rows = -1;
      for (Output output : context.results(Role.OUTPUT)) {
        if (!output.isByRow() || rows >= 0 && rows != output.shape()[0]) {
          throw new Fault(origin + ": output " + output.declaration() + " has no row for each example", "write an npz file, which holds arrays of any shape");
        }
        rows = output.shape()[0];
        outputs.add(new NamedOutput(output));
      }
      if (!begun) {
        begin(outputs);
        begun = true;
      }
      for (int row = 0; row < rows; row++) {
        row(outputs, row);
      }
    }

    @Override
    public void add(RowOutputs rows) {
      for (int row = 0; row < rows.count(); row++) {
        List<NamedOutput> outputs = rows.named(row);
        if (!begun) {
          begin(outputs);
          begun = true;
        }
        row(outputs, 0);
      }
    }

    @Override
    public void end(OutputStream out) throws IOException {
      if (lines.checkError()) {
        throw new IOException("not all could be written");
      }
    }
  }

  /** A line of names, then a line a row; of an output with several numbers a row each has a column. */
  final class CsvPredictions extends RowPredictions {
    private int columns;

    CsvPredictions(PrintStream lines, String origin) {
      super(lines, origin);
    }

    @Override
    void begin(List<NamedOutput> outputs) {
      List<String> titles = new ArrayList<>(isNamed() ? List.of(title(outputs)) : List.of());
      for (NamedOutput output : outputs) {
        titles.addAll(output.titles());
      }
      columns = titles.size();
      line(titles);
    }

    @Override
    void row(List<NamedOutput> outputs, int row) {
      List<String> texts = new ArrayList<>(isNamed() ? List.of(nextName()) : List.of());
      for (NamedOutput output : outputs) {
        texts.addAll(output.columns(row));
        if (output.hasBlanks(row)) {
          throw new Fault(origin + ": output " + output.name() + ": a class has a space in its name, or none, and a list in a field has spaces between its items",
              "write JSON lines: --out FILE.jsonl");
        }
      }
      if (texts.size() != columns) {
        throw new Fault(origin + ": a row has " + texts.size() + " columns and the first one " + columns + ": outputs differ from row to row on another axis than axis 1",
            "write JSON lines, where each row has its own shape: --out FILE.jsonl");
      }
      line(texts);
    }

    private void line(List<String> fields) {
      for (int i = 0; i < fields.size(); i++) {
        lines.append(i == 0 ? "" : ",").append(quoted(fields.get(i)));
      }
      lines.append('\n');
    }

    private static String quoted(String text) {
      boolean plain = !text.isEmpty() && text.equals(text.trim());
      for (int i = 0; plain && i < text.length(); i++) {
        plain = ",;\t|\"\r\n#".indexOf(text.charAt(i)) < 0;
      }
      return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
  }

  /** An object a row. */
  final class JsonPredictions extends RowPredictions {
    JsonPredictions(PrintStream lines, String origin) {
      super(lines, origin);
    }

    @Override
    void row(List<NamedOutput> outputs, int row) {
      var json = new Json();
      if (isNamed()) {
        json.put(title(outputs), nextName());
      }
      for (NamedOutput output : outputs) {
        output.put(json, row);
      }
      lines.append(json.toString()).append('\n');
    }
  }

  /** A row for people to read. */
  final class PrintedPredictions extends RowPredictions {
    PrintedPredictions(PrintStream lines, String origin) {
      super(lines, origin);
    }

    @Override
    void row(List<NamedOutput> outputs, int row) {
      List<String[]> table = new ArrayList<>();
      for (NamedOutput output : outputs) {
        List<String> titles = output.titles();
        List<String> texts = output.columns(row);
        for (int i = 0; i < titles.size(); i++) {
          table.add(new String[] {titles.get(i), texts.get(i)});
        }
      }
      Text.table(table, lines);
    }
  }
}
