package nnc.pictures;

import java.nio.charset.StandardCharsets;

/**
 * A finished picture.
 *
 * @param file    its name, with .svg or .png
 * @param caption what it shows, as a sentence
 */
public record Drawing(String file, String caption, byte[] content) {
  static Drawing svg(String name, String caption, String svg) {
    return new Drawing(name + ".svg", caption, svg.getBytes(StandardCharsets.UTF_8));
  }

  static Drawing png(String name, String caption, byte[] png) {
    return new Drawing(name + ".png", caption, png);
  }

  /** Whether it is made of pixels. */
  public boolean isPng() {
    return file.endsWith(".png");
  }
}
