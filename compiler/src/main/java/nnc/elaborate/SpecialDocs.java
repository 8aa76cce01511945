package nnc.elaborate;

import static nnc.elaborate.BuiltinDoc.of;
import static nnc.elaborate.Topic.ARGUMENTS;
import static nnc.elaborate.Topic.CONVOLUTION;
import static nnc.elaborate.Topic.DERIVATIVES;
import static nnc.elaborate.Topic.NOISE;
import static nnc.elaborate.Topic.PENALTIES;
import static nnc.elaborate.Topic.SCHEDULES;
import static nnc.elaborate.Topic.SHAPES;

import java.util.List;

/** Of {@link SpecialBuiltins}. */
final class SpecialDocs {
  private SpecialDocs() {}

  static final List<BuiltinDoc> ALL = List.of(
      of("conv", CONVOLUTION, """
          The convolution that `conv1d` and `conv2d` are made of, over all axes behind the second: a cross-correlation.
          - W: [filters, channels / groups, sizes]
          - stride: a number, or one for each axis; 1 without it
          - padding: a list of [before, after], one for each axis; none without it
          - dilation: a number, or one for each axis; 1 without it
          - groups: 1 without it
          Example: conv(tensor([[[1, 2, 3]]]), tensor([[[1, 1]]])) = [[[3, 5]]]
          """),
      of("conv_input", CONVOLUTION, """
          The transpose of `conv` by its input, of which `conv_transpose1d` and `conv_transpose2d` are made.
          - y: what `conv` would give
          - W: [channels of y, filters / groups, sizes]
          - space: sizes of the result behind its second axis
          - stride: a number, or one for each axis; 1 without it
          - padding: a list of [before, after], one for each axis; none without it
          - dilation: a number, or one for each axis; 1 without it
          - groups: 1 without it
          Example: conv_input(tensor([[[1, 2]]]), tensor([[[1, 1]]]), [3]) = [[[1, 3, 2]]]
          """),
      of("windows", CONVOLUTION, """
          The windows that go over the last axes of x, each with its elements on new axes behind all others.
          - size: of a window, a number or one for each axis
          - stride: from one window to the next; 1 without it
          - dilation: from one element of a window to the next; 1 without it
          Shapes: [..., L] -> [..., L', size].
          Example: windows(tensor([1, 2, 3]), 2) = [[1, 2], [2, 3]]
          """),
      of("einsum", SHAPES, """
          Products and sums by letters of axes, as numpy.einsum has them.
          - equation: letters of the axes of each operand, then behind -> those of the result: "bij,bjk->bik"
          - tensors: the operands
          Checks: axes of one letter have one size.
          Example: einsum("ij,j->i", tensor([[1, 2], [3, 4]]), tensor([1, 1])) = [3, 7]
          """),
      of("bernoulli", NOISE, """
          Draws that are 1 with probability p and 0 otherwise.
          - p: a number, or an array that broadcasts
          - shape: a list of sizes; a scalar without it
          Slope: 0.
          Example: bernoulli(1, [2]) = [1, 1]
          """),
      of("uniform", NOISE, """
          Draws from low to high, all alike likely. With numbers alone it is the start of a weight too: `init = uniform(-0.1, 0.1)`.
          - low: the least
          - high: the largest, not included
          - shape: a list of sizes; a scalar without it
          Checks: low is at most high.
          Slope: by low and high that of low + (high - low) u.
          Example: uniform(2, 2, [2]) = [2, 2]
          """),
      of("normal", NOISE, """
          Normal draws. With numbers alone it is the start of a weight too: `init = normal(0, 0.05)`.
          - mean: 0 without it
          - sd: deviation, 1 without it
          - shape: a list of sizes; a scalar without it
          Source: Box and Muller 1958.
          Slope: by mean and sd that of mean + sd z.
          Example: normal(3, 0, [2]) = [3, 3]
          """),
      of("grad", DERIVATIVES, """
          The gradient of a scalar, an expression like any other.
          - y: a scalar
          - x: an array, or a list of arrays; then the result is a list
          Shapes: -> that of x.
          Checks: y is a scalar. Where y does not depend on x the gradient is 0.
          Example:
            input x: float[N, 2]
            output g = grad(sum(x^2), x)      # float[N, 2]
          """),
      of("activity", PENALTIES, """
          x as it is, with a penalty of it: the function's value over the number of examples, in training.
          - penalty: a function of an array, such as `l1(0.0001)`, or a list of such
          Example:
            input x: float[N, 8]
            output y = x |> dense(4, relu) |> activity(l1(0.0001))      # float[N, 4]
          """),
      of("validation_loss", SCHEDULES, """
          The loss on the validation data after the last epoch, a scalar; 0 before the first.
          Example:
            train { optimizer = sgd(0.1 * reduce_on_plateau(0.5)(validation_loss())) }
          """),
      of("compose", ARGUMENTS, """
          What applies functions and layers one after the other.
          - parts: in the order in which they are applied
          Example:
            input x: float[N, 8]
            block = compose(dense(16, relu), dense(4))
            output y = block(x)      # float[N, 4]
          """),
      of("shape", ARGUMENTS, """
          The sizes of an array, a list.
          Example: shape(tensor([[1, 2, 3]]))[1] = 3
          """),
      of("rank", ARGUMENTS, """
          How many axes an array has.
          Example: rank(tensor([[1, 2, 3]])) = 2
          """),
      of("len", ARGUMENTS, """
          How many items a list has.
          - list: a list
          Example: len([1, 2, 3]) = 3
          """),
      of("is_list", ARGUMENTS, """
          Whether a value is a list.
          - x: any value
          Example: is_list([1]) = true
          """),
      of("is_text", ARGUMENTS, """
          Whether a value is a text.
          - x: any value
          Example: is_text("same") = true
          """),
      of("is_none", ARGUMENTS, """
          Whether a value is none.
          - x: any value
          Example: is_none(none) = true
          """),
      of("is_number", ARGUMENTS, """
          Whether a value is a number that the compiler knows.
          - x: any value
          Example: is_number(tensor([1])) = false
          """),
      of("kind", ARGUMENTS, """
          The element type of an array, a text.
          Example: kind(range(3)) == "int" = true
          """),
      of("named", ARGUMENTS, """
          x as it is; as an output it is told with the names of a category's classes.
          - x: whole numbers that are such classes, or an array with a place for each class on its last axis
          - category: an input or target that is a category
          Example:
            input  x: float[N, 2]
            target kind: category("cat", "dog")[N]
            scores = x |> dense(class_count(kind))
            output guess = argmax(scores) |> named(kind)      # int[N]
            loss cross_entropy(scores, kind)
            train { optimizer = adam() }
          """),
      of("class_count", ARGUMENTS, """
          How many classes a category has, the one of all other texts included.
          - x: an input or target that is a category
          Example:
            input kind: category("cat", "dog", other = true)[N]
            output y = ones(class_count(kind)) + 0 * one_hot(kind)      # float[N, 3]
          """),
      of("text", ARGUMENTS, """
          A value as a text, for messages.
          - x: any value
          Example: text(3) + " units" == "3 units" = true
          """),
      of("needs", ARGUMENTS, """
          A size that training needs, looked at when it is known: the batch is another one in each run.
          - count: the size
          - least: it is at least this
          - why: what the message says
          Example:
            input x: float[N, 8]
            checked = [needs(shape(x)[0], 2, "two examples are compared")]
            output y = x |> dense(4)      # float[N, 4]
          """),
      of("error", ARGUMENTS, """
          Refuses a program, at the place of the call from which the function was reached.
          - message: what is wrong, and what is allowed
          Example:
            fn halves(n: whole) = if n / 2 == floor(n / 2) then n / 2 else error("n is even, and this is " + text(n))
            input x: float[N, 8]
            output y = x |> dense(halves(8))      # float[N, 4]
          """));

  /** Names that stand for values. */
  static final List<BuiltinDoc> NAMES = List.of(
      of("training", NOISE, """
          Whether what is compiled is a training step: true there, false in prediction and evaluation. It is known to the compiler, so that what only training needs costs
          prediction nothing.
          Example:
            input x: float[N, 8]
            output y = if training then x + normal(0, 0.1, shape(x)) else x      # float[N, 8]
          """),
      of("step", SCHEDULES, """
          The number of the step, from 1 on; a schedule is a function of it, computed in double.
          Example:
            train { optimizer = sgd(0.1 / sqrt(step)) }
          """),
      of("epoch", SCHEDULES, """
          The number of the epoch, from 0 on.
          Example:
            train { optimizer = sgd(0.1 * 0.5^epoch) }
          """),
      of("pi", Topic.FUNCTIONS, """
          The number pi, in double.
          Example: sin(pi / 2) = 1
          """),
      of("infinity", Topic.FUNCTIONS, """
          The number above all others.
          Example: minimum(infinity, 3) = 3
          """));
}
