package nnc.library;

/** What training makes of a picture {@code w}, seen in a state that it is stored in. */
final class Varied {
  private final Piece piece;

  /** @param shapes of {@code w}, and of what the expression makes of it */
  Varied(String expression, String... shapes) {
    this("", expression, shapes);
  }

  /** What a statement names. */
  static Varied after(String statement, String name, String... shapes) {
    return new Varied(statement, name, shapes);
  }

  private Varied(String statement, String expression, String[] shapes) {
    this.piece = Piece.of("""
        input z: float[N]
        layer held()(z: float[N]) {
          param w: float[%s] = zeros
          state shown: float[%s] = zeros
          %s
          shown <- %s
          return sum(w) + z[0]
        }
        loss held()(z)
        train { optimizer = sgd(0) }
        """.formatted(shapes[0], shapes[shapes.length - 1], statement, expression), 3).feed(1, "z", 0);
  }

  double[] picture() {
    return piece.weight("held.w");
  }

  /** Of a step of training. */
  double[] at(int step) {
    piece.train(step, 0);
    return piece.weight("held.shown");
  }

  double[] shown() {
    return at(1);
  }
}
