package nnc.elaborate;

import java.util.Locale;

/** What a page of the reference is about: of the library that is written in the language each has a file of its name. */
public enum Topic {
  DENSE("Dense layers and embeddings", """
          Layers over the last axis. How weights start, are penalised and bounded is in [weights](../weights.md).
          - x: an array
          - regularize: a penalty of W, such as `l2(0.0001)`, or a list of such
          - constrain: what W is projected to after each update, such as `max_norm(2)`, or a list of such
          - bias_regularize: a penalty of b
          - bias_constrain: what b is projected to
          - gain_init: how the units' lengths start
          - gain_regularize: a penalty of them
          - gain_constrain: what they are projected to
          - activity: a penalty of what the layer gives
          """),
  CONVOLUTION("Convolutions", """
          Channels come before space: [N, C, L], [N, C, H, V] and [N, C, D, H, V]. A number stands for the same on every axis.
          - x: an array
          - filters: channels of the result
          - kernel: size of a filter, a number or one for each axis
          - stride: from one place to the next
          - padding: zeros on each side, a number or one for each axis; "same" keeps sizes at stride 1 (and divides them by the stride), "valid" adds none
          - dilation: from one element of the kernel to the next
          - groups: of channels that have to do with each other
          - activation: a function of an array, applied last
          - bias: whether there is b
          - init: of W
          - regularize: a penalty of W, or a list of such
          - constrain: what W is projected to after each update, or a list of such
          - bias_init: of b
          - bias_regularize: a penalty of b
          - bias_constrain: what b is projected to
          - activity: a penalty of what the layer gives
          """),
  POOLING("Pooling and upsampling", """
          - x: an array, channels before space
          - size: of a window, a number or one for each axis
          - stride: from one window to the next; none for the size
          - padding: on each side; of a maximum what never wins, of a mean zeros
          """),
  NORMALISATION("Normalisations", """
          - x: an array, channels on axis 1
          - epsilon: added to the variance
          - gamma_init: how the factor starts
          - gamma_regularize: a penalty of it
          - gamma_constrain: what it is projected to
          - beta_init: how the shift starts
          - beta_regularize: a penalty of it
          - beta_constrain: what it is projected to
          """),
  RECURRENCE("Recurrent layers and sequences", """
          Sequences are [N, T, ...]. Where a mask is false the state stays as it is and the output is zero, so that what stands in the padding does not matter.
          - x: an array
          - hidden: width of the state
          - bidirectional: a second cell runs backwards; results stand side by side
          - sequences: the outputs of all steps; otherwise of the last alone
          - init: of W
          - regularize: a penalty of W
          - constrain: what W is projected to
          - recurrent_init: of U
          - recurrent_regularize: a penalty of U
          - recurrent_constrain: what U is projected to
          - bias_init: of biases
          - bias_regularize: a penalty of them
          - bias_constrain: what they are projected to
          """),
  ATTENTION("Attention", """
          - heads: how many, each of a part of the width
          - causal: a place attends to itself and those before it
          - bias: whether projections have one
          - init: of the four projections
          - regularize: a penalty of each
          - constrain: what each is projected to
          - bias_init: of biases
          - bias_regularize: a penalty of them
          - bias_constrain: what they are projected to
          """),
  DECODING("Decoding", """
          What a network writes, token by token: it is given the token before and gives the scores of the next one. What a step remembers is handed on, so that it costs what one
          token costs ([decoding](../decoding.md)).
          """),
  ACTIVATIONS("Activations", """
          Functions of an array. As an argument of a layer an activation is its name: `dense(64, relu)`, or a function of one's own: `dense(64, x => leaky_relu(x, 0.1))`.
          - x: an array
          """),
  NOISE("Dropout, noise, draws", """
          Draws follow from the seed, the step and their place ([randomness](../language.md#randomness)).
          - x: an array
          """),
  PREPARATION("Preparing inputs", """
          What is learned of the training data before the first step, and kept with the weights ([data](../data.md)).
          - x: an input as it is fed
          """),
  LOSSES("Losses", """
          A scalar: the mean over all elements, unless said otherwise. [Weights, class weights and labels to ignore](../losses.md) say what counts.
          - prediction: an array
          - truth: one of the same shape
          - weights: an array with the first axes of the terms, or a number; what weighs 0 has no part
          - ignore: the label, or the truth, of what does not count
          - x: an array
          """),
  METRICS("Metrics", """
          Of all rows that are trained on or evaluated, [whatever the batch](../metrics.md). A part of nothing is 0. A mean is a metric too: `mean(argmax(z) == label)`.
          - guess: bool, or 0 and 1
          - prediction: an array
          - truth: what it is, of the same shape
          - weights: an array with the first axes of the terms, or a number; what weighs 0 has no part
          - ignore: the label of what does not count
          """),
  OPTIMIZERS("Optimizers", """
          `train { optimizer = adam(0.001) }`. w is a weight, g its gradient; what else stands on the left of an arrow begins at 0 and is kept beside the weight.
          - rate: times a [schedule](schedules.md), if it is to change
          - beta1: the part of the mean of gradients that stays
          - beta2: the part of the mean of squares that stays
          - epsilon: added to the root
          """),
  SECOND_ORDER("Second-order optimizers", """
          They see all their weights as one vector, and search along lines for a point that meets the strong Wolfe conditions ([how](../second-order.md)). They are for batches that
          are the whole data, or much of it.
          - evaluations: at most so many points of a line are looked at
          - c1: the part of the slope that the loss has to fall by
          - c2: the part of the slope that may be left; no less than c1
          """),
  SCHEDULES("Schedules", """
          Multipliers of a rate: `adam(0.001 * warmup(100) * cosine_decay(9000))`. They are functions of `step`, which is 1 in the first step, and computed in double. The
          examples give their values at some steps.
          """),
  AVERAGES("Averages of weights", """
          `train { average = ema(0.999) }`: what predicts and is evaluated are averages of the weights, which are kept beside them.
          """),
  INITIALISERS("Initialisers", """
          How a weight starts: `dense(64, init = he_normal)`, `param W: float[D, units] = orthogonal(1)`. A number or a table of numbers is one too, and so are
          [`zeros` and `ones`](shapes.md), [`uniform` and `normal`](noise.md), [`orthogonal`](penalties.md), and `identity`, the unit matrix. Draws follow from the seed and the
          weight's path.
          """),
  PENALTIES("Penalties", """
          What is added to the loss: of weights by `regularize`, of what layers give by `activity` ([weights](../weights.md#penalties)).
          - x: an array
          - rate: how much it weighs
          """),
  CONSTRAINTS("Constraints", """
          What a weight is projected to after each update, by `constrain` ([weights](../weights.md#constraints)). A unit's weights are a column of [inputs, units], and a filter of
          [filters, channels, ...].
          - axis: over what the norm is taken, in place of a unit's own
          """),
  FUNCTIONS("Functions of numbers", """
          Element by element. Of numbers that the compiler knows they give a number, in double. How exact they are, and what they give of zeros, infinities and NaN, is in
          [numerics](../numerics.md).
          - x: an array, or a number
          """),
  REDUCTIONS("Reductions", """
          - x: an array
          - axis: one or a list, negative ones from the end; without it all
          - keep: whether the axes stay, with size 1; without it they go
          """),
  SHAPES("Shapes and arrays", """
          - x: an array
          """),
  PLACES("Order and places", """
          What order and indices mean at their edges is in [places](../places.md).
          - x: an array
          """),
  ARGUMENTS("Questions to the compiler", """
          What functions and layers ask of their arguments, and how they refuse them ([arguments](../arguments.md)).
          - x: an array
          """),
  DERIVATIVES("Derivatives", """
          Beside examples on [gradients](../gradients.md).
          - y: what is differentiated
          - x: by what it is
          """),
  AUGMENTATION("Pictures moved and bent", """
          Pictures float[N, H, W] or float[N, C, H, W], varied in training alone, each example by draws of its own in each step ([augmentation](../augmentation.md)). An amount is a
          number, of which draws are from -amount to amount (factors: from 1 - amount to 1 + amount), or a list [low, high].
          - x: pictures
          - fill: what is beyond the edge: a value, the nearest pixel, the mirror image, or the picture again
          - value: that beyond the edge
          - interpolation: between pixels
          - p: share of the examples that are changed
          """),
  COLOURS("Colours", """
          Pictures float[N, C, H, W], varied in training alone; those of two axes have one channel. An amount of a factor is a number, of which draws are from 1 - amount to
          1 + amount, of a shift from -amount to amount, or a list [low, high].
          - x: pictures
          - limit: the largest value, to which and to 0 results are held; none for not at all
          - p: share of the examples that are changed
          """),
  MIXING("Parts missing, examples mixed", """
          - x: pictures, or other examples
          - p: share of the examples that are changed
          """),
  SOURCES("Data sources", """
          `data { train = csv("cars.csv")  validate = split(train, 0.1) }`. Columns are matched with inputs and targets by name, or chosen: `price = "price in $"`. All of it, with
          files, is in [data](../data.md).
          """),
  SETTINGS("Settings of training", """
          What stands in `train { ... }`. Some are options of `nnc train` too, which then count instead.
          """),
  COMMANDS("Commands", """
          `nnc COMMAND FILE.nn [OPTIONS]`; a compiled jar has some of them: `java -jar FILE.jar train`. Exit code 0: done; 1: a fault in a program, file or run; 2: wrong usage.
          """),
  OPTIONS("Options", """
          What commands take, each with those that know it. `--name value` and `--name=value` are the same.
          """);

  private final String heading;
  private final String introduction;

  Topic(String heading, String introduction) {
    this.heading = heading;
    this.introduction = introduction.strip();
  }

  /** The name of the page, and of the library's file. */
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What stands above the page. */
  public String heading() {
    return heading;
  }

  /** What is to be known of all that the page has, and what its parameters mean where they do not say so themselves. */
  public String introduction() {
    return introduction;
  }
}
