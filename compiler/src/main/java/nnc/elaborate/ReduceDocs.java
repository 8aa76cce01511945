package nnc.elaborate;

import static nnc.elaborate.BuiltinDoc.of;
import static nnc.elaborate.Topic.ACTIVATIONS;
import static nnc.elaborate.Topic.REDUCTIONS;

import java.util.List;

/** Of {@link ReduceBuiltins}. */
final class ReduceDocs {
  private ReduceDocs() {}

  static final List<BuiltinDoc> ALL = List.of(
      of("sum", REDUCTIONS, """
          The sum; of bools how many are true.
          Example: sum(tensor([[1, 2], [3, 4]]), axis = 1) = [3, 7]
          """),
      of("prod", REDUCTIONS, """
          The product.
          Slope: right where factors are 0, too.
          Example: prod(tensor([[1, 2], [3, 4]])) = 24
          """),
      of("max", REDUCTIONS, """
          The largest; NaN if one is. Of two numbers known to the compiler, max(a, b), the larger.
          Slope: shared equally among the largest.
          Example: max(tensor([[1, 2], [3, 4]]), axis = 0) = [3, 4]
          """),
      of("min", REDUCTIONS, """
          The smallest; NaN if one is. Of two numbers known to the compiler, min(a, b), the smaller.
          Slope: shared equally among the smallest.
          Example: min(tensor([[1, 2], [3, 4]]), axis = 0) = [1, 2]
          """),
      of("any", REDUCTIONS, """
          Whether one is true, or a number that is not 0.
          Example: cast(any(tensor([[0, 1], [0, 0]]), axis = 1), "int") = [1, 0]
          """),
      of("all", REDUCTIONS, """
          Whether all are true, or numbers that are not 0.
          Example: cast(all(tensor([[0, 1], [1, 1]]), axis = 1), "int") = [0, 1]
          """),
      of("argmax", REDUCTIONS, """
          The place of the largest along an axis, an int; of several the first.
          - axis: the last without it
          Slope: none.
          Example: argmax(tensor([[1, 9], [4, 3]])) = [1, 0]
          """),
      of("argmin", REDUCTIONS, """
          The place of the smallest along an axis, an int; of several the first.
          - axis: the last without it
          Slope: none.
          Example: argmin(tensor([[1, 9], [4, 3]])) = [0, 1]
          """),
      of("mean", REDUCTIONS, """
          The mean.
          Example: mean(tensor([[1, 2], [3, 4]])) = 2.5
          """),
      of("variance", REDUCTIONS, """
          The mean square of differences from the mean, its sum over the count less a correction.
          - correction: 0 without it; 1 is the unbiased estimate
          Example: variance(tensor([1, 3]), correction = 1) = 2
          """),
      of("logsumexp", REDUCTIONS, """
          log of the sum of e^x, which does not overflow.
          - axis: one or a list; the last without it
          Example: logsumexp(tensor([1000, 1000])) = 1000.6931
          """),
      of("softmax", ACTIVATIONS, """
          e^x over the sum of e^x along an axis: numbers above 0 that sum to 1.
          - axis: the last without it
          Source: Bridle 1990.
          Example: softmax(tensor([0, 1])) = [0.2689, 0.7311]
          """),
      of("log_softmax", ACTIVATIONS, """
          log of `softmax`, which neither overflows nor loses digits.
          - axis: the last without it
          Example: log_softmax(tensor([0, 1])) = [-1.3133, -0.3133]
          """),
      of("cumsum", REDUCTIONS, """
          Running sums along an axis.
          - axis: the last without it
          - reverse: from the end
          Example: cumsum(tensor([1, 2, 3])) = [1, 3, 6]
          """));
}
