package nnc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import org.junit.jupiter.api.Test;

/** A compilation that somebody gives up ends. */
class InterruptionTest {
  private static final String FINE = "input x: float[N, 2]\noutput y = sum(x, axis = 1)\n";
  private static final String LOOPS = "for i in 0..1000000 { for j in 0..1000000 { } }\n", CALLS = "fn twice(n) = if n < 1 then 1 else twice(n - 1) + twice(n - 1)\nx0 = twice(60)\n";

  @Test
  void whoIsInterruptedCompilesNothingMore() throws Exception {
    // with all in memory that is read once
    Compiler.compile("p.nn", FINE, CompilerOptions.standard());
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> Compiler.compile("p.nn", FINE, CompilerOptions.standard())).isInstanceOf(CancellationException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(Compiler.compile("p.nn", FINE, CompilerOptions.standard()).spec().plans()).isNotEmpty();
  }

  @Test
  void oneThatIsUnderwayEnds() throws Exception {
    for (var text : new String[] {LOOPS, CALLS}) {
      try (var compiling = Executors.newSingleThreadExecutor()) {
        var begun = new CountDownLatch(1);
        var endless = compiling.submit(() -> {
          begun.countDown();
          return Compiler.compile("p.nn", text + FINE, CompilerOptions.standard());
        });
        var next = compiling.submit(() -> Compiler.compile("p.nn", FINE, CompilerOptions.standard()));
        begun.await();
        endless.cancel(true);
        assertThat(next.get().spec().plans()).isNotEmpty();
      }
    }
  }
}
