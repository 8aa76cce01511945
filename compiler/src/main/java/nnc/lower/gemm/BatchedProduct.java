package nnc.lower.gemm;

import java.util.ArrayList;
import java.util.List;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.lower.common.AffineIndex;
import nnc.schedule.Kernel;

/**
 * A matrix product as the graph has it: at each index along the batch axes (height x depth) by (depth x breadth).
 *
 * @param node the {@link nnc.graph.Op.MatMul}
 */
record BatchedProduct(Node node, List<AffineIndex.Atom.Var> batchAxes, Dim height, Dim breadth, Dim depth) {
  /** The product that a kernel begins with. */
  static BatchedProduct of(Kernel kernel) {
    var shape = kernel.domain().shape();
    int rank = shape.size();
    var batchAxes = new ArrayList<AffineIndex.Atom.Var>();
    for (int i = 0; i < rank - 3; i++) {
      batchAxes.add(new AffineIndex.Atom.Var("n" + i, shape.get(i)));
    }
    return new BatchedProduct(kernel.nodes().getFirst(), List.copyOf(batchAxes), shape.get(rank - 3), shape.get(rank - 2), shape.get(rank - 1));
  }

  /** An element's indices: those along the batch axes, and two behind them. */
  List<AffineIndex> indices(AffineIndex first, AffineIndex second) {
    var indices = new ArrayList<AffineIndex>();
    batchAxes.forEach(axis -> indices.add(AffineIndex.of(axis)));
    indices.add(first);
    indices.add(second);
    return indices;
  }
}
