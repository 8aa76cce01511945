package nnc.pictures;

import nnc.draw.Raster;

/**
 * Small pictures side by side, enlarged to be seen.
 *
 * @param columns of them
 * @param height  of each, before it is enlarged
 */
record Tiles(int rows, int columns, int height, int width, Source source) {
  private static final int GAP = 2, WANTED = 56, ALONE = 320, BETWEEN = 0x808890;

  /** The colour of each pixel of each. */
  interface Source {
    /** 0xRRGGBB at a row and a column of a tile; a tile that is not there has -1. */
    int at(int tile, int i, int j);
  }

  byte[] png() {
    int wanted = rows * columns == 1 ? ALONE : WANTED;
    int scale = Math.max(1, Math.min(wanted / 5, wanted / Math.max(height, width)));
    int down = height * scale + GAP;
    int across = width * scale + GAP;
    return new Raster(columns * across + GAP, rows * down + GAP, (x, y) -> {
      int i = (y - GAP) % down / scale;
      int j = (x - GAP) % across / scale;
      boolean gap = x < GAP || y < GAP || i >= height || j >= width;
      int rgb = gap ? -1 : source.at((y - GAP) / down * columns + (x - GAP) / across, i, j);
      return rgb < 0 ? BETWEEN : rgb;
    }).png();
  }
}
