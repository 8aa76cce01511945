package nnc.library;

import java.util.Locale;

/** Places of pictures looked up one by one, in double. */
public final class Resampling {
  private Resampling() {}

  /** What stands beyond the edge. */
  public enum Fill {
    CONSTANT, NEAREST, REFLECT, WRAP;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The pixel of an axis that stands at a place; -1 for none. */
    public int pixel(int place, int size) {
      return switch (this) {
        case CONSTANT -> place < 0 || place >= size ? -1 : place;
        case NEAREST -> Math.clamp(place, 0, size - 1);
        case WRAP -> Math.floorMod(place, size);
        case REFLECT -> {
          while (place < 0 || place >= size) {
            place = place < 0 ? -1 - place : 2 * size - 1 - place;
          }
          yield place;
        }
      };
    }
  }

  /** How a program says it. */
  public record Way(Fill fill, boolean bilinear, double value) {
    public String arguments() {
      return "fill = \"%s\", interpolation = \"%s\", value = %s".formatted(fill.text(), bilinear ? "bilinear" : "nearest", value);
    }
  }

  /** A picture of rows one behind the other, from some offset on. */
  public record Picture(double[] all, int offset, int height, int width) {
    private double pixel(int row, int column, Way way) {
      int i = way.fill.pixel(row, height);
      int j = way.fill.pixel(column, width);
      return i < 0 || j < 0 ? way.value : all[offset + i * width + j];
    }

    public double at(double row, double column, Way way) {
      if (!way.bilinear) {
        return pixel((int) Math.floor(row + 0.5), (int) Math.floor(column + 0.5), way);
      }
      int i = (int) Math.floor(row);
      int j = (int) Math.floor(column);
      double below = row - i;
      double beside = column - j;
      return (1 - below) * (1 - beside) * pixel(i, j, way) + (1 - below) * beside * pixel(i, j + 1, way)
          + below * (1 - beside) * pixel(i + 1, j, way) + below * beside * pixel(i + 1, j + 1, way);
    }
  }

  /** What is done to a picture about its middle, in this order: larger (or turned over, below zero), slanted, turned, moved. */
  public record Affine(double tall, double broad, double shear, double rotate, double down, double right) {
    public static final Affine NONE = new Affine(1, 1, 0, 0, 0, 0);

    /** The picture after it. */
    public double[] of(Picture x, Way way) {
      double t = Math.toRadians(rotate);
      // x to the right, y upwards: larger, then slanted so that what is above moves to the right, then turned against the clock
      double[][] slanted = product(new double[][] {{1, Math.tan(Math.toRadians(shear))}, {0, 1}}, new double[][] {{broad, 0}, {0, tall}});
      double[][] m = product(new double[][] {{Math.cos(t), -Math.sin(t)}, {Math.sin(t), Math.cos(t)}}, slanted);
      double determinant = m[0][0] * m[1][1] - m[0][1] * m[1][0];
      var result = new double[x.height * x.width];
      for (int i = 0; i < x.height; i++) {
        for (int j = 0; j < x.width; j++) {
          double u = j - (x.width - 1) / 2.0 - right * x.width;
          double v = -(i - (x.height - 1) / 2.0 - down * x.height);
          double from = (m[1][1] * u - m[0][1] * v) / determinant;
          double above = (-m[1][0] * u + m[0][0] * v) / determinant;
          result[i * x.width + j] = x.at((x.height - 1) / 2.0 - above, (x.width - 1) / 2.0 + from, way);
        }
      }
      return result;
    }

    private static double[][] product(double[][] a, double[][] b) {
      return new double[][] {{a[0][0] * b[0][0] + a[0][1] * b[1][0], a[0][0] * b[0][1] + a[0][1] * b[1][1]},
          {a[1][0] * b[0][0] + a[1][1] * b[1][0], a[1][0] * b[0][1] + a[1][1] * b[1][1]}};
    }
  }
}
