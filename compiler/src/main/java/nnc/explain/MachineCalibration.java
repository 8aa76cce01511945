package nnc.explain;

import java.util.Arrays;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.machine.Machine;
import nnc.runtime.cli.Profile;

/** Measures, by small programs that it compiles, what this machine's processor does at best with compiled kernels. */
public final class MachineCalibration {
  private MachineCalibration() {}

  private static final double SECONDS = 0.3;
  private static final int SIDE = 512;

  /** Elements of what streams through the cache, and of what no core's own cache holds. */
  private static final int FEW = 1 << 16, MANY = 1 << 21;

  /** The input is in what is to be timed: what depends on weights alone would be computed once. */
  private static final String PRODUCT = """
      layer product()(x: float[N]) -> float[%1$d, %1$d] {
        param a: float[%1$d, %1$d] = uniform(-1, 1)
        param b: float[%1$d, %1$d] = uniform(-1, 1)
        return (mean(x) * a) @ b
      }
      input x: float[N]
      output y = product()(x)
      """;

  private static final String STREAM = """
      layer stream()(x: float[N]) -> float[%1$d] {
        param a: float[%1$d] = uniform(-1, 1)
        return mean(x) * a
      }
      input x: float[N]
      output y = stream()(x)
      """;

  /**
   * A machine with measured speeds, in a few seconds; cache and what a call costs stay as they are.
   *
   * @param seconds how long the network itself is measured: each of three programs takes no longer
   */
  public static Machine measured(Machine machine, int precision, double seconds) {
    double most = Math.min(SECONDS, seconds);
    double width = precision / 8.0;
    return machine.with(2.0 * SIDE * SIDE * SIDE / seconds(PRODUCT.formatted(SIDE), precision, most),
        2 * FEW * width / seconds(STREAM.formatted(FEW), precision, most), 2 * MANY * width / seconds(STREAM.formatted(MANY), precision, most));
  }

  private static double seconds(String program, int precision, double most) {
    try {
      var standard = CompilerOptions.standard();
      var options = new CompilerOptions(standard.defines(), precision, standard.without(), standard.after(), standard.show());
      var model = Compiler.load(Compiler.compile("calibration.nn", program, options));
      return Arrays.stream(Profile.nanos(model, "predict", 1, 1, most)).sum() / 1e9;
    } catch (FaultyProgram e) {
      throw new IllegalStateException(e);
    }
  }
}
