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
 * @param first  the factor that has the height, by row and term
 * @param second the factor that has the breadth, by term and column
 * @param result by row and column
 */
record BatchedProduct(Factor first, Factor second, Factor result, List<AffineIndex.Atom.Var> batchAxes, Dim height, Dim breadth, Dim depth) {
  /** A node, and its element's indices given two of the product's. */
  record Factor(Node node, Indices indices) {}

  /** An element's indices given its row and column of a matrix. */
  interface Indices {
    List<AffineIndex> at(AffineIndex row, AffineIndex column);
  }

  /** The product that a kernel begins with. */
  static BatchedProduct of(Kernel kernel) {
    var shape = kernel.domain().shape();
    int rank = shape.size();
    var batchAxes = new ArrayList<AffineIndex.Atom.Var>();
    for (int i = 0; i < rank - 3; i++) {
      batchAxes.add(new AffineIndex.Atom.Var("n" + i, shape.get(i)));
    }
    var node = kernel.nodes().getFirst();
    Indices indices = (row, column) -> {
      var all = new ArrayList<AffineIndex>();
      batchAxes.forEach(axis -> all.add(AffineIndex.of(axis)));
      all.add(row);
      all.add(column);
      return all;
    };
    return new BatchedProduct(new Factor(node.operand(0), indices), new Factor(node.operand(1), indices), new Factor(node, indices), List.copyOf(batchAxes),
        shape.get(rank - 3), shape.get(rank - 2), shape.get(rank - 1));
  }
}
