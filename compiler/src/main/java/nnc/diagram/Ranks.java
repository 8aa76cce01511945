package nnc.diagram;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The boxes of one group in ranks: each edge runs from a rank to the next, through a bend in each rank between. Ends are as near to what they lead to as they
 * can be.
 */
final class Ranks {
  /** Space between two vertices of a rank, and beside a bend. */
  private static final double GAP = 26, BEND = 14;

  /** What holds a vertex in its rank. */
  enum Hold { FREE, FIRST, LAST }

  /** A box, a group, a place where something enters or leaves, or a bend. */
  static final class Vertex {
    final Diagram.Item item;
    final Hold hold;
    final double width;
    final double height;
    final List<Segment> in = new ArrayList<>();
    final List<Segment> out = new ArrayList<>();
    int rank = -1;
    int order;
    /** Of its middle. */
    double x;
    /** Of its upper edge. */
    double y;

    Vertex(Diagram.Item item, Hold hold, double width, double height) {
      this.item = item;
      this.hold = hold;
      this.width = width;
      this.height = height;
    }

    /** Whether it is only where an edge passes. */
    boolean isBend() {
      return item == null && hold == Hold.FREE;
    }
  }

  /**
   * A part of an edge, from rank to next rank.
   *
   * @param fromOffset from the upper vertex's middle to where it begins
   */
  record Segment(Vertex from, double fromOffset, Vertex to, double toOffset) {}

  /**
   * An edge before it is bent, from an upper to a lower vertex.
   *
   * @param tensor unlike those of other tensors from the same vertex
   */
  record Edge(Vertex from, double fromOffset, Vertex to, double toOffset, Diagram.Link link) {}

  final List<List<Vertex>> rows = new ArrayList<>();
  private final List<Vertex> vertices;
  private final List<Edge> edges;
  /** By edge, its parts. */
  final List<List<Segment>> bent = new ArrayList<>();

  Ranks(List<Vertex> vertices, List<Edge> edges) {
    this.vertices = vertices;
    this.edges = edges;
    rank();
    for (var vertex : vertices) {
      row(vertex.rank).add(vertex);
    }
    edges.forEach(edge -> bent.add(bent(edge)));
    rows.removeIf(List::isEmpty);
    for (int i = 0; i < rows.size(); i++) {
      for (var vertex : rows.get(i)) {
        vertex.rank = i;
      }
    }
  }

  private List<Vertex> row(int rank) {
    while (rows.size() <= rank) {
      rows.add(new ArrayList<>());
    }
    return rows.get(rank);
  }

  /** By the longest way from a beginning; then what only begins is moved down to what reads it. */
  private void rank() {
    boolean entered = vertices.stream().anyMatch(vertex -> vertex.hold == Hold.FIRST);
    var waiting = new java.util.HashMap<Vertex, Integer>();
    vertices.forEach(vertex -> waiting.put(vertex, 0));
    edges.forEach(edge -> waiting.merge(edge.to, 1, Integer::sum));
    var open = new ArrayDeque<Vertex>();
    vertices.stream().filter(vertex -> waiting.get(vertex) == 0).forEach(open::add);
    var order = new ArrayList<Vertex>();
    while (!open.isEmpty()) {
      var next = open.poll();
      order.add(next);
      next.rank = Math.max(next.rank, next.hold == Hold.FIRST || !entered ? 0 : 1);
      for (var edge : edges) {
        if (edge.from == next) {
          edge.to.rank = Math.max(edge.to.rank, next.rank + 1);
          if (waiting.merge(edge.to, -1, Integer::sum) == 0) {
            open.add(edge.to);
          }
        }
      }
    }
    if (order.size() < vertices.size()) {
      throw new IllegalStateException("what a group gives flows back into it");
    }
    int last = vertices.stream().mapToInt(vertex -> vertex.rank).max().orElse(0);
    boolean inner = vertices.stream().anyMatch(vertex -> vertex.hold != Hold.LAST && vertex.rank == last);
    vertices.stream().filter(vertex -> vertex.hold == Hold.LAST).forEach(vertex -> vertex.rank = inner ? last + 1 : last);
    for (var vertex : order.reversed()) {
      boolean begins = vertex.hold == Hold.FREE && edges.stream().noneMatch(edge -> edge.to == vertex);
      int nearest = edges.stream().filter(edge -> edge.from == vertex).mapToInt(edge -> edge.to.rank).min().orElse(0);
      vertex.rank = begins ? Math.max(vertex.rank, nearest - 1) : vertex.rank;
    }
  }

  private List<Segment> bent(Edge edge) {
    var parts = new ArrayList<Segment>();
    var from = edge.from;
    double offset = edge.fromOffset;
    for (int rank = edge.from.rank + 1; rank < edge.to.rank; rank++) {
      var bend = new Vertex(null, Hold.FREE, 0, 0);
      bend.rank = rank;
      row(rank).add(bend);
      parts.add(new Segment(from, offset, bend, 0));
      from = bend;
      offset = 0;
    }
    parts.add(new Segment(from, offset, edge.to, edge.toOffset));
    for (var part : parts) {
      part.from.out.add(part);
      part.to.in.add(part);
    }
    return parts;
  }

  // ---- who is left of whom

