package nnc.runtime.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Json;
import nnc.runtime.base.Threads;
import nnc.runtime.data.ArrayColumns;
import nnc.runtime.data.Column;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folder;
import nnc.runtime.data.Table;
import nnc.runtime.data.TextInputs;
import nnc.runtime.engine.KernelSet;
import nnc.runtime.files.AtomicFile;
import nnc.runtime.files.Npz;
import nnc.runtime.files.WeightFile;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Result;

/** {@code predict}: outputs for the rows of a file, any number of them: a few hundred at a time, or all at once where they depend on each other. */
final class PredictCommand implements ModelCommand {
  private static final List<Options.Flag> FLAGS = List.of(
      new Options.Flag("--weights", "WEIGHTS", "what training has saved; not needed if they are bundled"),
      new Options.Flag("--in", "INPUTS", "an npz file with an array for each input; a CSV file or JSON lines as the program's own; or a folder of pictures"),
      new Options.Flag("--out", "OUTPUTS", "the file to write: .npz, .csv or .jsonl"),
      new Options.Flag(Options.FORCE, "", "write it even over weights that training has saved"),
      new Options.Flag("--row", "ROW", "a row in place of a file: age=30,sex=female; what it gives is printed"),
      new Options.Flag("--count", "N", "how many rows, where that does not follow from inputs: of what is drawn at random, for instance"),
      new Options.Flag("--batch", "N", "compute so many rows together (all, where outputs depend on several rows)"),
      new Options.Flag("--seed", "N", "of what is drawn at random (0)"),
      new Options.Flag("--threads", "N", "at most that many (all processors)"));

  /** Bytes of a text from which vector code is worth a start. */
  private static final long LARGE_TEXT = 1 << 16;

  @Override
  public List<Options.Flag> flags() {
    return FLAGS;
  }

  @Override
  public int run(Session session, Options options, String[] arguments) {
    if (options.has("--row") && (options.has("--in") || options.has("--out") || options.has("--count"))) {
      throw new Options.Wrong("--row is a row in place of --in, and what it gives is printed");
    }
    boolean none = options.has("--row") || readsNothing(session.model());
    Path in = none ? options.path("--in", null) : options.required("--in", "an npz file with an array for each input, a CSV file, JSON lines, or a folder of pictures");
    Path out = options.has("--row") ? null : options.required("--out", "the file to write: .npz, .csv or .jsonl");
    if (out != null) {
      checkOutput(session, out);
      AtomicFile.keepRead(in, out, "predictions would take the place of what they are made of");
      AtomicFile.keepRead(options.path("--weights", null), out, "predictions would take the place of the weights that they are made with");
      if (!options.has(Options.FORCE)) {
        WeightFile.keepOthers(out, null);
      }
    }
    boolean folder = in != null && Files.isDirectory(in);
    boolean text = folder || in != null && TextInputs.isText(in);
    if (text && options.has("--count")) {
      throw new Options.Wrong("--count does not go with a file of text or a folder, which has as many rows as it has");
    }
    Model model = options.has("--weights") ? session.model().withWeights(options.path("--weights", null)) : session.model();
    model.requireWeights();
    int count = positive(options, "--count");
    int batch = positive(options, "--batch");
    try (var threads = new Threads(options.count("--threads", Runtime.getRuntime().availableProcessors(), 1))) {
      var run = new PredictionRun(model, threads, options.number("--seed", 0), batch);
      if (options.has("--row")) {
        run.row(options.text("--row", ""), options.has("--json") ? new PredictionOutput.JsonPredictions(session.out(), "--row")
            : new PredictionOutput.PrintedPredictions(session.out(), "--row"));
        return 0;
      }
      PredictionRows rows = null;
      Npz.Arrays inputs = text ? null : in == null ? new Npz.Arrays(Map.of(), Map.of()) : Npz.read(in, model.spec().inputs());
      Table table = text || in == null ? null : ragged(model, inputs, in);
      if (table != null) {
        if (options.has("--count")) {
          throw new Options.Wrong("--count does not go with rows that differ in length, of which there are as many as there are lengths");
        } else if (size(in) > LARGE_TEXT && session.canRelaunch()) {
          return session.again().run(arguments);
        }
        write(out, new Predictions() {
          @Override
          public void write(PredictionOutput to) throws IOException {
            run.of(table, to);
          }
        });
        tell(session, out, options.has("--json"));
        return 0;
      }
      if (!text) {
        rows = new PredictionRows(model, inputs, String.valueOf(in), count, batch);
        run.open(rows);
      }
      if ((text ? folder || size(in) > LARGE_TEXT : run.work(rows.count()) > KernelSet.LARGE) && session.canRelaunch()) {
        return session.again().run(arguments);
      }
      PredictionRows all = rows;
      write(out, new Predictions() {
        @Override
        public void write(PredictionOutput to) throws IOException {
          if (all != null) {
            run.add(all, inputs, to);
          } else if (folder) {
            run.pictures(in, session.err(), to);
          } else {
            run.text(in, to);
          }
        }
      });
    }
    tell(session, out, options.has("--json"));
    return 0;
  }

