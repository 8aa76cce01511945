package nnc.benchmarks;

import static org.bytedeco.pytorch.global.torch.embedding;
import static org.bytedeco.pytorch.global.torch.gelu;
import static org.bytedeco.pytorch.global.torch.scaled_dot_product_attention;

import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/** The transformer over letters in PyTorch's operators: all places at once, or a letter at a time with the keys and values of those before in arrays that have room for all. */
final class LibtorchText {
  static final int BLOCKS = 6, WIDTH = 384, HEADS = 6, PLACES = 256, LETTERS = 65;

  private final LibtorchNetwork network;
  private final Tensor positions = Libtorch.floats(Positions.array(PLACES, WIDTH));

  LibtorchText(LibtorchNetwork network) {
    this.network = network;
  }

  /** Of letters [batch, places] the scores of the next ones, [batch, places, letters]. */
  Tensor scores(Tensor letters) {
    var h = embedding(network.weight("embed.W"), letters).add(positions.narrow(0, 0, letters.size(1)));
    for (int i = 0; i < BLOCKS; i++) {
      var parts = projected(h, i);
      h = finished(h, scaled_dot_product_attention(parts.select(0, 0), parts.select(0, 1), parts.select(0, 2), new TensorOptional(), 0, true, new DoubleOptional(), false), i);
    }
    return closed(h);
  }

  /** Queries, keys and values of a block, [3, batch, heads, places, width of a head]. */
  private Tensor projected(Tensor h, int block) {
    return network.dense(normalised(h, "layer_norm." + block), "dense." + block).reshape(h.size(0), h.size(1), 3, HEADS, WIDTH / HEADS).permute(2, 0, 3, 1, 4);
  }

  /** What a block makes of its input and of what its heads have attended to. */
  private Tensor finished(Tensor h, Tensor attended, int block) {
    var joined = h.add(network.dense(attended.transpose(1, 2).reshape(h.size(0), h.size(1), WIDTH), "dense_2." + block));
    return joined.add(network.dense(gelu(network.dense(normalised(joined, "layer_norm_2." + block), "dense_3." + block)), "dense_4." + block));
  }

  private Tensor normalised(Tensor input, String path) {
    return network.norm(input, path, WIDTH, 1e-5);
  }

  private Tensor closed(Tensor h) {
    return network.dense(normalised(h, "closing"), "head");
  }

  /** A text behind its first letter, each letter the likeliest. */
  static final class Writing implements Job {
    private final LibtorchText text;
    private final Tensor first;
    private final Tensor[] keys = new Tensor[BLOCKS], values = new Tensor[BLOCKS];
    private final float[] written = new float[PLACES - 1];

    Writing(LibtorchNetwork network, Map<String, Array> arrays) {
      text = new LibtorchText(network);
      first = Libtorch.longs(arrays.get("x"));
      for (int i = 0; i < BLOCKS; i++) {
        keys[i] = room();
        values[i] = room();
      }
    }

    private static Tensor room() {
      return Libtorch.floats(new Array(new float[PLACES * WIDTH], 1, HEADS, PLACES, WIDTH / HEADS));
    }

    @Override
    public void run() {
      try (var _ = new PointerScope(); var _ = new InferenceMode(true)) {
        var letter = first;
        for (int place = 0; place < written.length; place++) {
          letter = next(letter, place).argmax().view(1, 1);
          written[place] = letter.item_long();
        }
      }
    }

    /** The scores behind a letter. */
    private Tensor next(Tensor letter, int place) {
      var h = embedding(text.network.weight("embed.W"), letter).add(text.positions.narrow(0, place, 1));
      for (int i = 0; i < BLOCKS; i++) {
        var parts = text.projected(h, i);
        keys[i].narrow(2, place, 1).copy_(parts.select(0, 1));
        values[i].narrow(2, place, 1).copy_(parts.select(0, 2));
        var attended = scaled_dot_product_attention(parts.select(0, 0), keys[i].narrow(2, 0, place + 1), values[i].narrow(2, 0, place + 1));
        h = text.finished(h, attended, i);
      }
      return text.closed(h);
    }

    @Override
    public float[] proof() {
      run();
      return written.clone();
    }
  }
}
