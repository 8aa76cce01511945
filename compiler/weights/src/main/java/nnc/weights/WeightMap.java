package nnc.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.source.Suggestion;

/** A file that says of which arrays weights are made: lines {@code array = path}, behind which {@code transpose} may stand; {@code #} begins a remark. */
final class WeightMap {
  private WeightMap() {}

  /**
   * What it says, by path.
   *
   * @param paths of the program's weights
   * @throws Fault of a line that is none, or speaks of another path
   */
  static Map<String, ArrayOrigin> read(Path file, List<String> paths) {
    var said = new LinkedHashMap<String, ArrayOrigin>();
    try {
      int number = 0;
      for (var line : Files.readAllLines(file)) {
        number++;
        var text = line.replaceFirst("#.*", "").strip();
        if (!text.isEmpty()) {
          add(text, file + ":" + number + ": ", paths, said);
        }
      }
    } catch (IOException e) {
      throw new Fault(file + ": cannot be read: " + e.getMessage(), "", e);
    }
    return said;
  }

  private static void add(String text, String place, List<String> paths, Map<String, ArrayOrigin> said) {
    int equals = text.lastIndexOf('=');
    var words = equals < 0 ? new String[0] : text.substring(equals + 1).strip().split("\\s+");
    if (equals < 1 || words.length < 1 || words.length > 2 || words.length == 2 && !words[1].equals("transpose")) {
      throw new Fault(place + "'" + text + "' is not NAME = PATH or NAME = PATH transpose");
    } else if (!paths.contains(words[0])) {
      throw new Fault(place + "the program has no weight " + words[0] + Suggestion.sentence(words[0], paths));
    } else if (said.put(words[0], new ArrayOrigin(ArrayOrigin.parse(text.substring(0, equals).strip()), words.length == 2)) != null) {
      throw new Fault(place + words[0] + " is said twice");
    }
  }

  /** Writes what was found, to be corrected and read again. */
  static void write(Path file, Map<String, WeightMatching.Match> matches) {
    var lines = new ArrayList<String>();
    matches.forEach((path, match) -> lines.add(new ArrayOrigin(match.origin().parts(), false) + " = " + path + (match.origin().transposed() ? " transpose" : "")));
    try {
      Files.write(file, lines);
    } catch (IOException e) {
      throw new Fault(file + ": cannot be written: " + e.getMessage(), "", e);
    }
  }
}
