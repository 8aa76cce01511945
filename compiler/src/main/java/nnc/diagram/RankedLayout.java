package nnc.diagram;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.diagram.Ranks.Edge;
import nnc.diagram.Ranks.Hold;
import nnc.diagram.Ranks.Segment;
import nnc.diagram.Ranks.Vertex;
import nnc.draw.Area;
import nnc.draw.Svg;

/**
 * Where boxes, groups and lines of a diagram are. Groups are laid out from the inside out: each is a box of the one around it, and what flows into it enters at
 * its upper edge, where the line from outside ends.
 */
final class RankedLayout {
  private static final int SWEEPS = 24;
  /** Between ranks; around the inside of a group; of a box's lines. */
  private static final double DOWN = 38, MARGIN = 18, LINE = 15, PORT = 14;

  /** A point of a line. */
  record Point(double x, double y) {}

  /**
   * A line of one group.
   *
   * @param stations pairs of points between which it is straight: where it leaves a rank, from the end of the pair before it bends to the beginning of this
   * @param begins   whether it begins at a box, and not where something enters the group
   */
  record Line(Diagram.Link link, List<Point> stations, boolean begins, boolean ends) {}

  /**
   * What is where.
   *
   * @param areas by an item's number
   */
  record Drawn(double width, double height, Map<Integer, Area> areas, List<Line> lines) {}

  /** A group by itself: where things enter and leave, from its left edge, by box and tensor outside. */
  private record Inner(Drawn drawn, Map<List<Integer>, Double> entries, Map<List<Integer>, Double> exits) {}

  private final Diagram diagram;
  /** By a box's number, the numbers of the groups around it, the outermost first. */
  private final Map<Integer, List<Integer>> around = new HashMap<>();

  private RankedLayout(Diagram diagram) {
    this.diagram = diagram;
    enter(diagram.items(), List.of());
  }

  private void enter(List<Diagram.Item> items, List<Integer> groups) {
    for (var item : items) {
      switch (item) {
        case Diagram.Box box -> around.put(box.number(), groups);
        case Diagram.Group group -> {
          var inner = new ArrayList<>(groups);
          inner.add(group.number());
          enter(group.items(), inner);
        }
      }
    }
  }

  static Drawn of(Diagram diagram) {
    return new RankedLayout(diagram).layout(diagram.items(), -1, 0, "").drawn;
  }

  static double height(Diagram.Box box) {
    return 14 + LINE * (1 + box.lines().size() + (box.learned().isEmpty() ? 0 : 1));
  }

  static double width(Diagram.Box box) {
    double widest = Math.max(1.1 * Svg.width(box.head()), box.lines().stream().mapToDouble(line -> 0.92 * Svg.width(line)).max().orElse(0));
    return Math.max(box.look() == Diagram.Look.OPERATION ? 34 : 84, 20 + widest);
  }

  /** The item of a group, at a depth, that a box is or is in; its own number, or -1 if it is outside. */
  private int at(int box, int group, int depth) {
    var groups = around.get(box);
    if (depth > 0 && (groups.size() < depth || groups.get(depth - 1) != group)) {
      return -1;
    }
    return groups.size() == depth ? box : groups.get(depth);
  }

  private static List<Integer> key(Diagram.Link link) {
    return List.of(link.from(), link.tensor());
  }

  private Inner layout(List<Diagram.Item> items, int group, int depth, String head) {
    Map<Integer, Inner> inner = new HashMap<>();
    Map<Integer, Vertex> vertices = new LinkedHashMap<>();
    for (var item : items) {
      switch (item) {
        case Diagram.Box box -> vertices.put(box.number(), new Vertex(box, Hold.FREE, width(box), height(box)));
        case Diagram.Group some -> {
          var laid = layout(some.items(), some.number(), depth + 1, some.head());
          inner.put(some.number(), laid);
          vertices.put(some.number(), new Vertex(some, Hold.FREE, laid.drawn.width, laid.drawn.height));
        }
      }
    }
    Map<List<Integer>, Vertex> entries = new LinkedHashMap<>();
    Map<List<Integer>, Vertex> exits = new LinkedHashMap<>();
    Map<List<Integer>, Edge> edges = new LinkedHashMap<>();
    for (var link : diagram.links()) {
      int from = at(link.from(), group, depth);
      int to = at(link.to(), group, depth);
      if (from == to) {
        continue;
      }
      var upper = from < 0 ? entries.computeIfAbsent(key(link), _ -> new Vertex(null, Hold.FIRST, PORT, 0)) : vertices.get(from);
      var lower = to < 0 ? exits.computeIfAbsent(key(link), _ -> new Vertex(null, Hold.LAST, PORT, 0)) : vertices.get(to);
      double leaves = inner.containsKey(from) ? inner.get(from).exits.get(key(link)) - upper.width / 2 : 0;
      double enters = inner.containsKey(to) ? inner.get(to).entries.get(key(link)) - lower.width / 2 : 0;
      edges.merge(List.of(link.from(), link.tensor(), to < 0 ? -1 : to, from < 0 ? 1 : 0), new Edge(upper, leaves, lower, enters, link),
          (one, other) -> other.link().gradient() && !one.link().gradient() ? other : one);
    }
    var all = new ArrayList<>(vertices.values());
    all.addAll(entries.values());
    all.addAll(exits.values());
    var list = new ArrayList<>(edges.values());
    var ranks = new Ranks(all, list);
    ranks.order(SWEEPS);
    ranks.place(SWEEPS);
    return finished(ranks, list, new Found(inner, vertices, entries, exits), group < 0 ? 0 : Svg.width(head) + 2 * MARGIN);
  }

