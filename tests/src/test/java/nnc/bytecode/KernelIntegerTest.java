package nnc.bytecode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import nnc.loops.KernelInteger;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.expand.Width;
import nnc.runtime.engine.Kernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every kernel is called with reaches it under the name that loops have for it, and no other has that name. */
class KernelIntegerTest {
  private static final Loop.Buffer MEMORY = new Loop.Buffer("memory", Loop.Space.ARENA, 0);

  /** The class has the kernel as its only one. */
  private static Kernels compiled(List<Stmt> body) {
    var kernel = new Loop.Kernel(List.of("memory"), "block", LoopKind.RANGE, body, 0, false);
    return new MemoryLoader(Map.of(Width.SCALAR.file("Test"), ProgramEmitter.emit("Test", "test.nn", List.of(kernel), Width.SCALAR, 64)))
        .apply(Kernels.name("Test", 0));
  }

  private static Stmt store(KernelInteger integer) {
    return new Stmt.Store(MEMORY, new Int.Number(integer.ordinal()), new Expr.FromInt(integer.value()));
  }

  @Test
  void eachIsWhatTheRuntimeGives() {
    int[] arguments = new int[Kernels.FIRST + 1];
    arguments[Kernels.SEED_LOW] = 71;
    arguments[Kernels.SEED_HIGH] = 72;
    arguments[Kernels.STEP] = 73;
    arguments[Kernels.EPOCH] = 74;
    var memory = new double[KernelInteger.values().length];
    compiled(List.of(KernelInteger.values()).stream().map(KernelIntegerTest::store).toList())
        .run(0, new double[0], memory, arguments, Kernels.FIRST, 0, 75, 76);
    assertThat(memory).containsExactly(75, 76, 71, 72, 73, 74);
  }

  @ParameterizedTest
  @EnumSource
  void noLoopIsCalledSo(KernelInteger integer) {
    var loop = new Stmt.For(integer.title(), new Int.Number(0), new Int.Number(3), LoopKind.SERIAL, List.of(store(integer)));
    assertThatThrownBy(() -> compiled(List.of(loop))).hasMessageContaining(integer.title());
  }
}
