package nnc.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.runtime.Model;

/** Programs that multiply two matrices. */
final class Products {
  private Products() {}

  /** Which factors lie in memory on their side. */
  static boolean turned(Workload workload, String factor) {
    return workload.name().equals(factor.equals("a") ? "J-weight" : "J-input");
  }

  /** {@code c = a b} of two inputs: of parameters a plan that learns nothing would compute it once for all runs. */
  private static String program(Workload workload) {
    int[] a = shape(workload, "a");
    int[] b = shape(workload, "b");
    return """
        input a: float[%d, %d]
        input b: float[%d, %d]
        output c = %s @ %s
        """.formatted(a[0], a[1], b[0], b[1], turned(workload, "a") ? "transpose(a, [1, 0])" : "a", turned(workload, "b") ? "transpose(b, [1, 0])" : "b");
  }

  private static int[] shape(Workload workload, String factor) {
    int m = workload.sizes()[0];
    int k = workload.sizes()[1];
    int n = workload.sizes()[2];
    int[] upright = factor.equals("a") ? new int[] {m, k} : new int[] {k, n};
    return turned(workload, factor) ? new int[] {upright[1], upright[0]} : upright;
  }

  /** The program for a product. */
  static Model model(Workload workload) {
    try {
      return Compiler.load(Compiler.compile("product.nn", program(workload), CompilerOptions.standard()));
    } catch (FaultyProgram e) {
      throw new IllegalStateException(e);
    }
  }

  private static final long SEED = 5;

  /** The factors {@code a} and {@code b}, random numbers from -1 to 1. */
  static Map<String, Array> arrays(Workload workload) {
    var random = new Random(SEED);
    var arrays = new LinkedHashMap<String, Array>();
    for (var name : new String[] {"a", "b"}) {
      int[] shape = shape(workload, name);
      var values = new float[shape[0] * shape[1]];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextFloat(-1, 1);
      }
      arrays.put(name, new Array(values, shape[0], shape[1]));
    }
    return arrays;
  }
}
