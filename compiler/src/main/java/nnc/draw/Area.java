package nnc.draw;

/** A rectangle of a picture, in pixels from its upper left corner. */
public record Area(double left, double top, double width, double height) {
  public double right() {
    return left + width;
  }

  public double bottom() {
    return top + height;
  }

  public double middle() {
    return left + width / 2;
  }

  public double centre() {
    return top + height / 2;
  }
}
