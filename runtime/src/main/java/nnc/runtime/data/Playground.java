package nnc.runtime.data;

import java.util.List;
import java.util.Map;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * The point sets of TensorFlow Playground, by its formulas: columns {@code point: [2]} and {@code label}, 0 or 1 (of {@code plane} a
 * number from -1 to 1). Arguments {@code (count, noise = 0, seed = 0)}; noise 0.1 is the tool's 10.
 */
final class Playground implements SourceReader {
  private static final double RADIUS = 5;

  /** Writes example {@code i} of {@code count}: x and y to {@code point}; gives the label. */
  private interface Shape {
    double draw(int i, int count, double noise, Generator random, float[] point);
  }

  @Override
  public Table load(String name, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    int count = arguments.count("count", 1);
    double noise = arguments.number("noise", 0);
    long seed = arguments.whole("seed", 0);
    arguments.end();
    if (!(noise >= 0)) {
      throw arguments.fault("noise must not be negative");
    }
    Shape shape = switch (name) {
      case "circle" -> Playground::circle;
      case "xor" -> Playground::xor;
      case "gauss" -> Playground::gauss;
      case "spiral" -> Playground::spiral;
      default -> Playground::plane;
    };
    return generate(name, shape, arguments.elements(count, 2) / 2, noise, new Generator(name, seed));
  }

  private static Table generate(String name, Shape shape, int count, double noise, Generator random) {
    float[] points = new float[2 * count];
    float[] labels = new float[count];
    float[] point = new float[2];
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    random.shuffle(order);
    for (int i = 0; i < count; i++) {
      labels[order[i]] = (float) shape.draw(i, count, noise, random, point);
      points[2 * order[i]] = point[0];
      points[2 * order[i] + 1] = point[1];
    }
    return Table.of(name, List.of(new Column("point", new int[] {2}, points), new Column("label", new int[0], labels)));
  }

  private static void set(float[] point, double x, double y) {
    point[0] = (float) x;
    point[1] = (float) y;
  }

  /** A disc of half the radius within a ring from 0.7 of it. The noise moves the place that the label is read at, not the point. */
  private static double circle(int i, int count, double noise, Generator random, float[] point) {
    double r = i < count / 2 ? random.uniform(0, RADIUS * 0.5) : random.uniform(RADIUS * 0.7, RADIUS);
    double angle = random.uniform(0, 2 * Math.PI);
    set(point, r * StrictMath.sin(angle), r * StrictMath.cos(angle));
    double x = point[0] + random.uniform(-RADIUS, RADIUS) * noise;
    double y = point[1] + random.uniform(-RADIUS, RADIUS) * noise;
    return Math.sqrt(x * x + y * y) < RADIUS * 0.5 ? 1 : 0;
  }

  /** Squares of equal sign of x and y against the others, 0.3 away from the axes. */
  private static double xor(int i, int count, double noise, Generator random, float[] point) {
    double padding = 0.3;
    double x = random.uniform(-RADIUS, RADIUS);
    double y = random.uniform(-RADIUS, RADIUS);
    set(point, x + (x > 0 ? padding : -padding), y + (y > 0 ? padding : -padding));
    double noisyX = point[0] + random.uniform(-RADIUS, RADIUS) * noise;
    double noisyY = point[1] + random.uniform(-RADIUS, RADIUS) * noise;
    return noisyX * noisyY >= 0 ? 1 : 0;
  }

  /** Two normal clouds around (2, 2) and (-2, -2), of variance 0.5 without noise and 4 at 0.5. */
  private static double gauss(int i, int count, double noise, Generator random, float[] point) {
    double variance = 0.5 + noise / 0.5 * (4 - 0.5);
    boolean first = i < count / 2;
    double centre = first ? 2 : -2;
    set(point, random.normal(centre, variance), random.normal(centre, variance));
    return first ? 1 : 0;
  }

  /** Two arms of 1.75 turns. */
  private static double spiral(int i, int count, double noise, Generator random, float[] point) {
    int half = Math.max(1, count / 2);
    boolean first = i < count / 2;
    double along = (double) (first ? i : i - count / 2) / half;
    double r = along * RADIUS;
    double t = 1.75 * along * 2 * Math.PI + (first ? 0 : Math.PI);
    set(point, r * StrictMath.sin(t) + random.uniform(-1, 1) * noise, r * StrictMath.cos(t) + random.uniform(-1, 1) * noise);
    return first ? 1 : 0;
  }

  /** The label is (x + y) / 10, to be learned as a number. */
  private static double plane(int i, int count, double noise, Generator random, float[] point) {
    double radius = 6;
    set(point, random.uniform(-radius, radius), random.uniform(-radius, radius));
    double x = point[0] + random.uniform(-radius, radius) * noise;
    double y = point[1] + random.uniform(-radius, radius) * noise;
    return (x + y) / 10;
  }
}
