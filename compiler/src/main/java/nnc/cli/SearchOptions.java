package nnc.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import nnc.Compiler;
import nnc.driver.FaultyProgram;
import nnc.runtime.spec.ModelSpec;
import nnc.search.Subject;
import nnc.search.Sweep;
import nnc.search.Verdict;
import nnc.source.Span;

/** What commands take that train a program several times. */
final class SearchOptions {
  private SearchOptions() {}

  private static final List<String> ROLES = List.of("train", "validate", "test"), WAYS = List.of("higher", "lower");

  private static final List<Option> ALL = List.of(
      new Option("--seeds", "N", "trains with the seeds 1 to N each time (1)"),
      new Option("--epochs", "N", "passes over the data, in all (the program's)"),
      new Option("--metric", "NAME", "what is judged by: loss or a metric (loss)"),
      new Option("--better", "higher|lower", "which values are better (lower of losses, else higher)"),
      new Option("--parallel", "N", "trainings at a time (as processors allow)"),
      new Option("--threads", "N", "of each training (1); no result depends on it"),
      new Option("--data", "DIR", "where data files are, instead of beside the program"),
      new Option("--json", "", "prints what is found as a JSON object a line"));

  /** Those of the compiler, these, and a command's own. */
  static List<Option> with(Option... own) {
    var options = new ArrayList<>(SourceOptions.with(own));
    options.addAll(ALL);
    return options;
  }

  /** The program, with these constants. */
  static Subject subject(CommandLine given, Map<String, String> defines) {
    var data = given.has("--data") ? SourceOptions.path("--data", given.one("--data", "")) : null;
    return new Subject(SourceOptions.file(given), SourceOptions.of(given).with(defines), data, System.err);
  }

  /** What runs in this process. */
  static Sweep.Effort effort(CommandLine given) {
    int threads = Numbers.count(given, "--threads", 1, 1);
    int jobs = Numbers.count(given, "--parallel", Math.max(1, Runtime.getRuntime().availableProcessors() / threads), 1);
    return new Sweep.Effort(LongStream.rangeClosed(1, Numbers.count(given, "--seeds", 1, 1)).boxed().toList(), jobs, threads,
        given.has("--keep") ? Numbers.count(given, "--keep", 1, 1) : 1, Optional.empty());
  }

  static Verdict verdict(CommandLine given, ModelSpec spec) {
    var figure = given.one("--metric", "loss");
    var role = given.has("--on") ? Numbers.word(given, "--on", "", ROLES) : Verdict.role(spec);
    var better = !given.has("--better") ? Verdict.Better.usual(figure)
        : Numbers.word(given, "--better", "", WAYS).equals("higher") ? Verdict.Better.HIGHER : Verdict.Better.LOWER;
    return new Verdict(figure, role, better);
  }

  /** What the program says of itself, with its own values of what is varied. Its warnings are told. */
  static ModelSpec spec(Subject subject, CommandLine given) throws FaultyProgram {
    var compiled = Compiler.compile(subject.file(), subject.options(), "evaluate");
    Faults.tell(compiled.warnings(), given.has("--json"));
    return compiled.spec();
  }

  /**
   * Tells of names that no constant of the program has; what else is wrong with these values alone is a trial's failure.
   *
   * @return whether there are such
   */
  static boolean areUnknown(Subject subject, Map<String, String> values, CommandLine given) {
    var all = new LinkedHashMap<>(subject.options().defines());
    all.putAll(values);
    try {
      Compiler.check(subject.file(), subject.options().toCheck(all));
      return false;
    } catch (FaultyProgram faulty) {
      boolean unknown = faulty.diagnostics().faults().stream().anyMatch(fault -> fault.span().equals(Span.NONE));
      if (unknown) {
        Faults.tell(faulty.diagnostics(), given.has("--json"));
      }
      return unknown;
    }
  }

  /** A folder for the results. */
  static Path folder(CommandLine given, ModelSpec spec, String ending) {
    return SourceOptions.path("--out", given.one("--out", spec.name() + ending));
  }
}
