package nnc.graph;

/**
 * A concatenation that is another array but for some rows of one axis, {@code concat([x[:p], row, x[p + 1:]])}: what writes a row of an array that a loop carries.
 *
 * @param whole the concatenation
 * @param of    x
 * @param part  which operand is the row
 * @param place p
 */
public record RowUpdate(Node whole, Node of, int axis, int part, Dim place) {

  /** What a node changes of another; null if it is anything else. */
  public static RowUpdate of(Node whole, Node of) {
    if (!(whole.op() instanceof Op.Concat(var axis)) || !whole.type().equals(of.type())) {
      return null;
    }
    RowUpdate found = null;
    var from = Dim.ZERO;
    for (int i = 0; i < whole.operands().size(); i++) {
      var part = whole.operand(i);
      if (!isOwn(part, of, axis, from)) {
        if (found != null) {
          return null;
        }
        found = new RowUpdate(whole, of, axis, i, from);
      }
      from = from.plus(part.type().dim(axis));
    }
    return found;
  }

  /** Whether a part is what the array has in its place. */
  private static boolean isOwn(Node part, Node of, int axis, Dim from) {
    if (!(part.op() instanceof Op.Slice(var start, var count, var step)) || part.operand(0) != of) {
      return false;
    }
    for (int i = 0; i < start.size(); i++) {
      if (step.get(i) != 1 || !start.get(i).equals(i == axis ? from : Dim.ZERO) || i != axis && !count.get(i).equals(of.type().dim(i))) {
        return false;
      }
    }
    return true;
  }

  public Node row() {
    return whole.operand(part);
  }

  /** Whether it is another row each turn of a loop, the next one or the one before. */
  public boolean moves(String turn) {
    if (place.isConstant() || !place.variables().contains(turn) || !row().type().dim(axis).is(1)) {
      return false;
    }
    var slope = place.with(turn, Dim.open(turn).plus(1)).minus(place);
    return slope.is(1) || slope.is(-1);
  }

  /** Whether a node that reads the array reads it elsewhere than in the row. */
  public boolean avoids(Node reader) {
    if (!(reader.op() instanceof Op.Slice(var start, var count, var step)) || step.get(axis) != 1) {
      return false;
    }
    var from = start.get(axis);
    return place.minus(from).minus(count.get(axis)).isNatural() || from.minus(place).minus(row().type().dim(axis)).isNatural();
  }
}
