package nnc.pictures;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import nnc.draw.Scale;

/**
 * A surface that optimizers run down.
 *
 * @param name    how it is called
 * @param formula its height, of {@code x} and {@code y}, as programs write it
 * @param rates   of optimizers whose steps depend on how steep it is, such that they get on; others have one for all surfaces
 */
public record RaceSurface(String name, String formula, double[] start, Scale x, Scale y, Map<String, Double> rates) {
  /** Of optimizers that measure how steep it is themselves. */
  private static final Map<String, Double> USUAL = Map.ofEntries(Map.entry("sgd", 0.01), Map.entry("momentum", 0.005), Map.entry("nesterov", 0.005), Map.entry("adagrad", 0.5),
      Map.entry("adadelta", 20.0), Map.entry("rmsprop", 0.02), Map.entry("adam", 0.1), Map.entry("amsgrad", 0.1), Map.entry("adamw", 0.1), Map.entry("nadam", 0.1), Map.entry("lion", 0.02),
      Map.entry("lbfgs", 1.0), Map.entry("newton_cg", 1.0));

  /** Those that have a name: Beale 1955, Rosenbrock 1960, and a saddle, from which every way is slow at first. */
  private static final List<RaceSurface> KNOWN = List.of(
      new RaceSurface("beale", "(1.5 - x + x * y)^2 + (2.25 - x + x * y^2)^2 + (2.625 - x + x * y^3)^2", new double[] {0.7, 1.4}, Scale.even(-0.5, 4), Scale.even(-1.5, 2), Map.of()),
      new RaceSurface("rosenbrock", "(1 - x)^2 + 100 * (y - x^2)^2", new double[] {-1.4, 2}, Scale.even(-2, 2), Scale.even(-1, 3),
          Map.of("sgd", 0.001, "momentum", 0.0005, "nesterov", 0.0005)),
      new RaceSurface("saddle", "x^2 - y^2", new double[] {-1.2, 0.001}, Scale.even(-1.5, 1.5), Scale.even(-1.5, 1.5), Map.of("sgd", 0.05, "momentum", 0.02, "nesterov", 0.02)));

  /** The names of those that have one. */
  public static List<String> names() {
    return KNOWN.stream().map(RaceSurface::name).toList();
  }

  public static Optional<RaceSurface> known(String name) {
    return KNOWN.stream().filter(surface -> surface.name.equals(name)).findFirst();
  }

  /** Another one, of a formula of {@code x} and {@code y}. */
  public static RaceSurface of(String formula) {
    return new RaceSurface(formula, formula, new double[] {-1.5, 1.5}, Scale.even(-2, 2), Scale.even(-2, 2), Map.of());
  }

  /** The same from another start, seen in another part. */
  public RaceSurface seen(double[] from, Scale across, Scale up) {
    return new RaceSurface(name, formula, from, across, up, rates);
  }

  /** An optimizer with a rate that suits the surface, if it is only a name of the library's. */
  String optimizer(String given) {
    Double rate = rates.getOrDefault(given, USUAL.get(given));
    return rate == null ? given : given + "(" + BigDecimal.valueOf(rate).stripTrailingZeros().toPlainString() + ")";
  }

  /** What is compiled: the height of points as output, that of two parameters as loss. */
  String program(String optimizer) {
    return String.format(Locale.ROOT, """
        fn height(x, y) = %s
        input at: float[N, 2]
        param x: float = constant(%s)
        param y: float = constant(%s)
        output heights = height(at[:, 0], at[:, 1])
        loss height(x, y)
        train { optimizer = %s  batch = 1  epochs = 1 }
        """, formula, start[0], start[1], optimizer(optimizer));
  }
}
