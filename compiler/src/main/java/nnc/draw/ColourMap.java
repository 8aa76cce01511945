package nnc.draw;

import java.util.List;

/** Colours of numbers, as pixels have them: 0xRRGGBB. They are the same on dark pages as on light ones. */
public final class ColourMap {
  /** From black to white. */
  public static final ColourMap GREY = new ColourMap(0x000000, 0xffffff);
  /** From less to more, each step as clear as the others, in grey too: the map viridis (van der Walt and Smith 2015), by nine of its colours. */
  public static final ColourMap SEQUENTIAL = new ColourMap(0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725);
  /** From below zero over zero, in the middle, to above: blue, white, orange. */
  public static final ColourMap DIVERGING = new ColourMap(0x1f4e8c, 0x4a83c0, 0x9dc0e2, 0xf5f5f4, 0xf3bf93, 0xdc8140, 0x9c4312);

  /** What is no number. */
  public static final int NONE = 0xff00ff;

  private final List<Integer> stops;

  private ColourMap(Integer... stops) {
    this.stops = List.of(stops);
  }

  /** @param place from 0 to 1; what is beyond has the colour of the end */
  public int at(double place) {
    if (!(Math.abs(place) <= Double.MAX_VALUE)) {
      return Double.isNaN(place) ? NONE : stops.get(place > 0 ? stops.size() - 1 : 0);
    }
    double along = Math.clamp(place, 0, 1) * (stops.size() - 1);
    int stop = Math.min((int) along, stops.size() - 2);
    return mixed(stops.get(stop), stops.get(stop + 1), along - stop);
  }

  /** The colours of the series of {@link Style} on a light page: what pixels of classes are made of. */
  public static int series(int number) {
    return SERIES.get(Math.floorMod(number, SERIES.size()));
  }

  private static final List<Integer> SERIES = List.of(0x2b6cb0, 0xc05621, 0x2f855a, 0x6b46c1, 0xb83280, 0x718096, 0xb7791f, 0x0987a0, 0xc53030, 0x4a5568);

  /** A colour between two. */
  public static int mixed(int from, int to, double share) {
    int rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int a = from >> shift & 0xff;
      int b = to >> shift & 0xff;
      rgb |= (int) Math.rint(a + (b - a) * share) << shift;
    }
    return rgb;
  }
}
