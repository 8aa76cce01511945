package nnc.testkit;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;
import nnc.runtime.Model;

/**
 * A program under test. It is compiled when a check first needs it; the checks throw an {@link AssertionError} that says what differs and
 * where. They run on random inputs and need no data.
 */
public final class Network {
  private final Path file;
  private final Map<String, String> defines;
  private final int batch;
  private final long seed;
  private final Map<List<Object>, CompiledProgram> compiled = new HashMap<>();

  private Network(Path file, Map<String, String> defines, int batch, long seed) {
    this.file = file;
    this.defines = defines;
    this.batch = batch;
    this.seed = seed;
  }

  /** The program of a file, checked with 4 examples and weights drawn by seed 0. */
  public static Network of(Path file) {
    return new Network(file, Map.of(), 4, 0);
  }

  /** With another value of one of its constants: a smaller network is as good for checking, and faster. */
  public Network with(String constant, Object value) {
    var more = new LinkedHashMap<>(defines);
    more.put(constant, value.toString());
    return new Network(file, more, batch, seed);
  }

  /** Checked with that many examples. */
  public Network batch(int examples) {
    return new Network(file, defines, examples, seed);
  }

  /** With weights, inputs and noise drawn by another seed. */
  public Network seed(long other) {
    return new Network(file, defines, batch, other);
  }

  /** The file's name. */
  public String name() {
    return file.getFileName().toString();
  }

  int batch() {
    return batch;
  }

  long seed() {
    return seed;
  }

  /** The program compiled for 32 bits, with the weights that training would start from. */
  public Model model() {
    return model(32, true);
  }

  /**
   * The program compiled, with the weights that training would start from.
   *
   * @param precision 32 or 64 bits
   */
  public Model model(int precision) {
    return model(precision, true);
  }

  /** The same with all optimizations off. */
  public Model unoptimisedModel(int precision) {
    return model(precision, false);
  }

  private Model model(int precision, boolean optimised) {
    return Compiler.load(compiled.computeIfAbsent(List.of(precision, optimised), _ -> compile(precision, optimised))).initialised(seed);
  }

  private CompiledProgram compile(int precision, boolean optimised) {
    var without = optimised ? List.<String>of() : Switches.ALL_OFF.off().stream().map(Optimization::title).toList();
    try {
      return Compiler.compile(file, new CompilerOptions(defines, precision, without, List.of(), _ -> { }));
    } catch (FaultyProgram e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /** Every parameter's gradient against finite differences of the loss, in double. */
  public void checkGradients() {
    GradientChecks.check(this);
  }

  /** All results and updates of optimised code against those of code without any optimisation, in double. */
  public void checkOptimisation() {
    Optimisation.check(this);
  }

  /**
   * Every row of a prediction against the prediction of that row alone: examples of a batch have no influence on each other. It is none of the
   * {@link #checks} where an output depends on several rows, as a mean over them or the distances between them do.
   */
  public void checkRows() {
    RowChecks.check(this);
  }

  /** Steps of training with the same seed on one, two and three threads: the weights have the same bits. */
  public void checkDeterminism() {
    Determinism.check(this);
  }

  /** The checks that make sense for what the program declares, by name. */
  public Map<String, Runnable> checks() {
    var checks = new LinkedHashMap<String, Runnable>();
    var model = model();
    if (model.has("gradient")) {
      checks.put("gradients agree with finite differences", this::checkGradients);
    }
    checks.put("optimised code computes what plain code does", this::checkOptimisation);
    if (model.has("predict") && RowChecks.areApart(model)) {
      checks.put("rows of a batch do not influence each other", this::checkRows);
    }
    if (model.has("train")) {
      checks.put("the same seed gives the same bits on any number of threads", this::checkDeterminism);
    }
    return checks;
  }

  @Override
  public String toString() {
    return name() + (defines.isEmpty() ? "" : " " + defines);
  }
}
