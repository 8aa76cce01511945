package nnc.runtime.engine;

/**
 * The counter-based random generator: a draw is a pure function of (seed, step, stream, element), so it is the same on any number of
 * threads, at any vector width, after a resume, and may be computed again instead of stored. All arithmetic is 32-bit and wraps.
 * The mixing function is the two-round xorshift-multiply hash "lowbias32" by C. Wellons.
 */
public final class CounterRandom {
  private CounterRandom() {}

  /** Multipliers and increments; the compiler emits the same numbers. */
  public static final int MIX1 = 0x7feb352d, MIX2 = 0x846ca68b, GOLDEN = 0x9e3779b9, STEP = 0x85ebca6b, STREAM = 0xc2b2ae35,
      SECOND = 0x165667b1, HIGH = 0x27d4eb2f;

  /** A permutation of the 32-bit numbers in which every bit of the result depends on every bit of {@code x}. */
  public static int mix(int x) {
    x ^= x >>> 16;
    x *= MIX1;
    x ^= x >>> 15;
    x *= MIX2;
    return x ^ x >>> 16;
  }

  /** The first key of all draws of one stream at one step. */
  public static int key(int seedLow, int seedHigh, int step, int stream) {
    int key = mix(seedLow + GOLDEN);
    key = mix(key ^ seedHigh);
    key = mix(key + step * STEP);
    return mix(key ^ stream * STREAM);
  }

  /** The first key for a 64-bit seed. */
  public static int key(long seed, int step, int stream) {
    return key((int) seed, (int) (seed >>> 32), step, stream);
  }

  /** The second key, which follows from the first. */
  public static int second(int key) {
    return mix(key + SECOND);
  }

  /** The 32 random bits of an element. */
  public static int bits(int key, int second, int element) {
    return mix(mix(element * GOLDEN + key) ^ second);
  }

  /** The 32 random bits of an element of more than 2^32; of the first 2^32 as above. */
  public static int bits(int key, int second, long element) {
    return mix(mix((int) element * GOLDEN + key) ^ second ^ (int) (element >>> 32) * HIGH);
  }

  /** From [0, 1) for an element of more than 2^32. */
  public static float uniform(int key, int second, long element) {
    return (bits(key, second, element) >>> 8) * 0x1p-24f;
  }

  /** From [0, 1): a multiple of 2^-24, exact in float and double. */
  public static float uniform(int key, int second, int element) {
    return (bits(key, second, element) >>> 8) * 0x1p-24f;
  }

  /** From [0, 1) for one element alone; loops take the keys out. */
  public static float uniform(long seed, int step, int stream, int element) {
    int key = key(seed, step, stream);
    return uniform(key, second(key), element);
  }

  /**
   * A whole number from [0, bound), by multiplying (Lemire): the bias is below {@code bound / 2^32}.
   *
   * @param bound positive
   */
  public static int below(int bound, int key, int second, int element) {
    return (int) ((bits(key, second, element) & 0xffffffffL) * bound >>> 32);
  }

  /** Brings numbers into an order that follows from seed, step and stream alone (Fisher and Yates). */
  public static void shuffle(int[] numbers, long seed, int step, int stream) {
    int key = key(seed, step, stream);
    int second = second(key);
    for (int i = numbers.length - 1; i > 0; i--) {
      int other = below(i + 1, key, second, i);
      int number = numbers[i];
      numbers[i] = numbers[other];
      numbers[other] = number;
    }
  }

  /** A number for a name, as a stream: FNV-1a over its UTF-16 units. */
  public static int stream(String name) {
    int hash = 0x811c9dc5;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x01000193;
    }
    return hash;
  }
}
