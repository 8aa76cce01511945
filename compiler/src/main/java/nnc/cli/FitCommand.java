package nnc.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nnc.build.BuildStamp;
import nnc.build.ContentHash;
import nnc.build.ReproducibleTraining;
import nnc.build.ReproducibleTraining.Outcome;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Json;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.Setting;
import nnc.runtime.train.Interrupt;
import nnc.runtime.train.JsonProgress;
import nnc.runtime.train.RunEnvironment;
import nnc.runtime.train.TextProgress;
import nnc.source.Suggestion;

/** {@code nnc fit}. */
final class FitCommand implements Command {
  private static final List<Setting> SETTINGS = List.of(Setting.SEED, Setting.EPOCHS, Setting.BATCH, Setting.TOKENS);

  private static final String LEAST = "--at-least", MOST = "--at-most";

  /** As other programs say that they were interrupted. */
  private static final int INTERRUPTED = 130;

  @Override
  public String name() {
    return "fit";
  }

  @Override
  public String help() {
    return "Trains as part of a build: to the same bits each time, not again while nothing has changed, and fails if the result is not good enough.";
  }

  @Override
  public List<Option> options() {
    return SourceOptions.with(new Option("-o", "WEIGHTS", "the file to save to (NAME.npz), without what training alone needs"),
        new Option(LEAST, "NAME=VALUE", "fails if this metric is lower, as accuracy=0.9; may be repeated"),
        new Option(MOST, "NAME=VALUE", "fails if this loss or metric is higher; may be repeated"),
        new Option("--on", "ROLE", "train, validate or test: the data to judge by (test, or what there is)"),
        new Option("--data", "DIR", "where data files are, instead of beside the program"),
        new Option(Setting.SEED.option(), "N", "of initial weights, order and dropout"),
        new Option(Setting.EPOCHS.option(), "N", "passes over the data"),
        new Option(Setting.BATCH.option(), "N", "examples a step"),
        new Option(Setting.TOKENS.option(), "N", "of rows that differ in length: rows times the longest of a batch, at most"),
        new Option("--threads", "N", "at most that many (all processors); the result does not depend on it"),
        new Option("--cache", "DIR", "keeps weights there, by the hash of all that they follow from, and takes them from there"),
        new Option("--stamp", "FILE", "remembers there what was done, and does nothing at all if nothing has changed since"),
        new Option("--json", "", "prints the result, and each fault or warning, as a JSON object on a line"));
  }

  @Override
  public int run(CommandLine given) {
    boolean json = given.has("--json");
    return Faults.guard(json, () -> {
      var program = SourceOptions.file(given);
      var least = bounds(given, LEAST);
      var most = bounds(given, MOST);
      var file = path(given, "--stamp");
      var stamp = file.map(place -> BuildStamp.read(place, key(given))).orElseGet(BuildStamp::empty);
      if (stamp.of(program).filter(BuildStamp.Entry::isFresh).isPresent()) {
        System.out.println(json ? new Json().put("event", "unchanged").put("program", program.toString()).toString() : program + ": nothing has changed");
        return 0;
      }
      if (VectorStart.gains()) {
        return VectorStart.run(name(), given, program);
      }
      var training = ReproducibleTraining.of(program, SourceOptions.of(given), path(given, "--data"), settings(given));
      Faults.tell(training.compiled().warnings(), json);
      var out = path(given, "-o").orElseGet(() -> Path.of(training.compiled().spec().name() + ".npz"));
      var outcome = outcome(training, given);
      if (outcome.isEmpty()) {
        System.err.println("nnc: stopped; nothing was saved");
        return INTERRUPTED;
      }
      tell(program, outcome.get(), json);
      require(program, outcome.get(), least, most);
      outcome.get().model().save(out);
      System.out.println(json ? new Json().put("event", "saved").put("file", out.toString()).toString() : "saved " + out);
      stamp.put(program, BuildStamp.Entry.of(training.files(), List.of(out)));
      file.ifPresent(stamp::write);
      return 0;
    });
  }

