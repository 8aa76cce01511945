package nnc.elaborate;

import java.util.List;
import nnc.elaborate.Members.Combination;
import nnc.graph.BinaryFn;
import nnc.graph.Compositions;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.UnaryFn;

/**
 * What stands for the members' values where they come together. Scores come together so that what is made of them later is the mean of what is made of
 * each: softmax of the logarithm of a mean of distributions is that mean, and its cross-entropy that of the ensemble.
 */
enum MemberMeans {
  SOFTMAX {
    @Override
    Node of(GraphBuilder b, List<Node> scores, Combination combination) {
      int last = scores.getFirst().type().rank() - 1;
      if (combination == Combination.VOTE) {
        return b.log(mean(b, scores.stream().map(z -> chosen(b, z, last)).toList()));
      }
      var logs = scores.stream().map(z -> Compositions.logSoftmax(b, z, last)).toList();
      var sum = logSumExp(b, logs);
      return b.sub(sum, b.like(sum, Math.log(scores.size())));
    }
  },
  SIGMOID {
    @Override
    Node of(GraphBuilder b, List<Node> scores, Combination combination) {
      if (combination == Combination.VOTE) {
        var share = mean(b, scores.stream().map(z -> b.cast(b.less(b.like(z, 0), z), Kind.FLOAT)).toList());
        // a share of 0 or 1 has no score that a loss could be computed of
        var held = b.add(b.mul(share, b.like(share, 1 - 2 * CERTAIN)), b.like(share, CERTAIN));
        return b.sub(b.log(held), b.log(b.sub(b.like(held, 1), held)));
      }
      return b.sub(logSumExp(b, scores.stream().map(z -> logSigmoid(b, z)).toList()), logSumExp(b, scores.stream().map(z -> logSigmoid(b, b.neg(z))).toList()));
    }
  },
  PLAIN {
    @Override
    Node of(GraphBuilder b, List<Node> values, Combination combination) {
      return mean(b, values);
    }
  };

  private static final double CERTAIN = 1e-6;

  /** One node for all members' nodes, of the same type. */
  abstract Node of(GraphBuilder b, List<Node> members, Combination combination);

  private static Node mean(GraphBuilder b, List<Node> values) {
    var sum = values.stream().reduce(b::add).orElseThrow();
    return b.div(sum, b.like(sum, values.size()));
  }

  /** Element by element, without overflow. */
  private static Node logSumExp(GraphBuilder b, List<Node> logs) {
    var top = logs.stream().reduce((x, y) -> b.binary(BinaryFn.MAX, x, y)).orElseThrow();
    var finite = b.select(b.less(b.like(top, Double.NEGATIVE_INFINITY), top), top, b.like(top, 0));
    return b.add(finite, b.log(logs.stream().map(log -> b.exp(b.sub(log, finite))).reduce(b::add).orElseThrow()));
  }

  /** 1 at the place of the largest score, 0 elsewhere. */
  private static Node chosen(GraphBuilder b, Node scores, int axis) {
    return b.cast(b.equal(b.expand(b.argMax(scores, axis), axis), b.iota(scores.type().shape(), axis)), Kind.FLOAT);
  }

  /** {@code -log(1 + exp(-z))}, without overflow. */
  private static Node logSigmoid(GraphBuilder b, Node z) {
    var zero = b.like(z, 0);
    var low = b.select(b.less(z, zero), z, zero);
    return b.sub(low, b.unary(UnaryFn.LOG1P, b.exp(b.neg(b.unary(UnaryFn.ABS, z)))));
  }
}
