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

  /** {@code c = a b} with both as parameters, so that a run has nothing to be fed. */
  private static String program(int m, int k, int n) {
    return """
        layer product()(x: float[N]) -> float[%1$d, %3$d] {
          param a: float[%1$d, %2$d] = uniform(-1, 1)
          param b: float[%2$d, %3$d] = uniform(-1, 1)
          return a @ b
        }
        input x: float[N]
        times = product()
        output c = times(x)
        """.formatted(m, k, n);
  }

  /** The program for matrices of {@code m x k} and {@code k x n}, with random factors. */
  static Model model(int[] sizes) {
    try {
      return Compiler.load(Compiler.compile("product.nn", program(sizes[0], sizes[1], sizes[2]), Compiler.Options.standard())).initialised(SEED);
    } catch (Compiler.Faulty e) {
      throw new IllegalStateException(e);
    }
  }

  private static final long SEED = 5;

  /** The factors {@code a} and {@code b}. */
  static Map<String, Array> arrays(int[] sizes) {
    var model = model(sizes);
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
