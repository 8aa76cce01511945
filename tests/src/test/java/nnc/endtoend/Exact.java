package nnc.endtoend;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Elementary functions of doubles to some fifty digits, by their series: slow, and no function has anything of the emitted code. */
public final class Exact {
  private Exact() {}

  private static final MathContext DIGITS = new MathContext(60);
  private static final BigDecimal TWO = BigDecimal.TWO;
  private static final BigDecimal LN2 = twiceAtanh(BigDecimal.ONE.divide(BigDecimal.valueOf(3), DIGITS));
  /** Machin 1706. */
  private static final BigDecimal HALF_PI = arctan(5).multiply(BigDecimal.valueOf(8)).subtract(arctan(239).multiply(TWO));

  private static boolean negligible(BigDecimal term, BigDecimal sum) {
    return term.signum() == 0 || sum.precision() - sum.scale() - (term.precision() - term.scale()) > DIGITS.getPrecision();
  }

  private static BigDecimal arctan(int n) {
    var digits = new MathContext(110);
    var power = BigDecimal.ONE.divide(BigDecimal.valueOf(n), digits);
    var sum = power;
    for (int k = 1; k < 90; k++) {
      power = power.divide(BigDecimal.valueOf((long) n * n), digits);
      var term = power.divide(BigDecimal.valueOf(2L * k + 1), digits);
      sum = k % 2 == 1 ? sum.subtract(term, digits) : sum.add(term, digits);
    }
    return sum;
  }

  private static BigDecimal twiceAtanh(BigDecimal q) {
    var square = q.multiply(q, DIGITS);
    var power = q;
    var sum = q;
    for (int k = 3; !negligible(power, sum); k += 2) {
      power = power.multiply(square, DIGITS);
      sum = sum.add(power.divide(BigDecimal.valueOf(k), DIGITS), DIGITS);
    }
    return sum.multiply(TWO);
  }

  /** Of a positive number. */
  static BigDecimal log(BigDecimal x) {
    int k = 0;
    var m = x;
    double size = x.doubleValue();
    if (size < 0.7 || size > 1.4) {
      k = Math.getExponent(size) < Double.MIN_EXPONENT ? -1060 : Math.getExponent(size);
      m = k > 0 ? x.divide(TWO.pow(k), DIGITS) : x.multiply(TWO.pow(-k), DIGITS);
    }
    var ofM = twiceAtanh(m.subtract(BigDecimal.ONE).divide(m.add(BigDecimal.ONE), DIGITS));
    return BigDecimal.valueOf(k).multiply(LN2).add(ofM, DIGITS);
  }

  static BigDecimal log(double x) {
    return log(new BigDecimal(x));
  }

  static BigDecimal log1p(double x) {
    var exact = new BigDecimal(x);
    return Math.abs(x) < 0.25 ? twiceAtanh(exact.divide(exact.add(TWO), DIGITS)) : log(exact.add(BigDecimal.ONE));
  }

  /** {@code e^x - 1} by its series. */
  private static BigDecimal series(BigDecimal x) {
    var term = x;
    var sum = x;
    for (int k = 2; !negligible(term, sum); k++) {
      term = term.multiply(x, DIGITS).divide(BigDecimal.valueOf(k), DIGITS);
      sum = sum.add(term, DIGITS);
    }
    return sum;
  }

  static BigDecimal exp(BigDecimal x) {
    int n = x.divide(LN2, DIGITS).setScale(0, RoundingMode.HALF_EVEN).intValueExact();
    var power = series(x.subtract(BigDecimal.valueOf(n).multiply(LN2))).add(BigDecimal.ONE);
    return n >= 0 ? power.multiply(TWO.pow(n), DIGITS) : power.divide(TWO.pow(-n), DIGITS);
  }

  static BigDecimal exp(double x) {
    return exp(new BigDecimal(x));
  }

  static BigDecimal expm1(double x) {
    return Math.abs(x) < 0.5 ? series(new BigDecimal(x)) : exp(x).subtract(BigDecimal.ONE);
  }

  static BigDecimal tanh(double x) {
    if (Math.abs(x) > 60) {
      return new BigDecimal(Math.signum(x));
    }
    var e = expm1(2 * x);
    return e.divide(e.add(TWO), DIGITS);
  }

  static BigDecimal sigmoid(double x) {
    return BigDecimal.ONE.divide(exp(-x).add(BigDecimal.ONE), DIGITS);
  }

  /** {@code 2/sqrt(pi) e^{-x^2} sum 2^n x^{2n+1} / (2n+1)!!}: Abramowitz and Stegun 7.1.6. */
  static BigDecimal erf(double x) {
    if (Math.abs(x) > 7) {
      return new BigDecimal(Math.signum(x));
    }
    var square = new BigDecimal(x).pow(2);
    var term = new BigDecimal(x);
    var sum = term;
    for (int n = 1; !negligible(term, sum); n++) {
      term = term.multiply(square, DIGITS).multiply(TWO).divide(BigDecimal.valueOf(2L * n + 1), DIGITS);
      sum = sum.add(term, DIGITS);
    }
    var factor = TWO.divide(HALF_PI.multiply(TWO).sqrt(DIGITS), DIGITS);
    return exp(square.negate()).multiply(sum, DIGITS).multiply(factor, DIGITS);
  }

  static BigDecimal sin(double x) {
    return wave(x, 0);
  }

  static BigDecimal cos(double x) {
    return wave(x, 1);
  }

  private static BigDecimal wave(double x, int ahead) {
    var exact = new BigDecimal(x);
    var n = exact.divide(HALF_PI, new MathContext(100)).setScale(0, RoundingMode.HALF_EVEN);
    var r = exact.subtract(n.multiply(HALF_PI)).round(DIGITS);
    int quadrant = n.toBigInteger().add(java.math.BigInteger.valueOf(ahead)).intValue() & 3;
    var square = r.multiply(r, DIGITS).negate();
    var term = quadrant % 2 == 0 ? r : BigDecimal.ONE;
    var sum = term;
    for (int k = quadrant % 2 == 0 ? 2 : 1; !negligible(term, sum); k += 2) {
      term = term.multiply(square, DIGITS).divide(BigDecimal.valueOf((long) k * (k + 1)), DIGITS);
      sum = sum.add(term, DIGITS);
    }
    return quadrant < 2 ? sum : sum.negate();
  }

  /** Of a number other than zero; the base's sign does not count. */
  public static BigDecimal pow(double x, double y) {
    return exp(log(Math.abs(x)).multiply(new BigDecimal(y)));
  }

  /** How many units in the last place a number is away, where the unit is that of the true value in so many bits; of what is subnormal, the least. */
  public static double ulps(double actual, BigDecimal truth, int precision) {
    double near = truth.doubleValue();
    double unit = precision == 64 ? Math.ulp(near) : Math.ulp((float) near);
    return new BigDecimal(actual).subtract(truth).abs().divide(new BigDecimal(unit), MathContext.DECIMAL32).doubleValue();
  }
}
