package nnc.library.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The library where numbers are tiny, huge, equal or saturated: values are what the formula comes to, and slopes are finite where its slopes are. */
class ExtremesTest {
  private static final int CASES = 12;

  private static void check(List<Case> cases, int rows, int precision) {
    var width = Integer.toString(FloatVector.SPECIES_PREFERRED.vectorBitSize());
    var faults = new ArrayList<String>();
    for (int from = 0; from < cases.size(); from += CASES) {
      var sheet = new Sheet(cases.subList(from, Math.min(from + CASES, cases.size())));
      faults.addAll(new OracleTrial(sheet, precision, true, 7).differences(width, rows, 0));
    }
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 32})
  void ofSingleNumbers(int precision) {
    check(Extremes.single(), Extremes.NUMBERS.length, precision);
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 32})
  void ofRows(int precision) {
    check(Extremes.rows(), Extremes.ROWS, precision);
  }
}
