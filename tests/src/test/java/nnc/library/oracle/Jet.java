package nnc.library.oracle;

/**
 * A number that moves along a line: its value and its first and second derivative by the way. Sums, products and functions of such numbers are
 * such numbers by the rules of school, so that a formula in them has its derivatives without being differentiated.
 */
record Jet(double v, double d, double e) {
  static final Jet ZERO = of(0), ONE = of(1);

  static Jet of(double v) {
    return new Jet(v, 0, 0);
  }

  /** f of this, from f, f' and f'' at its value. */
  Jet through(double f, double first, double second) {
    return d == 0 && e == 0 ? of(f) : new Jet(f, part(first, d), part(first, e) + part(second, d * d));
  }

  /** What does not move has no part in a slope, be it as steep as it may. */
  private static double part(double slope, double move) {
    return move == 0 ? 0 : slope * move;
  }

  Jet plus(Jet o) {
    return new Jet(v + o.v, d + o.d, e + o.e);
  }

  Jet plus(double o) {
    return new Jet(v + o, d, e);
  }

  Jet minus(Jet o) {
    return new Jet(v - o.v, d - o.d, e - o.e);
  }

  Jet minus(double o) {
    return plus(-o);
  }

  Jet times(Jet o) {
    return new Jet(v * o.v, d * o.v + v * o.d, e * o.v + 2 * d * o.d + v * o.e);
  }

  Jet times(double o) {
    return new Jet(v * o, d * o, e * o);
  }

  Jet over(Jet o) {
    double q = v / o.v;
    double first = (d - q * o.d) / o.v;
    return new Jet(q, first, (e - 2 * first * o.d - q * o.e) / o.v);
  }

  Jet over(double o) {
    return new Jet(v / o, d / o, e / o);
  }

  Jet neg() {
    return new Jet(-v, -d, -e);
  }

  Jet square() {
    return times(this);
  }

  Jet abs() {
    return v > 0 ? this : v < 0 ? neg() : of(Math.abs(v));
  }

  Jet exp() {
    double f = Math.exp(v);
    return through(f, f, f);
  }

  Jet expm1() {
    double f = Math.exp(v);
    return through(Math.expm1(v), f, f);
  }

  Jet log() {
    return through(Math.log(v), 1 / v, -1 / (v * v));
  }

  Jet log1p() {
    return through(Math.log1p(v), 1 / (1 + v), -1 / ((1 + v) * (1 + v)));
  }

  Jet sqrt() {
    double f = Math.sqrt(v);
    return through(f, 0.5 / f, -0.25 / (f * v));
  }

  Jet sin() {
    return through(Math.sin(v), Math.cos(v), -Math.sin(v));
  }

  Jet cos() {
    return through(Math.cos(v), -Math.sin(v), -Math.cos(v));
  }

  Jet atan() {
    double f = 1 / (1 + v * v);
    return through(Math.atan(v), f, -2 * v * f * f);
  }

  Jet tanh() {
    double f = Math.tanh(v);
    double c = 1 / Math.cosh(v);
    return through(f, c * c, -2 * f * c * c);
  }

  /** log cosh v = |v| + log(1 + e^(-2 |v|)) - log 2. */
  Jet logCosh() {
    double c = 1 / Math.cosh(v);
    return through(Math.abs(v) + Math.log1p(Math.exp(-2 * Math.abs(v))) - Math.log(2), Math.tanh(v), c * c);
  }

  Jet sigmoid() {
    double f = v < 0 ? Math.exp(v) / (1 + Math.exp(v)) : 1 / (1 + Math.exp(-v));
    double rest = v < 0 ? 1 / (1 + Math.exp(v)) : Math.exp(-v) / (1 + Math.exp(-v));
    return through(f, f * rest, f * rest * (rest - f));
  }

  /** log(1 + e^v). */
  Jet softplus() {
    var s = of(v).sigmoid().v;
    var rest = of(-v).sigmoid().v;
    return through(Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))), s, s * rest);
  }

  Jet erf() {
    double slope = 2 / Math.sqrt(Math.PI) * Math.exp(-v * v);
    return through(ErrorFunctionSeries.of(v), slope, slope == 0 ? 0 : -2 * v * slope);
  }

  /** 1 - erf. */
  Jet erfc() {
    double slope = -2 / Math.sqrt(Math.PI) * Math.exp(-v * v);
    return through(ErrorFunctionSeries.complement(v), slope, slope == 0 ? 0 : -2 * v * slope);
  }

  Jet pow(double p) {
    return through(Math.pow(v, p), p == 0 ? 0 : p * Math.pow(v, p - 1), p == 0 || p == 1 ? 0 : p * (p - 1) * Math.pow(v, p - 2));
  }

  Jet pow(Jet p) {
    return log().times(p).exp();
  }

  /** The larger; at a tie half of each. */
  Jet max(Jet o) {
    return v > o.v ? this : v < o.v ? o : plus(o).times(0.5);
  }

  Jet min(Jet o) {
    return v < o.v ? this : v > o.v ? o : plus(o).times(0.5);
  }

  boolean isFinite() {
    return Double.isFinite(v) && Double.isFinite(d) && Double.isFinite(e);
  }
}
