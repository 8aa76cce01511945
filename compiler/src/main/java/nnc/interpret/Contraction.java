package nnc.interpret;

import nnc.graph.Op;

/** The meaning of products and convolutions. */
final class Contraction {
  private Contraction() {}

  static Array product(int[] shape, Array x, Array y) {
    int last = shape.length - 1;
    int depth = x.shape()[last];
    return Array.of(shape, i -> {
      var a = i.clone();
      var b = i.clone();
      double sum = 0;
      for (int k = 0; k < depth; k++) {
        a[last] = k;
        b[last - 1] = k;
        sum += x.at(a) * y.at(b);
      }
      return sum;
    });
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
    var window = conv.window();
    // where the channel and the batch stand in x and y
    int c = conv.batchLast() ? 0 : 1;
    int n = conv.batchLast() ? y.shape().length - 1 : 0;
    int perGroup = w.shape()[1];
    int filters = w.shape()[0] / window.groups();
    var iy = new int[y.shape().length];
    for (int e = 0; e < y.values().length; e++, Array.next(iy, y.shape())) {
      var iw = new int[w.shape().length];
      iw[0] = iy[c];
      int inner = Array.size(w.shape()) / w.shape()[0];
      for (int k = 0; k < inner; k++, Array.next(iw, w.shape())) {
        var ix = new int[x.shape().length];
        ix[n] = iy[n];
        ix[c] = iy[c] / filters * perGroup + iw[1];
        if (place(ix, iy, iw, window, x.shape(), c + 1)) {
          int px = x.offset(ix);
          int pw = w.offset(iw);
          switch (conv.role()) {
            case FORWARD -> y.values()[e] += x.values()[px] * w.values()[pw];
            case INPUT -> x.values()[px] += y.values()[e] * w.values()[pw];
            case FILTER -> w.values()[pw] += x.values()[px] * y.values()[e];
          }
        }
      }
    }
    return result;
  }

  /** Fills the place in x that output and kernel place meet, from axis {@code first} on; false in the padding. */
  private static boolean place(int[] ix, int[] iy, int[] iw, Op.Window window, int[] shape, int first) {
    for (int s = 0; s < window.stride().size(); s++) {
      int axis = first + s;
      ix[axis] = iy[axis] * window.stride().get(s) + iw[2 + s] * window.dilation().get(s) - window.low().get(s);
      if (ix[axis] < 0 || ix[axis] >= shape[axis]) {
        return false;
      }
    }
    return true;
  }
}
