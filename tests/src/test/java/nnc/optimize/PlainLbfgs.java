package nnc.optimize;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** L-BFGS as in Nocedal and Wright 2006: algorithm 7.4 for directions, 3.5 and 3.6 for steps, with loops and branches in plain Java. */
final class PlainLbfgs {
  private record Point(double a, double f, double s) {}

  private record Pair(double[] s, double[] y) {}

  private final ToDoubleFunction<double[]> loss;
  private final Function<double[], double[]> gradient;
  private final int history;
  private final double c1;
  private final double c2;
  private final Deque<Pair> pairs = new ArrayDeque<>();
  private double[] x;
  private double[] d;
  private Point start;
  int evaluations;

  PlainLbfgs(ToDoubleFunction<double[]> loss, Function<double[], double[]> gradient, int history, double c1, double c2, double[] x) {
    this.loss = loss;
    this.gradient = gradient;
    this.history = history;
    this.c1 = c1;
    this.c2 = c2;
    this.x = x.clone();
  }

  /** One search along one direction; gives where it has come to. */
  double[] step() {
    evaluations = 1;
    double[] g = gradient.apply(x);
    d = direction(g);
    start = new Point(0, loss.applyAsDouble(x), Descent.dot(g, d));
    double[] next = at(bracket());
    double[] y = Descent.minus(gradient.apply(next), g);
    double[] s = Descent.minus(next, x);
    if (Descent.dot(s, y) > 1e-8 * Math.sqrt(Descent.dot(s, s) * Descent.dot(y, y))) {
      pairs.addLast(new Pair(s, y));
      if (pairs.size() > history) {
        pairs.removeFirst();
      }
    }
    x = next;
    return x.clone();
  }

  private double[] direction(double[] g) {
    double[] q = g.clone();
    if (pairs.isEmpty()) {
      double scale = Math.max(1, Arrays.stream(g).map(Math::abs).sum());
      return Arrays.stream(g).map(v -> -v / scale).toArray();
    }
    List<Double> shares = new ArrayList<>();
    for (var pair : pairs.reversed()) {
      double share = Descent.dot(pair.s, q) / Descent.dot(pair.s, pair.y);
      shares.addFirst(share);
      Arrays.setAll(q, i -> q[i] - share * pair.y[i]);
    }
    var last = pairs.getLast();
    double gamma = Descent.dot(last.s, last.y) / Descent.dot(last.y, last.y);
    Arrays.setAll(q, i -> q[i] * gamma);
    int k = 0;
    for (var pair : pairs) {
      double factor = shares.get(k++) - Descent.dot(pair.y, q) / Descent.dot(pair.s, pair.y);
      Arrays.setAll(q, i -> q[i] + factor * pair.s[i]);
    }
    return Arrays.stream(q).map(v -> -v).toArray();
  }

  private double[] at(double a) {
    var place = new double[x.length];
    Arrays.setAll(place, i -> x[i] + a * d[i]);
    return place;
  }

  private Point look(double a) {
    evaluations++;
    return new Point(a, loss.applyAsDouble(at(a)), Descent.dot(gradient.apply(at(a)), d));
  }

  private boolean lowEnough(Point p) {
    return p.f <= start.f + c1 * p.a * start.s;
  }

  private boolean flat(Point p) {
    return Math.abs(p.s) <= -c2 * start.s;
  }

  /** Algorithm 3.5. */
  private double bracket() {
    Point last = start;
    double a = 1;
    while (true) {
      Point here = look(a);
      if (!lowEnough(here) || here.f >= last.f) {
        return zoom(last, here);
      } else if (flat(here)) {
        return here.a;
      } else if (here.s >= 0) {
        return zoom(here, last);
      }
      double times = least(last, here) / a;
      a *= times > 1 && times < 10 ? Math.max(times, 2) : 10;
      last = here;
    }
  }

  /** Algorithm 3.6. */
  private double zoom(Point low, Point high) {
    while (true) {
      double share = (least(low, high) - low.a) / (high.a - low.a);
      share = Double.isNaN(share) ? 0.5 : Math.clamp(share, 0.1, 0.9);
      Point here = look(low.a + share * (high.a - low.a));
      if (!lowEnough(here) || here.f >= low.f) {
        high = here;
      } else if (flat(here)) {
        return here.a;
      } else {
        high = here.s * (high.a - low.a) >= 0 ? low : high;
        low = here;
      }
    }
  }

  /** (3.59). */
  private static double least(Point p, Point q) {
    double d1 = p.s + q.s - 3 * (p.f - q.f) / (p.a - q.a);
    double d2 = Math.signum(q.a - p.a) * Math.sqrt(d1 * d1 - p.s * q.s);
    return q.a - (q.a - p.a) * ((q.s + d2 - d1) / (q.s - p.s + 2 * d2));
  }
}
