package nnc.pictures;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.draw.Style;
import nnc.draw.Svg;
import nnc.runtime.base.Fault;
import nnc.runtime.files.AtomicFile;

/** A folder of pictures, with a page {@code index.html} that shows all of them. */
public final class PictureFolder {
  private static final String STYLE = """
      body { font: 15px/1.5 system-ui, sans-serif; background: var(--page); color: var(--text); max-width: 72em; margin: 2em auto; padding: 0 1em; }
      h1 { font-size: 1.4em; } figure { margin: 0 0 2.5em; } img { max-width: 100%; } img.pixels { image-rendering: pixelated; }
      figcaption { color: var(--soft); margin-top: 0.4em; }
      """;

  private final Path folder;
  private final String title;
  private final Map<String, String> captions = new LinkedHashMap<>();

  /** @throws Fault if it cannot be made */
  public PictureFolder(Path folder, String title) {
    this.folder = folder;
    this.title = title;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new Fault(folder + ": the folder cannot be made: " + e.getMessage(), "choose another name", e);
    }
  }

  /** Writes pictures, in place of earlier ones of their names, and the page. */
  public void write(List<Drawing> drawings) {
    for (var drawing : drawings) {
      AtomicFile.write(folder.resolve(drawing.file()), out -> out.write(drawing.content()));
      captions.put(drawing.file(), drawing.caption());
    }
    var page = page(title, captions);
    AtomicFile.write(folder.resolve("index.html"), out -> out.write(page.getBytes(StandardCharsets.UTF_8)));
  }

  /** How many there are. */
  public int size() {
    return captions.size();
  }

  private static String page(String title, Map<String, String> captions) {
    var out = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>")
        .append(Svg.escaped(title)).append("</title>\n<style>\n").append(Style.VARIABLES).append(STYLE).append("</style>\n</head>\n<body>\n<h1>").append(Svg.escaped(title)).append("</h1>\n");
    captions.forEach((file, caption) -> out.append("<figure><img src=\"").append(Svg.escaped(file)).append('"').append(file.endsWith(".png") ? " class=\"pixels\"" : "").append(" alt=\"")
        .append(Svg.escaped(caption)).append("\"><figcaption>").append(Svg.escaped(caption)).append("</figcaption></figure>\n"));
    return out.append("</body>\n</html>\n").toString();
  }
}