  /** What a group is made of. */
  private record Found(Map<Integer, Inner> inner, Map<Integer, Vertex> vertices, Map<List<Integer>, Vertex> entries, Map<List<Integer>, Vertex> exits) {}

  /** @param least how wide its name is; 0 of the whole, which has no edge */
  private static Inner finished(Ranks ranks, List<Edge> edges, Found found, double least) {
    double margin = least == 0 ? 4 : MARGIN;
    double at = found.entries.isEmpty() ? least == 0 ? 4 : 30 : 0;
    var lows = new double[ranks.rows.size()];
    var highs = new double[ranks.rows.size()];
    for (int i = 0; i < lows.length; i++) {
      double height = ranks.rows.get(i).stream().mapToDouble(vertex -> vertex.height).max().orElse(0);
      lows[i] = at;
      highs[i] = at + height;
      for (var vertex : ranks.rows.get(i)) {
        vertex.y = at + (height - vertex.height) / 2;
        vertex.x += margin;
      }
      at += height + (i == lows.length - 1 ? 0 : DOWN);
    }
    double wide = ranks.rows.stream().flatMap(List::stream).mapToDouble(vertex -> vertex.x + vertex.width / 2).max().orElse(0) + margin;
    double shift = Math.max(0, (least - wide) / 2);
    ranks.rows.forEach(row -> row.forEach(vertex -> vertex.x += shift));
    double width = Math.max(wide, least);
    double height = at + (found.exits.isEmpty() ? margin : 0);
    Map<Integer, Area> areas = new LinkedHashMap<>();
    var lines = new ArrayList<Line>();
    found.vertices.forEach((number, vertex) -> {
      var area = new Area(vertex.x - vertex.width / 2, vertex.y, vertex.width, vertex.height);
      areas.put(number, area);
      if (found.inner.containsKey(number)) {
        var drawn = found.inner.get(number).drawn;
        drawn.areas.forEach((other, place) -> areas.put(other, new Area(place.left() + area.left(), place.top() + area.top(), place.width(), place.height())));
        drawn.lines.forEach(line -> lines.add(new Line(line.link, line.stations.stream().map(point -> new Point(point.x + area.left(), point.y + area.top())).toList(),
            line.begins, line.ends)));
      }
    });
    var ends = ends(ranks);
    for (int i = 0; i < edges.size(); i++) {
      lines.add(line(edges.get(i), ranks.bent.get(i), lows, highs, ends));
    }
    return new Inner(new Drawn(width, height, areas, lines), places(found.entries), places(found.exits));
  }

  private static Map<List<Integer>, Double> places(Map<List<Integer>, Vertex> ports) {
    Map<List<Integer>, Double> places = new HashMap<>();
    ports.forEach((key, vertex) -> places.put(key, vertex.x));
    return places;
  }

  /** Where lines end that come to one box: beside each other, in the order in which they come. */
  private static Map<Segment, Double> ends(Ranks ranks) {
    Map<Segment, Double> ends = new IdentityHashMap<>();
    for (var row : ranks.rows) {
      for (var vertex : row) {
        if (vertex.item instanceof Diagram.Box) {
          var coming = vertex.in.stream().sorted(Comparator.comparingDouble(part -> part.from().x + part.fromOffset())).toList();
          double step = Math.min(18, vertex.width / (coming.size() + 1));
          for (int i = 0; i < coming.size(); i++) {
            ends.put(coming.get(i), (i - (coming.size() - 1) / 2.0) * step);
          }
        }
      }
    }
    return ends;
  }

  private static Line line(Edge edge, List<Segment> parts, double[] lows, double[] highs, Map<Segment, Double> ends) {
    var stations = new ArrayList<Point>();
    var from = edge.from();
    stations.add(new Point(from.x + edge.fromOffset(), from.y + from.height));
    stations.add(new Point(from.x + edge.fromOffset(), highs[from.rank]));
    for (var part : parts) {
      var to = part.to();
      double x = to.x + ends.getOrDefault(part, part.toOffset());
      stations.add(new Point(x, lows[to.rank]));
      stations.add(new Point(x, to.isBend() ? highs[to.rank] : to.y));
    }
    return new Line(edge.link(), List.copyOf(stations), from.item instanceof Diagram.Box, edge.to().item instanceof Diagram.Box);
  }
}
