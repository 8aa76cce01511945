package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where what a kernel computes lies in memory, and that its readers find it there. */
class LayoutTest {

  /** A product whose readers all see it turned is stored so; oracle: the product written out. */
  @ParameterizedTest
  @ValueSource(strings = {"Scalar", "128", "256", "512"})
  void turnedProductsKeepTheirPlaces(String width) {
    var compiled = Programs.compile("input x: float[N, 5, 9]\ninput z: float[N, 9, 6]\n"
        + "t = transpose(x @ z, [0, 2, 1])\noutput y = reshape(tanh(t), [N, 30]) + reshape(t, [N, 30])\n", 64);
    var random = new Random(6);
    var x = random.doubles(2 * 45, -1, 1).toArray();
    var z = random.doubles(2 * 54, -1, 1).toArray();
    var model = Agreement.load(compiled, width).initialised(1);
    var context = model.context("predict", 2);
    for (int i = 0; i < x.length; i++) {
      context.input("x").set(i, x[i]);
    }
    for (int i = 0; i < z.length; i++) {
      context.input("z").set(i, z[i]);
    }
    context.run();
    for (int n = 0; n < 2; n++) {
      for (int row = 0; row < 5; row++) {
        for (int column = 0; column < 6; column++) {
          double sum = 0;
          for (int k = 0; k < 9; k++) {
            sum += x[n * 45 + row * 9 + k] * z[n * 54 + k * 6 + column];
          }
          assertThat(context.output("y").get(n * 30 + column * 5 + row)).isCloseTo(sum + Math.tanh(sum), within(1e-12));
        }
      }
    }
  }

  /** Training reads the product itself again: not only its transpose, as prediction does. */
  @Test
  void productsThatAreReadAgainStayAsTheyAre() {
    var source = """
        input  x: float[5, 3]
        target y: float[5, 4]
        param  v: float[3, 4] = glorot_uniform
        output z = transpose(tanh(x @ v))
        loss mse(sum(z * z, axis = 1), sum(y, axis = 0))
        train { optimizer = sgd(0.1)  batch = 5 }
        """;
    Agreement.check(Programs.compile(source, 64), 5, 1e-10, 4);
  }
}
