package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import nnc.optimizations.Optimization;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs with loops of random bodies: carried and collected values, sums over turns, slices at the turn, beside it and from the end, loops in loops, loops over what others have
 * collected. Oracles: the same program of a length that is a number, turns unrolled; and other widths, threads and switches.
 */
class RandomLoopsTest {
  /** One program, {@code %1$s} in the place of its length. */
  static final class Drawn {
    private final Random random;
    private final StringBuilder text = new StringBuilder();
    private int names;

    Drawn(long seed) {
      random = new Random(seed);
    }

    private void line(int depth, String line) {
      text.append("  ".repeat(depth)).append(line).append('\n');
    }

    private <T> T one(List<T> all) {
      return all.get(random.nextInt(all.size()));
    }

    String program() {
      head();
      var sequences = new ArrayList<>(List.of("x"));
      var rows = new ArrayList<>(List.of("x[:, 0]"));
      line(0, "m = zeros(3, 3)");
      for (int i = 0; i < 1 + random.nextInt(2); i++) {
        loop(0, "t", sequences, rows);
      }
      return end(rows, sequences.getLast());
    }

    /** Several times some loops that read nothing of those of the other times; weights they all read. */
    String apart() {
      head();
      var all = new ArrayList<String>();
      var last = "x";
      for (int i = 0; i < 2 + random.nextInt(2); i++) {
        var sequences = new ArrayList<>(List.of("x"));
        var rows = new ArrayList<>(List.of("x[:, 0]"));
        line(0, "m = " + one(List.of("zeros", "ones")) + "(3, 3)");
        for (int k = 0; k < 1 + random.nextInt(2); k++) {
          loop(0, "t", sequences, rows);
        }
        line(0, "m" + i + " = mean(m)");
        all.addAll(rows);
        all.add("m" + i);
        last = sequences.getLast();
      }
      line(0, "m = zeros(3, 3)");
      return end(all, last);
    }

    private void head() {
      line(0, "input x: float[N, %1$s, 3]");
      line(0, "target z: float[N, 3]");
      IntStream.range(0, 3).forEach(i -> line(0, "param w" + i + ": float[3, 3] = normal(0.5)"));
      line(0, "param b: float[3] = normal(0.5)");
      line(0, "layered = dense(3)");
      // made here: a loop of no turns makes no layer where the number of turns is known
      line(0, "first = layered(x[:, 0])");
      line(0, "T = shape(x)[1]");
    }

    private String end(List<String> rows, String sequence) {
      line(0, "y = first + " + String.join(" + ", rows) + " + mean(m) + mean(" + sequence + ", axis = 1)");
      line(0, "output y");
      line(0, "loss mse(y, z)");
      line(0, "train { optimizer = sgd(0.1) }");
      return text.toString();
    }

    /** A loop over places from the first or the second on, to the last or the one before; what it carries and collects is there behind it. */
    private void loop(int depth, String turn, List<String> sequences, List<String> rows) {
      int carried = 1 + random.nextInt(2);
      int from = random.nextInt(2);
      int less = random.nextInt(2);
      boolean collects = depth == 0 && from + less == 0;
      var states = new ArrayList<String>();
      for (int i = 0; i < carried; i++) {
        states.add("h" + names++);
        line(depth, states.getLast() + " = " + one(List.of("zeros(N, 3)", "x[:, 0]", "ones(N, 3) * 0.5")));
      }
      var list = "steps" + names++;
      if (collects) {
        line(depth, list + " = []");
      }
      line(depth, "for " + turn + " in " + from + "..T" + (less == 0 ? "" : " - 1") + " {");
      var known = new ArrayList<>(rows);
      known.addAll(states);
      for (var sequence : sequences) {
        known.add(sequence + "[:, " + turn + "]");
        known.add(sequence + "[:, T - 1 - " + turn + "]");
        if (from == 1) {
          known.add(sequence + "[:, " + turn + " - 1]");
        }
        if (less == 1) {
          known.add(sequence + "[:, " + turn + " + 1]");
        }
      }
      if (depth == 0 && random.nextInt(3) == 0) {
        loop(depth + 1, "u", List.of("x"), known);
      }
      for (int i = 0; i < 1 + random.nextInt(3); i++) {
        var name = "v" + names++;
        line(depth + 1, name + " = " + expression(2, known));
        known.add(name);
      }
      for (var state : states) {
        line(depth + 1, state + " = tanh(" + expression(2, known) + " + 0.5 * " + state + ")");
      }
      if (random.nextInt(2) == 0) {
        line(depth + 1, "m = m + " + one(List.of("transpose(" + one(known) + ", [1, 0]) @ " + one(known), "w" + random.nextInt(3) + " * 0.1", "w0 @ w1 / 3")));
      }
      if (collects) {
        line(depth + 1, list + " = " + list + " + [" + expression(1, known) + "]");
      }
      line(depth, "}");
      rows.addAll(states);
      if (collects) {
        line(depth, "s" + list + " = stack(" + list + ", axis = 1)");
        sequences.add("s" + list);
      }
    }

    private String expression(int depth, List<String> known) {
      var x = depth == 0 ? one(known) : expression(depth - 1, known);
      return switch (random.nextInt(depth == 0 ? 2 : 7)) {
        case 0 -> x + " @ w" + random.nextInt(3);
        case 1 -> x;
        case 2 -> "tanh(" + x + ") @ transpose(w" + random.nextInt(3) + ", [1, 0])";
        case 3 -> "(" + x + " * " + one(known) + " + b)";
        case 4 -> "where(" + x + " > 0, " + x + ", 0.1 * " + one(known) + ")";
        case 5 -> "layered(" + x + ")";
        default -> "(" + one(known) + " - " + one(known) + " @ w1)";
      };
    }
  }

  /** A program that is drawn by a seed, {@code %1$s} in the place of its length. */
  static String program(long seed) {
    return new Drawn(seed).program();
  }

  private static void check(long seed) {
    var program = program(seed);
    var open = Programs.compile(program.formatted("T"), 64);
    for (int length : new int[] {2, 4}) {
      var unrolled = OpenLoopsTest.run(Programs.compile(program.formatted(length), 64), "Scalar", 1, 3, length);
      var looped = OpenLoopsTest.run(open, "Scalar", 1, 3, length);
      assertThat(OpenLoopsTest.differingBetween(looped, unrolled, 1e-11)).as("length %d of %d%n%s", length, seed, program).isEmpty();
      for (var width : Agreement.vectors(seed)) {
        assertThat(OpenLoopsTest.differing(OpenLoopsTest.run(open, width, 2, 3, length), looped, 0)).as("bits by %s at length %d of %d%n%s", width, length, seed, program).isEmpty();
      }
    }
    for (var off : new Optimization[] {Optimization.LOOP_PRODUCTS, Optimization.KEPT_TURN_VALUES}) {
      var plain = Programs.compile(program.formatted("T"), 64, off);
      assertThat(OpenLoopsTest.differing(OpenLoopsTest.run(plain, "Scalar", 1, 3, 3), OpenLoopsTest.run(open, "Scalar", 1, 3, 3), 1e-11)).as("without %s, %d%n%s", off, seed, program).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void loopsAreWhatTheirTurnsAre(long seed) {
    check(seed);
  }

  @Tag("slow")
  @Test
  void manyAre() {
    for (long seed = 3; seed < 60; seed++) {
      check(seed);
    }
  }
}
