package nnc.bytecode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import nnc.loops.Ints;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Stmt;
import nnc.loops.expand.Width;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.CodeSizeEvaluator;

/** How often a loop's body is written, by its length and that of the loop. */
class VectorLoopTest {
  private static final Loop.Buffer MEMORY = new Loop.Buffer("memory", Loop.Space.ARENA, 0);
  /** Doubles of 256 bits. */
  private static final int LANES = 4;
  /** A larger method is never compiled by the JIT. */
  private static final int HUGE = 8000;

  /** Loops of some elements that store a sum of terms each. */
  private static byte[] emitted(int elements, int terms) {
    var loads = IntStream.range(0, terms).mapToObj(t -> (Expr) new Expr.Load(MEMORY, Ints.add(new Int.Var("j"), new Int.Number(100L * (t + 1)))));
    var sum = loads.reduce((a, b) -> new Expr.Apply(Fn.ADD, List.of(a, b))).orElseThrow();
    var loop = new Stmt.For("j", new Int.Number(0), new Int.Number(elements), LoopKind.VECTOR, List.of(new Stmt.Store(MEMORY, new Int.Var("j"), sum)));
    var kernel = new Loop.Kernel(List.of("memory"), "block", LoopKind.RANGE, List.of(loop), 0, false);
    return ProgramEmitter.emit("Test", "test.nn", List.of(kernel), Width.V256, 64);
  }

  /** How many vectors are stored in a class; no method of which is too large. */
  private static int stores(byte[] bytes) {
    var stores = new AtomicInteger();
    new ClassReader(bytes).accept(new ClassVisitor(Opcodes.ASM9) {
      @Override
      public MethodVisitor visitMethod(int access, String method, String descriptor, String signature, String[] exceptions) {
        return new CodeSizeEvaluator(new MethodVisitor(Opcodes.ASM9) {
          @Override
          public void visitMethodInsn(int opcode, String owner, String name, String described, boolean isInterface) {
            if (method.equals("k0") && name.equals("intoArray")) {
              stores.incrementAndGet();
            }
          }
        }) {
          @Override
          public void visitEnd() {
            assertThat(getMaxSize()).as(method).isLessThan(HUGE);
          }
        };
      }
    }, 0);
    return stores.get();
  }

  @ParameterizedTest
  @CsvSource({
      "1, 0, 10, 1", "3, 0, 10, 3", "4, 0, 10, 4", "5, 0, 10, 1", "4, 1, 10, 5",  // few terms: written out, up to four vectors and a rest
      "1, 0, 80, 1", "2, 0, 80, 2", "3, 0, 80, 3", "4, 0, 80, 1", "4, 1, 80, 2",  // as long a body is one of a loop
      "1, 0, 160, 1", "2, 0, 160, 1", "4, 0, 160, 1", "4, 1, 160, 0", "9, 0, 160, 1"})  // and with a rest too long for vectors
  void isWritten(int vectors, int rest, int terms, int times) {
    assertThat(stores(emitted(vectors * LANES + rest, terms))).isEqualTo(times);
  }
}
