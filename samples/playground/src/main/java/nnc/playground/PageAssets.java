package nnc.playground;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import nnc.page.PageFile;

/** The files of the page: those of this module, and those of the libraries that it uses, each by its name alone. What is not in the list is not there. */
final class PageAssets {
  private static final String OWN = "/nnc/playground/page/", LIBRARIES = "/META-INF/resources/webjars/";

  /** What the page imports of the libraries, by the name that it is served under. */
  private static final Map<String, String> OF_LIBRARIES = Map.ofEntries(
      Map.entry("codemirror-state.js", "codemirror__state/6.7.1/dist/index.js"), Map.entry("codemirror-view.js", "codemirror__view/6.43.7/dist/index.js"),
      Map.entry("codemirror-language.js", "codemirror__language/6.12.4/dist/index.js"), Map.entry("codemirror-commands.js", "codemirror__commands/6.10.4/dist/index.js"),
      Map.entry("codemirror-lint.js", "codemirror__lint/6.9.7/dist/index.js"), Map.entry("lezer-common.js", "lezer__common/1.5.2/dist/index.js"),
      Map.entry("lezer-highlight.js", "lezer__highlight/1.2.3/dist/index.js"), Map.entry("find-cluster-break.js", "marijn__find-cluster-break/1.0.3/src/index.js"),
      Map.entry("style-mod.js", "style-mod/4.1.3/src/style-mod.js"), Map.entry("w3c-keyname.js", "w3c-keyname/2.2.8/index.js"),
      Map.entry("crelt.js", "crelt/1.0.7/index.js"));

  private PageAssets() {}

  /** By the path that is asked for: {@code /main.js}, {@code /lib/codemirror-view.js}; what all pages share as well. */
  static Optional<PageFile> of(String path) throws IOException {
    var shared = PageFile.shared(path);
    var name = path.substring(1);
    if (shared.isPresent() || PageFile.type(name).isEmpty() || !name.matches("(lib/)?[A-Za-z0-9][A-Za-z0-9_-]*\\.[a-z]+")) {
      return shared;
    }
    var resource = name.startsWith("lib/") ? Optional.ofNullable(OF_LIBRARIES.get(name.substring(4))).map(file -> LIBRARIES + file) : Optional.of(OWN + name);
    return resource.isEmpty() ? Optional.empty() : PageFile.of(PageAssets.class, resource.get());
  }
}
