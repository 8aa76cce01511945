package nnc.passes;

import java.util.ArrayList;
import java.util.List;
import nnc.graph.Dim;
import nnc.graph.Shapes;

/**
 * How a reshape cuts axes into more: {@code [6*N, 4] -> [N, 2, 3, 4]}.
 *
 * @param whole  the axes before
 * @param groups of each axis behind, the one that it is a part of; of an axis of one element, that of the axis before it
 * @param parts  the axes behind
 */
record ReshapeGroups(List<Dim> whole, List<Integer> groups, List<Dim> parts) {

  /** Null if there are no more axes than before, or if some are joined. Axes of one element may come and go. */
  static ReshapeGroups of(List<Dim> whole, List<Dim> parts) {
    var groups = new ArrayList<Integer>();
    int last = whole.size() - 1;
    int group = 0;
    var product = Dim.ONE;
    for (var part : parts) {
      while (!part.is(1) && group < last && product.equals(whole.get(group))) {
        group++;
        product = Dim.ONE;
      }
      groups.add(group);
      product = product.times(part);
    }
    boolean ends = group <= last && product.equals(whole.get(group)) && whole.subList(group + 1, last + 1).stream().allMatch(dim -> dim.is(1));
    return ends && parts.size() > whole.size() ? new ReshapeGroups(whole, groups, parts) : null;
  }

  /** The whole axes that some axes behind the cut make up; null if they are not all of their parts. Axes of one element are no part. */
  List<Integer> whole(List<Integer> axes) {
    var found = new ArrayList<Integer>();
    for (int axis = 0; axis < parts.size(); axis++) {
      if (!parts.get(axis).is(1) && axes.contains(axis) && !found.contains(groups.get(axis))) {
        found.add(groups.get(axis));
      }
    }
    for (int axis = 0; axis < parts.size(); axis++) {
      if (!parts.get(axis).is(1) && !axes.contains(axis) && found.contains(groups.get(axis))) {
        return null;
      }
    }
    return found;
  }

  /** The whole axes but for some. */
  List<Dim> without(List<Integer> axes) {
    return Shapes.without(whole, axes);
  }
}
