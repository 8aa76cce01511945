package nnc.elaborate;

import static nnc.elaborate.BuiltinDoc.of;
import static nnc.elaborate.Topic.FUNCTIONS;

import java.util.List;

/** Of {@link WholeBuiltins}. */
final class WholeDocs {
  private WholeDocs() {}

  static final List<BuiltinDoc> ALL = List.of(
      of("mod", FUNCTIONS, """
          a - b floor(a / b): what is left of a, with the sign of b. Of ints it is an int and exact, and a itself where b is 0.
          - a: what is divided
          - b: by what
          Slope: 1 by a everywhere; floor has none.
          Example: mod(tensor([5, -1]), 3) = [2, 2]
          """),
      of("floor_div", FUNCTIONS, """
          The quotient of ints, floored; 0 where b is 0.
          - a: what is divided
          - b: by what
          Example: floor_div(range(5) - 2, 2) = [-1, -1, 0, 0, 1]
          """),
      of("bit_and", FUNCTIONS, """
          The bits that both of two ints have, negative ones in two's complement.
          - a: an int
          - b: another
          Example: bit_and(range(5), 5) = [0, 1, 0, 1, 4]
          """),
      of("bit_or", FUNCTIONS, """
          The bits that either of two ints has.
          - a: an int
          - b: another
          Example: bit_or(range(4), 4) = [4, 5, 6, 7]
          """),
      of("bit_xor", FUNCTIONS, """
          The bits that one of two ints has and the other has not.
          - a: an int
          - b: another
          Example: bit_xor(range(4), 3) = [3, 2, 1, 0]
          """),
      of("shift_left", FUNCTIONS, """
          The bits of an int moved to the left: a times 2^b. What falls out is lost; for b below 0 or above 31 that is all.
          - a: the bits
          - b: how many places, from 0 to 31
          Example: shift_left(range(4), 3) = [0, 8, 16, 24]
          """),
      of("shift_right", FUNCTIONS, """
          The bits of an int moved to the right, where the sign comes in from the left: a / 2^b, floored. For b below 0 or above 31 the sign is left: 0 or -1.
          - a: the bits
          - b: how many places, from 0 to 31
          Example: shift_right(range(4) - 2, 1) = [-1, -1, 0, 0]
          """));
}
