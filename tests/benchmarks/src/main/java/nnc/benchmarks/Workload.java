package nnc.benchmarks;

import java.util.List;

/**
 * A thing to measure.
 *
 * @param name     as on the command line: {@code A64}, {@code P1-C}, {@code J-512}
 * @param title    for people
 * @param kind     what is done with the network
 * @param network  the letter of its program in the resources; of a product, {@code J}
 * @param batch    examples a run
 * @param items    what is counted in a run, e.g. tokens
 * @param unit     of what is counted
 * @param macs     useful multiply-adds of a run; those of a training step include both gradients, but not that by the input
 * @param peers    engines that it is measured beside
 * @param sizes    of a product, m, k, n; of a network over texts or rows of steps, their length; of rows that differ in length also how many at a time are sorted by it
 */
record Workload(String name, String title, Kind kind, String network, int batch, int items, String unit, double macs,
    List<String> peers, int... sizes) {

  enum Kind {
    /** Training steps on one batch that lies in memory. */
    TRAIN,
    /** Predictions, Java array in, Java array out: as many as possible. */
    PREDICT,
    /** Predictions of one example: how long each takes. */
    LATENCY,
    /** Matrix products. */
    PRODUCT,
    /** A process from its start to its first prediction. */
    START
  }

  private static final List<String> PREDICTORS = List.of("onnx", "libtorch", "djl", "dl4j");
  /** Those that have been taught the larger networks. */
  private static final List<String> ENGINES = List.of("onnx", "libtorch");
  private static final List<String> STARTERS = List.of(Starts.IMAGE, "onnx", "libtorch", "djl", "dl4j");
  private static final List<String> MULTIPLIERS = List.of("mkl");

  /** Multiply-adds of a network's forward direction, an example (of rows that differ in length a step, of texts a letter), and of its first contraction, whose input needs no gradient. */
  private record Cost(double forward, double first) {}

  private static Cost cost(String network) {
    return switch (network) {
      case "A" -> new Cost(784 * 512 + 512 * 512 + 512 * 10, 784 * 512);
      case "B" -> new Cost(784 * 100 + 100 * 10, 784 * 100);
      case "C" -> new Cost(784 * 25 * 6 + 100 * 150 * 16 + 400 * 120 + 120 * 84 + 84 * 10, 784 * 25 * 6);
      case "D" -> new Cost(1024 * 27 * 16 + 6 * 1024 * 144 * 16 + 256 * 144 * 32 + 5 * 256 * 288 * 32 + 256 * 16 * 32
          + 64 * 288 * 64 + 5 * 64 * 576 * 64 + 64 * 32 * 64 + 640, 1024 * 27 * 16);
      case "E" -> new Cost(12 * ((12 + 128) * 512 + 128 * 12), 12 * 12 * 512);
      case "F" -> new Cost(64 * (2 * (4 * 128 * 128 + 2 * 64 * 128 + 2 * 128 * 512) + 128 * 64), 0);
      case "H" -> new Cost(2 * 4 + 4 * 2 + 2, 8);
      case "R18" -> new Cost(1_814_073_344, 118_013_952);
      case "R50" -> new Cost(4_089_184_256L, 118_013_952);
      case "MB" -> new Cost(56_510_400, 112 * 112 * 27 * 16);
      case "UN" -> new Cost(3_017_801_728L, 128 * 128 * 27 * 32);
      case "GRU" -> new Cost(12 * ((12 + 128) * 384 + 128 * 12), 12 * 12 * 384);
      case MixedLengths.NETWORK -> new Cost((32 + 128) * 512 + 128 * 12, 32 * 512);
      // a letter, which attends to half of the places on average
      case "TEXT" -> new Cost(6 * 384 * (12 * 384 + 2 * 128.5) + 384 * 65, 0);
      case "STEP" -> new Cost(200 * ((64 + 256) * 768 + 256 * 10), 0);
      // of the first layer's input the ten numbers need no gradient, the embeddings do
      case "TAB" -> new Cost(701 * 256 + 256 * 128 + 128, 10 * 256);
      default -> throw new IllegalArgumentException("no network " + network);
    };
  }

  private static Workload train(String name, String title, String network, int batch, int items, String unit) {
    var cost = cost(network);
    return new Workload(name, title, Kind.TRAIN, network, batch, items, unit, batch * (3 * cost.forward - cost.first),
        trainers(network));
  }

  /**
   * The TensorFlow binding lacks gradients that D, E and F need. The larger networks, GRU and TAB only libtorch has been taught. Deeplearning4j has no layers for F, and with its operators losses differ
   * by more than is allowed.
   */
  private static List<String> trainers(String network) {
    return switch (network) {
      case "A", "B", "C", "H" -> List.of("libtorch", "tensorflow", "djl", "dl4j");
      case "F" -> List.of("libtorch", "djl");
      case "R18", "UN", "GRU", "TAB", "TEXT" -> List.of("libtorch");
      case MixedLengths.NETWORK -> List.of("libtorch", LibtorchLengths.PADDED);
      default -> List.of("libtorch", "djl", "dl4j");
    };
  }

  private static Workload predict(String network, String title, int batch) {
    return new Workload("P" + batch + "-" + network, title + (batch == 1 ? ", one example" : ", batch " + batch),
        batch == 1 ? Kind.LATENCY : Kind.PREDICT, network, batch, batch, batch == 1 ? "us" : "examples/s",
        batch * cost(network).forward, predictors(network));
  }

  private static List<String> predictors(String network) {
    return switch (network) {
      case "R50", "MB", "GRU" -> ENGINES;
      default -> PREDICTORS;
    };
  }

  /** Texts of so many tokens, by the program that an ONNX model is imported to. */
  private static Workload encode(int batch, int length) {
    boolean single = batch == 1;
    return new Workload("N-" + batch + "x" + length, "sentence encoder from ONNX, " + batch + " x " + length + " tokens", single ? Kind.LATENCY : Kind.PREDICT, SentenceEncoder.NETWORK,
        batch, batch, single ? "us" : "texts/s", batch * encoding(length), List.of("onnx"), length);
  }

  /** All batches of rows that differ in length, one after the other: of so many rows at a time, those that are about as long as each other are a batch. */
  private static Workload lengths(String name, String title, int pool) {
    var cost = cost(MixedLengths.NETWORK);
    int steps = MixedLengths.steps();
    return new Workload(name, title, Kind.TRAIN, MixedLengths.NETWORK, MixedLengths.BATCH, steps, "tokens/s", steps * (3 * cost.forward - cost.first), trainers(MixedLengths.NETWORK),
        MixedLengths.LONGEST, pool);
  }

  /** Windows of a text of so many letters each. */
  private static Workload learnLetters(int batch, int length) {
    int letters = batch * length;
    return new Workload("L3", "transformer of 6 blocks, letters, batch " + batch, Kind.TRAIN, "TEXT", batch, letters, "tokens/s", 3 * letters * cost("TEXT").forward, trainers("TEXT"), length);
  }

  /** Of a text of so many letters all but the first one, a letter at a time. */
  private static Workload writeLetters(int length) {
    int letters = length - 1;
    return new Workload("L3-write", "the same writes " + letters + " letters", Kind.PREDICT, "TEXT", 1, letters, "tokens/s", letters * cost("TEXT").forward, trainers("TEXT"), 1);
  }

  /** One text of so many tokens, by the same network as it is written by hand, and to a sentence's vector. */
  private static Workload encodeByHand(int length) {
    return new Workload("M-" + length, "sentence encoder by hand, 1 x " + length + " tokens", Kind.LATENCY, "M", 1, 1, "us", encoding(length), ENGINES, length);
  }

  private static double encoding(int length) {
    return 6.0 * length * (4 * 384 * 384 + 2 * 384 * 1536 + 2.0 * length * 384);
  }

  /** Of {@code weight} the left factor is turned on its side, of {@code input} the right one: a layer's two gradients. */
  private static Workload product(String name, int m, int k, int n) {
    return new Workload("J-" + name, m + " x " + k + " x " + n, Kind.PRODUCT, "J", 1, 1, "GFLOP/s", (double) m * k * n, MULTIPLIERS, m, k, n);
  }

  /** All workloads in the order of the table. */
  static final List<Workload> ALL = List.of(
      train("A64", "MLP 784-512-512-10, Adam, batch 64", "A", 64, 64, "examples/s"),
      train("A256", "the same, batch 256", "A", 256, 256, "examples/s"),
      train("A1", "the same, batch 1", "A", 1, 1, "examples/s"),
      train("B", "MLP 784-100-10, SGD, batch 32", "B", 32, 32, "examples/s"),
      train("C", "LeNet-5, Adam, batch 64", "C", 64, 64, "examples/s"),
      train("D", "ResNet-20, momentum, batch 32", "D", 32, 32, "examples/s"),
      train("E", "LSTM 128 over 12 steps, Adam, batch 128", "E", 128, 128, "examples/s"),
      train("F", "transformer of 2 blocks, Adam, batch 16", "F", 16, 16 * 64, "tokens/s"),
      train("H", "MLP 2-4-2-1 tanh, SGD, batch 10", "H", 10, 1, "steps/s"),
      train("R18", "ResNet-18 at 224 x 224, momentum, batch 8", "R18", 8, 8, "examples/s"),
      train("UN", "U-Net at 128 x 128, momentum, batch 4", "UN", 4, 4, "examples/s"),
      train("GRU", "GRU 128 over 12 steps, Adam, batch 128", "GRU", 128, 128, "examples/s"),
      train("TAB", "20 embeddings, 3 layers, Adam, batch 256", "TAB", 256, 256, "examples/s"),
      lengths("L1", "LSTM 128, rows of 5 to 200, batch 64", MixedLengths.ROWS),
      lengths("L1-any", "the same, rows batched as they come", MixedLengths.BATCH),
      new Workload("L2", "GRU 256, one example of 200 steps", Kind.LATENCY, "STEP", 1, 1, "us", cost("STEP").forward, ENGINES, 200),
      learnLetters(4, 256), writeLetters(256),
      predict("A", "MLP", 1), predict("C", "LeNet-5", 1), predict("D", "ResNet-20", 1), predict("E", "LSTM", 1), predict("GRU", "GRU", 1),
      predict("A", "MLP", 64), predict("C", "LeNet-5", 64), predict("D", "ResNet-20", 64), predict("E", "LSTM", 64),
      encode(1, 8), encode(1, 16), encode(1, 64), encode(1, 128), encode(8, 128), encode(32, 32), encodeByHand(8), encodeByHand(16), encodeByHand(64), encodeByHand(128),
      predict("R50", "ResNet-50 at 224 x 224", 1), predict("R50", "ResNet-50 at 224 x 224", 8),
      predict("MB", "MobileNetV3-Small at 224 x 224", 1), predict("MB", "MobileNetV3-Small at 224 x 224", 8),
      new Workload("S", "process, start to end, one prediction of A", Kind.START, "A", 1, 1, "ms", cost("A").forward, STARTERS),
      product("64", 64, 64, 64), product("128", 128, 128, 128), product("256", 256, 256, 256), product("512", 512, 512, 512),
      product("1024", 1024, 1024, 1024), product("dense", 64, 784, 512),
      product("weight", 784, 64, 512), product("input", 64, 512, 784));

  /** Those that a list of names or beginnings of names chooses; all if it is empty. */
  static List<Workload> chosen(List<String> names) {
    for (var name : names) {
      if (ALL.stream().noneMatch(workload -> workload.named(name))) {
        throw new IllegalArgumentException("no workload " + name + "; there are " + ALL.stream().map(Workload::name).toList());
      }
    }
    return ALL.stream().filter(workload -> names.isEmpty() || names.stream().anyMatch(workload::named)).toList();
  }

  private boolean named(String wanted) {
    return name.equals(wanted) || wanted.length() < name.length() && name.startsWith(wanted)
        && !Character.isDigit(name.charAt(wanted.length()));
  }

  /** Tokens of a text, steps of a row; of the longest row. */
  int length() {
    return sizes[0];
  }

  /** How many rows at a time are sorted by their length. */
  int pool() {
    return sizes[1];
  }

  /** The size of an open dimension. */
  int size(String dim) {
    return dim.equals("T") || dim.startsWith("sequence") ? length() : batch;
  }

  /** Whether smaller figures are better. */
  boolean lowerIsBetter() {
    return kind == Kind.LATENCY || kind == Kind.START;
  }
}
