package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import nnc.endtoend.Programs;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ...} of einsum: any axes, aligned at the last; oracles: products and sums that broadcast, and the equation with all letters. */
class EinsumTest {
  private static final String INPUTS = """
      input a: float[N, 3, 2, 4]
      input b: float[N, 3, 4, 5]
      input c: float[3, 4, 5]
      input d: float[N, 1, 4, 2]
      input e: float[4]
      """;

  private static double[] of(String line, int n, String output) {
    var piece = Piece.of(INPUTS + line, 1);
    var random = new Random(n);
    Map.of("a", n * 24, "b", n * 60, "c", 60, "d", n * 8, "e", 4).forEach((name, size) -> piece.feed(n, name, size, random));
    return piece.predict(output);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      einsum("...ij,...jk->...ik", a, b)      | a @ b
      einsum("...ij,...jk", a, b)             | a @ b
      einsum("...ij,...jk->...ik", a, c)      | a @ c
      einsum("...ij,...jk->...ik", d, transpose(d, [0, 1, 3, 2])) | d @ transpose(d, [0, 1, 3, 2])
      einsum("...ij,...ji->...i", a, d)       | sum(a * transpose(d, [0, 1, 3, 2]), axis = -1)
      einsum("n...,n...->n...", a, transpose(d, [0, 1, 3, 2])) | a * transpose(d, [0, 1, 3, 2])
      einsum("...,...", a, e)                 | a * e
      einsum("...i,i->...", a, e)             | sum(a * e, axis = -1)
      einsum("...i->...", a)                  | sum(a, axis = -1)
      einsum("i...->...", a)                  | sum(a, axis = 0)
      einsum("...ij->...ji", a)               | transpose(a, [0, 1, 3, 2])
      einsum("...ij->ij...", a)               | transpose(a, [2, 3, 0, 1])
      einsum("ba...", a)                      | transpose(a, [2, 3, 1, 0])
      einsum("...i,...i->...", e, e)          | sum(e * e)
      einsum("...ijk,...ijk->...", c, c)      | sum(c * c)
      einsum("n...ij,n...jk->n...ik", a, b)   | einsum("nzij,nzjk->nzik", a, b)
      """)
  void isTheSumOverWhatTheResultDoesNotName(String equation, String same) {
    // squares, so that gradients depend on values
    var line = "y = " + equation + "\nz = " + same + "\noutput u = sum(abs(y - z))\noutput s = sum(abs(z))\noutput shape1 = y\noutput shape2 = z\n";
    for (var input : new String[] {"a", "d", "e", "c"}) {
      line += "output g" + input + " = sum(abs(grad(sum(y^2), " + input + ") - grad(sum(z^2), " + input + ")))\n";
    }
    for (int n : new int[] {1, 2, 3}) {
      for (var output : new String[] {"u", "ga", "gd", "ge", "gc"}) {
        assertThat(of(line, n, output)[0]).as("%s with N = %d", output, n).isCloseTo(0, Offset.offset(1e-9));
      }
      assertThat(of(line, n, "s")[0]).isGreaterThan(0);
      assertThat(of(line, n, "shape1")).hasSameSizeAs(of(line, n, "shape2"));
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      einsum("..ij->ij", c)             | "..ij" has a '.': an axis is a letter, and ... stands once for any number of axes
      einsum("...i...->i", c)           | "...i..." has a '.'
      einsum("i1->i", c)                | "i1" has a '1'
      einsum("...ijkl->...i", c)        | "...ijkl" names 4 axes, and the tensor is float[3, 4, 5]
      einsum("...i,...i->...i", c[0], e) | 'i' is 5 and 4
      einsum("...i->i", c)              | the result "i" has no ..., and the tensors have axes for it
      einsum("...j,...k->...jk", c, a)  | an axis of ... is 4 and 2
      einsum("ij->...ijk", c[0])        | 'k' of the result is in no operand
      """)
  void whatDoesNotFitIsTold(String expression, String fault) {
    assertThat(Programs.faults(INPUTS + "output y = " + expression)).contains("test.nn:6:12: error: einsum: " + fault);
  }

  @Property(tries = 12, seed = "26")
  void leadingAxesBroadcast(@ForAll @IntRange(min = 1, max = 3) int p, @ForAll @IntRange(min = 1, max = 3) int q, @ForAll boolean one, @ForAll boolean short1) {
    var line = "x = " + (one ? "ones(1, " : "normal(0, 1, [" + p + ", ") + q + (one ? ", 2, 4)" : ", 2, 4])") + "\n"
        + "w = " + (short1 ? "normal(0, 1, [" : "normal(0, 1, [" + p + ", ") + q + ", 4, 3])\n"
        + "output u = sum(abs(einsum(\"...ij,...jk->...ik\", x, w) - x @ w)) + 0 * sum(a)";
    assertThat(of(line, 2, "u")[0]).isCloseTo(0, Offset.offset(1e-9));
  }

  @Test
  void anEllipsisForNoAxes() {
    assertThat(of("output u = sum(abs(einsum(\"...ijk->...ik\", c) - sum(c, axis = 1))) + 0 * sum(a)", 1, "u")[0]).isCloseTo(0, Offset.offset(1e-12));
  }
}
