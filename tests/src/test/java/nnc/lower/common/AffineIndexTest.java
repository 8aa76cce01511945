package nnc.lower.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import nnc.graph.Dim;
import nnc.loops.Loop.Int;
import nnc.loops.LoopInterpreter;
import org.junit.jupiter.api.Test;

/** Indices stay what they are, whatever of their quotients and remainders is resolved beforehand. */
class AffineIndexTest {

  private static long value(Int expr, Map<String, Long> variables) {
    return switch (expr) {
      case Int.Number(var number) -> number;
      case Int.Var(var name) -> variables.get(name);
      case Int.Apply(var fn, var left, var right) -> LoopInterpreter.whole(fn, value(left, variables), value(right, variables));
      case Int.FromElement _, Int.FromBits _ -> throw new IllegalArgumentException("read at run time");
    };
  }

  private static AffineIndex variable(String name, int extent) {
    return AffineIndex.of(new AffineIndex.Atom.Var(name, Dim.of(extent)));
  }

  private static int one(Random random, int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  @Property(tries = 400, seed = "1")
  void quotientsAndRemaindersAreThoseOfTheSum(@ForAll long seed) {
    var random = new Random(seed);
    int[] extents = {one(random, 1, 2, 3, 4, 8), one(random, 2, 4, 5, 16), one(random, 1, 3, 8, 32)};
    int[] factors = {one(random, 1, 6, 64, 256, -32), one(random, 1, 4, 16, 32, 12), one(random, 1, 1, 1, 2, 3)};
    int constant = one(random, 0, 0, 1, 7, 32, -5);
    var by = Dim.of(one(random, 2, 4, 6, 8, 32, 64, 96));
    var sum = AffineIndex.of(Dim.of(constant));
    for (int i = 0; i < 3; i++) {
      sum = sum.plus(variable("v" + i, extents[i]).times(Dim.of(factors[i])));
    }
    var quotient = sum.dividedBy(by).toInt();
    var remainder = sum.modulo(by).toInt();
    for (long a = 0; a < extents[0]; a++) {
      for (long b = 0; b < extents[1]; b++) {
        for (long c = 0; c < extents[2]; c++) {
          var at = Map.of("v0", a, "v1", b, "v2", c);
          long exact = constant + factors[0] * a + factors[1] * b + factors[2] * c;
          assertThat(value(quotient, at)).as("%s / %s at %s", sum, by, at).isEqualTo(Math.floorDiv(exact, by.fixed()));
          assertThat(value(remainder, at)).as("%s %% %s at %s", sum, by, at).isEqualTo(Math.floorMod(exact, by.fixed()));
        }
      }
    }
  }

  @Property(tries = 200, seed = "2")
  void placesAndOffsetsAreEachOthersInverse(@ForAll long seed) {
    var random = new Random(seed);
    var shape = new ArrayList<Dim>();
    int elements = 1;
    for (int i = 0; i < 1 + random.nextInt(4); i++) {
      int size = one(random, 1, 2, 3, 8, 10);
      shape.add(Dim.of(size));
      elements *= size;
    }
    var offset = variable("i", elements);
    assertThat(AffineIndex.linear(AffineIndex.indices(offset, shape), shape)).isEqualTo(offset);
  }

  /** Of rows that are cut in bands, the places in a band follow each other. */
  @Test
  void rowsOfABandAreOneRun() {
    var y = variable("band", 4).times(Dim.of(8)).plus(variable("y", 8));
    var offset = y.times(Dim.of(32)).plus(variable("x", 32));
    var cut = List.of(Dim.of(4), Dim.of(8), Dim.of(32));
    assertThat(AffineIndex.indices(offset, cut)).containsExactly(variable("band", 4), variable("y", 8), variable("x", 32));
    var halves = List.of(Dim.of(8), Dim.of(4), Dim.of(32));
    assertThat(AffineIndex.indices(offset, halves).get(2)).isEqualTo(variable("x", 32));
    var run = variable("band", 4).times(Dim.of(256)).plus(variable("x", 256));
    assertThat(AffineIndex.linear(AffineIndex.indices(run, cut), cut)).isEqualTo(run);
  }
}
