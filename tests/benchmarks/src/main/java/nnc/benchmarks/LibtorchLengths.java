package nnc.benchmarks;

import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.pack_padded_sequence;
import static org.bytedeco.pytorch.global.torch.set_num_threads;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.PackedSequence;
import org.bytedeco.pytorch.Tensor;

/**
 * Training of PyTorch's LSTM on rows that differ in length, in the two ways that there are: packed sequences, where nothing is computed behind a row's end, and padded rows, of
 * which the loss leaves out what is behind it; an LSTM that reads forwards computes nothing else up to there. Either is prepared once and stays where it is.
 */
final class LibtorchLengths implements Job {
  /** The engine's name where rows are padded. */
  static final String PADDED = "libtorch-padded";

  /** What the loss leaves out, unless it is told another number. */
  private static final float IGNORED = -100;

  private sealed interface Batch {
    Tensor labels();
  }

  private record Packed(PackedSequence rows, Tensor labels) implements Batch {}

  private record Padded(Tensor rows, Tensor labels) implements Batch {}

  private final Map<String, Array> start;
  private final List<Batch> batches;
  private LibtorchNetwork network;
  private Adam optimizer;

  private LibtorchLengths(Map<String, Array> arrays, Function<Map<String, Array>, Batch> prepared) {
    start = Array.weights(arrays);
    batches = MixedLengths.batches(arrays).stream().map(prepared).toList();
    restart();
  }

  static Job packed(int threads, Map<String, Array> arrays) {
    set_num_threads(threads);
    return new LibtorchLengths(arrays, LibtorchLengths::packedBatch);
  }

  static Job padded(int threads, Map<String, Array> arrays) {
    set_num_threads(threads);
    return new LibtorchLengths(arrays, LibtorchLengths::paddedBatch);
  }

  private static Batch packedBatch(Map<String, Array> batch) {
    var counts = Libtorch.longs(batch.get("count"));
    return new Packed(pack_padded_sequence(Libtorch.floats(batch.get("x")), counts, true, false), pack_padded_sequence(Libtorch.longs(batch.get("y")), counts, true, false).data());
  }

  private static Batch paddedBatch(Map<String, Array> batch) {
    var labels = batch.get("y").values().clone();
    int longest = labels.length / MixedLengths.BATCH;
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % longest < batch.get("count").values()[i / longest] ? labels[i] : IGNORED;
    }
    return new Padded(Libtorch.floats(batch.get("x")), Libtorch.longs(new Array(labels, labels.length)));
  }

  @Override
  public void restart() {
    network = new LibtorchNetwork(MixedLengths.NETWORK, true, start);
    optimizer = new Adam(network.learned(), new AdamOptions(0.001));
  }

  @Override
  public void run() {
    for (var batch : batches) {
      step(batch);
    }
  }

  private float step(Batch batch) {
    try (var _ = new PointerScope()) {
      optimizer.zero_grad();
      var scores = switch (batch) {
        case Packed packed -> network.result(packed.rows);
        case Padded padded -> network.result(padded.rows).reshape(-1, MixedLengths.CLASSES);
      };
      var loss = cross_entropy_loss(scores, batch.labels());
      loss.backward();
      optimizer.step();
      return loss.item_float();
    }
  }

  @Override
  public float[] proof() {
    var losses = new float[PROOF_STEPS];
    for (int i = 0; i < PROOF_STEPS; i++) {
      losses[i] = step(batches.get(i % batches.size()));
    }
    return losses;
  }
}
