package nnc.library.oracle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nnc.Compiler;
import nnc.OneWidth;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.RandomWeights;

/** A sheet's program, compiled and run on drawn numbers, and what differs from its formulas. */
final class OracleTrial {
  private final Sheet sheet;
  private final int precision;
  private final boolean extreme;
  private final Random random;
  private final CompiledProgram compiled;
  private final List<Map<String, double[]>> drawn = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();

  OracleTrial(Sheet sheet, int precision, boolean extreme, long seed) {
    this.sheet = sheet;
    this.extreme = extreme;
    this.precision = precision;
    this.random = new Random(seed);
    this.compiled = compiled(sheet.text(), precision);
    for (var one : sheet.cases()) {
      Map<String, double[]> values = new LinkedHashMap<>();
      one.args().forEach(arg -> values.put(arg.name(), rounded(arg.domain().draw().values(random, arg.shape()))));
      drawn.add(values);
    }
  }

  /** For prediction alone, which is all that a sheet is asked for. */
  private static CompiledProgram compiled(String text, int precision) {
    try {
      var file = Files.createTempFile("sheet", ".nn");
      try {
        Files.writeString(file, text);
        return Compiler.compile(file, new CompilerOptions(Map.of(), precision, List.of(), List.of(), _ -> { }), "predict");
      } finally {
        Files.delete(file);
      }
    } catch (FaultyProgram e) {
      throw new AssertionError(e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private double[] rounded(double[] values) {
    return precision == 64 ? values : Arrays.stream(values).map(value -> (float) value).toArray();
  }

  /**
   * Compares values and derivatives along directions: of all numbers at once, and of single ones.
   *
   * @param width the kernels' width, as their class names have it
   * @param units how many single ones
   * @return what is wrong, a line each
   */
  List<String> differences(String width, int batch, int units) {
    var model = OneWidth.of(compiled.spec(), compiled.classes(), width).initialised(1);
    setWeights(model);
    var context = model.context("predict", batch);
    for (int round = 0; round <= units; round++) {
      boolean dense = round == 0;
      var directions = sheet.cases().stream().map(one -> dense ? everywhere(one) : somewhere(one)).toList();
      run(context, batch, directions);
      for (int i = 0; i < sheet.cases().size(); i++) {
        if (dense || !directions.get(i).isEmpty()) {
          compare(i, context, directions.get(i), width);
        }
      }
    }
    return faults;
  }

  private void setWeights(Model model) {
    for (int i = 0; i < sheet.cases().size(); i++) {
      for (var arg : sheet.cases().get(i).args()) {
        if (arg.from() == Case.From.WEIGHT) {
          RandomWeights.set(model, Sheet.prefix(i) + "L." + arg.name(), drawn.get(i).get(arg.name()));
        }
      }
    }
  }

  private Map<String, double[]> everywhere(Case one) {
    Map<String, double[]> direction = new HashMap<>();
    for (var arg : one.smoothArgs()) {
      var sizes = random.doubles(Jets.size(arg.shape()), 0.5, 1.5);
      direction.put(arg.name(), rounded(sizes.map(u -> random.nextBoolean() ? u : -u).toArray()));
    }
    return direction;
  }

  private Map<String, double[]> somewhere(Case one) {
    Map<String, double[]> direction = new HashMap<>();
    one.smoothArgs().forEach(arg -> direction.put(arg.name(), new double[Jets.size(arg.shape())]));
    if (!direction.isEmpty()) {
      var chosen = direction.get(one.smoothArgs().get(random.nextInt(one.smoothArgs().size())).name());
      chosen[random.nextInt(chosen.length)] = 1;
    }
    return direction;
  }

  private void run(Context context, int batch, List<Map<String, double[]>> directions) {
    context.batch(batch);
    for (var input : context.inputs()) {
      int end = input.name().indexOf('_');
      int index = Integer.parseInt(input.name().substring(1, end));
      boolean direction = input.name().endsWith("_way");
      var name = input.name().substring(end + 1, input.name().length() - (direction ? "_way".length() : 0));
      var values = direction ? directions.get(index) : drawn.get(index);
      input.set(values.entrySet().stream().filter(entry -> entry.getKey().replace('.', '_').equals(name)).findFirst().orElseThrow().getValue());
    }
    context.run();
  }

  private Map<String, Jets> jets(int index, Map<String, double[]> direction) {
    Map<String, Jets> jets = new HashMap<>();
    for (var arg : sheet.cases().get(index).args()) {
      double[] values = drawn.get(index).get(arg.name());
      double[] moves = direction.get(arg.name());
      var all = new Jet[values.length];
      Arrays.setAll(all, i -> new Jet(values[i], moves == null ? 0 : moves[i], 0));
      jets.put(arg.name(), new Jets(arg.shape(), all));
    }
    return jets;
  }

  private void compare(int index, Context context, Map<String, double[]> direction, String width) {
    var one = sheet.cases().get(index);
    var prefix = Sheet.prefix(index);
    var args = jets(index, direction);
    var right = one.formula().apply(args);
    var comparison = new Comparison(one, "f%d %s %s".formatted(precision, width, one.title()), precision, extreme);
    comparison.values(context.output(prefix + "o").tensor(), right, args);
    if (!direction.isEmpty()) {
      comparison.derivatives(right, direction, arg -> context.output(Case.word(arg, prefix) + "_G").tensor().toDoubles(),
          arg -> context.output(Case.word(arg, prefix) + "_H").tensor().toDoubles());
    }
    faults.addAll(comparison.faults());
  }
}
