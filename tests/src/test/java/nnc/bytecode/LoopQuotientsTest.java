package nnc.bytecode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.IntFn;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.expand.Width;
import nnc.runtime.engine.Kernels;
import org.junit.jupiter.api.Test;

/** Quotients that are computed before the loops that they do not change in. */
class LoopQuotientsTest {
  private static final Loop.Buffer MEMORY = new Loop.Buffer("memory", Loop.Space.ARENA, 0);
  private static final Int SIZE = new Int.Var("$T");
  private static final Int SEVEN = new Int.Var("seven");

  private static final class Own extends ClassLoader {
    Kernels kernels(byte[] bytes) throws ReflectiveOperationException {
      return (Kernels) defineClass(null, bytes, 0, bytes.length).getDeclaredConstructor().newInstance();
    }
  }

  /** {@code for i in 0..3 { for t in 0..T { memory[i * 8 + t] = seven / T + (seven / T) % T } }}. */
  private static double[] run(int size) throws ReflectiveOperationException {
    var quotient = new Int.Apply(IntFn.DIV, SEVEN, SIZE);
    var value = new Expr.FromInt(Ints.add(quotient, new Int.Apply(IntFn.MOD, quotient, SIZE)));
    var store = new Stmt.Store(MEMORY, Ints.add(Ints.multiply(new Int.Var("i"), new Int.Number(8)), new Int.Var("t")), value);
    var inner = new Stmt.For("t", new Int.Number(0), SIZE, LoopKind.SERIAL, List.of(store));
    var outer = new Stmt.For("i", new Int.Number(0), new Int.Number(3), LoopKind.SERIAL, List.of(inner));
    var kernel = new Loop.Kernel(List.of("memory", "$T", "seven"), "block", LoopKind.RANGE, List.of(outer), 0, false);
    var memory = new double[64];
    new Own().kernels(ProgramEmitter.emit("Test", "test.nn", List.of(kernel), Width.SCALAR, 64)).run(0, new double[0], memory, new int[] {0, size, 7}, 0, 32, 0, 1);
    return memory;
  }

  @Test
  void areWhatTheyAreInTheLoop() throws ReflectiveOperationException {
    for (int size : new int[] {1, 2, 3, 5, 7, 8}) {
      var all = run(size);
      for (int i = 0; i < 24; i++) {
        assertThat(all[i]).isEqualTo(i % 8 < size ? 7 / size + 7 / size % size : 0);
      }
    }
  }

  /** The loop within has no iterations then, and nothing is divided. */
  @Test
  void ofNothingAreNotComputed() throws ReflectiveOperationException {
    assertThat(Arrays.stream(run(0)).sum()).isZero();
  }
}
