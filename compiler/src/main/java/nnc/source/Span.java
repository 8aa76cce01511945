package nnc.source;

/**
 * A stretch of source text.
 *
 * @param file  the source's name as the user gave it
 * @param line  line of the first character, from 1
 * @param column column of the first character, from 1
 * @param endLine line of the last character, from 1
 * @param endColumn column behind the last character, from 1
 */
public record Span(String file, int line, int column, int endLine, int endColumn) {

  /** Where there is no text: nodes that the compiler makes by itself. */
  public static final Span NONE = new Span("", 0, 0, 0, 0);

  /** From the start of this span to the end of {@code last}. */
  public Span to(Span last) {
    return new Span(file, line, column, last.endLine, last.endColumn);
  }

  @Override
  public String toString() {
    return this.equals(NONE) ? "-" : file + ":" + line + ":" + column;
  }
}
