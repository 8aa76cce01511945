package nnc.elaborate;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * A list joined from two, which shares the array of the first: so recurrences gather their steps, {@code outputs = outputs + [h]}, and copying
 * what is there already would make that quadratic. A list that is joined a second time is copied, for its array goes on otherwise.
 */
final class Joined extends AbstractList<Value> implements RandomAccess {
  /** Begins with this list; only ever appended to. */
  private final ArrayList<Value> array;
  private final int size;

  private Joined(ArrayList<Value> array) {
    this.array = array;
    this.size = array.size();
  }

  /** How many values joining copies: the first list's only where it cannot go on in its array. */
  static long copied(List<Value> first, List<Value> second) {
    return second.size() + (goesOn(first) ? 0L : first.size());
  }

  private static boolean goesOn(List<Value> list) {
    return list instanceof Joined joined && joined.size == joined.array.size();
  }

  static List<Value> of(List<Value> first, List<Value> second) {
    var array = goesOn(first) ? ((Joined) first).array : new ArrayList<>(first);
    array.addAll(second);
    return new Joined(array);
  }

  @Override
  public Value get(int index) {
    return array.get(Objects.checkIndex(index, size));
  }

  @Override
  public int size() {
    return size;
  }
}
