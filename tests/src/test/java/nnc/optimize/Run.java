package nnc.optimize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import nnc.library.Piece;

/**
 * Training of two weight arrays, each with a gradient that is known without differentiating: the loss is
 * {@code sum(W * G) + sum(b * G[0])} + half the sum of squares of both, so the gradients are {@code G + W} and {@code G[0] + b}.
 */
final class Run {
  static final int STEPS = 20;
  /** Elements of W; b has the last axis' three. */
  static final int SIZE = 12;

  /** What an optimizer does to one weight array, in plain arithmetic; it keeps its memory between steps. */
  interface Reference {
    void step(double[] w, double[] g, int step);
  }

  /** Changes the gradients of all arrays before the optimizer sees them. */
  interface Change {
    void apply(List<double[]> gradients);
  }

  private Run() {}

  private static String program(String declarations, String settings) {
    return """
        input G: float[1, 4, 3]
        layer held()(x: float[1, 4, 3]) {
          param W: float[4, 3] = zeros
          param b: float[3] = zeros
          return sum(W * x[0]) + sum(b * x[0, 0]) + sum(W^2) / 2 + sum(b^2) / 2
        }
        loss held()(G)
        %s
        train { %s }
        """.formatted(declarations, settings);
  }

  /** Trains the program and the reference side by side, on gradients of very different sizes, and compares after every step. */
  static void compare(String settings, java.util.function.Supplier<Reference> reference, Change change, long seed) {
    compare("", settings, reference, change, _ -> { }, seed);
  }

  /** As above; {@code declarations} stand before the settings, and {@code project} follows every step of W's. */
  static void compare(String declarations, String settings, java.util.function.Supplier<Reference> reference, Change change,
      java.util.function.Consumer<double[]> project, long seed) {
    var piece = Piece.of(program(declarations, settings), seed);
    var random = new Random(seed);
    var weights = List.of(piece.weight("held.W"), piece.weight("held.b"));
    var references = List.of(reference.get(), reference.get());
    for (int step = 1; step <= STEPS; step++) {
      double size = Math.pow(10, random.nextInt(5) - 3);
      double[] given = Arrays.stream(Piece.normal(SIZE, random)).map(x -> x * size).toArray();
      piece.feed(1, "G", given).train(step, (step - 1) / 7);
      var gradients = new ArrayList<double[]>();
      for (var w : weights) {
        var g = new double[w.length];
        Arrays.setAll(g, i -> given[i] + w[i]);
        gradients.add(g);
      }
      change.apply(gradients);
      for (int i = 0; i < 2; i++) {
        references.get(i).step(weights.get(i), gradients.get(i), step);
      }
      project.accept(weights.getFirst());
      Piece.assertClose(piece.weight("held.W"), weights.get(0), 1e-12);
      Piece.assertClose(piece.weight("held.b"), weights.get(1), 1e-12);
    }
  }

  /** Leaves the gradients as they are. */
  static void unchanged(List<double[]> gradients) {}
}
