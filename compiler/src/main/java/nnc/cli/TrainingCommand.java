package nnc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.follow.EventSpectator;
import nnc.follow.FollowedTraining;
import nnc.follow.PictureSpectator;
import nnc.follow.Spectator;
import nnc.follow.WatchSpectator;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.cli.ModelMain;
import nnc.runtime.cli.Session;
import nnc.runtime.files.ScratchFolder;

/** {@code nnc train}: the jar's command, with pictures of it, a page that shows it, and events for TensorBoard. */
final class TrainingCommand implements ExtendedCommand {
  private static final RunCommand PLAIN = new RunCommand("train", "train", false, "Trains the network; --pictures draws what comes of it, --watch shows it meanwhile.");

  private static final String INIT = "--init", MAP = "--map";

  private static final List<Option> FOLLOWED = List.of(
      new Option("--pictures", "DIR", "draws curves and what was learned into a folder, with a page index.html"),
      new Option("--watch", "[PORT]", "serves a page on this machine that shows the training while it goes on"),
      new Option("--tensorboard", "DIR", "writes scalars, histograms and images as TensorBoard reads them"));

  private static final List<Option> OWN = Stream.concat(FOLLOWED.stream(),
      Stream.of(new Option(MAP, "FILE", "what weights of --init are called here: lines THERE = HERE, as nnc diff writes them"))).toList();

  @Override
  public RunCommand plain() {
    return PLAIN;
  }

  @Override
  public List<Option> own() {
    return OWN;
  }

  @Override
  public int run(CommandLine given) {
    return given.has(MAP) ? Faults.guard(given.rest().contains("--json"), () -> {
      try (var folder = ScratchFolder.make()) {
        rename(given, folder);
        return train(given);
      }
    }) : train(given);
  }

  /** Has training start from a file of weights by their names here, in place of the one that was given. */
  private static void rename(CommandLine given, ScratchFolder folder) throws IOException, FaultyProgram {
    var named = given.handedOn(INIT);
    if (named.isEmpty()) {
      throw new WrongUsage(MAP + " goes with " + INIT + " WEIGHTS");
    }
    var from = SourceOptions.path(INIT, named.getLast());
    keep(from, given);
    var here = DiffCommand.shapes(SourceOptions.file(given), given);
    var to = folder.file(from.getFileName().toString());
    WeightNames.of(SourceOptions.path(MAP, given.one(MAP, ""))).write(from, here, to);
    given.handOn(INIT, to.toString());
  }

  /** Training does not know of the file that was given. */
  private static void keep(Path from, CommandLine given) throws IOException {
    for (var out : given.handedOn("--out")) {
      if (!given.rest().contains("--force") && Files.exists(Path.of(out)) && Files.isSameFile(Path.of(out), from)) {
        throw new Fault(out + ": is read, and stays as it is", "choose another name for --out, or give --force");
      }
    }
  }

  private int train(CommandLine given) {
    if (FOLLOWED.stream().map(Option::name).noneMatch(given::has)) {
      return PLAIN.run(given);
    }
    boolean json = given.rest().contains("--json");
    return Faults.guard(json, () -> {
      int port = port(given);
      var program = SourceOptions.file(given);
      if (VectorStart.gains()) {
        return VectorStart.run(name(), given, program);
      }
      var prepared = prepare(given);
      var session = new Session(Compiler.load(prepared.compiled()), prepared.caller(), null, System.out, System.err, Session.onTerminal(), null);
      var gradients = differentiated(program, SourceOptions.of(given));
      try (var training = new FollowedTraining(prepared.compiled().spec().name(), prepared.outputs(), gradients, spectators(given, port))) {
        return ModelMain.train(prepared.arguments(), session, training);
      }
    });
  }

  private static int port(CommandLine given) {
    var port = given.one("--watch", "");
    if (port.isEmpty()) {
      return 0;
    }
    try {
      int number = Integer.parseInt(port);
      if (number > 0 && number < 65_536) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new WrongUsage("--watch takes a port from 1 to 65535, not '" + port + "'");
  }

  private static List<Spectator> spectators(CommandLine given, int port) {
    var spectators = new ArrayList<Spectator>();
    if (given.has("--pictures")) {
      spectators.add(new PictureSpectator(SourceOptions.path("--pictures", given.one("--pictures", ""))));
    }
    if (given.has("--tensorboard")) {
      spectators.add(new EventSpectator(SourceOptions.path("--tensorboard", given.one("--tensorboard", ""))));
    }
    if (given.has("--watch")) {
      var watch = new WatchSpectator(port);
      System.err.println("nnc: watch at " + watch.address());
      spectators.add(watch);
    }
    return spectators;
  }

  /** Compiled when somebody first asks. */
  private static Supplier<Model> differentiated(Path program, CompilerOptions options) {
    return () -> {
      try {
        var model = Compiler.load(Compiler.compile(program, options, "gradient"));
        return model.has("gradient") ? model : null;
      } catch (FaultyProgram changed) {
        throw new Fault(program + ": the program has changed while it was trained", "", changed);
      }
    };
  }
}
