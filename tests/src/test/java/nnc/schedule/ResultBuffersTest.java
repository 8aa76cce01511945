package nnc.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import nnc.endtoend.Programs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is index arithmetic for its readers may be a result as well, and the readers need not wait for the result's buffer. */
class ResultBuffersTest {

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {"reverse(x, axis = 0); 3, 4, 1, 2", "transpose(x); 1, 3, 2, 4", "reshape(x, [-1]); 1, 2, 3, 4",
      "x[:, 1:2]; 2, 4", "x; 1, 2, 3, 4", "range(4) + 0.5; 0.5, 1.5, 2.5, 3.5", "full([2], 3); 3, 3", "reverse(x * 2); 4, 2, 8, 6"})
  void viewsAreResultsAndOperands(String view, String expected) {
    var compiled = Programs.compile("input x: float[N, 2] y = " + view + " output y output z = 3 * y * y + sum(y) output given = x", 64);
    var values = Arrays.stream(expected.split(", ")).mapToDouble(Double::parseDouble).toArray();
    double sum = Arrays.stream(values).sum();
    for (var width : List.of("Scalar", "512")) {
      double[] x = {1, 2, 3, 4};
      assertThat(Programs.predict(compiled, width, "x", x, 2, "y")).containsExactly(values);
      assertThat(Programs.predict(compiled, width, "x", x, 2, "z")).containsExactly(Arrays.stream(values).map(y -> 3 * y * y + sum).toArray());
    }
  }
}
