package nnc.loops.math;

/** What the elementary functions need to know of a float type. */
final class PolynomialCoefficients {
  final int width;
  final int mantissa;
  /** The bits of 1. */
  final long one;
  final long signBit;
  /** 2^mantissa: from here on every number is whole. */
  final double whole;
  /** 1.5 * 2^mantissa: a small whole number added to it stands in its low bits. */
  final double magic;
  final long magicBits;
  final long sqrtHalf;
  final double smallestNormal;
  final double log2e;
  final double ln2High;
  final double ln2Low;
  final double expLargest;
  final double expSmallest;
  /** From here on e^x - 1 is e^x. */
  final double expm1Plain;
  /** Powers of e from here on are infinite, whatever is rounded. */
  final double powerInfinite;
  /** Below are zero. */
  final double powerZero;
  /** As far as multiples of pi/2 are told exactly enough in three parts. */
  final double waveLargest;
  /** From here on tanh is 1. */
  final double tanhOne;
  /** (e^r - 1) / r on [-ln 2 / 2, ln 2 / 2]. */
  final double[] exp;
  final double[] halfPi;
  /** (log(1 + f) / q - 1 - q^2/12) / q^4 by q^2 with q = f / (1 + f/2), for 1 + f from the square root of 1/2 to that of 2. */
  final double[] atanh;
  final double twelfth;
  /** What that is less than 1/12. */
  final double twelfthLow;
  /** (sin r - r) / r^3 by r^2. */
  final double[] sine;
  /** cos r by r^2. */
  final double[] cosine;

  /** (log(1 + f) - f + f^2/2) / f^3 on [sqrt(1/2) - 1, sqrt(2) - 1]. */
  static final double[] LOG_FLOAT = {0.333333126f, -0.250000096f, 0.200021186f, -0.166679958f, 0.142195526f, -0.124055899f, 0.118881617f,
      -0.116756455f, 0.0674663393f};

  /** (tanh x - x) / x^3 by x^2, below 0.625. */
  static final double[] TANH_FLOAT = {-0.333332839f, 0.133314913f, -0.0537434981f, 0.0206505873f, -0.00571704506f};

  private PolynomialCoefficients(boolean wide) {
    width = wide ? 64 : 32;
    mantissa = wide ? 52 : 23;
    one = wide ? Double.doubleToRawLongBits(1) : Float.floatToRawIntBits(1);
    signBit = wide ? Long.MIN_VALUE : 0x80000000L;
    whole = wide ? 0x1p52 : 0x1p23;
    magic = 1.5 * whole;
    magicBits = wide ? Double.doubleToRawLongBits(magic) : Float.floatToRawIntBits((float) magic);
    sqrtHalf = wide ? Double.doubleToRawLongBits(Math.sqrt(0.5)) : 0x3f3504f3L;
    smallestNormal = wide ? Double.MIN_NORMAL : Float.MIN_NORMAL;
    log2e = wide ? 1.4426950408889634 : 1.44269504f;
    ln2High = wide ? 6.93147180369123816490e-01 : 0.693359375f;
    ln2Low = wide ? 1.90821492927058770002e-10 : -2.12194440e-4f;
    expLargest = wide ? 709.782712893384 : 88.72283f;
    expSmallest = wide ? -708.3964185322641 : -87.33654f;
    expm1Plain = 40;
    powerInfinite = wide ? 720 : 100;
    powerZero = wide ? -760 : -110;
    waveLargest = wide ? 0x1p49 : 0x1p21;
    tanhOne = wide ? 22 : 9.1f;
    exp = wide ? taylor(13) : new double[] {1, 0.499999931f, 0.166665148f, 0.0416684568f, 0.00836941883f, 0.00138131447f};
    halfPi = wide ? new double[] {1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33}
        : new double[] {1.57079637f, -4.37113883e-8f, -1.71512489e-15f};
    // interpolated where Chebyshev's polynomials are zero
    atanh = wide ? new double[] {0.0125, 0.002232142857142919, 0.0004340277777667233, 8.877840984040236e-05, 1.878002315783137e-05, 4.069459301216231e-06,
        8.931158859956654e-07, 2.2359945350833422e-07}
        : new double[] {0.012500005f, 0.002231425f, 0.00045015925f};
    twelfth = wide ? 0.08333333333333333 : 0.083333336f;
    twelfthLow = wide ? 4.625929269271485e-18 : -2.483527e-09f;
    // fdlibm's k_sin.c and k_cos.c (Sun Microsystems); for float those of Cephes (S. Moshier)
    sine = wide ? new double[] {-1.66666666666666324348e-01, 8.33333333332248946124e-03, -1.98412698298579493134e-04, 2.75573137070700676789e-06,
        -2.50507602534068634195e-08, 1.58969099521155010221e-10}
        : new double[] {-1.6666654611e-1f, 8.3321608736e-3f, -1.9515295891e-4f};
    cosine = wide ? new double[] {1, -0.5, 4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05, -2.75573143513906633035e-07,
        2.08757232129817482790e-09, -1.13596475577881948265e-11}
        : new double[] {1, -0.5, 4.166664568298827e-2f, -1.388731625493765e-3f, 2.443315711809948e-5f};
  }

  /** (e^r - 1) / r by its series: the first term left out is below an ulp for |r| up to 0.35. */
  private static double[] taylor(int terms) {
    var coefficients = new double[terms];
    double factorial = 1;
    for (int i = 0; i < terms; i++) {
      factorial *= i + 1;
      coefficients[i] = 1 / factorial;
    }
    return coefficients;
  }

  static final PolynomialCoefficients FLOAT = new PolynomialCoefficients(false);
  static final PolynomialCoefficients DOUBLE = new PolynomialCoefficients(true);
}
