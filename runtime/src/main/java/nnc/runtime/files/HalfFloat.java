package nnc.runtime.files;

/** Numbers of 16 bits as IEEE 754 has them (binary16): a bit for the sign, 5 for the exponent, whose bias is 15, and 10 for the fraction. */
public final class HalfFloat {
  private HalfFloat() {}

  private static final int FRACTION = 10, LARGEST = 31;
  /** What lies below 2^-14 is a multiple of this. */
  private static final float SMALLEST = 0x1p-24f;

  /** The same number, which a float always holds; of NaN the fraction too, made quiet. */
  public static float toFloat(short bits) {
    int exponent = bits >> FRACTION & LARGEST;
    int fraction = bits & (1 << FRACTION) - 1;
    int sign = (bits & 0x8000) << 16;
    if (exponent == 0) {
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * SMALLEST));
    }
    int wide = exponent < LARGEST ? exponent - 15 + 127 : 255;
    int quiet = exponent == LARGEST && fraction != 0 ? 1 << 22 : 0;
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13 | quiet);
  }
}
