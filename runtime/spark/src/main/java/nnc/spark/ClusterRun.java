package nnc.spark;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import nnc.runtime.Model;
import nnc.runtime.files.Npz;
import nnc.runtime.files.WeightFile;

/** What a training on a cluster has come to. */
public final class ClusterRun {
  private final BroadcastNetwork network;
  private final Model model;
  private final List<Double> losses;

  ClusterRun(BroadcastNetwork network, Model model, List<Double> losses) {
    this.network = network;
    this.model = model;
    this.losses = List.copyOf(losses);
  }

  /** The network with what was learned. */
  public Model model() {
    return model;
  }

  /** The mean loss of each epoch's rows, as they were trained on, without penalties. */
  public List<Double> losses() {
    return losses;
  }

  /** Saves what was learned on this machine, to a file that {@code --weights} reads. */
  public ClusterRun save(Path npz) {
    model.save(npz);
    return this;
  }

  /** The same network for rows of Datasets. */
  public NnModel predictor() {
    var bytes = new ByteArrayOutputStream();
    try {
      Npz.write(bytes, WeightFile.arrays(model.spec(), model.weights(), model.vocabulary()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return NnModel.of(BroadcastNetwork.of(network.origin(), network.jar(), bytes.toByteArray()));
  }
}