  private static Optional<Path> path(CommandLine given, String option) {
    return given.has(option) ? Optional.of(SourceOptions.path(option, given.one(option, ""))) : Optional.empty();
  }

  /** Of all besides files that decides what is done. */
  private static String key(CommandLine given) {
    var key = new ArrayList<>(List.of(ContentHash.ofCompiler(), Path.of("").toAbsolutePath().toString()));
    given.arguments().stream().filter(argument -> !argument.equals("--json")).forEach(key::add);
    return ContentHash.of(key);
  }

  private static Map<String, Double> bounds(CommandLine given, String option) {
    var bounds = new LinkedHashMap<String, Double>();
    given.pairs(option).forEach((name, value) -> {
      try {
        bounds.put(name, Double.valueOf(value));
      } catch (NumberFormatException e) {
        throw new WrongUsage(option + " " + name + "=" + value + ": '" + value + "' is no number");
      }
      if (bounds.get(name).isNaN()) {
        throw new WrongUsage(option + " " + name + "=" + value + ": nothing is more or less than that");
      }
    });
    return bounds;
  }

  private static Map<Setting, Object> settings(CommandLine given) {
    var settings = new EnumMap<Setting, Object>(Setting.class);
    for (var setting : SETTINGS) {
      if (given.has(setting.option())) {
        settings.put(setting, Numbers.count(given, setting.option(), 0, setting == Setting.BATCH || setting == Setting.TOKENS ? 1 : 0));
      }
    }
    return settings;
  }

  private static Optional<Outcome> outcome(ReproducibleTraining training, CommandLine given) {
    var interrupt = new Interrupt();
    try (var threads = new Threads(Numbers.count(given, "--threads", Runtime.getRuntime().availableProcessors(), 1))) {
      interrupt.install();
      var progress = given.has("--json") ? new JsonProgress(System.out) : TextProgress.plain(System.out);
      return training.run(path(given, "--cache"), given.one("--on", ""), new RunEnvironment(progress, interrupt, threads));
    } finally {
      interrupt.finish();
    }
  }

  private static void tell(Path program, Outcome outcome, boolean json) {
    if (json) {
      var figures = new Json();
      outcome.figures().forEach(figures::put);
      System.out.println(new Json().put("event", "fitted").put("program", program.toString()).put("trained", outcome.trained()).put("on", outcome.role())
          .raw("figures", figures.toString()));
      return;
    }
    System.out.println(program + (outcome.trained() ? ": trained" : ": trained before, taken from the cache"));
    outcome.figures().forEach((name, value) -> System.out.println("  " + outcome.role() + " " + name + " " + value));
  }

  /** Refuses what is not good enough: all that is not at once. What is not a number is never good enough. */
  private static void require(Path program, Outcome outcome, Map<String, Double> least, Map<String, Double> most) {
    var faults = new ArrayList<String>();
    least.forEach((name, bound) -> {
      double value = figure(outcome, name);
      if (!(value >= bound)) {
        faults.add(name + " is " + value + ", less than " + bound);
      }
    });
    most.forEach((name, bound) -> {
      double value = figure(outcome, name);
      if (!(value <= bound)) {
        faults.add(name + " is " + value + ", more than " + bound);
      }
    });
    if (!faults.isEmpty()) {
      throw new Fault(program + ": not good enough on the data for " + outcome.role() + ": " + String.join("; ", faults), "nothing was saved");
    }
  }

  private static double figure(Outcome outcome, String name) {
    var value = outcome.figures().get(name);
    if (value == null) {
      throw new Fault("there is no figure " + name + Suggestion.sentence(name, List.copyOf(outcome.figures().keySet())), "there are " + String.join(", ", outcome.figures().keySet()));
    }
    return value;
  }
}
