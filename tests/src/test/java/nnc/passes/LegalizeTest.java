package nnc.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Op;
import nnc.graph.OpTraits;
import nnc.graph.UnaryFn;
import nnc.graph.random.Coverage;
import nnc.graph.random.DrawnGraphs;
import nnc.graph.random.OpKind;
import org.junit.jupiter.api.Test;

/** What legalising does for results, and that kernels know the ops that it leaves. */
class LegalizeTest {
  private static final int LONG = 50_000;

  @Test
  void aResultOfALongChainFromNothingGetsABufferOfItsOwn() {
    var b = new GraphBuilder();
    var node = b.cast(b.iota(List.of(Dim.of(4)), 0), Kind.FLOAT);
    for (int i = 0; i < LONG; i++) {
      node = b.unary(UnaryFn.SIN, node);
    }
    var graph = b.finish("long", List.of(new Graph.Result(Graph.Role.OUTPUT, "y", node)));
    assertThat(Legalize.PASS.run().apply(graph).results().getFirst().node().op()).isInstanceOf(Op.StopGradient.class);
  }

  /** Whether kernels know what to do with an op: whether it is in some class of {@link OpTraits}, or a part of an array that its readers or makers put together. */
  private static boolean isKnown(Op op) {
    return OpTraits.source(op) || OpTraits.view(op) || OpTraits.pointwise(op) || OpTraits.reduces(op) || OpTraits.alone(op) || op instanceof Op.Concat;
  }

  @Test
  void nothingIsLeftThatNoKernelComputes() {
    var coverage = new Coverage();
    var left = new TreeSet<OpKind>();
    for (int seed = 0; seed < 60 || seed < 600 && !coverage.neverDrawn().isEmpty(); seed++) {
      var drawn = DrawnGraphs.draw(seed, Map.of("N", 3, "T", 2), coverage).graph();
      Legalize.PASS.run().apply(drawn).nodes().stream().filter(node -> !isKnown(node.op())).forEach(node -> left.add(OpKind.of(node.op())));
    }
    assertThat(left).as("ops that neither Legalize says by others nor OpTraits puts into a class").isEmpty();
    assertThat(coverage.neverDrawn()).as("ops that nnc.graph.random.Steps never draws").isEmpty();
  }
}
