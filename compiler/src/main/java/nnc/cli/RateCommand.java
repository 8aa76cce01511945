package nnc.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Json;
import nnc.runtime.base.Text;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Data;
import nnc.runtime.data.Decimal;
import nnc.runtime.files.AtomicFile;
import nnc.search.RateCurve;
import nnc.search.RateFinder;
import nnc.search.RateProgram;
import nnc.source.Span;
import nnc.source.WarningName;

/** {@code nnc rate}. */
final class RateCommand implements Command {
  private static final int STEPS = 300, FEWEST = 20, ROWS = 15;
  private static final String HINT = "name the constant that an optimizer takes as its rate: const rate = 0.01 ... optimizer = adam(rate)";

  @Override
  public String name() {
    return "rate";
  }

  @Override
  public String help() {
    return "Trains for some steps with a rate that grows from step to step, and tells which one the loss falls fastest with.";
  }

  @Override
  public List<Option> options() {
    return SourceOptions.with(new Option("--from", "X", "the first step's rate (1e-7)"),
        new Option("--to", "X", "the last step's (10)"),
        new Option("--steps", "N", "how many (" + STEPS + ")"),
        new Option("--constant", "NAME", "the constant of the program that is the rate, instead of the optimizers' own argument"),
        new Option("--seed", "N", "of initial weights, order and dropout (1)"),
        new Option("--threads", "N", "at most that many (all processors); the result does not depend on it"),
        new Option("--data", "DIR", "where data files are, instead of beside the program"),
        new Option("--svg", "FILE.svg", "also draws the losses against the rates"),
        new Option("--json", "", "prints each step and the result as a JSON object a line"));
  }

  @Override
  public int run(CommandLine given) {
    boolean json = given.has("--json");
    return Faults.guard(json, () -> {
      var file = SourceOptions.file(given);
      var range = new RateFinder.Range(rate(given, "--from", 1e-7), rate(given, "--to", 10), Numbers.count(given, "--steps", STEPS, FEWEST));
      int threads = Numbers.count(given, "--threads", Runtime.getRuntime().availableProcessors(), 1);
      int seed = Numbers.count(given, "--seed", 1, 0);
      if (range.to() <= range.from()) {
        throw new WrongUsage("--to is above --from");
      }
      if (VectorStart.gains()) {
        return VectorStart.run(name(), given, file);
      }
      var compiled = compiled(given, file, range);
      Faults.tell(compiled.warnings().without(WarningName.LEARNING_RATE), json);
      var data = new Data(compiled.spec(), SearchOptions.subject(given, given.pairs("-D")).folder());
      try (var team = new Threads(threads)) {
        tell(compiled.spec().name(), RateFinder.run(Compiler.load(compiled), data, range, seed, team), given);
      }
      return 0;
    });
  }

  private static double rate(CommandLine given, String name, double otherwise) {
    try {
      double value = given.has(name) ? Decimal.parse(given.one(name, "")) : otherwise;
      if (value > 0 && value < Double.POSITIVE_INFINITY) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new WrongUsage(name + " is a number above 0, not '" + given.one(name, "") + "'");
  }

  private static CompiledProgram compiled(CommandLine given, Path file, RateFinder.Range range) throws Exception {
    var options = SourceOptions.of(given);
    var growing = RateProgram.growing(range.from(), range.to(), range.steps());
    requireSound(file, options);
    if (given.has("--constant")) {
      var defines = new LinkedHashMap<>(options.defines());
      defines.put(given.one("--constant", ""), growing);
      requireNumber(file, given.one("--constant", ""));
      return compiled(file, given.one("--constant", ""), options.with(defines));
    }
    return Compiler.compileForJar(file, RateProgram.with(file.toString(), Files.readString(file), growing), options);
  }

  /** A constant whose value in the program shows that it is no rate. */
  private static void requireNumber(Path file, String constant) throws Exception {
    var value = RateProgram.constant(file.toString(), Files.readString(file), constant);
    if (value.isPresent()) {
      throw new Fault("--constant " + constant + ": a rate is a number, and this is " + value.get(), HINT);
    }
  }

  private static CompiledProgram compiled(Path file, String constant, CompilerOptions options) throws FaultyProgram {
    try {
      return Compiler.compileForJar(file, options);
    } catch (FaultyProgram faulty) {
      if (faulty.diagnostics().faults().stream().anyMatch(fault -> fault.span().equals(Span.NONE))) {
        throw faulty;
      }
      throw new Fault("--constant " + constant + ": the program needs its value when it is compiled, and a rate that grows is known in each step: "
          + faulty.diagnostics().faults().getFirst().message(), HINT, faulty);
    }
  }

  /** Faults of the program are told as they stand in it. */
  private static void requireSound(Path file, CompilerOptions options) throws FaultyProgram {
    Compiler.check(file, options.toCheck(options.defines()));
  }

  private static void tell(String name, RateCurve curve, CommandLine given) {
    var smoothed = curve.smoothed();
    var suggested = curve.suggested();
    if (given.has("--svg")) {
      var svg = curve.svg(name + ": loss while the rate grows");
      AtomicFile.write(SourceOptions.path("--svg", given.one("--svg", "")), out -> out.write(svg.getBytes(StandardCharsets.UTF_8)));
    }
    if (given.has("--json")) {
      for (int i = 0; i < smoothed.size(); i++) {
        System.out.println(new Json().put("event", "step").put("step", i + 1L).put("rate", curve.rates().get(i)).put("loss", curve.losses().get(i))
            .put("smoothed", smoothed.get(i)));
      }
      System.out.println(new Json().put("event", "rate").put("suggested", suggested.orElse(Double.NaN)).put("lowest", curve.lowest())
          .put("diverges", curve.diverges()));
      return;
    }
    table(curve, smoothed);
    System.out.println();
    if (suggested.isEmpty()) {
      throw new Fault("the loss falls at no rate of this range", "give it another one with --from and --to, or more --steps");
    }
    System.out.println("the loss falls fastest at a rate of " + RateCurve.text(suggested.getAsDouble()) + ", is lowest at " + RateCurve.text(curve.lowest())
        + (curve.diverges() ? ", and training diverges at " + RateCurve.text(curve.rates().get(smoothed.size() - 1)) : "; it diverges nowhere"));
    System.out.println("suggested: " + RateCurve.text(suggested.getAsDouble()));
  }

  /** Some steps, with equal ratios of their rates between them. */
  private static void table(RateCurve curve, List<Double> smoothed) {
    var rows = new ArrayList<String[]>();
    rows.add(new String[] {"step", "rate", "loss", "smoothed", ""});
    int rest = Math.max(1, smoothed.size() - 1);
    for (int i = 0; i < Math.min(ROWS, smoothed.size()); i++) {
      int step = smoothed.size() <= ROWS ? i : i * rest / (ROWS - 1);
      rows.add(new String[] {step + 1 + "", RateCurve.text(curve.rates().get(step)), Text.number(curve.losses().get(step)), Text.number(smoothed.get(step)), ""});
    }
    Text.table(rows, System.out);
  }
}
