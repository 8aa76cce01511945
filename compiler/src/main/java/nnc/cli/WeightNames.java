package nnc.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import nnc.runtime.files.WeightFile;
import nnc.source.Suggestion;

/**
 * A file that says what weights are called that had other names: lines {@code THERE = HERE}, each of a weight, or of a layer with all that is in it; of several that
 * speak of a weight the longest counts. {@code #} begins a remark. What a line names there is nothing else here.
 */
final class WeightNames {
  private record Line(String here, int number) {}

  private final Path file;
  private final Map<String, Line> lines = new LinkedHashMap<>();

  private WeightNames(Path file) {
    this.file = file;
  }

  /**
   * Reads the file.
   *
   * @throws Fault if it cannot be read, or a line of it
   */
  static WeightNames of(Path file) {
    var names = new WeightNames(file);
    try {
      int number = 0;
      for (var line : Files.readAllLines(file)) {
        names.add(line.replaceFirst("#.*", "").strip(), ++number);
      }
      return names;
    } catch (CharacterCodingException e) {
      throw new Fault(file + ": is no UTF-8 text", "lines are THERE = HERE", e);
    } catch (IOException e) {
      throw new Fault(file + ": cannot be read: " + e.getMessage(), "", e);
    }
  }

  private void add(String text, int number) {
    int equals = text.indexOf('=');
    var there = equals < 0 ? "" : text.substring(0, equals).strip();
    var here = text.substring(equals + 1).strip();
    if (text.isEmpty()) {
      return;
    } else if (there.isEmpty() || here.isEmpty()) {
      throw new Fault(file + ":" + number + ": '" + text + "' is not THERE = HERE", "e.g. dense_2 = dense_3, or of one weight dense_2.W = dense_3.W");
    } else if (lines.put(there, new Line(here, number)) != null) {
      throw new Fault(file + ":" + number + ": " + there + " is said twice");
    }
  }

  /**
   * Writes weights by their names here, and that somebody has said which is which.
   *
   * @param here the shapes of the weights that there are, by path
   * @throws Fault if what is said is not there, not here, of another shape, or twice the same here
   */
  void write(Path from, Map<String, int[]> here, Path to) {
    var arrays = new LinkedHashMap<>(renamed(Npz.read(from), here));
    arrays.put(WeightFile.NAMED, new Tensor(new int[] {1}, new int[] {1}));
    Npz.write(to, arrays);
  }

  private Map<String, Tensor> renamed(Map<String, Tensor> arrays, Map<String, int[]> here) {
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    Map<String, Tensor> others = new LinkedHashMap<>();
    var used = new HashSet<String>();
    arrays.forEach((name, array) -> {
      var there = longest(name);
      if (there.isEmpty()) {
        others.put(name, array);
        return;
      }
      used.add(there);
      var path = lines.get(there).here + name.substring(there.length());
      requireFit(place(there), name, array, path, here);
      if (renamed.put(path, array) != null) {
        throw new Fault(place(there) + path + " is said twice");
      }
    });
    lines.keySet().stream().filter(there -> !used.contains(there)).findFirst().ifPresent(there -> {
      throw new Fault(place(there) + "there are no weights " + there + Suggestion.sentence(there, names(arrays)));
    });
    // what has lost its place keeps a name that no weight has, and is told as not used
    others.forEach((name, array) -> renamed.put(renamed.containsKey(name) ? name + " (of the file)" : name, array));
    return renamed;
  }

  /** Of weights and of their layers. */
  private static List<String> names(Map<String, Tensor> arrays) {
    var names = new ArrayList<>(arrays.keySet());
    arrays.keySet().forEach(name -> names.add(LayerMatching.layer(name)));
    return names;
  }

  /** Of the names that are said the one that speaks of an array; empty if none does. */
  private String longest(String array) {
    var name = array;
    while (!name.isEmpty() && !lines.containsKey(name)) {
      name = name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }
    return name;
  }

  private String place(String there) {
    return file + ":" + lines.get(there).number + ": ";
  }

  private static void requireFit(String place, String name, Tensor array, String path, Map<String, int[]> here) {
    var shape = here.get(path);
    if (shape == null) {
      throw new Fault(place + "the network has no weight " + path + Suggestion.sentence(path, here.keySet()));
    } else if (!Arrays.equals(shape, array.shape())) {
      throw new Fault(place + name + " is " + Arrays.toString(array.shape()) + " there, and " + path + " is " + Arrays.toString(shape) + " here");
    }
  }
}
