package nnc.draw;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An area of a picture with a scale on two sides. What is drawn outside of it is cut off.
 *
 * @param area where the curves are; ticks and names stand around it
 */
public record Plot(Svg out, Area area, Scale x, Scale y) {
  /** What ticks and names need beside the area. */
  public static final int LEFT = 62, RIGHT = 16, TOP = 46, BOTTOM = 44;

  /** More points than this on a line look no different. */
  private static final int MOST = 800;

  /** The area of a panel that leaves room for ticks and names. */
  public static Area inside(Area panel) {
    return new Area(panel.left() + LEFT, panel.top() + TOP, panel.width() - LEFT - RIGHT, panel.height() - TOP - BOTTOM);
  }

  public double across(double value) {
    return area.left() + x.place(value) * area.width();
  }

  public double up(double value) {
    return area.bottom() - y.place(value) * area.height();
  }

  /** Draws ticks, a grid and names. */
  public Plot axes(String title, String across, String up) {
    for (double tick : x.ticks()) {
      out.line("<path d=\"M%.1f %.1fV%.1f\" stroke=\"var(--line)\"/>", across(tick), area.top(), area.bottom());
      out.text(across(tick), area.bottom() + 16, "small", "middle", x.label(tick));
    }
    for (double tick : y.ticks()) {
      out.line("<path d=\"M%.1f %.1fH%.1f\" stroke=\"var(--line)\"/>", area.left(), up(tick), area.right());
      out.text(area.left() - 6, up(tick) + 4, "small", "end", y.label(tick));
    }
    names(title, across, up);
    return this;
  }

  /** Draws names alone. */
  public Plot names(String title, String across, String up) {
    out.text(area.left(), area.top() - 26, "head", "start", title);
    out.text(area.middle(), area.bottom() + 34, "soft", "middle", across);
    out.line("<text text-anchor=\"middle\" class=\"soft\" transform=\"translate(%.1f %.1f) rotate(-90)\">%s</text>", area.left() - LEFT + 14, area.centre(), Svg.escaped(up));
    return this;
  }

  /** Names in their colours above the area, in as many rows as they need. */
  public Plot legend(List<String> names, List<String> colours) {
    var places = new ArrayList<double[]>();
    double at = 0;
    int row = 0;
    for (var name : names) {
      double wide = 26 + 6.2 * name.length();
      if (at > 0 && at + wide > area.width()) {
        row++;
        at = 0;
      }
      places.add(new double[] {at, row});
      at += wide;
    }
    for (int i = 0; i < names.size(); i++) {
      double left = area.left() + places.get(i)[0];
      double top = area.top() - 12 - 15 * (row - places.get(i)[1]);
      out.line("<rect x=\"%.1f\" y=\"%.1f\" width=\"12\" height=\"4\" rx=\"2\" fill=\"%s\"/>", left, top, colours.get(i));
      out.text(left + 16, top + 5, "small", "start", names.get(i));
    }
    return this;
  }

  /** A line through points in turn; it has a gap where one is no finite number. */
  public Plot curve(double[] xs, double[] ys, String colour, String name) {
    return path(xs, ys, "stroke=\"" + colour + "\" stroke-width=\"1.75\" stroke-linejoin=\"round\"", name);
  }

  /** As {@link #curve}, with attributes of SVG of one's own. */
  public Plot path(double[] xs, double[] ys, String attributes, String name) {
    var path = new StringBuilder();
    boolean open = false;
    int every = Math.max(1, xs.length / MOST);
    for (int i = 0; i < xs.length; i++) {
      if (i % every != 0 && i != xs.length - 1) {
        continue;
      }
      double px = across(xs[i]);
      double py = up(ys[i]);
      boolean drawn = Double.isFinite(px) && Double.isFinite(py);
      if (drawn) {
        path.append(String.format(Locale.ROOT, "%s%.1f %.1f", open ? "L" : "M", px, Math.clamp(py, area.top() - 1e4, area.bottom() + 1e4)));
      }
      open = drawn;
    }
    clipped(() -> out.line("<path d=\"%s\" fill=\"none\" %s><title>%s</title></path>", path, attributes, Svg.escaped(name)));
    return this;
  }

  /** Bars from zero between edges, of which there is one more. */
  public Plot bars(double[] edges, double[] heights, String colour) {
    for (int i = 0; i < heights.length; i++) {
      if (heights[i] > 0) {
        double top = Math.max(area.top(), up(heights[i]));
        out.line("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\" fill-opacity=\"0.75\"><title>%s to %s: %s</title></rect>", across(edges[i]), top,
            Math.max(0.5, across(edges[i + 1]) - across(edges[i]) - 0.5), area.bottom() - top, colour, number(edges[i]), number(edges[i + 1]), number(heights[i]));
      }
    }
    return this;
  }

  /** A point with a rim of the page's colour. */
  public Plot point(double xs, double ys, double radius, String colour) {
    double px = across(xs);
    double py = up(ys);
    if (px >= area.left() - 1 && px <= area.right() + 1 && py >= area.top() - 1 && py <= area.bottom() + 1) {
      out.line("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\" stroke=\"var(--page)\" stroke-width=\"0.7\"/>", px, py, radius, colour);
    }
    return this;
  }

  /** Draws something that ends at the area's edges. */
  public Plot clipped(Runnable drawing) {
    out.line("<svg x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" viewBox=\"%.1f %.1f %.1f %.1f\">", area.left(), area.top(), area.width(), area.height(), area.left(), area.top(),
        area.width(), area.height());
    drawing.run();
    out.line("</svg>");
    return this;
  }

  /** A line around the area. */
  public Plot frame() {
    out.line("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\" stroke=\"var(--soft)\" stroke-opacity=\"0.6\"/>", area.left(), area.top(), area.width(), area.height());
    return this;
  }

  private static String number(double value) {
    return nnc.runtime.base.Text.number(value);
  }
}
