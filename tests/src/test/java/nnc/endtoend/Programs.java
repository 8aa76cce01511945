package nnc.endtoend;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.optimizations.Optimization;

/** Small programs compiled for tests. */
public final class Programs {
  private Programs() {}

  public static CompiledProgram compile(String source, int precision, Optimization... without) {
    var names = Stream.of(without).map(Optimization::title).toList();
    try {
      return Compiler.compile("test.nn", source, new CompilerOptions(Map.of(), precision, names, List.of(), _ -> { }));
    } catch (FaultyProgram e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /** The faults that a program has, as text. */
  public static String faults(String source) {
    try {
      Compiler.compile("test.nn", source, CompilerOptions.standard());
      return "";
    } catch (FaultyProgram e) {
      return e.getMessage();
    }
  }

  /** The values of an output of one input, at one width. */
  public static double[] predict(CompiledProgram compiled, String width, String input, double[] values, int batch, String output) {
    var context = Agreement.load(compiled, width).initialised(1).context("predict", batch);
    context.batch(batch);
    context.input(input).set(values);
    context.run();
    return context.output(output).tensor().toDoubles();
  }
}
