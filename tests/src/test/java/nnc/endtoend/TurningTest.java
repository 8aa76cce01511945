package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import nnc.driver.CompiledProgram;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Rows read as columns, square by square: whole squares, parts of them and what is left; oracle: places computed here. */
class TurningTest {
  private static final List<String> WIDTHS = List.of("Scalar", "128", "256", "512");

  private static CompiledProgram compile(String shape, int columns, int precision) {
    return Programs.compile("""
        input x: float[%s]
        input z: float[%d, N]
        output y = transpose(x, [1, 0]) * 2 + z
        output r = relu(transpose(z, [1, 0])) - x
        """.formatted(shape, columns), precision);
  }

  private static void check(CompiledProgram compiled, int rows, int columns, String width) {
    var context = Agreement.load(compiled, width).context("predict", rows);
    var random = new Random(rows * 100L + columns);
    var x = random.ints(rows * columns, -999, 999).mapToDouble(i -> i).toArray();
    var z = random.ints(rows * columns, -999, 999).mapToDouble(i -> i).toArray();
    context.input("x").set(x);
    context.input("z").set(z);
    context.run();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int here = row * columns + column;
        int there = column * rows + row;
        assertThat(context.output("y").get(there)).as("y[%d, %d] of %s", column, row, width).isEqualTo(2 * x[here] + z[there]);
        assertThat(context.output("r").get(here)).as("r[%d, %d] of %s", row, column, width).isEqualTo(Math.max(z[there], 0) - x[here]);
      }
    }
  }

  @Property(tries = 40, seed = "40", shrinking = ShrinkingMode.OFF)
  void ofAnyShape(@ForAll @IntRange(min = 1, max = 75) int rows, @ForAll @IntRange(min = 1, max = 75) int columns, @ForAll boolean precise) {
    var compiled = compile("N, " + columns, columns, precise ? 64 : 32);
    WIDTHS.forEach(width -> check(compiled, rows, columns, width));
  }

  /** Otherwise the shuffles would be there for nothing. */
  @Test
  void isDoneByShuffles() {
    var methods = new ArrayList<String>();
    new ClassReader(compile("N, 40", 40, 32).classes().get("nnc/model/test/Predict512.class")).accept(new ClassVisitor(Opcodes.ASM9) {
      @Override
      public MethodVisitor visitMethod(int access, String name, String descriptor, String signature, String[] exceptions) {
        methods.add(name);
        return null;
      }
    }, 0);
    assertThat(methods).contains("turn", "turnPart");
  }
}
