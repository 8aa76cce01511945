package nnc.runtime.learn;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import nnc.runtime.files.WeightFile;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.Vocabulary;
import nnc.runtime.train.Progress;

/**
 * Weights that training begins with in place of new ones, where they fit.
 *
 * @param file  a weight file; null if they are a model's
 * @param model whose weights they are; null if they are in a file
 */
record StartingWeights(Path file, Model model) {
  /** None: all are new. */
  static final StartingWeights NONE = new StartingWeights(null, null);

  static StartingWeights of(Path file) {
    return new StartingWeights(file, null);
  }

  static StartingWeights of(Model model) {
    model.requireWeights();
    return new StartingWeights(null, model);
  }

  /** Gives the paths of the weights that were there. */
  List<String> fill(Model filled, Progress progress) {
    if (file == null && model == null) {
      return List.of();
    }
    String origin = file == null ? "the network " + model.spec().name() : file.toString();
    List<String> unread = new ArrayList<>();
    Map<String, Tensor> arrays;
    if (file == null) {
      arrays = WeightFile.arrays(model.spec(), model.weights(), new Vocabulary());
      filled.vocabulary().learn(model.vocabulary());
    } else {
      Npz.Arrays read = Npz.read(file, name -> true);
      arrays = read.read();
      WeightFile.learn(filled.spec(), arrays, filled.vocabulary(), origin);
      unread.addAll(read.unread().keySet());
    }
    WeightFile.Fit fit = WeightFile.fillWhatFits(filled.spec(), arrays, filled.writable());
    fit.unused().addAll(unread);
    int all = fit.taken().size() + fit.missing().size() + fit.other().size();
    if (fit.taken().isEmpty() && all > 0) {
      throw new Fault(origin + ": none of its arrays is a weight of the network, by name and shape", "the file has "
          + WeightFile.listed(fit.unused()) + (fit.other().isEmpty() ? "" : "; of another shape: " + WeightFile.listed(fit.other()))
          + (fit.missing().isEmpty() ? "" : "; the network has " + WeightFile.listed(fit.missing())));
    }
    progress.initialised(origin, fit);
    if (!arrays.containsKey(WeightFile.NAMED)) {
      warn(arrays, filled.spec().weights(), progress);
    }
    return fit.taken();
  }

  private static void warn(Map<String, Tensor> arrays, List<ModelSpec.Weight> weights, Progress progress) {
    Map<String, String> old = new LinkedHashMap<>();
    Map<String, String> now = new LinkedHashMap<>();
    for (var array : arrays.entrySet()) {
      add(array.getKey(), Arrays.toString(array.getValue().shape()), old);
    }
    for (var weight : weights) {
      add(weight.path(), weight.shape().toString(), now);
    }
    List<String> doubtful = doubtful(old, now);
    if (!doubtful.isEmpty()) {
      progress.note("shifted", "warning: layers are numbered in their order, which has changed. Taken by name, and of equal shapes with others: "
          + WeightFile.listed(doubtful) + "\n  nnc diff FILE.nn WEIGHTS -o map.txt tells which is which; --map map.txt takes weights by what it says");
    }
  }

  /**
   * Layers that nobody has named are numbered in their order, and one that is put before others takes their names. So a layer of the file may be another here if there
   * is one like it for which none of its name and shapes is found, here or there.
   *
   * @param old what layers are like that there were, by path
   */
  static List<String> doubtful(Map<String, String> old, Map<String, String> now) {
    List<String> doubtful = new ArrayList<>();
    for (var layer : now.entrySet()) {
      String like = layer.getValue();
      if (like.equals(old.get(layer.getKey()))) {
        String other = unmatched(like, now, old);
        String before = unmatched(like, old, now);
        if (!other.isEmpty() || !before.isEmpty()) {
          doubtful.add(layer.getKey() + (before.isEmpty() ? " (or does " + other + " continue it?)" : " (or was it " + before + "?)"));
        }
      }
    }
    return doubtful;
  }

  /** A layer that is like some, and unlike the one of its name among the others, or without one; empty if there is none. */
  private static String unmatched(String like, Map<String, String> layers, Map<String, String> others) {
    for (var layer : layers.entrySet()) {
      if (layer.getValue().equals(like) && !like.equals(others.get(layer.getKey()))) {
        return layer.getKey();
      }
    }
    return "";
  }

  /** Adds a weight to what its layer is like: its path without numbers, with the names and shapes of its weights. */
  private static void add(String path, String shape, Map<String, String> layers) {
    String layer = path.substring(0, Math.max(0, path.lastIndexOf('.')));
    String like = layers.get(layer);
    layers.put(layer, (like == null ? "" : like) + path.replaceAll("(_|(?<=\\.))[0-9]+(?=\\.)", "") + shape);
  }
}
