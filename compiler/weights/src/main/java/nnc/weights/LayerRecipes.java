package nnc.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.weights.ArrayOrigin.Part;

/**
 * How PyTorch's modules and their kin call what a layer of the library has, and how it lies there: matrices {@code [out, in]} where the language has
 * {@code [in, out]}; convolutions, embeddings and norms alike. Gates come in the same order in both: input, forget, cell, output of an LSTM, reset, update, new of
 * a GRU; an LSTM's two biases are always added, and are one here.
 */
final class LayerRecipes {
  private LayerRecipes() {}

  /** So many layers of a recurrence one module may have. */
  private static final int MOST_STACKED = 16;

  private static final Set<String> CONVOLUTIONS = Set.of("conv1d", "conv2d", "conv_transpose1d", "conv_transpose2d");
  private static final Set<String> NORMS = Set.of("batch_norm", "batch_renorm", "layer_norm", "group_norm", "instance_norm");
  private static final Set<String> ATTENTION = Set.of("attention", "self_attention");
  private static final Set<String> CELLS = Set.of("rnn_cell", "lstm_cell", "gru_cell");
  private static final Set<String> OTHERS = Set.of("dense", "embedding", "prelu", "weight_norm_dense");

  static boolean knows(String kind) {
    return CONVOLUTIONS.contains(kind) || NORMS.contains(kind) || ATTENTION.contains(kind) || CELLS.contains(kind) || OTHERS.contains(kind);
  }

  /** A matrix that is kept transposed. */
  private static ArrayOrigin turned(String name) {
    return ArrayOrigin.transposed(name);
  }

  private static ArrayOrigin plain(String name) {
    return ArrayOrigin.of(name);
  }

  /**
   * What a layer's weights may be made of: each way says for each weight what array, whose name is that of the module with a dot and this behind it.
   */
  static List<Map<String, ArrayOrigin>> of(TargetLayer layer) {
    var ways = new ArrayList<Map<String, ArrayOrigin>>();
    var kind = layer.kind();
    if (CONVOLUTIONS.contains(kind)) {
      ways.add(Map.of("W", plain("weight"), "b", plain("bias")));
    } else if (NORMS.contains(kind)) {
      ways.add(Map.of("gamma", plain("weight"), "beta", plain("bias"), "mean", plain("running_mean"), "variance", plain("running_var")));
      ways.add(Map.of("gamma", plain("gamma"), "beta", plain("beta"), "mean", plain("running_mean"), "variance", plain("running_var")));
    } else if (ATTENTION.contains(kind)) {
      attention(layer, ways);
    } else if (CELLS.contains(kind)) {
      cells(layer, ways);
    }
    switch (kind) {
      case "dense" -> ways.add(Map.of("W", turned("weight"), "b", plain("bias")));
      case "embedding" -> ways.add(Map.of("W", plain("weight")));
      case "prelu" -> ways.add(Map.of("slope", plain("weight")));
      case "weight_norm_dense" -> {
        ways.add(Map.of("V", turned("weight_v"), "g", plain("weight_g"), "b", plain("bias")));
        ways.add(Map.of("V", turned("parametrizations.weight.original1"), "g", plain("parametrizations.weight.original0"), "b", plain("bias")));
      }
      default -> {
        // said above
      }
    }
    // what was written of such a program itself
    var own = new LinkedHashMap<String, ArrayOrigin>();
    layer.shapes().keySet().forEach(name -> own.put(name, plain(name)));
    ways.add(own);
    return ways;
  }

  private static void attention(TargetLayer layer, List<Map<String, ArrayOrigin>> ways) {
    int width = layer.shapes().get("Wq").getFirst();
    var joined = new LinkedHashMap<String, ArrayOrigin>();
    var letters = List.of("q", "k", "v");
    for (int i = 0; i < letters.size(); i++) {
      joined.put("W" + letters.get(i), new ArrayOrigin(List.of(new Part("in_proj_weight", i * width, (i + 1) * width)), true));
      joined.put("b" + letters.get(i), new ArrayOrigin(List.of(new Part("in_proj_bias", i * width, (i + 1) * width)), false));
    }
    joined.put("Wo", turned("out_proj.weight"));
    joined.put("bo", plain("out_proj.bias"));
    ways.add(joined);
    for (var names : List.of(List.of("q_proj", "k_proj", "v_proj", "out_proj"), List.of("q_proj", "k_proj", "v_proj", "o_proj"),
        List.of("self.query", "self.key", "self.value", "output.dense"), List.of("attention.query", "attention.key", "attention.value", "output.dense"),
        List.of("q_lin", "k_lin", "v_lin", "out_lin"), List.of("query", "key", "value", "out"))) {
      var way = new LinkedHashMap<String, ArrayOrigin>();
      var ends = List.of("q", "k", "v", "o");
      for (int i = 0; i < ends.size(); i++) {
        way.put("W" + ends.get(i), turned(names.get(i) + ".weight"));
        way.put("b" + ends.get(i), plain(names.get(i) + ".bias"));
      }
      ways.add(way);
    }
  }

  private static void cells(TargetLayer layer, List<Map<String, ArrayOrigin>> ways) {
    // of a cell that stands alone, and of the layers of a recurrence in each direction
    var endings = new ArrayList<String>();
    var direction = layer.path().endsWith(".backward") ? "_reverse" : "";
    for (int i = 0; i < MOST_STACKED; i++) {
      endings.add("_l" + i + direction);
    }
    if (direction.isEmpty()) {
      endings.add("");
    }
    for (var ending : endings) {
      var way = new LinkedHashMap<String, ArrayOrigin>();
      way.put("W", turned("weight_ih" + ending));
      way.put("U", turned("weight_hh" + ending));
      if (layer.kind().equals("gru_cell")) {
        way.put("b", plain("bias_ih" + ending));
        way.put("d", plain("bias_hh" + ending));
      } else {
        way.put("b", new ArrayOrigin(List.of(Part.whole("bias_ih" + ending), Part.whole("bias_hh" + ending)), false));
      }
      ways.add(way);
    }
  }
}
