package nnc.optimizations;

import static nnc.optimizations.Optimization.Stage.GRAPH;
import static nnc.optimizations.Optimization.Stage.LOOPS;
import static nnc.optimizations.Optimization.Stage.SCHEDULE;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Every rewrite of graph, schedule or loops, in the order of stages. {@code --without=NAME} switches one off, {@code --after=NAME} shows what it left. */
public enum Optimization {
  ROLL(GRAPH, "roll", "",
      "Makes a recurrence over a range of numbers one body that is run so often, as over an open length: 2,000 steps compile in the time of 20.",
      "Not for ranges of less than 1,000 turns, where no product is carried from turn to turn, nor with gradients, for which unrolled turns keep what "
          + "they compute, unless a program is beyond a limit unrolled; not for turns that make layers, draw at random, bring examples together, "
          + "need their number for more than places to read, or change the shape of what they carry. "
          + "Sums over turns, as weights' gradients are, have another order.", """
      param u: float[4, 4] = ones
      input x: float[N, 1000, 4]
      h = zeros(N, 4)
      for t in 0..1000 { h = tanh(x[:, t] + h @ u) }
      output h
      """),
  METRIC_REDUCTION(GRAPH, "metric-reduction", "",
      "Cuts what evaluates or trains where examples come together: batches give sums, a graph of its own makes losses and metrics of them.",
      "Not for means, which batches give as they are, nor for what a network makes of several examples together.", """
      input x: float[N, 3]
      target t: float[N, 3]
      loss sqrt(mse(dense(3)(x), t))
      """) {
    @Override
    public String necessity() {
      return "the metrics of several batches would not be those of all their examples";
    }
  },
  LOOP_RECOMPUTATION(GRAPH, "loop-recomputation", "segments",
      "Keeps what a loop carries at every k-th of its T turns alone, k being about the root of T, and computes it again for the gradient, k turns at a time.",
      "Only where the train block says memory, and for loops over open lengths, or of at least nine turns, by whose values a loss is lowered; not for a gradient of a gradient.", """
      input x: float[N, T, 3]
      cell = rnn_cell(4)
      h = zeros(N, 4)
      for t in 0..T { h = cell(x[:, t], h) }
      loss mean(h ^ 2)
      train { optimizer = sgd(0.1)  memory = "1G" }
      """),
  DEAD_CODE_ELIMINATION(GRAPH, "dead-code-elimination", "dead", "Drops nodes that no result is computed from.",
      "It always applies.", """
      input x: float[N, 3]
      a = exp(x)
      b = log(a) * x
      output y = a * 2
      """),
  STOP_GRADIENTS(GRAPH, "stop-gradients", "stops", "Drops stop_gradient, which means nothing once gradients are made.",
      "It always applies.", """
      input x: float[N, 3]
      output y = stop_gradient(x + 1) * x
      """),
  CONSTANT_FOLDING(GRAPH, "constant-folding", "fold", "Computes what depends on constants alone, with the bits that it would have at run time.",
      "Not for arrays of more than 65536 elements, unless they are filled with one number: they would cost more in the jar than at run time.", """
      input x: float[N, 4]
      output y = x * tensor([1, 2, 3, 4]) + sqrt(4) * range(4)
      """),
  SIMPLIFY(GRAPH, "simplify", "simplify", "Identities of algebra, one by one: x + 0 = x, transpose(transpose(x)) = x.",
      "Not what NaN or infinity would contradict: x * 0 is no 0, x / x is no 1.", """
      input x: float[N, 4]
      output y = -(-(x^2 + 0)) / 4 + sum(x * 0)
      """),
  COMMON_SUBEXPRESSIONS(GRAPH, "common-subexpressions", "cse", "Computes once what is computed alike in several places.",
      "Not for random draws: each has a stream of its own.", """
      input x: float[N, 3]
      output y = exp(x) / (1 + exp(x))
      """),
  SOFTMAX_GRADIENT(GRAPH, "softmax-gradient", "softmax",
      "Says the gradient of a softmax by its result alone, y (g - sum(g y)), so that nothing else of it is kept.",
      "Only where the divisor is the same along the axis that is summed, as it is for softmax.", """
      param w: float[3] = ones
      input x: float[N, 3]
      loss sum(softmax(x * w) * x)
      """),
  BATCH_STEP_MATMULS(GRAPH, "batch-step-matmuls", "stack",
      "Multiplies all steps of a sequence by a matrix at once: x[:, t] @ W = (x @ W)[:, t].",
      "Not for what a step computes from the step before it, which is not there yet.", """
      param w: float[4, 2] = ones
      input x: float[N, 3, 4]
      output y = tanh(tanh(x[:, 0] @ w) + x[:, 1] @ w) + x[:, 2] @ w
      """),
  KEPT_TURN_VALUES(GRAPH, "kept-turn-values", "",
      "Keeps what the turns of a loop over an open length compute for the turns of its gradient, which would compute it again: products, and what is made of them element by element where that takes no more memory.",
      "Not what takes less time to compute than to keep; where a budget of memory cuts a loop into segments, of one segment at a time; not where a condition may end the loop.", """
      input x: float[N, T, 40]
      cell = rnn_cell(40)
      h = zeros(N, 40)
      for t in 0..T { h = cell(x[:, t], h) }
      loss mean(h ^ 2)
      train { optimizer = sgd(0.1) }
      """),
  LOOP_PRODUCTS(GRAPH, "loop-products", "",
      "Makes products of all turns of a loop at once, before it or behind it: of inputs, x[:, t] @ W = (x @ W)[:, t], of weights' gradients, sums over turns of a' @ g, and of what is collected.",
      "Not for what a turn computes of the turn before, nor where a condition may end the loop or there may be no turn; inputs and what is collected not where a turn has more than eight rows or an open number of them, whose product keeps the machine busy by itself, sums not where it has more than 256; a sum over turns has another order, which is the same at any width and on any number of threads.", """
      param w: float[4, 3] = ones
      input x: float[1, T, 4]
      h = zeros(1, 3)
      for t in 0..T { h = tanh(x[:, t] @ w + h) }
      loss mean(h)
      """),
  RELU_MASK_REUSE(GRAPH, "relu-mask-reuse", "masks", "Takes the mask of relu's gradient from relu's result: x <= 0 is y <= 0.",
      "Only for comparisons with zero of what was rectified by the same comparison.", """
      param w: float[4] = ones
      input x: float[N, 4]
      loss mean(relu(x * w))
      """),
  FUSE_WINDOW_GRADIENTS(GRAPH, "fuse-window-gradients", "unfold",
      "Computes element by element what stands in windows only to be folded back, as the gradient of pooling does.",
      "Not for windows that overlap, whose elements are sums, nor for more than eight steps or costly ones: others may need them in windows too.", """
      param w: float[4, 4] = ones
      input x: float[N, 2, 4, 4]
      loss mean(max_pool2d(x * w, 2))
      """),
  SINK_RESHAPES(GRAPH, "sink-reshapes", "flatten",
      "Moves reshapes that cut axes down, f(reshape(x)) = reshape(f(x)): bias, activation and normalisation then share the product's space.",
      "Not past what reads across the axes that the reshape cuts.", """
      input x: float[N, 5, 4]
      output y = tanh(x |> dense(4))
      """),
  HOIST_RESHAPES(GRAPH, "hoist-reshapes", "hoist",
      "Moves reshapes up through elementwise nodes, reshape(f(x)) = f(reshape(x)): of a stored value a reshape is only another name.",
      "Not where others read f(x) too, which would be computed twice.", """
      input x: float[N, 2, 3]
      output y = reshape(sin(x), [N, 6])
      """),
  FOLD_BATCH_NORM(GRAPH, "fold-batch-norm", "affine",
      "Folds normalisation by stored statistics into one factor and one summand a channel, made once of the weights.",
      "Not in training, where each batch has its own statistics, and not where others read the steps between.", """
      input x: float[N, 3]
      output y = x |> dense(4) |> batch_norm()
      """),
  COLLAPSE_AFFINE(GRAPH, "collapse-affine", "",
      "Multiplies layers that have no activation between them: (x A + a) B = x (A B) + a B, the matrix and the summand made once of the weights.",
      "Not in training, where the weights change at each step, not where others read the steps between, and not where A B has more elements than A and B.", """
      input x: float[N, 4]
      output y = x |> dense(6) |> dense(2)
      """),
  SPARSE_UPDATES(GRAPH, "sparse-updates", "",
      "Adds what a step changes of a large table to the rows that were looked up, w - c scatter(i, v) = w + scatter(i, -c v), and leaves all others alone.",
      "Only where the step is a multiple of the gradient (sgd without decay or momentum, no clipping by norm): others move rows whose gradient is zero. "
          + "Not for tables of up to 65536 elements, in which many additions may meet.", """
      input id: int[N]
      loss sum(embedding(40000, 2)(id)^2)
      train { optimizer = sgd(0.1) }
      """),
  SUM_OF_PADS_TO_CONCAT(GRAPH, "sum-of-pads-to-concat", "seams",
      "Says a sum of parts that are padded with zeros as their concatenation: who makes a part then writes it where it belongs.",
      "Not for parts that overlap, which have to be added.", """
      input x: float[N, 3]
      input z: float[N, 2]
      output y = pad(x, [0, 0], [0, 2]) + pad(z, [0, 3], [0, 0]) + 1
      """),
  BATCH_LAST_LAYOUT(GRAPH, "batch-last-layout", "batch-last",
      "Lays feature maps of a training step out as [C, H, W, N]: a vector then holds one place of 16 examples.",
      "Not for more than 24 channels, whose filters fill vectors by themselves; not for batches below 16, where lanes would be idle; not in "
          + "prediction, which may be of a single example; not where anything but convolutions, windows and arithmetic reads feature maps.", """
      param w: float[2, 1, 3, 3] = ones
      input x: float[N, 1, 6, 6]
      loss mean(conv(x, w))
      """),
  REASSOCIATE(GRAPH, "reassociate", "",
      "Says arithmetic in the order that needs least memory: g a + g b = g (a + b), and arithmetic on reshaped values before the reshape.",
      "Not for products that others read too, nor where those who read what is reshaped care for its shape.", """
      input x: float[N, 4]
      output y = exp(x) * sin(x) + exp(x) * cos(x)
      """),
  COUNT_SHORT_SORTS(GRAPH, "count-short-sorts", "",
      "Orders of at most 64 elements are counted rather than merged: an element's rank is how many stand before it.",
      "Not for longer or open axes: counting is quadratic.", """
      input x: float[N, 4]
      output order = sort_index(x)
      """),
  CHANNELS_LAST_LAYOUT(GRAPH, "channels-last-layout", "",
      "Lays feature maps between convolutions of one tap, or of each channel by itself, out as [N, H, W, C]: vectors run along the channels.",
      "Not in training, which sums over places too; not for fewer than 8 channels, which would leave lanes idle; not where another kind of convolution reads the map.", """
      input x: float[N, 8, 6, 6]
      output y = x |> conv2d(16, kernel = 1) |> conv2d(16, kernel = 3, groups = 16)
      """),
  BAND_LAYOUT(GRAPH, "band-layout", "",
      "Lays feature maps between convolutions out in bands of rows, so that threads that share an example write stretches of memory of their own.",
      "Not in training, where threads share out examples; not for maps of less than 2048 elements or rows of less than 8, which are not worth two threads.", """
      input x: float[N, 2, 34, 34]
      output y = x |> conv2d(4, kernel = 3) |> conv2d(2, kernel = 3)
      """),
  LEGALIZE(GRAPH, "legalize", "", "Says argmax and argmin by reductions, and gives every result a buffer that nothing reads.",
      "It always applies.", """
      input x: float[N, 4]
      output best = argmax(x, axis = 1)
      """) {
    @Override
    public String necessity() {
      return "no kernel computes the place of a best element by itself, and a result that is only a view has no memory of its own";
    }
  },
  WEIGHT_ONLY_KERNELS(SCHEDULE, "weight-only-kernels", "",
      "Computes what follows from the weights alone once, and again only when they have changed.",
      "Not in a step that learns, which changes them each time.", """
      param w: float[4, 4] = ones
      input x: float[N, 4]
      output y = x @ softmax(w)
      """),
  FUSION(SCHEDULE, "fusion", "fusion", "Lets nodes share a kernel, so that what is between them never goes through memory.",
      "Not where a node reads other places of what the kernel makes, is computed in order, or would make the kernel too large.", """
      input x: float[N, 4]
      output y = x |> dense(3) |> softmax
      """),
  REMATERIALIZATION(SCHEDULE, "rematerialization", "",
      "Computes a few steps of arithmetic again where they are read, rather than store them.",
      "Not for more than eight instructions an element, nor where readers would have to read more than they do now.", """
      input x: float[N, 4]
      a = x * 2
      output y = sum(a, axis = 0)
      output z = max(a, axis = 1)
      """),
  TRANSPOSED_STORES(SCHEDULE, "transposed-stores", "",
      "Stores a product transposed where only its transpose is read: readers find their rows side by side.",
      "Not for results, parts of a concatenation, or what others read as it is.", """
      input x: float[N, 4]
      output y = exp(transpose(dense(3)(x), [1, 0]))
      """),
  INDEPENDENT_LOOPS(SCHEDULE, "independent-loops", "",
      "Brings loops together that do not depend on each other, as the two directions of a bidirectional layer and their gradients, so that each may run on a thread of its own.",
      "Only loops that are run turn by turn: those over open lengths and those that are rolled. Whether they run side by side is found while the program runs.", """
      input x: float[N, T, 4]
      a = zeros(N, 4)
      for t in 0..T { a = tanh(a + x[:, t]) }
      b = zeros(N, 4)
      for t in 0..T { b = tanh(b - x[:, t]) }
      output y = a * b
      """),
  BATCH_TILING(SCHEDULE, "batch-tiling", "slices",
      "Runs all kernels over a few examples before the next few: activations stay in the cache, and memory is that of those few.",
      "Not in training, and not where examples are computed of each other, activations fit the cache anyway, or weights would be read too often.", """
      input x: float[N, 256]
      output y = x |> dense(256, tanh) |> dense(256)
      """),
  WINOGRAD(LOOPS, "winograd", "winograd", "Saves up to half of the multiplications of convolutions of two to five taps, along rows.",
      "Not for strides or dilation, for one tap or more than five, or for too few channels to pay for the transforms; rounding errors are about twice as large.", """
      input x: float[N, 16, 16, 16]
      output y = conv2d(16, kernel = 3)(x)
      """),
  ZERO_SKIPPING(LOOPS, "zero-skipping", "zeros", "Leaves terms of products out that are zero, as relu and dropout make them.",
      "Not where less than two fifths of a sample of the left factor is zero (three fifths with 16 registers), or an infinity or NaN stands in the right one, which times zero is not zero.", """
      input x: float[N, 256]
      output y = relu(x - 1) |> dense(64)
      """),
  TRANSPOSE_IN_REGISTERS(LOOPS, "transpose-in-registers", "", "Reads rows as columns by shuffles, a square of vectors at a time, rather than element by element.",
      "Not in scalar code, and not where fewer rows than half a vector's lanes lie side by side.", """
      input x: float[N, 64]
      output y = transpose(x, [1, 0]) * 2
      """),
  TILE_PRODUCTS(LOOPS, "tile-products", "", "Makes loops over tiles of products, whose sums stay in the registers of a width of vectors.",
      "It always applies.", """
      input x: float[N, 64]
      output y = x |> dense(64)
      """) {
    @Override
    public String necessity() {
      return "bytecode knows no products";
    }
  };

