package nnc.bytecode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.CodeSizeEvaluator;

/** What emitted classes must and must not hold. */
class ClassFileTest {
  /** A larger method is never compiled by the JIT. */
  private static final int HUGE = 8000;
  /** Their bits change when the JIT takes over. */
  private static final List<String> UNSTEADY = List.of("EXP", "LOG", "TANH", "SIN", "COS", "POW", "EXPM1", "LOG1P", "CBRT", "HYPOT");

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "lenet", "zoo", "transformer", "addition"})
  void methodsAreSmallAndSteady(String sample) throws Exception {
    var compiled = Compiler.compile(Path.of("..", "samples", sample + ".nn"), CompilerOptions.standard());
    compiled.classes().forEach((name, bytes) -> {
      var faults = new ArrayList<String>();
      new ClassReader(bytes).accept(new ClassVisitor(Opcodes.ASM9) {
        @Override
        public MethodVisitor visitMethod(int access, String method, String descriptor, String signature, String[] exceptions) {
          return new CodeSizeEvaluator(new Watch(faults, name, method)) {
            @Override
            public void visitEnd() {
              if (getMaxSize() >= HUGE) {
                faults.add(method + " has " + getMaxSize() + " bytes");
              }
            }
          };
        }
      }, 0);
      assertThat(faults).as(name).isEmpty();
    });
  }

  private static final class Watch extends MethodVisitor {
    private final List<String> faults;
    private final String type;
    private final String method;

    Watch(List<String> faults, String type, String method) {
      super(Opcodes.ASM9);
      this.faults = faults;
      this.type = type;
      this.method = method;
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
      if (owner.endsWith("VectorOperators") && UNSTEADY.contains(name)) {
        faults.add(method + " uses " + name);
      }
      vectors(owner);
    }

    @Override
    public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
      // the largest and the smallest are the same in any order
      if (name.equals("reduceLanes") && !method.equals("foldMAX") && !method.equals("foldMIN")) {
        faults.add(method + " lets the JDK choose the order of a sum");
      }
      if (owner.endsWith("Vector") && descriptor.contains("[II") && isEmulated(name, descriptor)) {
        faults.add(method + " has " + name + descriptor + ", which machines of this width do lane by lane, with objects on the heap");
      }
      vectors(owner);
    }

    /** AVX2 gathers, and NEON does neither. */
    private boolean isEmulated(String name, String descriptor) {
      boolean masked = descriptor.contains("VectorMask");
      return type.endsWith("128") || type.endsWith("256") && (masked || name.equals("intoArray"));
    }

    private void vectors(String owner) {
      if (type.contains("Scalar") && owner.startsWith("jdk/incubator")) {
        faults.add(method + " of the scalar class needs the incubator module");
      }
    }
  }
}
