package nnc.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import nnc.graph.Graph;
import nnc.graph.Verifier;
import nnc.interpret.ScalarArithmetic;

/** Passes in their order. */
public record Pipeline(List<Pass> passes) {

  /**
   * First what differentiation needed and nobody needs any more; then constants, so that the algebra sees them; the algebra, which makes
   * equal things look equal; sharing, which the dead nodes' removal must follow. The second round finds what the first laid open.
   *
   * @param arithmetic of what is computed at compile time
   */
  public static Pipeline of(ScalarArithmetic arithmetic) {
    var fold = ConstantFolding.pass(arithmetic);
    return new Pipeline(List.of(DeadCodeElimination.PASS, StopGradients.PASS, fold, Simplify.PASS, CommonSubexpressions.PASS,
        SoftmaxGradient.PASS, BatchStepMatmuls.PASS, ReluMaskReuse.PASS, FuseWindowGradients.PASS, SinkReshapes.PASS, HoistReshapes.PASS, FoldBatchNorm.PASS, SumOfPadsToConcat.PASS, BatchLastLayout.PASS, Simplify.PASS, fold, CommonSubexpressions.PASS,
        DeadCodeElimination.PASS));
  }

  /** Constants are computed in double, whatever the network's numbers are. */
  public static final Pipeline STANDARD = of(ScalarArithmetic.DOUBLE);

  /** What one pass did: nodes before and after. */
  public record Change(String pass, int before, int after) {}

  /** Every name once, in order of first use. */
  public List<String> names() {
    return passes.stream().map(Pass::name).distinct().toList();
  }

  /**
   * Runs all passes but those switched off, and verifies after each.
   *
   * @param after    passes after which the graph is shown
   * @param changes  takes a line a pass
   */
  public Graph run(Graph graph, Set<String> without, Set<String> after, Consumer<Graph> show, Consumer<Change> changes) {
    var verifier = new Verifier();
    var current = verifier.next(graph, "elaborate");
    for (var pass : passes) {
      if (without.contains(pass.name())) {
        continue;
      }
      var next = verifier.next(pass.run().apply(current), pass.name());
      changes.accept(new Change(pass.name(), current.nodes().size(), next.nodes().size()));
      current = next;
      if (after.contains(pass.name())) {
        show.accept(current);
      }
    }
    return current;
  }

  public Graph run(Graph graph) {
    return run(graph, Set.of(), Set.of(), _ -> { }, new ArrayList<Change>()::add);
  }
}
