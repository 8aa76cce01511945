package nnc.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** All points that a search may try: the product of its axes. */
public record SearchSpace(List<Axis> axes) {
  /** How many points there are; without end if an axis is. */
  public double count() {
    return axes.stream().mapToDouble(Axis::count).reduce(1, (a, b) -> a * b);
  }

  /** How many points {@link #grid} has. */
  public double gridCount(int points) {
    return axes.stream().mapToDouble(axis -> axis.grid(points).size()).reduce(1, (a, b) -> a * b);
  }

  /** Every combination of the axes' grid values; the last axis changes fastest. */
  public List<Point> grid(int points) {
    List<List<String>> combinations = List.of(List.of());
    for (var axis : axes) {
      var longer = new ArrayList<List<String>>();
      for (var combination : combinations) {
        for (var value : axis.grid(points)) {
          var more = new ArrayList<>(combination);
          more.add(value);
          longer.add(more);
        }
      }
      combinations = longer;
    }
    return combinations.stream().map(this::point).toList();
  }

  private Point point(List<String> values) {
    var named = new LinkedHashMap<String, String>();
    for (int i = 0; i < axes.size(); i++) {
      named.put(axes.get(i).name(), values.get(i));
    }
    return new Point(named);
  }

  /** A point of independent values. {@link Random}'s numbers are laid down by its documentation: a seed means the same for ever. */
  public Point draw(Random random) {
    return point(axes.stream().map(axis -> axis.at(random.nextDouble())).toList());
  }

  /** Where a point lies, for distances: the axes' coordinates one after the other. */
  double[] coordinates(Point point) {
    return axes.stream().flatMapToDouble(axis -> java.util.Arrays.stream(axis.coordinates(point.values().get(axis.name())))).toArray();
  }

  /** Along each axis that has more values another point: what differs between it and this one depends on the axis. */
  List<Point> beside(Point point) {
    var others = new ArrayList<Point>();
    for (var axis : axes) {
      inner(axis.grid(4)).filter(value -> !value.equals(point.values().get(axis.name()))).findFirst().ifPresent(value -> {
        var values = new LinkedHashMap<>(point.values());
        values.put(axis.name(), value);
        others.add(new Point(values));
      });
    }
    return others;
  }

  /** Values of a grid, those at the ends last: what vanishes at an end, such as a share of 0, is another program there. */
  private static Stream<String> inner(List<String> values) {
    return Stream.concat(values.stream().skip(1), values.stream().limit(1));
  }

  /** The space half as wide in each direction, around a point. */
  public SearchSpace around(Point point) {
    return new SearchSpace(axes.stream().map(axis -> axis.around(point.values().get(axis.name()))).toList());
  }
}
