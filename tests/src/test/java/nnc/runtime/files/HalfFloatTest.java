package nnc.runtime.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** All numbers of 16 bits; oracle: Java's own conversion, which Java 17 lacks. */
class HalfFloatTest {
  @Test
  void allAreAsJavaHasThem() {
    for (int bits = Short.MIN_VALUE; bits <= Short.MAX_VALUE; bits++) {
      float expected = Float.float16ToFloat((short) bits);
      float actual = HalfFloat.toFloat((short) bits);
      if (Float.isNaN(expected)) {
        assertThat(actual).isNaN();
      } else {
        assertThat(Float.floatToRawIntBits(actual)).as("%04x", bits & 0xffff).isEqualTo(Float.floatToRawIntBits(expected));
      }
    }
  }
}
