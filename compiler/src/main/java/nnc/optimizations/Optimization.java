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
  DEAD_CODE_ELIMINATION(GRAPH, "dead-code-elimination", "dead", "Drops nodes that no result is computed from.",
      "It always applies."),
  STOP_GRADIENTS(GRAPH, "stop-gradients", "stops", "Drops stop_gradient, which means nothing once gradients are made.",
      "It always applies."),
  CONSTANT_FOLDING(GRAPH, "constant-folding", "fold", "Computes what depends on constants alone, with the bits that it would have at run time.",
      "Not for arrays of more than 65536 elements, unless they are filled with one number: they would cost more in the jar than at run time."),
  SIMPLIFY(GRAPH, "simplify", "simplify", "Identities of algebra, one by one: x + 0 = x, transpose(transpose(x)) = x.",
      "Not what NaN or infinity would contradict: x * 0 is no 0, x / x is no 1."),
  COMMON_SUBEXPRESSIONS(GRAPH, "common-subexpressions", "cse", "Computes once what is computed alike in several places.",
      "Not for random draws: each has a stream of its own."),
  SOFTMAX_GRADIENT(GRAPH, "softmax-gradient", "softmax",
      "Says the gradient of a softmax by its result alone, y (g - sum(g y)), so that nothing else of it is kept.",
      "Only where the divisor is the same along the axis that is summed, as it is for softmax."),
  BATCH_STEP_MATMULS(GRAPH, "batch-step-matmuls", "stack",
      "Multiplies all steps of a sequence by a matrix at once: x[:, t] @ W = (x @ W)[:, t].",
      "Not for what a step computes from the step before it, which is not there yet."),
  RELU_MASK_REUSE(GRAPH, "relu-mask-reuse", "masks", "Takes the mask of relu's gradient from relu's result: x <= 0 is y <= 0.",
      "Only for comparisons with zero of what was rectified by the same comparison."),
  FUSE_WINDOW_GRADIENTS(GRAPH, "fuse-window-gradients", "unfold",
      "Computes element by element what stands in windows only to be folded back, as the gradient of pooling does.",
      "Not for windows that overlap, whose elements are sums, and not where others need the windows too."),
  SINK_RESHAPES(GRAPH, "sink-reshapes", "flatten",
      "Moves reshapes that cut axes down, f(reshape(x)) = reshape(f(x)): bias, activation and normalisation then share the product's space.",
      "Not past what reads across the axes that the reshape cuts."),
  HOIST_RESHAPES(GRAPH, "hoist-reshapes", "hoist",
      "Moves reshapes up through elementwise nodes, reshape(f(x)) = f(reshape(x)): of a stored value a reshape is only another name.",
      "Not where others read f(x) too, which would be computed twice."),
  FOLD_BATCH_NORM(GRAPH, "fold-batch-norm", "affine",
      "Folds normalisation by stored statistics into one factor and one summand a channel, made once of the weights.",
      "Not in training, where each batch has its own statistics, and not where others read the steps between."),
  SUM_OF_PADS_TO_CONCAT(GRAPH, "sum-of-pads-to-concat", "seams",
      "Says a sum of parts that are padded with zeros as their concatenation: who makes a part then writes it where it belongs.",
      "Not for parts that overlap, which have to be added."),
  BATCH_LAST_LAYOUT(GRAPH, "batch-last-layout", "batch-last",
      "Lays feature maps of a training step out as [C, H, W, N]: a vector then holds one place of 16 examples.",
      "Not for more than 24 channels, whose filters fill vectors by themselves; not for batches below 16, where lanes would be idle; not in "
          + "prediction, which may be of a single example; not where anything but convolutions, windows and arithmetic reads feature maps."),
  REASSOCIATE(GRAPH, "reassociate", "",
      "Says arithmetic in the order that needs least memory: g a + g b = g (a + b), and arithmetic on reshaped values before the reshape.",
      "Not for products, or reshaped values, that others read too."),
  COUNT_SHORT_SORTS(GRAPH, "count-short-sorts", "",
      "Orders of at most 64 elements are counted rather than merged: an element's rank is how many stand before it.",
      "Not for longer or open axes: counting is quadratic."),
  BAND_LAYOUT(GRAPH, "band-layout", "",
      "Lays feature maps between convolutions out in bands of rows, so that threads that share an example write stretches of memory of their own.",
      "Not in training, where threads share out examples; not for maps of less than 2048 elements or rows of less than 8, which are not worth two threads."),
  LEGALIZE(GRAPH, "legalize", "", "Says argmax and argmin by reductions, and gives every result a buffer that nothing reads.",
      "It always applies.", "no kernel computes the place of a best element by itself, and a result that is only a view has no memory of its own"),
  WEIGHT_ONLY_KERNELS(SCHEDULE, "weight-only-kernels", "",
      "Computes what follows from the weights alone once, and again only when they have changed.",
      "Not in a step that learns, which changes them each time."),
  FUSION(SCHEDULE, "fusion", "fusion", "Lets nodes share a kernel, so that what is between them never goes through memory.",
      "Not where a node reads other places of what the kernel makes, is computed in order, or would make the kernel too large."),
  REMATERIALIZATION(SCHEDULE, "rematerialization", "",
      "Computes a few steps of arithmetic again where they are read, rather than store them.",
      "Not for more than eight instructions an element, nor where readers would have to read more than they do now."),
  TRANSPOSED_STORES(SCHEDULE, "transposed-stores", "",
      "Stores a product transposed where only its transpose is read: readers find their rows side by side.",
      "Not for results, parts of a concatenation, or what others read as it is."),
  BATCH_TILING(SCHEDULE, "batch-tiling", "slices",
      "Runs all kernels over a few examples before the next few: activations stay in the cache, and memory is that of those few.",
      "Not in training, and not where examples are computed of each other, activations fit the cache anyway, or weights would be read too often."),
  WINOGRAD(LOOPS, "winograd", "winograd", "Saves up to half of the multiplications of convolutions of two to five taps, along rows.",
      "Not for strides, for one tap or more than five, or for too few channels to pay for the transforms; rounding errors are about twice as large."),
  ZERO_SKIPPING(LOOPS, "zero-skipping", "zeros", "Leaves terms of products out that are zero, as relu and dropout make them.",
      "Not where less than two fifths of a sample of the left factor is zero, or an infinity or NaN stands in the right one, which times zero is not zero.");

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
  private final String necessity;

  Optimization(Stage stage, String title, String alias, String summary, String limits) {
    this(stage, title, alias, summary, limits, "");
  }

  Optimization(Stage stage, String title, String alias, String summary, String limits, String necessity) {
    this.stage = stage;
    this.title = title;
    this.alias = alias;
    this.summary = summary;
    this.limits = limits;
    this.necessity = necessity;
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

  /** Why it cannot be switched off; empty if it can. */
  public String necessity() {
    return necessity;
  }

  public boolean isSwitchable() {
    return necessity.isEmpty();
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
