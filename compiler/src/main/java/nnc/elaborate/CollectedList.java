package nnc.elaborate;

import java.util.AbstractList;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.RandomAccess;
import nnc.graph.Dim;
import nnc.graph.GraphBuilder;
import nnc.graph.Node;

/** A list whose items are the rows of an array: what the turns of a rolled loop have appended. A row becomes a node when it is asked for. */
final class CollectedList extends AbstractList<Value> implements RandomAccess {
  private final GraphBuilder graph;
  private final Node rows;
  private final Map<Integer, Value> asked = new HashMap<>();

  CollectedList(GraphBuilder graph, Node rows) {
    this.graph = graph;
    this.rows = rows;
  }

  /** The array. */
  Node rows() {
    return rows;
  }

  @Override
  public Value get(int index) {
    return asked.computeIfAbsent(Objects.checkIndex(index, size()), at -> new Value.Tensor(graph.at(rows, 0, Dim.of(at))));
  }

  @Override
  public int size() {
    return rows.type().dim(0).fixed();
  }
}
