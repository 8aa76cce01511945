package nnc.loops.math;

import static nnc.loops.Loop.Fn.ABS;
import static nnc.loops.Loop.Fn.ADD;
import static nnc.loops.Loop.Fn.DIV;
import static nnc.loops.Loop.Fn.FMA;
import static nnc.loops.Loop.Fn.LT;
import static nnc.loops.Loop.Fn.MUL;
import static nnc.loops.Loop.Fn.NEG;
import static nnc.loops.Loop.Fn.SELECT;
import static nnc.loops.Loop.Fn.SUB;
import static nnc.loops.math.ElementaryFunctions.apply;
import static nnc.loops.math.ElementaryFunctions.number;

import nnc.loops.Loop.Expr;
import nnc.loops.StatementBuilder;

/** erf: polynomials by range of the argument. */
final class ErrorFunction {
  private final ElementaryFunctions functions;
  private final StatementBuilder sink;

  ErrorFunction(ElementaryFunctions functions, StatementBuilder sink) {
    this.functions = functions;
    this.sink = sink;
  }

  Expr of(Expr x, boolean wide) {
    var a = sink.let(apply(ABS, x));
    return functions.withSign(wide ? ofDouble(a) : ofFloat(a, x), x);
  }

  /**
   * Near zero N. Juffa's polynomial, beyond {@code 1 - exp(-x^2) Q(|x|)}, where Q is {@code exp(x^2) erfc x}: gelu's gradient takes the same
   * exponential, which is computed once then.
   */
  private Expr ofFloat(Expr a, Expr x) {
    var s = sink.let(apply(MUL, x, x));
    var small = sink.let(apply(FMA, functions.polynomial(s, 1.28379166e-1f, -3.76125336e-1f, 1.12819925e-1f, -2.67681349e-2f, 4.99119423e-3f,
        -5.96761703e-4f), a, a));
    var tail = functions.polynomial(a, 0.99415326f, -1.0894489f, 0.88361496f, -0.544321f, 0.24956766f, -0.08164234f, 0.017843653f, -0.0023183902f,
        0.0001346896f);
    var large = sink.let(apply(FMA, apply(NEG, functions.exponential(apply(NEG, s))), tail, number(1)));
    var one = apply(LT, number(4), a);
    return sink.let(apply(SELECT, apply(LT, a, number(0.921875f)), small, apply(SELECT, one, number(1), large)));
  }

  /** fdlibm's s_erf.c (Sun Microsystems): rational functions on [0, 0.84375], [0.84375, 1.25], [1.25, 1/0.35] and above. */
  private Expr ofDouble(Expr a) {
    var z = sink.let(apply(MUL, a, a));
    var small = apply(FMA, a, quotient(z, new double[] {1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02,
        -5.77027029648944159157e-03, -2.37630166566501626084e-05}, new double[] {1, 3.97917223959155352819e-01, 6.50222499887672944485e-02,
        5.08130628187576562776e-03, 1.32494738004321644526e-04, -3.96022827877536812320e-06}), a);
    var s = sink.let(apply(SUB, a, number(1)));
    var middle = apply(ADD, number(8.45062911510467529297e-01), quotient(s, new double[] {-2.36211856075265944077e-03, 4.14856118683748331666e-01,
        -3.72207876035701323847e-01, 3.18346619901161753674e-01, -1.10894694282396677476e-01, 3.54783043256182359371e-02,
        -2.16637559486879084300e-03}, new double[] {1, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02,
        1.26171219808761642112e-01, 1.36370839120290507362e-02, 1.19844998467991074170e-02}));
    var t = sink.let(apply(DIV, number(1), z));
    var near = quotient(t, new double[] {-9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01,
        -6.23753324503260060396e+01, -1.62396669462573470355e+02, -1.84605092906711035994e+02, -8.12874355063065934246e+01,
        -9.81432934416914548592e+00}, new double[] {1, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02,
        6.45387271733267880336e+02, 4.29008140027567833386e+02, 1.08635005541779435134e+02, 6.57024977031928170135e+00,
        -6.04244152148580987438e-02});
    var far = quotient(t, new double[] {-9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01,
        -1.60636384855821916062e+02, -6.37566443368389627722e+02, -1.02509513161107724954e+03, -4.83519191608651397019e+02},
        new double[] {1, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03, 3.19985821950859553908e+03,
            2.55305040643316442583e+03, 4.74528541206955367215e+02, -2.24409524465858183362e+01});
    var tail = sink.let(apply(SELECT, apply(LT, a, number(1 / 0.35)), near, far));
    var exponent = apply(ADD, apply(SUB, apply(NEG, z), number(0.5625)), tail);
    var large = sink.let(apply(SUB, number(1), apply(DIV, functions.exponential(exponent), a)));
    var upper = sink.let(apply(SELECT, apply(LT, number(6), a), number(1), large));
    var most = sink.let(apply(SELECT, apply(LT, a, number(1.25)), middle, upper));
    return sink.let(apply(SELECT, apply(LT, a, number(0.84375)), sink.let(small), most));
  }

  private Expr quotient(Expr x, double[] above, double[] below) {
    return sink.let(apply(DIV, functions.polynomial(x, above), functions.polynomial(x, below)));
  }
}
