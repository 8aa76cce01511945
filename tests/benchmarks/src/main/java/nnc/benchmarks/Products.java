package nnc.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import nnc.Compiler;
import nnc.runtime.Model;

/** Programs that multiply two matrices. */
final class Products {
  private Products() {}

  /** Which factors lie in memory on their side. */
  static boolean turned(Workload workload, String factor) {
    return workload.name().equals(factor.equals("a") ? "J-weight" : "J-input");
  }

  /** {@code c = a b} with both as parameters, so that a run has nothing to be fed. */
  private static String program(Workload workload) {
    int m = workload.sizes()[0];
    int k = workload.sizes()[1];
    int n = workload.sizes()[2];
    boolean left = turned(workload, "a");
    boolean right = turned(workload, "b");
    return """
        layer product()(x: float[N]) -> float[%d, %d] {
          param a: float[%d, %d] = uniform(-1, 1)
          param b: float[%d, %d] = uniform(-1, 1)
          return %s @ %s
        }
        input x: float[N]
        times = product()
        output c = times(x)
        """.formatted(m, n, left ? k : m, left ? m : k, right ? n : k, right ? k : n,
        left ? "transpose(a, [1, 0])" : "a", right ? "transpose(b, [1, 0])" : "b");
  }

  /** The program for a product, with random factors. */
  static Model model(Workload workload) {
    try {
      return Compiler.load(Compiler.compile("product.nn", program(workload), Compiler.Options.standard())).initialised(SEED);
    } catch (Compiler.Faulty e) {
      throw new IllegalStateException(e);
    }
  }

  private static final long SEED = 5;

  /** The factors {@code a} and {@code b}. */
  static Map<String, Array> arrays(Workload workload) {
    var model = model(workload);
    var arrays = new LinkedHashMap<String, Array>();
    for (var name : new String[] {"a", "b"}) {
      var weight = model.spec().weights().stream().filter(w -> w.path().endsWith(name)).findFirst().orElseThrow();
      var tensor = model.weight(weight.path());
      var values = new float[tensor.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) tensor.get(i);
      }
      arrays.put(name, new Array(values, tensor.shape()[0], tensor.shape()[1]));
    }
    return arrays;
  }
}
