package nnc.page;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/**
 * A file of a page.
 *
 * @param type its content type
 */
public record PageFile(String type, byte[] bytes) {
  private static final String LIBRARIES = "/META-INF/resources/webjars/";

  /** What all pages share, by the paths that it is served under; curves are drawn by uPlot. */
  private static final Map<String, String> SHARED = Map.of("/base.css", "base.css", "/chart.js", "chart.js", "/colours.js", "colours.js",
      "/lib/uPlot.js", LIBRARIES + "uplot/1.6.30/dist/uPlot.esm.js", "/lib/uPlot.css", LIBRARIES + "uplot/1.6.30/dist/uPlot.min.css");

  private static final Map<String, String> TYPES = Map.of("html", "text/html; charset=utf-8", "css", "text/css; charset=utf-8", "js", "text/javascript; charset=utf-8",
      "svg", "image/svg+xml", "png", "image/png");

  /** One of the shared files, by the path that is asked for: {@code /chart.js}, {@code /lib/uPlot.js}. */
  public static Optional<PageFile> shared(String path) throws IOException {
    var resource = SHARED.get(path);
    return resource == null ? Optional.empty() : of(PageFile.class, resource);
  }

  /**
   * A file beside a class, or of a library by its whole path.
   *
   * @param resource a name that the server itself has, not one that somebody asks for
   */
  public static Optional<PageFile> of(Class<?> beside, String resource) throws IOException {
    try (InputStream in = beside.getResourceAsStream(resource)) {
      return in == null ? Optional.empty() : Optional.of(new PageFile(type(resource).orElseThrow(), in.readAllBytes()));
    }
  }

  /** The content type of files that pages have, by a name's end. */
  public static Optional<String> type(String name) {
    return Optional.ofNullable(TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
  }
}
