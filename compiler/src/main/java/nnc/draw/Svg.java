package nnc.draw;

import java.util.Base64;
import java.util.Locale;

/** A picture that is written line by line. */
public final class Svg {
  /** Roughly, of a letter of the usual size. */
  private static final double LETTER = 6.6;

  private final StringBuilder out = new StringBuilder();

  /** A line, by {@link String#format}, the same in every country. */
  public Svg line(String format, Object... arguments) {
    out.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    return this;
  }

  /** Begins a picture of so many pixels that looks by itself as {@link Style} says, with a title; none if that is empty. */
  public Svg begin(int width, int height, int left, String title) {
    line("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%s\">", width, height, width, height, escaped(title));
    out.append("<style>\n").append(Style.VARIABLES).append(Style.PICTURE).append("</style>\n");
    line("<rect width=\"100%%\" height=\"100%%\" fill=\"var(--page)\"/>");
    return title.isEmpty() ? this : line("<text x=\"%d\" y=\"24\" class=\"title\">%s</text>", left, escaped(title));
  }

  /** Ends the picture; gives its text. */
  public String end() {
    return line("</svg>").toString();
  }

  /** A text that begins at a place. */
  public Svg text(double x, double y, String text) {
    return text(x, y, "", "start", text);
  }

  /**
   * A text.
   *
   * @param look   classes of {@link Style}: title, head, soft, small, halo
   * @param anchor which end of it is at the place: start, middle, end
   */
  public Svg text(double x, double y, String look, String anchor, String text) {
    return line("<text x=\"%.1f\" y=\"%.1f\"%s%s>%s</text>", x, y, look.isEmpty() ? "" : " class=\"" + look + "\"", anchor.equals("start") ? "" : " text-anchor=\"" + anchor + "\"",
        escaped(text));
  }

  /** Pixels, stretched over an area. */
  public Svg image(Area area, byte[] png) {
    return line("<image x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" preserveAspectRatio=\"none\" href=\"data:image/png;base64,%s\"/>", area.left(), area.top(), area.width(),
        area.height(), Base64.getEncoder().encodeToString(png));
  }

  /** How wide a text is, roughly. */
  public static double width(String text) {
    return LETTER * text.length();
  }

  /** Text between tags or in quotes, of SVG and HTML. */
  public static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
