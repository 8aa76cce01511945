package nnc.playground;

import java.util.List;
import java.util.regex.Pattern;

/** The paths that a program's text imports, as they are written there. */
final class Imports {
  /** A comment, a text, or an import: what stands in the first two is none. */
  private static final Pattern PIECE = Pattern.compile("#[^\\n]*|\\bimport\\s+\"((?:[^\"\\\\\\n]|\\\\.)*)\"|\"(?:[^\"\\\\\\n]|\\\\.)*\"");

  private Imports() {}

  static List<String> of(String text) {
    return PIECE.matcher(text).results().map(piece -> piece.group(1)).filter(path -> path != null).toList();
  }
}
