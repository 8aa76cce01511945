package nnc.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;

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

  /** The space half as wide in each direction, around a point. */
  public SearchSpace around(Point point) {
    return new SearchSpace(axes.stream().map(axis -> axis.around(point.values().get(axis.name()))).toList());
  }
}
