package nnc.playground;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.page.EventStream;
import nnc.runtime.base.Fault;

/**
 * What one open page works at: its program, its tables, the network in training, and the events that it is sent. A program that has faults changes nothing: the one
 * before goes on.
 */
final class Desk implements Experiment.Audience, AutoCloseable {
  private final ChosenProgram chosen;
  private final Path folder;
  private final EventStream events = new EventStream();
  private final ProgramLoader loader;
  private final ExecutorService drawing = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("nnc-playground-drawing").factory());
  private final Map<String, CsvTables.Shape> tables = new ConcurrentHashMap<>();

  private volatile Loaded loaded;
  /** Whether the page has drawn the last frame, and may be sent another. */
  private volatile boolean frameWanted;
  private volatile boolean drawn = true;
  private volatile FrameMaker.Wish wish = FrameMaker.Wish.NONE;
  private volatile long lastSeen = System.nanoTime();

  /** A program on the page. */
  private record Loaded(String text, Optional<PageSettings> settings, PointProgram program, Experiment experiment, PointData data, FrameMaker frames) {}

  /** @param folder of this page's tables */
  Desk(ChosenProgram chosen, Path folder) {
    this.chosen = chosen;
    this.folder = folder;
    loader = new ProgramLoader(chosen);
  }

  EventStream events() {
    return events;
  }

  void seen() {
    lastSeen = System.nanoTime();
  }

  /** Nanoseconds since the page last asked for anything, or was reached by an event: one that is only looked at asks for nothing. */
  long idle() {
    return System.nanoTime() - lastSeen;
  }

  // ---- the program

  /**
   * Puts a program on the page in the place of the one before, paused before its first step; tells what it is, or what is wrong with it.
   *
   * @param changes what is to be done to it, as a link has it
   */
  synchronized JsonObject load(String text, List<Change> changes) throws InterruptedException {
    var answer = new JsonObject();
    answer.addProperty("text", text);
    var settings = ProgramReader.read(text);
    settings.ifPresent(known -> answer.add("settings", PageJson.settings(known)));
    try {
      var compiled = compile(text);
      answer.add("diagnostics", PageJson.diagnostics(compiled.warnings(), chosen.file().toString()));
      replace(compiled, text, settings, changes);
      answer.add("network", PageJson.network(loaded.program, loaded.data, loaded.frames));
      answer.addProperty("loaded", true);
    } catch (FaultyProgram e) {
      answer.add("diagnostics", PageJson.diagnostics(e.diagnostics(), chosen.file().toString()));
      answer.addProperty("loaded", false);
    } catch (Fault e) {
      answer.addProperty("loaded", false);
      answer.addProperty("message", said(e));
    } catch (IOException | OutOfMemoryError e) {
      answer.addProperty("loaded", false);
      answer.addProperty("message", "the program cannot be loaded: " + e.getMessage());
    }
    return answer;
  }

  /** What is wrong; the page's tables by their names, as nobody else knows where they lie. */
  private String said(Fault fault) {
    return Experiment.said(fault).replace(folder + java.io.File.separator, "");
  }

  private CompiledProgram compile(String text) throws FaultyProgram, InterruptedException {
    var compiled = loader.compile(text);
    SourcePolicy.check(compiled.spec().data().values(), chosen, tables.keySet());
    return compiled;
  }

  private void replace(CompiledProgram compiled, String text, Optional<PageSettings> settings, List<Change> changes) throws IOException, InterruptedException {
    var program = PointProgram.of(compiled);
    var place = SourcePolicy.readsTables(compiled.spec().data().values(), tables.keySet()) ? folder : chosen.folder();
    var experiment = new Experiment(program, place, folder, changes, this, rate -> withRate(settings, rate));
    try {
      experiment.start();
      var data = PointData.of(program, experiment.run());
      var frames = new FrameMaker(program, experiment.run(), data);
      var before = loaded;
      loaded = new Loaded(text, settings, program, experiment, data, frames);
      if (before != null) {
        before.experiment.close();
      }
      experiment.redraw();
    } catch (RuntimeException | Error e) {
      experiment.close();
      throw e;
    }
  }

  private PointProgram withRate(Optional<PageSettings> settings, double rate) throws Exception {
    if (settings.isEmpty()) {
      throw new Fault("the rate of a program of your own is changed in its text");
    }
    return PointProgram.of(compile(ProgramWriter.write(settings.get().withRate(rate))));
  }

  private Loaded loaded() {
    var now = loaded;
    if (now == null) {
      throw new Fault("no program has been loaded yet");
    }
    return now;
  }

  Experiment experiment() {
    return loaded().experiment;
  }

  // ---- tables

  /** Takes a table of the user's, and tells of its columns. */
  JsonObject upload(String name, byte[] bytes) throws IOException {
    if (!OwnTable.isName(name)) {
      throw new Fault("a table is called by letters, digits, - and _, and .csv: not " + name);
    }
    if (tables.size() >= Desks.MOST_TABLES && !tables.containsKey(name)) {
      throw new Fault("a page keeps up to " + Desks.MOST_TABLES + " tables: load it anew for others");
    }
    var shape = CsvTables.of(new String(bytes, StandardCharsets.UTF_8));
    Files.createDirectories(folder);
    Files.write(folder.resolve(name), bytes);
    tables.put(name, shape);
    return PageJson.table(name, shape);
  }

  // ---- pictures

  /** The page has drawn what it was sent, and wants to see this. */
  void wants(FrameMaker.Wish other) {
    boolean redraw = !other.equals(wish);
    wish = other;
    frameWanted = true;
    var now = loaded;
    if (now != null && redraw) {
      now.experiment.redraw();
    } else if (now != null) {
      now.experiment.nudge();
    }
  }

  @Override
  public boolean wantsFrame() {
    return frameWanted && drawn;
  }

  @Override
  public void look(Snapshot snapshot) {
    var now = loaded;
    if (now == null || now.experiment.run() == null || !now.program.network().spec().weights().equals(snapshot.program().network().spec().weights())) {
      return;
    }
    frameWanted = false;
    drawn = false;
    drawing.execute(() -> {
      try {
        events.send("frame", now.frames.frame(snapshot, wish).toString());
      } catch (Fault e) {
        changed(snapshot.running(), said(e));
      } catch (RuntimeException | OutOfMemoryError e) {
        changed(snapshot.running(), "the picture cannot be drawn: " + e);
      } finally {
        drawn = true;
      }
    });
  }

  @Override
  public void changed(boolean running, String reason) {
    var json = new JsonObject();
    json.addProperty("running", running);
    json.addProperty("reason", reason.replace(folder + java.io.File.separator, ""));
    events.send("state", json.toString());
  }

  // ---- what is told on request

  JsonObject tour(String part, int example) {
    var now = loaded();
    var points = now.data.parts().stream().filter(one -> one.name().equals(part)).findFirst().orElseThrow(() -> new Fault("the program has no data for " + part));
    return now.experiment.between(model -> StepTour.of(now.program, model, points, example, now.experiment.run().step()));
  }

  JsonObject history() {
    return PageJson.changes(experiment().history());
  }

  /** A file of what is on the page: {@code nn}, {@code npz} or {@code jar}. */
  Downloaded download(String kind) throws IOException, FaultyProgram {
    var now = loaded();
    var name = chosen.name();
    switch (kind) {
      case "nn" -> {
        return new Downloaded(name + ".nn", "text/plain; charset=utf-8", now.text.getBytes(StandardCharsets.UTF_8));
      }
      case "npz", "jar" -> {
        var file = Files.createTempFile("nnc-playground", "." + kind);
        try {
          write(now, kind, file);
          return new Downloaded(name + "." + kind, "application/octet-stream", Files.readAllBytes(file));
        } finally {
          Files.deleteIfExists(file);
        }
      }
      default -> throw new Fault("there is no download " + kind);
    }
  }

  private void write(Loaded now, String kind, Path file) throws IOException, FaultyProgram {
    var learned = now.experiment.between(nnc.runtime.Model::copy);
    if (kind.equals("npz")) {
      learned.save(file);
    } else {
      Compiler.writeJar(Compiler.compileForJar(chosen.file(), now.text, CompilerOptions.standard()), file, learned.bundled());
    }
  }

  /** A file for the user to keep. */
  record Downloaded(String name, String type, byte[] bytes) {}

  @Override
  public void close() {
    events.close();
    var now = loaded;
    if (now != null) {
      now.experiment.close();
    }
    drawing.shutdownNow();
    loader.close();
  }
}