  /** What is rewritten. */
  public enum Stage {
    GRAPH, SCHEDULE, LOOPS;

    /** In words. */
    public String title() {
      return switch (this) {
        case GRAPH -> "of the graph";
        case SCHEDULE -> "of the schedule";
        case LOOPS -> "of the loops";
      };
    }
  }

  private final Stage stage;
  private final String title;
  private final String alias;
  private final String summary;
  private final String limits;
  private final String example;

  Optimization(Stage stage, String title, String alias, String summary, String limits, String example) {
    this.stage = stage;
    this.title = title;
    this.alias = alias;
    this.summary = summary;
    this.limits = limits;
    this.example = example;
  }

  public Stage stage() {
    return stage;
  }

  /** The name that options take. */
  public String title() {
    return title;
  }

  /** What it does, in a sentence. */
  public String summary() {
    return summary;
  }

  /** When it does not apply, and why. */
  public String limits() {
    return limits;
  }

  /** A small program that it does something to. */
  public String example() {
    return example;
  }

  /** Why it cannot be switched off; empty if it can. */
  public String necessity() {
    return "";
  }

  public boolean isSwitchable() {
    return necessity().isEmpty();
  }

  /** The one of a name, or of the name that it had before. */
  public static Optional<Optimization> of(String name) {
    return Arrays.stream(values()).filter(one -> one.title.equals(name) || !one.alias.isEmpty() && one.alias.equals(name)).findFirst();
  }

  /** All names, in order. */
  public static List<String> titles() {
    return Stream.of(values()).map(Optimization::title).toList();
  }
}
