package nnc.diagram;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import nnc.diagram.RankedLayout.Line;
import nnc.diagram.RankedLayout.Point;
import nnc.draw.Area;
import nnc.draw.Svg;

/** A diagram as SVG. */
public final class DiagramSvg {
  private static final int LEFT = 20, TOP = 44, LEAST = 260, BACK = 330;
  /** Between a line and that of its gradient. */
  private static final double BESIDE = 7;

  private final Diagram diagram;
  private final Svg out = new Svg();
  private RankedLayout.Drawn drawn;

  private DiagramSvg(Diagram diagram) {
    this.diagram = diagram;
  }

  public static String of(Diagram diagram) {
    return new DiagramSvg(diagram).svg();
  }

  private boolean isBackward() {
    return diagram.flow() == Diagram.Flow.BACKWARD;
  }

  private String svg() {
    drawn = RankedLayout.of(diagram);
    int top = TOP + (isBackward() ? 20 : 0);
    int width = 2 * LEFT + (int) Math.ceil(Math.max(drawn.width(), Math.max(isBackward() ? BACK : LEAST, 1.3 * Svg.width(diagram.title()))));
    out.begin(width, (int) Math.ceil(drawn.height()) + top + 16, LEFT, diagram.title());
    out.line("<defs>");
    marker("to", "var(--soft)");
    marker("back", "var(--other)");
    out.line("</defs>");
    if (isBackward()) {
      legend();
    }
    out.line("<g transform=\"translate(%.1f %d)\">", (width - drawn.width()) / 2, top);
    diagram.items().forEach(this::groups);
    drawn.lines().forEach(this::line);
    diagram.boxes().forEach(this::box);
    labels();
    out.line("</g>");
    return out.end();
  }

  private void marker(String name, String colour) {
    out.line("<marker id=\"%s\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\"><path d=\"M0 0.8L8 4L0 7.2z\" fill=\"%s\"/></marker>",
        name, colour);
  }

  private void legend() {
    out.line("<path d=\"M%d 46h26\" stroke=\"var(--soft)\" stroke-width=\"1.5\" marker-end=\"url(#to)\"/>", LEFT);
    out.text(LEFT + 32, 50, "soft", "start", "forward");
    out.line("<path d=\"M%d 46h26\" stroke=\"var(--other)\" stroke-width=\"1.5\" stroke-dasharray=\"4 3\" marker-start=\"url(#back)\"/>", LEFT + 92);
    out.text(LEFT + 126, 50, "soft", "start", "gradients, of the same shapes");
  }

  private void groups(Diagram.Item item) {
    if (item instanceof Diagram.Group group) {
      var area = drawn.areas().get(group.number());
      out.line("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"10\" fill=\"none\" stroke=\"var(--soft)\" stroke-opacity=\"0.55\" stroke-dasharray=\"2 3\"/>", area.left(),
          area.top(), area.width(), area.height());
      out.text(area.left() + 10, area.top() + 17, "soft halo", "start", group.head());
      group.items().forEach(this::groups);
    }
  }

  private void line(Line line) {
    out.line("<path d=\"%s\" fill=\"none\" stroke=\"var(--soft)\" stroke-width=\"1.5\"%s/>", path(line.stations(), 0), line.ends() ? " marker-end=\"url(#to)\"" : "");
    if (line.link().gradient() && isBackward()) {
      out.line("<path d=\"%s\" fill=\"none\" stroke=\"var(--other)\" stroke-width=\"1.5\" stroke-dasharray=\"4 3\"%s/>", path(line.stations(), -BESIDE),
          line.begins() ? " marker-start=\"url(#back)\"" : "");
    }
  }

  /** Straight through ranks, and bent between them so that it is upright in each. */
  private static String path(List<Point> stations, double beside) {
    var path = new StringBuilder();
    for (int i = 0; i < stations.size(); i++) {
      var point = stations.get(i);
      var before = i == 0 ? point : stations.get(i - 1);
      double x = point.x() + beside;
      if (i > 0 && before.equals(point)) {
        // an arrow needs a direction
        continue;
      }
      if (i == 0) {
        path.append(String.format(Locale.ROOT, "M%.1f %.1f", x, point.y()));
      } else if (i % 2 == 1 || Math.abs(before.x() - point.x()) < 0.05) {
        path.append(String.format(Locale.ROOT, "L%.1f %.1f", x, point.y()));
      } else {
        double middle = (before.y() + point.y()) / 2;
        path.append(String.format(Locale.ROOT, "C%.1f %.1f %.1f %.1f %.1f %.1f", before.x() + beside, middle, x, middle, x, point.y()));
      }
    }
    return path.toString();
  }

  /** What flows is written once, where it leaves its box. */
  private void labels() {
    Set<List<Integer>> told = new HashSet<>();
    for (var line : drawn.lines()) {
      if (line.begins() && told.add(List.of(line.link().from(), line.link().tensor()))) {
        var from = line.stations().getFirst();
        out.text(from.x() + 6, from.y() + 15, "small soft halo", "start", line.link().shape());
      }
    }
  }

  private void box(Diagram.Box box) {
    var area = drawn.areas().get(box.number());
    var colour = colour(box.look());
    out.line("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"%.1f\" fill=\"var(--page)\"/>", area.left(), area.top(), area.width(), area.height(), round(box, area));
    out.line("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"%.1f\" fill=\"%s\" fill-opacity=\"0.13\" stroke=\"%s\" stroke-width=\"1.3\"/>", area.left(), area.top(),
        area.width(), area.height(), round(box, area), colour, colour);
    double y = area.top() + 19;
    out.text(area.middle(), y, "head", "middle", box.head());
    for (var line : box.lines()) {
      y += 15;
      out.text(area.middle(), y, "small soft", "middle", line);
    }
    if (!box.learned().isEmpty()) {
      out.line("<text x=\"%.1f\" y=\"%.1f\" class=\"small\" text-anchor=\"middle\" style=\"fill: var(--other)\">∂ %s</text>", area.middle(), y + 15, Svg.escaped(String.join(", ∂ ", box.learned())));
    }
  }

  private static double round(Diagram.Box box, Area area) {
    return switch (box.look()) {
      case INPUT, TARGET, OUTPUT, LOSS, OPERATION -> Math.min(area.height() / 2, 17);
      case LAYER, FUNCTION, WEIGHT, GRADIENT -> 6;
    };
  }

  private static String colour(Diagram.Look look) {
    return switch (look) {
      case INPUT -> "var(--c2)";
      case TARGET -> "var(--c6)";
      case LAYER -> "var(--c0)";
      case FUNCTION -> "var(--c7)";
      case OPERATION -> "var(--c5)";
      case WEIGHT -> "var(--c3)";
      case GRADIENT, LOSS -> "var(--c1)";
      case OUTPUT -> "var(--c2)";
    };
  }
}
