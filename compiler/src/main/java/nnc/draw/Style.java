package nnc.draw;

/**
 * How pictures and pages look: colours as CSS variables, in a light and a dark form between which the reader's system chooses. {@code --c0} to {@code --c9} tell
 * series and classes apart, {@code --main} and {@code --other} are the two of most contrast.
 */
public final class Style {
  private Style() {}

  /** As many colours tell series apart; a further one has the first again. */
  public static final int SERIES = 10;

  /** The variables, for the root of a page or a picture. */
  public static final String VARIABLES = """
      :root { color-scheme: light dark; --page: #ffffff; --panel: #f7fafc; --text: #1a202c; --soft: #718096; --line: #e2e8f0; --main: #2b6cb0; --other: #c05621;
        --c0: #2b6cb0; --c1: #c05621; --c2: #2f855a; --c3: #6b46c1; --c4: #b83280; --c5: #718096; --c6: #b7791f; --c7: #0987a0; --c8: #c53030; --c9: #4a5568; }
      @media (prefers-color-scheme: dark) { :root { --page: #14181f; --panel: #1c232d; --text: #e2e8f0; --soft: #94a3b8; --line: #2d3748; --main: #63b3ed; --other: #f6ad55;
        --c0: #63b3ed; --c1: #f6ad55; --c2: #68d391; --c3: #b794f4; --c4: #f687b3; --c5: #a0aec0; --c6: #ecc94b; --c7: #4fd1c5; --c8: #fc8181; --c9: #cbd5e0; } }
      """;

  /** What holds inside of a picture. */
  static final String PICTURE = """
      text { fill: var(--text); font: 12px system-ui, sans-serif; } .title { font-size: 15px; font-weight: 600; } .head { font-weight: 600; } .soft { fill: var(--soft); }
      .small { font-size: 10.5px; } .halo { paint-order: stroke; stroke: var(--page); stroke-width: 4px; stroke-linejoin: round; } image { image-rendering: pixelated; }
      """;

  /** The colour of a series or class by its number. */
  public static String series(int number) {
    return "var(--c" + Math.floorMod(number, SERIES) + ")";
  }
}
