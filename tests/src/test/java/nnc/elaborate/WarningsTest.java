package nnc.elaborate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import nnc.Compiler;
import nnc.endtoend.Programs;
import org.junit.jupiter.api.Test;

/** What compiles and is probably not meant. */
class WarningsTest {
  private static String warnings(String source) {
    return Programs.compile(source, 32).warnings().render(false);
  }

  @Test
  void aParameterThatTheLossDoesNotReach() {
    assertThat(warnings("input x: float[N, 6]\na = dense(3)(x)\nunused = dense(4)(x)\noutput y = a\nloss mean(a)\ntrain { optimizer = sgd(0.1) }"))
        .contains("test.nn:3:10: warning: the loss does not depend on dense_2.W, dense_2.b\n").containsOnlyOnce("warning: ");
  }

  @Test
  void samplesAreFreeOfThem() throws Exception {
    try (var files = Files.walk(Path.of("..", "samples"), 2)) {
      for (var file : files.filter(f -> f.toString().endsWith(".nn")).toList()) {
        assertThat(Compiler.check(file, Compiler.Options.standard()).faults()).as(file.toString()).isEmpty();
      }
    }
  }
}
