package nnc.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CounterRandomTest {
  /** The definition, written out in 64-bit arithmetic with masks. */
  private static long reference(long seed, long step, long stream, long element) {
    long k0 = mix(mask((seed & 0xffffffffL) + 0x9e3779b9L));
    k0 = mix(k0 ^ seed >>> 32);
    k0 = mix(mask(k0 + step * 0x85ebca6bL));
    k0 = mix(k0 ^ mask(stream * 0xc2b2ae35L));
    long k1 = mix(mask(k0 + 0x165667b1L));
    return mix(mix(mask(element * 0x9e3779b9L + k0)) ^ k1);
  }

  private static long mask(long x) {
    return x & 0xffffffffL;
  }

  private static long mix(long x) {
    x ^= x >>> 16;
    x = mask(x * 0x7feb352dL);
    x ^= x >>> 15;
    x = mask(x * 0x846ca68bL);
    return x ^ x >>> 16;
  }

  @Property(seed = "26", edgeCases = EdgeCasesMode.NONE)
  void followsItsDefinition(@ForAll long seed, @ForAll @IntRange(min = 0) int step, @ForAll @IntRange(min = 0) int stream,
      @ForAll @IntRange(min = 0) int element) {
    int key = CounterRandom.key(seed, step, stream);
    assertThat(CounterRandom.bits(key, CounterRandom.second(key), element) & 0xffffffffL).isEqualTo(reference(seed, step, stream, element));
  }

  @Test
  void isUniformAndIndependentBetweenNeighbours() {
    int n = 200_000;
    double sum = 0;
    double square = 0;
    double product = 0;
    double acrossSteps = 0;
    for (int e = 0; e < n; e++) {
      double u = CounterRandom.uniform(7, 3, 11, e) - 0.5;
      sum += u;
      square += u * u;
      product += u * (CounterRandom.uniform(7, 3, 11, e + 1) - 0.5);
      acrossSteps += u * (CounterRandom.uniform(7, 4, 11, e) - 0.5);
    }
    assertThat(sum / n).isCloseTo(0, within(0.003));
    assertThat(square / n).isCloseTo(1.0 / 12, within(0.001));
    assertThat(product / n).isCloseTo(0, within(0.001));
    assertThat(acrossSteps / n).isCloseTo(0, within(0.001));
  }

  @Property(seed = "26")
  void stayBelowTheBound(@ForAll @IntRange(min = 1) int bound, @ForAll int element) {
    assertThat(CounterRandom.below(bound, 1, 2, element)).isBetween(0, bound - 1);
  }
}