  /** Sweeps down and up, each vertex in the middle of its neighbours, and keeps the order with the fewest crossings (Eades and Wormald 1994). */
  void order(int sweeps) {
    rows.forEach(Ranks::number);
    var best = orders();
    long fewest = crossings();
    for (int sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
      boolean down = sweep % 2 == 0;
      for (int i = 1; i < rows.size(); i++) {
        var row = rows.get(down ? i : rows.size() - 1 - i);
        var middles = new java.util.IdentityHashMap<Vertex, Double>();
        row.forEach(vertex -> middles.put(vertex, middle(vertex, down)));
        row.sort(Comparator.comparingDouble(middles::get));
        number(row);
      }
      long now = crossings();
      if (now < fewest) {
        fewest = now;
        best = orders();
      }
    }
    for (int i = 0; i < rows.size(); i++) {
      rows.set(i, best.get(i));
      number(best.get(i));
    }
  }

  private static void number(List<Vertex> row) {
    for (int i = 0; i < row.size(); i++) {
      row.get(i).order = i;
    }
  }

  private List<List<Vertex>> orders() {
    return rows.stream().map(row -> (List<Vertex>) new ArrayList<>(row)).toList();
  }

  /** In shares of the row beside, so that a vertex without neighbours stays where it is. */
  private double middle(Vertex vertex, boolean down) {
    var beside = down ? vertex.in : vertex.out;
    int width = rows.get(vertex.rank).size();
    return beside.stream().mapToDouble(part -> {
      var other = down ? part.from : part.to;
      double offset = (down ? part.fromOffset : part.toOffset) / Math.max(1, other.width);
      return (other.order + 0.5 + offset) / rows.get(other.rank).size();
    }).average().orElse((vertex.order + 0.5) / width);
  }

  private long crossings() {
    long crossings = 0;
    for (var row : rows) {
      var parts = row.stream().flatMap(vertex -> vertex.out.stream().sorted(Comparator.comparingDouble(Segment::fromOffset)))
          .sorted(Comparator.comparingInt(part -> part.from.order)).toList();
      crossings += inversions(parts);
    }
    return crossings;
  }

  /** Pairs of which the left one ends on the right: counted by a tree of sums (Fenwick 1994). */
  private static long inversions(List<Segment> parts) {
    int most = 1 + parts.stream().mapToInt(part -> part.to.order).max().orElse(0);
    var sums = new int[most + 1];
    long found = 0;
    int from = 0;
    for (int i = 0; i < parts.size(); i++) {
      // those that begin at one vertex do not cross
      while (parts.get(from).from != parts.get(i).from) {
        for (int k = parts.get(from).to.order + 1; k <= most; k += k & -k) {
          sums[k]++;
        }
        from++;
      }
      int notRight = 0;
      for (int k = parts.get(i).to.order + 1; k > 0; k -= k & -k) {
        notRight += sums[k];
      }
      found += from - notRight;
    }
    return found;
  }

  // ---- where

  /** Gives each vertex its x: in turn, each row is as near as it can to where its neighbours want it, in its order. */
  void place(int sweeps) {
    for (var row : rows) {
      double at = 0;
      for (int i = 0; i < row.size(); i++) {
        at += i == 0 ? 0 : apart(row.get(i - 1), row.get(i));
        row.get(i).x = at;
      }
    }
    for (int sweep = 0; sweep < sweeps; sweep++) {
      boolean down = sweep % 2 == 0;
      // the last one is upwards: what leads to one thing stands above it
      boolean both = sweep >= sweeps - 6 && sweep < sweeps - 1;
      for (int i = 0; i < rows.size(); i++) {
        settle(rows.get(down ? i : rows.size() - 1 - i), down, both);
      }
    }
    double left = vertices.stream().mapToDouble(vertex -> vertex.x - vertex.width / 2).min().orElse(0);
    rows.forEach(row -> row.forEach(vertex -> vertex.x -= left));
  }

  private static double apart(Vertex left, Vertex right) {
    return left.width / 2 + right.width / 2 + (left.isBend() || right.isBend() ? BEND : GAP);
  }

  /** The least squares of distances to where vertices want to be, under the distances between them: pools of neighbours that push each other (Ayer and others 1955). */
  private static void settle(List<Vertex> row, boolean down, boolean both) {
    var pools = new ArrayDeque<double[]>();
    var sizes = new ArrayDeque<Integer>();
    double offset = 0;
    var offsets = new double[row.size()];
    for (int i = 0; i < row.size(); i++) {
      offset += i == 0 ? 0 : apart(row.get(i - 1), row.get(i));
      offsets[i] = offset;
      double weight = row.get(i).isBend() ? 8 : 1;
      var pool = new double[] {wanted(row.get(i), down, both) - offset, weight};
      int size = 1;
      while (!pools.isEmpty() && pools.peekLast()[0] >= pool[0]) {
        var before = pools.pollLast();
        size += sizes.pollLast();
        pool = new double[] {(before[0] * before[1] + pool[0] * pool[1]) / (before[1] + pool[1]), before[1] + pool[1]};
      }
      pools.addLast(pool);
      sizes.addLast(size);
    }
    int i = 0;
    for (var pool : pools) {
      for (int size = sizes.pollFirst(); size > 0; size--) {
        row.get(i).x = pool[0] + offsets[i];
        i++;
      }
    }
  }

  private static double wanted(Vertex vertex, boolean down, boolean both) {
    double sum = 0;
    double weights = 0;
    for (var part : vertex.in) {
      double weight = !down && !both ? 0 : vertex.isBend() && part.from.isBend() ? 8 : 1;
      sum += weight * (part.from.x + part.fromOffset - part.toOffset);
      weights += weight;
    }
    for (var part : vertex.out) {
      double weight = down && !both ? 0 : vertex.isBend() && part.to.isBend() ? 8 : 1;
      sum += weight * (part.to.x + part.toOffset - part.fromOffset);
      weights += weight;
    }
    return weights == 0 ? vertex.x : sum / weights;
  }
}
