package nnc.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Op;
import nnc.graph.UnaryFn;
import org.junit.jupiter.api.Test;

/** What legalising does for results. */
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
}
