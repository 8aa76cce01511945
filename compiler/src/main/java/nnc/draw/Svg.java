package nnc.draw;

import java.util.Locale;

/** A picture that is written line by line. */
public final class Svg {
  private final StringBuilder out = new StringBuilder();

  /** A line, by {@link String#format}, the same in every country. */
  public Svg line(String format, Object... arguments) {
    out.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    return this;
  }

  /** Begins a picture of so many pixels on white, with a title. */
  public Svg begin(int width, int height, int left, String title) {
    line("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">", width, height);
    line("<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
    return line("<text x=\"%d\" y=\"24\" font-size=\"15\" font-weight=\"bold\">%s</text>", left, escaped(title));
  }

  /** Ends the picture; gives its text. */
  public String end() {
    return line("</svg>").toString();
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
