package nnc.runtime.learn;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import nnc.runtime.files.WeightFile;
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
    return fit.taken();
  }
}
