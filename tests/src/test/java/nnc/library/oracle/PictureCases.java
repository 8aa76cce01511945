package nnc.library.oracle;

import java.util.ArrayList;
import java.util.List;
import nnc.library.Resampling.Fill;
import nnc.library.Resampling.Way;

/** Pictures looked up between their pixels: the weights of the four around are the areas that lie across from them. */
final class PictureCases {
  private static final double BEYOND = 0.75;

  private PictureCases() {}

  static List<Case> at(Size s) {
    var cases = new ArrayList<Case>();
    int h = s.upTo(5);
    int w = s.upTo(4) + 1;
    for (var fill : Fill.values()) {
      for (boolean bilinear : new boolean[] {true, false}) {
        var way = new Way(fill, bilinear, BEYOND);
        cases.add(Case.of("resample(x, r, c, " + way.arguments() + ")").rows("x", s.batch(), 2, h, w).rows("r", places(h), s.batch(), 3, 2)
            .rows("c", places(w), s.batch(), 3, 2)
            .is(g -> Jets.build(new int[] {s.batch(), 2, 3, 2}, i -> looked(g.get("x"), new int[] {i[0], i[1]}, g.get("r").at(i[0], i[2], i[3]), g.get("c").at(i[0], i[2], i[3]), way))));
      }
    }
    return cases;
  }

  /** A size and a half around a picture, and not between two pixels or at one, where slopes change. */
  private static Domain places(int size) {
    return Domain.each("float", r -> r.nextInt(-size, 2 * size) + 0.1 + 0.3 * r.nextDouble() + 0.5 * r.nextInt(2));
  }

  private static Jet looked(Jets x, int[] picture, Jet row, Jet column, Way way) {
    if (!way.bilinear()) {
      return pixel(x, picture, (int) Math.floor(row.v() + 0.5), (int) Math.floor(column.v() + 0.5), way);
    }
    int i = (int) Math.floor(row.v());
    int j = (int) Math.floor(column.v());
    var below = row.minus(i);
    var beside = column.minus(j);
    var above = Jet.ONE.minus(below);
    var before = Jet.ONE.minus(beside);
    return Jets.sum(List.of(above.times(before).times(pixel(x, picture, i, j, way)), above.times(beside).times(pixel(x, picture, i, j + 1, way)),
        below.times(before).times(pixel(x, picture, i + 1, j, way)), below.times(beside).times(pixel(x, picture, i + 1, j + 1, way))));
  }

  private static Jet pixel(Jets x, int[] picture, int row, int column, Way way) {
    int i = way.fill().pixel(row, x.dim(2));
    int j = way.fill().pixel(column, x.dim(3));
    return i < 0 || j < 0 ? Jet.of(way.value()) : x.at(picture[0], picture[1], i, j);
  }
}
