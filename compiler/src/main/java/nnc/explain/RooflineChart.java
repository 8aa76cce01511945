package nnc.explain;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nnc.draw.Style;
import nnc.draw.Svg;
import nnc.machine.Machine;

/**
 * A roofline chart (Williams, Waterman and Patterson 2009) as SVG: kernels by operations a byte and operations a second, both in powers of
 * ten, under the roofs that the machine sets them. A circle's area is the share of a step's time.
 */
final class RooflineChart {
  private RooflineChart() {}

  private static final int WIDTH = 900, HEIGHT = 560, LEFT = 70, RIGHT = 20, TOP = 50, BOTTOM = 60;
  private static final int LABELLED = 8;
  private static final List<String> COLOURS = IntStream.range(0, Style.SERIES).mapToObj(Style::series).toList();

  /**
   * A kernel call.
   *
   * @param form    of fusion, which decides the colour
   * @param label   what is said when one points at it
   * @param seconds that it takes
   */
  record Point(int call, String form, String label, double flops, double bytes, double seconds) {
    double intensity() {
      return flops / bytes;
    }

    double rate() {
      return flops / seconds;
    }
  }

  /** The plane: powers of ten from and to which its axes reach. */
  private record Plane(int left, int right, int low, int high) {
    double x(double intensity) {
      return LEFT + (Math.log10(intensity) - left) / (right - left) * (WIDTH - LEFT - RIGHT);
    }

    double y(double rate) {
      return HEIGHT - BOTTOM - (Math.log10(rate) - low) / (high - low) * (HEIGHT - TOP - BOTTOM);
    }
  }

  /** @param calls those that compute nothing or move nothing have no place and are left out */
  static String svg(String title, Machine machine, List<Point> calls) {
    var points = calls.stream().filter(point -> point.flops > 0 && point.bytes > 0 && point.seconds > 0)
        .sorted(Comparator.comparingDouble(Point::seconds).reversed()).toList();
    double all = calls.stream().mapToDouble(Point::seconds).sum();
    double roof = machine.flops() * machine.threads();
    var plane = new Plane(Math.min(-1, floor(points.stream().mapToDouble(Point::intensity).min().orElse(1))),
        Math.max(2, 1 + floor(points.stream().mapToDouble(Point::intensity).max().orElse(1))),
        Math.min(8, floor(points.stream().mapToDouble(Point::rate).min().orElse(1e8))),
        1 + floor(Math.max(roof, points.stream().mapToDouble(Point::rate).max().orElse(1))));
    var out = new Svg().begin(WIDTH, HEIGHT, LEFT, title);
    axes(out, plane);
    roof(out, plane, roof, machine.near() * machine.threads(), "cache");
    roof(out, plane, roof, machine.far() * machine.threads(), "memory");
    var forms = points.stream().map(Point::form).distinct().sorted().toList();
    for (int i = 0; i < points.size(); i++) {
      point(out, plane, points.get(i), all, COLOURS.get(forms.indexOf(points.get(i).form) % COLOURS.size()), i < LABELLED);
    }
    for (int i = 0; i < forms.size(); i++) {
      int x = LEFT + 10 + 110 * i;
      out.line("<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/>", x, TOP - 14, COLOURS.get(i % COLOURS.size()));
      out.line("<text x=\"%d\" y=\"%d\">%s</text>", x + 15, TOP - 5, Svg.escaped(forms.get(i)));
    }
    return out.end();
  }

  private static int floor(double value) {
    return (int) Math.floor(Math.log10(value));
  }

  private static void axes(Svg out, Plane plane) {
    for (int power = plane.left; power <= plane.right; power++) {
      double x = plane.x(Math.pow(10, power));
      out.line("<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"var(--line)\"/>", x, TOP, x, HEIGHT - BOTTOM);
      out.line("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>", x, HEIGHT - BOTTOM + 18, number(power));
    }
    for (int power = plane.low; power <= plane.high; power++) {
      double y = plane.y(Math.pow(10, power));
      out.line("<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"var(--line)\"/>", LEFT, y, WIDTH - RIGHT, y);
      out.line("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 6, y + 4, number(power - 9));
    }
    out.line("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">operations a byte</text>", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16);
    out.line("<text x=\"16\" y=\"%d\" text-anchor=\"middle\" transform=\"rotate(-90 16 %d)\">GFLOP/s</text>", HEIGHT / 2, HEIGHT / 2);
  }

  private static String number(int power) {
    return power < 0 ? "0." + "0".repeat(-power - 1) + "1" : "1" + "0".repeat(power);
  }

  /** Up along what can be moved, then level at what can be computed. */
  private static void roof(Svg out, Plane plane, double flops, double bytes, String name) {
    double from = Math.max(Math.pow(10, plane.left), Math.pow(10, plane.low) / bytes);
    double ridge = Math.max(from, flops / bytes);
    double to = Math.max(ridge, Math.pow(10, plane.right));
    var corners = IntStream.of(0, 1, 2).mapToObj(i -> i == 0 ? from : i == 1 ? ridge : to)
        .map(at -> String.format(Locale.ROOT, "%.1f,%.1f", plane.x(at), plane.y(Math.min(flops, bytes * at)))).collect(Collectors.joining(" "));
    out.line("<polyline points=\"%s\" fill=\"none\" stroke=\"var(--text)\" stroke-width=\"1.5\"/>", corners);
    out.line("<text x=\"%.1f\" y=\"%.1f\">%s: %.0f GB/s</text>", plane.x(from) + 8, plane.y(bytes * from) - 14, name, bytes / 1e9);
  }

  private static void point(Svg out, Plane plane, Point point, double all, String colour, boolean labelled) {
    double x = plane.x(point.intensity());
    double y = plane.y(point.rate());
    out.line("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\" fill-opacity=\"0.6\"><title>%s</title></circle>", x, y,
        3 + 30 * Math.sqrt(point.seconds / all), colour, Svg.escaped(String.format(Locale.ROOT, "call %d: %.1f us, %.1f GFLOP/s, %s", point.call,
            1e6 * point.seconds, point.rate() / 1e9, point.label)));
    if (labelled) {
      out.line("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%d</text>", x, y + 4, point.call);
    }
  }
}
