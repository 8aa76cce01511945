package nnc.library.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** What the library computes, its gradients and second derivatives, against formulas as papers state them. */
class OracleTest {
  static final Map<String, Function<Size, List<Case>>> TABLES = new LinkedHashMap<>();

  static {
    TABLES.put("elementwise", ElementwiseCases::at);
    TABLES.put("losses", LossCases::at);
    TABLES.put("shapes", ShapeCases::at);
    TABLES.put("convolutions", ConvolutionCases::at);
    TABLES.put("layers", LayerCases::at);
    TABLES.put("sequences", SequenceCases::at);
    TABLES.put("metrics", MetricCases::at);
    TABLES.put("pictures", PictureCases::at);
  }

  private static final String WIDE = Integer.toString(FloatVector.SPECIES_PREFERRED.vectorBitSize());

  /** Larger programs take longer than several that are as large together. */
  private static final int CASES = 12;

  /** Each case at every fifth size, in double and single precision by turns; its neighbours in the table at the sizes between. */
  @TestFactory
  Stream<DynamicTest> everySize() {
    return tests((table, size) -> {
      int turn = Size.ALL.indexOf(size);
      var all = TABLES.get(table).apply(size);
      check(IntStream.range(0, all.size()).filter(i -> (i + turn) % 5 == 0).mapToObj(all::get).toList(), size, turn / 5 % 2 == 0 ? 64 : 32, WIDE, 1);
    });
  }

  /** All at all sizes in both precisions, in scalar code too, and along more directions. */
  @Tag("slow")
  @TestFactory
  Stream<DynamicTest> everyWay() {
    return tests((table, size) -> {
      for (int precision : List.of(64, 32)) {
        check(TABLES.get(table).apply(size), size, precision, "Scalar", 0);
        check(TABLES.get(table).apply(size), size, precision, WIDE, 6);
      }
    });
  }

  private interface Check {
    void of(String table, Size size);
  }

  private static Stream<DynamicTest> tests(Check check) {
    return TABLES.keySet().stream().flatMap(table -> Size.ALL.stream()
        .map(size -> DynamicTest.dynamicTest("%s, %d rows of %d".formatted(table, size.batch(), size.n()), () -> check.of(table, size))));
  }

  /** Some cases in a program, as many programs as it takes. */
  static List<Sheet> sheets(List<Case> cases) {
    return IntStream.iterate(0, from -> from < cases.size(), from -> from + CASES).mapToObj(from -> new Sheet(cases.subList(from, Math.min(from + CASES, cases.size())))).toList();
  }

  private static void check(List<Case> cases, Size size, int precision, String width, int units) {
    var faults = new ArrayList<String>();
    for (var sheet : sheets(cases)) {
      faults.addAll(new OracleTrial(sheet, precision, false, size.n()).differences(width, size.batch(), units));
    }
    assertThat(faults).isEmpty();
  }
}
