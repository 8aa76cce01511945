package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.add;
import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.cast;
import static nnc.onnx.term.Formulas.list;
import static nnc.onnx.term.Formulas.mul;
import static nnc.onnx.term.Formulas.sub;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import nnc.graph.Dim;
import nnc.onnx.model.ElementType;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** Signals as what they have of each frequency. */
final class SpectrumOperators {
  private SpectrumOperators() {}

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    table.put("HannWindow", use -> window(use, 0.5, 0.5, 0));
    table.put("HammingWindow", use -> window(use, 25.0 / 46, 21.0 / 46, 0));
    table.put("BlackmanWindow", use -> window(use, 0.42, 0.5, 0.08));
    table.put("DFT", SpectrumOperators::fourier);
    table.put("STFT", SpectrumOperators::shortTime);
    table.put("MelWeightMatrix", SpectrumOperators::mel);
    return table;
  }

  /** {@code a - b cos(2 pi n / N) + c cos(4 pi n / N)}, N less one if the window is symmetric. */
  private static List<Term> window(Use use, double a, double b, double c) {
    long size = Use.fixed(use.sizes(0, "the window's size").getFirst(), "the window's size");
    double length = use.flag("periodic", true) ? size : size - 1;
    var n = cast(apply("range", size), "float");
    Formula y = sub(a, mul(b, apply("cos", mul(n, 2 * Math.PI / length))));
    if (c != 0) {
      y = add(y, mul(c, apply("cos", mul(n, 4 * Math.PI / length))));
    }
    return List.of(use.let(y, ElementType.of(use.small("output_datatype", 1), use.node().title())));
  }

  /** Products with the waves of each frequency; real and imaginary parts stand on the last axis. A signal is cut, or goes on with zeros, to the length. */
  private static List<Term> fourier(Use use) {
    var x = use.in(0);
    int usual = use.opset() < 20 ? 1 : -2;
    int axis = use.has(2) ? Use.axis(Use.fixed(use.sizes(2, "the axis").getFirst(), "the axis"), x.rank()) : use.axis("axis", usual, x.rank());
    if (axis == x.rank() - 1) {
      throw use.not("it goes along the last axis, which has real and imaginary parts");
    }
    int size = Use.fixed(x.dim(axis), "the length of a signal");
    int length = use.has(1) ? Use.fixed(use.sizes(1, "how long the signal is").getFirst(), "the length of a signal") : size;
    int used = Math.min(size, length);
    boolean inverse = use.flag("inverse", false);
    boolean half = use.flag("onesided", false);
    boolean isReal = x.dim(x.rank() - 1).is(1);
    if (inverse && half) {
      throw use.not("it goes back from half of the frequencies");
    }
    int results = half ? length / 2 + 1 : length;
    var cosines = waves(used, results, length, inverse ? 1.0 / length : 1, Math::cos);
    var sines = waves(used, results, length, inverse ? -1.0 / length : 1, Math::sin);
    var real = use.let(moved(x, axis, 0, used));
    var imaginary = isReal ? null : use.let(moved(x, axis, 1, used));
    Formula re = Formulas.operate("@", real, cosines);
    Formula im = Formulas.neg(Formulas.operate("@", real, sines));
    if (!isReal) {
      re = add(re, Formulas.operate("@", imaginary, sines));
      im = add(im, Formulas.operate("@", imaginary, cosines));
    }
    var back = list(ReduceOperators.movedFromEnd(axis, x.rank() - 1));
    return use.one(apply("stack", list(List.of(apply("transpose", re, back), apply("transpose", im, back))), "axis", -1));
  }

  /** So many places of one part of the numbers, with the signal's axis last. */
  private static Formula moved(Term x, int axis, int part, int used) {
    var order = new ArrayList<Integer>();
    for (int i = 0; i < x.rank() - 1; i++) {
      if (i != axis) {
        order.add(i);
      }
    }
    order.add(axis);
    var one = apply("transpose", Formulas.at(x, x.rank() - 1, part), list(order));
    return x.dim(axis).is(used) ? one : Formulas.slice(one, x.rank() - 2, null, used);
  }

  private static Term waves(int used, int results, int length, double factor, DoubleUnaryOperator wave) {
    var values = Use.table(used, results);
    for (int n = 0; n < used; n++) {
      for (int k = 0; k < results; k++) {
        values[n * results + k] = factor * at(wave, n, k, length);
      }
    }
    return Term.of("", OnnxTensor.of(ElementType.FLOAT, new int[] {used, results}, values));
  }

  /** {@code wave(2 pi n k / length)}. */
  private static double at(DoubleUnaryOperator wave, int n, int k, int length) {
    return wave.applyAsDouble(2 * Math.PI * ((long) n * k % length) / length);
  }

  /** A convolution with the waves, each within the window: [batch, length, parts] to [batch, frames, frequencies, 2]. */
  private static List<Term> shortTime(Use use) {
    var x = use.in(0);
    int step = Use.fixed(use.sizes(1, "the step between frames").getFirst(), "the step between frames");
    int length = use.has(3) ? Use.fixed(use.sizes(3, "the length of a frame").getFirst(), "the length of a frame") : Use.fixed(use.in(2).dim(0), "the length of a frame");
    if (use.has(2) && !use.in(2).dim(0).is(length)) {
      throw use.not("its window is " + use.in(2).type() + ", and a frame has " + length + " places");
    }
    int parts = Use.fixed(x.dim(2), "whether a signal is real");
    int frequencies = use.flag("onesided", true) ? length / 2 + 1 : length;
    var values = Use.table(2, frequencies, parts, length);
    for (int k = 0; k < frequencies; k++) {
      for (int n = 0; n < length; n++) {
        double cosine = at(Math::cos, n, k, length);
        double sine = at(Math::sin, n, k, length);
        values[k * parts * length + n] = cosine;
        values[(frequencies + k) * parts * length + n] = -sine;
        if (parts == 2) {
          values[(k * parts + 1) * length + n] = sine;
          values[((frequencies + k) * parts + 1) * length + n] = cosine;
        }
      }
    }
    var waves = Term.of(use.node().name(), OnnxTensor.of(ElementType.FLOAT, new int[] {2 * frequencies, parts, length}, values));
    var filters = use.has(2) ? use.let(mul(waves, use.in(2))) : waves;
    var signal = use.let(parts == 1 ? Formulas.reshape(x, List.of(x.dim(0), Dim.ONE, x.dim(1))) : apply("transpose", x, list(0, 2, 1)));
    var geometry = Geometry.bare(new int[] {length}, new int[] {step}, new int[] {1});
    var y = use.let(ConvolutionOperators.conv(signal, filters, geometry, 1));
    var apart = Formulas.reshape(y, List.of(x.dim(0), Dim.of(2), Dim.of(frequencies), y.dim(2)));
    return use.one(apply("transpose", apart, list(0, 3, 2, 1)));
  }

  /** Triangles that overlap by half, as wide as pitches are apart on the mel scale, over the frequencies of a spectrum. */
  private static List<Term> mel(Use use) {
    int bands = Use.fixed(use.sizes(0, "how many bands there are").getFirst(), "how many bands there are");
    int length = Use.fixed(use.sizes(1, "the length of a signal").getFirst(), "the length of a signal");
    double rate = use.number(2, "the rate of samples");
    double low = mels(use.number(3, "the lowest frequency"));
    double high = mels(use.number(4, "the highest frequency"));
    int bins = length / 2 + 1;
    var values = Use.table(bins, Math.addExact(bands, 2));
    var edges = new int[bands + 2];
    for (int i = 0; i < edges.length; i++) {
      double frequency = 700 * (Math.pow(10, (low + i * (high - low) / edges.length) / 2595) - 1);
      edges[i] = (int) Math.floor((length + 1) * frequency / rate);
      if (edges[i] < 0 || edges[i] > bins) {
        throw use.not("its band " + i + " begins at place " + edges[i] + " of a spectrum of " + bins);
      }
    }
    values = java.util.Arrays.copyOf(values, bins * bands);
    for (int band = 0; band < bands; band++) {
      int left = edges[band];
      int centre = edges[band + 1];
      int right = edges[band + 2];
      for (int bin = left; bin < Math.min(bins, Math.max(right, centre + 1)); bin++) {
        values[bin * bands + band] = bin < centre ? (double) (bin - left) / (centre - left) : bin == centre ? 1 : (double) (right - bin) / (right - centre);
      }
    }
    var type = ElementType.of(use.small("output_datatype", 1), use.node().title());
    return List.of(Term.of(use.node().name(), OnnxTensor.of(type, new int[] {bins, bands}, values)));
  }

  private static double mels(double hertz) {
    return 2595 * Math.log10(1 + hertz / 700);
  }
}
