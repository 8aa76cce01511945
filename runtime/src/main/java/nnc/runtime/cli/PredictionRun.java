package nnc.runtime.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import nnc.runtime.Context;
import nnc.runtime.Input;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Integers;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Categories;
import nnc.runtime.data.Column;
import nnc.runtime.data.PictureRows;
import nnc.runtime.data.SourceReaders;
import nnc.runtime.data.Table;
import nnc.runtime.data.TextInputs;
import nnc.runtime.engine.MemoryNeed;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.train.AlikeRows;
import nnc.runtime.train.BatchFeeder;

/** Predictions for rows that come part by part. */
final class PredictionRun {
  /** Rows of text that are in memory together. */
  private static final int BLOCK = 1 << 12;

  /** Rows of different lengths that are computed together, at most: enough for the kernels to be busy. */
  private static final int PART = 256;

  private final Model model;
  private final Threads threads;
  private final long seed;
  private final int batch;
  private Context context;
  /** Rows that the context is large enough for. */
  private int part;
  private long done;

  /** @param batch how many rows to compute at once; 0 for what suits the network */
  PredictionRun(Model model, Threads threads, long seed, int batch) {
    this.model = model;
    this.threads = threads;
    this.seed = seed;
    this.batch = batch;
  }

  /** Makes all ready for such rows. */
  void open(PredictionRows rows) {
    part = rows.part();
    if (block() < Integer.MAX_VALUE) {
      new MemoryNeed(model.spec(), threads.count(), rows.largest()).require("prediction", part, "predict");
    }
    context = model.context("predict", rows.largest(), threads);
    context.seed(seed);
  }

  /** Roughly how many elementary operations so many rows take. */
  double work(long rows) {
    return context.executor().totalWork() * Math.ceil((double) rows / part);
  }

  /** Predicts for the rows of a text. */
  void text(Path file, PredictionOutput to) {
    Map<String, Feed> feeds = feeds();
    new TextInputs(model.spec(), feeds).read(file, block(), new TextRows(feeds, file.toString(), to));
  }

  /** Predicts for the pictures of a folder, which are told by their names. */
  void pictures(Path folder, PrintStream log, PredictionOutput to) throws IOException {
    Map<String, Feed> feeds = feeds();
    var rows = new TextRows(feeds, folder.toString(), to);
    SourceReaders.of("images", PictureRows.class).read(model.spec(), feeds, folder, block(), log, (table, names) -> {
      to.name(names);
      rows.accept(table);
    });
  }

  /** Predicts for a row as the command line has it. */
  void row(String text, PredictionOutput to) {
    Map<String, Feed> feeds = feeds();
    new TextInputs(model.spec(), feeds).readRow(text, new TextRows(feeds, "--row", to));
  }

  private final class TextRows implements TextInputs.Sink {
    private final Map<String, Feed> feeds;
    private final String origin;
    private final PredictionOutput to;

    TextRows(Map<String, Feed> feeds, String origin, PredictionOutput to) {
      this.feeds = feeds;
      this.origin = origin;
      this.to = to;
    }

    @Override
    public void accept(Table table) throws IOException {
      if (!table.ragged(feeds.values()).isEmpty()) {
        of(table, to);
        return;
      }
      Map<String, Tensor> arrays = new LinkedHashMap<>();
      for (Feed feed : feeds.values()) {
        Column column = Categories.coded(table.column(feed), feed, model.vocabulary(), table);
        BatchFeeder.check(feed, column, table);
        checkSizes(column);
        int[] shape = new int[column.shape().length + 1];
        shape[0] = column.rows();
        System.arraycopy(column.shape(), 0, shape, 1, column.shape().length);
        arrays.put(feed.name(), new Tensor(shape, column.data(), column.data() instanceof byte[]));
      }
      var inputs = new Npz.Arrays(arrays, Map.of());
      var rows = new PredictionRows(model, inputs, origin, 0, batch);
      if (context == null || rows.part() > part) {
        open(rows);
      }
      add(rows, inputs, to);
    }
  }

  /** Predicts for the rows of a table, which may differ in length; they follow those before. */
  void of(Table table, PredictionOutput to) throws IOException {
    for (Column column : table.columns()) {
      checkSizes(column);
    }
    boolean apart = block() < Integer.MAX_VALUE;
    int most = Math.min(table.size(), apart ? batch == 0 ? PART : batch : table.size());
    Map<String, Integer> largest = BatchFeeder.largest(model, "predict", table, most);
    most = apart && batch == 0 ? MemoryNeed.together(model.spec(), "predict", largest, most) : most;
    if (apart) {
      new MemoryNeed(model.spec(), threads.count(), largest).require("prediction", most, "predict");
    }
    var feeder = new BatchFeeder(model, "predict", table, most, threads);
    var alike = apart ? AlikeRows.of(model, "predict", table, most) : AlikeRows.together(table);
    context = feeder.context();
    context.seed(seed);
    context.executor().expect(context.executor().totalWork() * Integers.ceilDiv(table.size(), most));
    context.executor().prepare();
    var rows = new RowOutputs(context, table.size());
    int count;
    for (int from = 0; from < table.size(); from += count) {
      count = alike.count(from);
      int[] places = new int[count];
      for (int i = 0; i < count; i++) {
        places[i] = alike.place(from + i);
      }
      feeder.feed(alike.rows(), from, count);
      context.firstRow(done + places[0]);
      context.run();
      rows.take(places);
    }
    context = null;
    done += table.size();
    to.add(rows);
  }

  /** What is written in a text is a number of 64 bits, of which those that are none of 32 would go through as infinity. */
  private void checkSizes(Column column) {
    if (model.spec().precision() == 32 && column.data() instanceof double[] values) {
      for (int i = 0; i < values.length; i++) {
        if (Double.isFinite(values[i]) && !Float.isFinite((float) values[i])) {
          throw new Fault(column.place(i, "the rows") + ": " + values[i] + " is beyond 32 bits (input " + column.name() + ")",
              "scale the data, or compile with --precision f64");
        }
      }
    }
  }

  /** The inputs that outputs depend on. */
  private Map<String, Feed> feeds() {
    Map<String, Feed> feeds = new LinkedHashMap<>();
    for (Feed feed : model.spec().inputs()) {
      if (model.code("predict").plan.inputs().containsKey(feed.name())) {
        feeds.put(feed.name(), feed);
      }
    }
    return feeds;
  }

  /** How many rows are read at a time: all, where outputs depend on several. */
  private int block() {
    for (Result result : model.code("predict").plan.results()) {
      if (result.role() == Role.OUTPUT && result.rows() == Result.MIXED) {
        return Integer.MAX_VALUE;
      }
    }
    return batch == 0 ? BLOCK : batch * Integers.ceilDiv(BLOCK, batch);
  }

  /** Predicts for the rows of arrays, which follow those before. */
  void add(PredictionRows rows, Npz.Arrays inputs, PredictionOutput to) throws IOException {
    context.executor().expect(work(rows.count()));
    context.executor().prepare();
    int from = 0;
    do {
      int count = Math.min(rows.part(), rows.count() - from);
      context.batch(count);
      context.firstRow(done + from);
      for (Input input : context.inputs()) {
        Tensor tensor = inputs.get(input.name());
        if (rows.isByRow(input.place())) {
          input.set(tensor, from, count);
        } else {
          input.set(tensor);
        }
      }
      context.run();
      to.add(context);
      from += Math.max(1, count);
    } while (from < rows.count());
    done += rows.count();
  }
}
