package nnc.passes;

import java.util.List;
import java.util.function.Consumer;
import nnc.graph.Graph;
import nnc.graph.Verifier;
import nnc.interpret.ScalarArithmetic;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;
import nnc.source.Interruption;

/** Passes in their order. */
public record Pipeline(List<Pass> passes) {

  /**
   * First loops are cut into segments, as reverse mode has left them; then what differentiation needed and nobody needs any more goes; then constants, so that the algebra sees them; the algebra, which makes
   * equal things look equal; sharing, which the dead nodes' removal must follow. The second round finds what the first laid open.
   * Last what kernels want: arithmetic in the order that needs least memory, layouts, and what they could not compute otherwise.
   *
   * @param arithmetic of what is computed at compile time
   */
  public static Pipeline of(ScalarArithmetic arithmetic) {
    var fold = ConstantFolding.pass(arithmetic);
    return new Pipeline(List.of(LoopRecomputation.PASS, DeadCodeElimination.PASS, StopGradients.PASS, fold, Simplify.PASS, CommonSubexpressions.PASS,
        SoftmaxGradient.PASS, BatchStepMatmuls.PASS, KeptTurnValues.PASS, LoopProducts.PASS, ReluMaskReuse.PASS, FuseWindowGradients.PASS, SinkReshapes.PASS, HoistReshapes.PASS,
        FoldBatchNorm.PASS, SumOfPadsToConcat.PASS, BatchLastLayout.PASS, Simplify.PASS, CollapseAffine.PASS, SparseUpdates.PASS, fold, CommonSubexpressions.PASS,
        DeadCodeElimination.PASS, Reassociate.PASS, CountShortSorts.PASS, ChannelsLastLayout.PASS, BandLayout.PASS, Legalize.PASS));
  }

  /** Constants are computed in double, whatever the network's numbers are. */
  public static final Pipeline STANDARD = of(ScalarArithmetic.DOUBLE);

  /**
   * What one pass did.
   *
   * @param obstacle why it was not run, and left the graph as it was; empty if it was run
   */
  public record Step(Optimization pass, Graph before, Graph after, String obstacle) {}

  public Graph run(Graph graph) {
    return run(graph, Switches.ALL_ON, 0, _ -> { });
  }

  /** A loop's body and those in it. */
  private static Graph withPass(Pass pass, Graph body, int examples) {
    var next = pass.condition().obstacle(body, examples).isEmpty() ? pass.run().apply(body) : body;
    return Rewrite.bodies(next, inner -> withPass(pass, inner, examples));
  }

  /**
   * Runs all passes but those switched off, and verifies after each.
   *
   * @param examples of a training step, as the program says it; 0 if it does not
   * @param steps    takes what each pass did
   */
  public Graph run(Graph graph, Switches switches, int examples, Consumer<Step> steps) {
    var verifier = new Verifier();
    var current = verifier.next(graph, "elaborate");
    for (var pass : passes) {
      Interruption.check();
      if (switches.on(pass.optimization())) {
        var obstacle = pass.condition().obstacle(current, examples);
        var next = obstacle.isEmpty() ? verifier.next(Rewrite.bodies(pass.run().apply(current), body -> withPass(pass, body, examples)), pass.name()) : current;
        steps.accept(new Step(pass.optimization(), current, next, obstacle));
        current = next;
      }
    }
    return current;
  }
}