  /** What was written, and what its outputs are called outside the program. */
  private static void tell(Session session, Path out, boolean json) {
    var aliases = new Json();
    var lines = new StringBuilder();
    for (Result result : session.model().code("predict").plan.results()) {
      if (!result.alias().isEmpty()) {
        aliases.put(result.name(), result.alias());
        lines.append("\n  ").append(result.name()).append(" is \"").append(result.alias()).append('"');
      }
    }
    var event = new Json().put("event", "saved").put("file", out.toString());
    session.out().println(json ? (lines.isEmpty() ? event : event.raw("aliases", aliases.toString())).toString() : "saved " + out + lines);
  }

  /** What gives predictions to where they go. */
  private interface Predictions {
    void write(PredictionOutput to) throws IOException;
  }

  private static void write(Path out, Predictions predictions) {
    AtomicFile.write(out, new AtomicFile.Content() {
      @Override
      public void write(OutputStream stream) throws IOException {
        PredictionOutput to = PredictionOutput.of(out, stream);
        predictions.write(to);
        to.end(stream);
      }
    });
  }

  /** The rows of a file's arrays if these may differ in length, or if the program asks for lengths that the file does not have; else null. */
  private static Table ragged(Model model, Npz.Arrays inputs, Path in) {
    boolean any = false;
    List<Column> columns = new ArrayList<>();
    Plan plan = model.code("predict").plan;
    for (Feed feed : model.spec().inputs()) {
      boolean read = plan.inputs().containsKey(feed.name());
      if (read || plan.unread().containsKey(feed.name())) {
        any |= ArrayColumns.isRagged(feed, feed.name(), inputs) || read && feed.alias().endsWith(Npz.LENGTHS) && inputs.get(feed.name()) == null;
        if (inputs.get(feed.name()) != null) {
          columns.add(ArrayColumns.column(feed, feed.name(), inputs, in.toString()));
        }
      }
    }
    return any && !columns.isEmpty() ? Table.of(in.toString(), columns) : null;
  }

  /** Refuses an ending that says of no form, and files of the program's data. */
  private static void checkOutput(Session session, Path out) {
    if (!PredictionOutput.isKnown(out) && (!Files.exists(out) || Files.isRegularFile(out))) {
      throw new Options.Wrong("--out " + out + ": its ending does not say what to write: .npz, .csv or .jsonl");
    }
    session.keepOwn(out);
    new Data(session.model().spec(), new Folder(session.base(), null, session.err())).keep(out);
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  /** Whether outputs follow from weights, draws and the number of rows alone. */
  private static boolean readsNothing(Model model) {
    return model.has("predict") && model.code("predict").plan.inputs().isEmpty();
  }

  /** The number of an option; 0 if it is absent. */
  private static int positive(Options options, String name) {
    return options.has(name) ? options.count(name, 1, 1) : 0;
  }
}
