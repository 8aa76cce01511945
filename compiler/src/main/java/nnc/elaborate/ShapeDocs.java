package nnc.elaborate;

import static nnc.elaborate.BuiltinDoc.of;
import static nnc.elaborate.Topic.PLACES;
import static nnc.elaborate.Topic.SHAPES;

import java.util.List;

/** Of {@link ShapeBuiltins}. */
final class ShapeDocs {
  private ShapeDocs() {}

  static final List<BuiltinDoc> ALL = List.of(
      of("reshape", SHAPES, """
          The same elements in their order in another shape.
          - shape: a list of sizes; one may be -1, what remains
          Checks: as many elements before and after.
          Example: reshape(tensor([[1, 2], [3, 4]]), [4]) = [1, 2, 3, 4]
          """),
      of("flatten", SHAPES, """
          [N, ...] -> [N, everything else]: all axes but the first as one.
          Example: flatten(tensor([[[1], [2]]])) = [[1, 2]]
          """),
      of("transpose", SHAPES, """
          Axes in another order.
          - order: a list of all axes; without it they are turned round
          Example: transpose(tensor([[1, 2], [3, 4]])) = [[1, 3], [2, 4]]
          """),
      of("squeeze", SHAPES, """
          Without axes of size 1.
          - axis: one or a list; without it all of size 1
          Checks: what is named has size 1.
          Example: squeeze(tensor([[[5]]])) = 5
          """),
      of("expand", SHAPES, """
          With one axis more, of size 1.
          - axis: where it is afterwards
          Example: expand(tensor([1, 2]), 1) = [[1], [2]]
          """),
      of("broadcast", SHAPES, """
          Repeated to a shape, as operators do by themselves.
          - shape: a list of sizes
          Example: broadcast(tensor([1, 2]), [2, 2]) = [[1, 2], [1, 2]]
          """),
      of("concat", SHAPES, """
          Arrays behind each other along an axis that they have.
          - list: of arrays that are alike but for that axis
          - axis: the last without it
          Example: concat([tensor([1, 2]), tensor([3])]) = [1, 2, 3]
          """),
      of("stack", SHAPES, """
          Arrays behind each other along a new axis.
          - list: of arrays of one shape
          - axis: where it is afterwards; the last without it
          Example: stack([tensor([1, 2]), tensor([3, 4])], axis = 0) = [[1, 2], [3, 4]]
          """),
      of("split", SHAPES, """
          Parts of an axis, a list.
          - parts: how many equal ones, or a list of sizes
          - axis: the last without it
          Checks: equal parts come out even; sizes sum to that of the axis.
          Example: split(tensor([1, 2, 3, 4]), 2)[1] = [3, 4]
          """),
      of("pad", SHAPES, """
          With more elements before and after.
          - before: how many, of the last axis, or a list aligned at the last axis
          - after: the same
          - value: what they are; 0 without it
          - mode: "constant" without it; "edge" repeats the last element, "reflect" goes back without it, "wrap" begins again: numpy.pad's
          Checks: reflect and wrap add no more than there is.
          Example: pad(tensor([1, 2]), 1, 2, value = 9) = [9, 1, 2, 9, 9]
          """),
      of("reverse", SHAPES, """
          Backwards along an axis.
          - axis: the last without it
          Example: reverse(tensor([1, 2, 3])) = [3, 2, 1]
          """),
      of("repeat", SHAPES, """
          Each element of an axis several times: numpy.repeat.
          - times: how often
          - axis: the last without it
          Example: repeat(tensor([1, 2]), 2) = [1, 1, 2, 2]
          """),
      of("gather", PLACES, """
          For each place of the index the element of x that it names along one axis: numpy.take_along_axis.
          - index: int, with as many axes as x
          - axis: the last without it
          Slope: goes to the places that elements came from.
          Checks: an index outside of the axis is a fault of the run.
          Example: gather(tensor([[1, 2], [3, 4]]), [[1], [0]]) = [[2], [3]]
          """),
      of("take", PLACES, """
          Whole parts of an axis, as the index names them: numpy.take.
          - index: int, of any shape, which stands in the axis's place
          - axis: the first without it
          Slope: goes to the places that elements came from.
          Checks: an index outside of the axis is a fault of the run.
          Example: take(tensor([[1, 2], [3, 4]]), [1, 1, 0]) = [[3, 4], [3, 4], [1, 2]]
          """),
      of("put", PLACES, """
          x but for one place of an axis, which has the row: what a loop writes into an array that it carries, such as keys and values of attention. It is then written
          where the array lies, and the rest is copied nowhere.
          - row: what stands there; the shape of x without the axis
          - place: from 0, known when the program is compiled or counted by a loop
          - axis: the first without it
          Slope: the row's goes to the row, the rest to x.
          Example: put(zeros(3), 5, 1) = [0, 5, 0]
          """),
      of("scatter_add", PLACES, """
          x with values added at places of one axis; those of one place are summed. Of ints an int.
          - index: int, one place of the axis for each of the values
          - values: with the shape of the index
          - axis: the last without it
          Example: scatter_add(zeros(3), [0, 2, 2], tensor([1, 2, 3])) = [1, 0, 5]
          """),
      of("one_hot", PLACES, """
          1 at the place that each whole number names along a new last axis, 0 elsewhere.
          - depth: size of that axis; of a category without it the number of its classes
          Checks: a label that is no place is a fault of the run that names it.
          Example: one_hot(cast(tensor([0, 2]), "int"), 3) = [[1, 0, 0], [0, 0, 1]]
          """),
      of("sort", PLACES, """
          In order along an axis; NaN comes last.
          - axis: the last without it
          - descending: the largest first
          Slope: goes to the places that elements came from.
          Example: sort(tensor([3, 1, 2])) = [1, 2, 3]
          """),
      of("sort_index", PLACES, """
          The places of the elements in order, ints; equal ones stay as they stand.
          - axis: the last without it
          - descending: the largest first
          Slope: none.
          Example: sort_index(tensor([3, 1, 2])) = [1, 2, 0]
          """),
      of("top_k", PLACES, """
          The k largest of the last axis, the largest first.
          - k: how many
          Slope: goes to the places that elements came from.
          Checks: there are as many.
          Example: top_k(tensor([3, 1, 2]), 2) = [3, 2]
          """),
      of("top_k_index", PLACES, """
          The places of the k largest of the last axis, ints.
          - k: how many
          Slope: none.
          Checks: there are as many.
          Example: top_k_index(tensor([3, 1, 2]), 2) = [0, 2]
          """),
      of("range", SHAPES, """
          The whole numbers from 0 to n - 1, ints. As a list known to the compiler it is 0..n.
          - n: how many
          Example: range(3) = [0, 1, 2]
          """),
      of("zeros", SHAPES, """
          An array of zeros; as the start of a weight, `init = zeros`.
          - dims: sizes, or one list of them
          Example: zeros(2, 2) = [[0, 0], [0, 0]]
          """),
      of("ones", SHAPES, """
          An array of ones; as the start of a weight, `init = ones`.
          - dims: sizes, or one list of them
          Example: ones(2) = [1, 1]
          """),
      of("full", SHAPES, """
          An array of one value.
          - shape: a list of sizes
          - value: a number, or an array that broadcasts
          Example: full([2], 7) = [7, 7]
          """),
      of("eye", SHAPES, """
          The unit matrix.
          - n: its size
          Example: eye(2) = [[1, 0], [0, 1]]
          """),
      of("tril", SHAPES, """
          The lower triangle of the last two axes; zeros above it.
          - diagonal: the last one that stays, 0 without it; 1 is the one above
          Example: tril(ones(2, 2)) = [[1, 0], [1, 1]]
          """),
      of("tensor", SHAPES, """
          An array of numbers that are written.
          - values: a number, or lists in lists, all of one length
          Example: tensor([[1, 2], [3, 4]]) = [[1, 2], [3, 4]]
          """));
}
