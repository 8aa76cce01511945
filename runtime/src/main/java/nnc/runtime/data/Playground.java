package nnc.runtime.data;

import java.util.List;
import java.util.Map;
import nnc.runtime.base.Integers;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * The point sets of TensorFlow Playground, by its formulas: columns {@code point: [2]} and {@code label}, 0 or 1 (of {@code plane} and {@code bumps} a
 * number from -1 to 1). Arguments {@code (count, noise = 0, seed = 0)}; noise 0.1 is the tool's 10. {@code gauss} and {@code spiral} have as many clouds or
 * arms as {@code classes} says, and then labels from 0 on.
 */
final class Playground implements SourceReader {
  private static final double RADIUS = 5;
  private static final int MOST_CLASSES = 100;

  /** x and y of the places where {@code bumps} has its extremes, and whether up or down. */
  private static final int[][] BUMPS = {{-8, 5, 1}, {0, 5, -1}, {8, 5, 1}, {-8, -5, -1}, {0, -5, 1}, {8, -5, -1}};

  /** Writes example {@code i} of {@code count}: x and y to {@code point}; gives the label. */
  private interface Shape {
    double draw(int i, int count, double noise, Generator random, float[] point);
  }

  @Override
  public Table load(String name, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    int count = arguments.count("count", 1);
    double noise = arguments.number("noise", 0);
    long seed = arguments.whole("seed", 0);
    int classes = name.equals("gauss") || name.equals("spiral") ? classes(arguments) : 2;
    arguments.end();
    if (!(noise >= 0)) {
      throw arguments.fault("noise must not be negative");
    }
    Shape shape = switch (name) {
      case "circle" -> Playground::circle;
      case "xor" -> Playground::xor;
      case "gauss" -> classes == 2 ? Playground::gauss : (i, of, amount, random, point) -> clouds((int) ((long) i * classes / of), classes, amount, random, point);
      case "spiral" -> classes == 2 ? Playground::spiral : (i, of, amount, random, point) -> arms(i, of, classes, amount, random, point);
      case "bumps" -> Playground::bumps;
      default -> Playground::plane;
    };
    return generate(name, shape, arguments.elements(count, 2) / 2, noise, new Generator(name, seed));
  }

  private static int classes(SourceArguments arguments) {
    long classes = arguments.namedWhole("classes", 2);
    if (classes < 2 || classes > MOST_CLASSES) {
      throw arguments.fault("classes must be from 2 to " + MOST_CLASSES + ", not " + classes);
    }
    return (int) classes;
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

  /** Normal clouds around places on a circle, as far from the centre as those of two. */
  private static double clouds(int label, int classes, double noise, Generator random, float[] point) {
    double variance = 0.5 + noise / 0.5 * (4 - 0.5);
    double angle = 2 * Math.PI * (label + 0.5) / classes;
    double r = 2 * Math.sqrt(2);
    set(point, random.normal(r * StrictMath.sin(angle), variance), random.normal(r * StrictMath.cos(angle), variance));
    return label;
  }

  /** Arms of 1.75 turns of two, and of fewer the more there are, so that they stay as far apart. */
  private static double arms(int i, int count, int classes, double noise, Generator random, float[] point) {
    int label = (int) ((long) i * classes / count);
    long first = Integers.ceilDiv((long) label * count, classes);
    long size = Math.max(1, Integers.ceilDiv((label + 1L) * count, classes) - first);
    double along = (double) (i - first) / size;
    double r = along * RADIUS;
    double t = 2 * Math.PI * (3.5 * along / classes + (double) label / classes);
    set(point, r * StrictMath.sin(t) + random.uniform(-1, 1) * noise, r * StrictMath.cos(t) + random.uniform(-1, 1) * noise);
    return label;
  }

  /** Six hills and hollows of height 1 that fall to 0 at a distance of 2; where they meet, the one that is farther from 0 counts. */
  private static double bumps(int i, int count, double noise, Generator random, float[] point) {
    double radius = 6;
    set(point, random.uniform(-radius, radius), random.uniform(-radius, radius));
    double x = point[0] + random.uniform(-radius, radius) * noise;
    double y = point[1] + random.uniform(-radius, radius) * noise;
    double label = 0;
    for (int[] bump : BUMPS) {
      double height = Math.max(0, 1 - Math.sqrt((x - bump[0] / 2.0) * (x - bump[0] / 2.0) + (y - bump[1] / 2.0) * (y - bump[1] / 2.0)) / 2);
      label = height > Math.abs(label) ? bump[2] * height : label;
    }
    return label;
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
