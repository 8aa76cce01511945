package nnc.build;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import nnc.Compiler;
import nnc.driver.Compilation;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator.Purpose;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folder;
import nnc.runtime.learn.Training;
import nnc.runtime.learn.TrainingRun;
import nnc.runtime.spec.Setting;
import nnc.runtime.train.Evaluator;
import nnc.runtime.train.Figure;
import nnc.runtime.train.RunEnvironment;

/**
 * A training whose weights follow from what it is given, to the bit, on any number of threads: so that they can be taken from a cache while none of that has changed.
 * What it is given: the program and its imports, constants and options, settings, the files of its data, and the compiler.
 */
public final class ReproducibleTraining {
  private final CompiledProgram compiled;
  private final Map<Setting, Object> settings;
  private final Folder folder;
  private final Set<Path> files;
  private final String key;

  private ReproducibleTraining(CompiledProgram compiled, Map<Setting, Object> settings, Folder folder, Set<Path> files, String key) {
    this.compiled = compiled;
    this.settings = settings;
    this.folder = folder;
    this.files = files;
    this.key = key;
  }

  /**
   * What came of it.
   *
   * @param role    of the data that it was judged by
   * @param figures loss and metrics that are one number, by name
   * @param trained false if the weights were there already
   */
  public record Outcome(Model model, String role, Map<String, Double> figures, boolean trained) {}

  /**
   * Compiles the program, and reads all that the training depends on.
   *
   * @param data     the folder of data files, where it is not that of the program
   * @param settings of the train block, in place of the program's
   * @throws FaultyProgram if the program has faults
   */
  public static ReproducibleTraining of(Path program, CompilerOptions options, Optional<Path> data, Map<Setting, Object> settings) throws FaultyProgram {
    var compilation = new Compilation(program, options);
    var compiled = compilation.compile(List.of(Purpose.values()));
    var beside = program.toAbsolutePath().getParent();
    var read = new LinkedHashSet<>(compilation.files());
    read.addAll(DataFiles.of(compiled.spec().data().values(), beside, data));
    var key = new ArrayList<>(List.of(ContentHash.ofCompiler(), compiled.spec().name(), new TreeMap<>(options.defines()).toString(), Integer.toString(options.precision()),
        options.without().toString(), new TreeMap<>(settings).toString()));
    read.forEach(file -> key.add(ContentHash.of(file)));
    return new ReproducibleTraining(compiled, settings, new Folder(beside, data.orElse(null), System.err), read, ContentHash.of(key));
  }

  /** The program and its data: files, and folders all of whose files count. */
  public Set<Path> files() {
    return files;
  }

  /** The program. */
  public CompiledProgram compiled() {
    return compiled;
  }

  /**
   * Trains, unless a cache has the weights, and judges them.
   *
   * @param cache a folder, which is made if need be
   * @param role  of the data to judge by; if empty what there is of test, validate and train
   * @return nothing if somebody interrupted it
   * @throws Fault if the program does not train, or data or settings do not fit
   */
  public Optional<Outcome> run(Optional<Path> cache, String role, RunEnvironment environment) {
    var network = Compiler.load(compiled);
    var kept = cache.map(WeightCache::new);
    var data = new Data(compiled.spec(), folder);
    var on = !role.isEmpty() ? role : data.has("test") ? "test" : data.has("validate") ? "validate" : "train";
    if (!data.has(on)) {
      throw new Fault("the program has no data to " + on, "it names them in its data block");
    }
    var found = kept.flatMap(weights -> weights.find(network, key));
    if (found.isPresent()) {
      return Optional.of(new Outcome(found.get(), on, figures(evaluator(found.get(), on, data, environment), environment), false));
    }
    var training = Training.of(network);
    settings.forEach(training::set);
    var run = training.prepare(data, environment);
    // what it needs is found to be missing before the first step, not after the last one
    var evaluator = evaluator(run.model(), on, data, environment);
    run.run();
    if (run.ending() == TrainingRun.Ending.STOPPED) {
      return Optional.empty();
    }
    kept.ifPresent(weights -> weights.put(run.model(), key));
    return Optional.of(new Outcome(run.model(), on, figures(evaluator, environment), true));
  }

  private static Evaluator evaluator(Model model, String role, Data data, RunEnvironment environment) {
    var evaluator = new Evaluator(model, data.table(role), 1, environment.threads());
    evaluator.seed(0);
    return evaluator;
  }

  private static Map<String, Double> figures(Evaluator evaluator, RunEnvironment environment) {
    var figures = new LinkedHashMap<String, Double>();
    var found = evaluator.run(environment.interrupt());
    for (Figure figure : found == null ? List.<Figure>of() : found) {
      if (figure.values().length == 1) {
        figures.put(figure.name(), figure.values()[0]);
      }
    }
    return figures;
  }
}
