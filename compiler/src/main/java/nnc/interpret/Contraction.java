package nnc.interpret;

import java.util.Arrays;
import nnc.graph.Op;

/** The meaning of products and convolutions. */
final class Contraction {
  private Contraction() {}

  static Array product(int[] shape, Array x, Array y) {
    int rows = shape[shape.length - 2];
    int columns = shape[shape.length - 1];
    int depth = x.shape()[shape.length - 1];
    var result = new Array(shape, new double[Array.size(shape)]);
    for (int e = 0; e < result.values().length; e++) {
      int first = e / columns * depth;
      int second = e / columns / rows * depth * columns + e % columns;
      double sum = 0;
      for (int k = 0; k < depth; k++) {
        sum += x.values()[first + k] * y.values()[second + k * columns];
      }
      result.values()[e] = sum;
    }
    return result;
  }

  /** Visits every term x * w -> y of the convolution, whichever of the three is the result. */
  static Array convolution(int[] shape, Op.Conv conv, Array first, Array second) {
    var result = new Array(shape, new double[Array.size(shape)]);
    var x = switch (conv.role()) {
      case FORWARD, FILTER -> first;
      case INPUT -> result;
    };
    var w = switch (conv.role()) {
      case FORWARD, INPUT -> second;
      case FILTER -> result;
    };
    var y = switch (conv.role()) {
      case FORWARD -> result;
      case INPUT -> first;
      case FILTER -> second;
    };
    var places = new Places(conv, x.shape(), w.shape(), y.shape());
    var sizes = Arrays.copyOfRange(y.shape(), places.axis, places.axis + conv.window().stride().size());
    var at = new int[sizes.length];
    int all = Array.size(sizes);
    for (int p = 0; p < all; p++, Array.next(at, sizes)) {
      places.meet(at);
      visit(conv, places, x, w, y);
    }
    return result;
  }

  /** The terms of one place of y, of all examples and channels. */
  private static void visit(Op.Conv conv, Places places, Array x, Array w, Array y) {
    int perGroup = w.shape()[1];
    int filters = w.shape()[0] / conv.window().groups();
    for (int n = 0; n < y.shape()[places.batch]; n++) {
      for (int f = 0; f < w.shape()[0]; f++) {
        int py = places.y + n * places.yStrides[places.batch] + f * places.yStrides[places.channel];
        for (int c = 0; c < perGroup; c++) {
          int px = n * places.xStrides[places.batch] + (f / filters * perGroup + c) * places.xStrides[places.channel];
          int pw = f * places.wStrides[0] + c * places.wStrides[1];
          var pixels = new Met(x.values(), places.x, px);
          var weights = new Met(w.values(), places.w, pw);
          switch (conv.role()) {
            case FORWARD -> gather(places.count, pixels, weights, y.values(), py);
            case INPUT -> scatter(places.count, y.values()[py], weights, pixels);
            case FILTER -> scatter(places.count, y.values()[py], pixels, weights);
          }
        }
      }
    }
  }

  /** Elements of an array, so far behind the first. */
  private record Met(double[] values, int[] offsets, int first) {}

  private static void gather(int count, Met x, Met w, double[] y, int py) {
    for (int k = 0; k < count; k++) {
      y[py] += x.values[x.first + x.offsets[k]] * w.values[w.first + w.offsets[k]];
    }
  }

  private static void scatter(int count, double y, Met from, Met to) {
    for (int k = 0; k < count; k++) {
      to.values[to.first + to.offsets[k]] += from.values[from.first + from.offsets[k]] * y;
    }
  }

  /** The places of the filter that meet a picture's pixel, not its padding, for one place of y. */
  private static final class Places {
    final int batch, channel, axis;
    final int[] xStrides, wStrides, yStrides;
    /** Offsets of the pixels and of the filter's weights that meet, of which there are {@code count}, and of the place of y. */
    final int[] x, w;
    int count, y;
    private final Op.Window window;
    private final int[] picture, kernel;

    Places(Op.Conv conv, int[] picture, int[] filters, int[] results) {
      channel = conv.batchLast() ? 0 : 1;
      batch = conv.batchLast() ? results.length - 1 : 0;
      axis = channel + 1;
      window = conv.window();
      this.picture = picture;
      kernel = Arrays.copyOfRange(filters, 2, filters.length);
      xStrides = Array.strides(picture);
      wStrides = Array.strides(filters);
      yStrides = Array.strides(results);
      x = new int[Array.size(kernel)];
      w = new int[x.length];
    }

    void meet(int[] at) {
      count = 0;
      y = 0;
      for (int s = 0; s < at.length; s++) {
        y += at[s] * yStrides[axis + s];
      }
      var k = new int[kernel.length];
      for (int i = 0; i < x.length; i++, Array.next(k, kernel)) {
        if (meet(at, k)) {
          count++;
        }
      }
    }

    private boolean meet(int[] at, int[] k) {
      x[count] = 0;
      w[count] = 0;
      for (int s = 0; s < at.length; s++) {
        int pixel = at[s] * window.stride().get(s) + k[s] * window.dilation().get(s) - window.low().get(s);
        if (pixel < 0 || pixel >= picture[axis + s]) {
          return false;
        }
        x[count] += pixel * xStrides[axis + s];
        w[count] += k[s] * wStrides[2 + s];
      }
      return true;
    }
  }
}
