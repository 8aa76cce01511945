package nnc.onnx.export;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.driver.Compilation;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborated;
import nnc.elaborate.Elaborator.Purpose;
import nnc.elaborate.Elaborator.Rolled;
import nnc.graph.Graph;
import nnc.graph.Type;
import nnc.onnx.model.ElementType;
import nnc.optimizations.Optimization;
import nnc.passes.Pipeline;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;

/** What a program predicts with, as an ONNX model. */
public final class ProgramExport {
  /** What is done to its graph before: what depends on constants is computed, what is computed twice is computed once. Groups of nodes stay what they are. */
  private static final Set<Optimization> TIDYING = EnumSet.of(Optimization.DEAD_CODE_ELIMINATION, Optimization.STOP_GRADIENTS, Optimization.CONSTANT_FOLDING,
      Optimization.SIMPLIFY, Optimization.COMMON_SUBEXPRESSIONS);

  private ProgramExport() {}

  /** Where weights are from. */
  public interface WeightSource {
    /**
     * The weights that a model holds.
     *
     * @param wanted their types, by path
     * @return an array of this shape for each
     * @throws Fault if there is none, or it has another shape
     */
    Map<String, Tensor> read(Map<String, Type> wanted);
  }

  /** What becomes of draws at random, of which no two programs make the same ones. */
  public enum Draws {
    /** They are told. */
    REFUSED,
    /** They are inputs {@code draws_0}, {@code draws_1} ...: numbers from [0, 1), which the caller draws. */
    INPUTS
  }

  /**
   * How a program is exported.
   *
   * @param precision 32 or 64, the bits of its numbers
   */
  public record Settings(int precision, Draws draws) {
    ElementType floats() {
      return precision == 64 ? ElementType.DOUBLE : ElementType.FLOAT;
    }
  }

  /** What the inputs begin with that stand for draws; the number of their stream follows. */
  public static final String DRAWS = "draws_";

  /**
   * A program as a model.
   *
   * @throws FaultyProgram if the program has faults, or what ONNX cannot say, at its places
   * @throws Fault         of its weights, or if it predicts nothing
   */
  public static ExportedModel of(Compilation program, Settings settings, WeightSource weights) throws FaultyProgram {
    var elaborated = program.rolling(Rolled.NONE).elaborate(List.of(Purpose.PREDICT)).get(Purpose.PREDICT);
    var graph = outputs(elaborated.graph());
    if (graph.results().isEmpty()) {
      throw new Fault("the program has no outputs", "output y = ... says what a model gives");
    }
    var export = new GraphExport(tidied(graph), elaborated.aliases(), settings, program.diagnostics());
    program.finish();
    var inputs = export.inputs(elaborated.inputs().stream().map(ProgramExport::port).toList());
    var model = export.write(inputs, weights.read(export.weights()));
    program.finish();
    return model.orElseThrow();
  }

  private static OnnxGraphWriter.Port port(Elaborated.InputInfo input) {
    return new OnnxGraphWriter.Port(input.alias().isEmpty() ? input.name() : input.alias(), input.name(), input.type());
  }

  /** Without what is looked at besides: whether indices are places a runtime knows itself. */
  private static Graph outputs(Graph graph) {
    return new Graph(graph.name(), graph.nodes(), graph.results().stream().filter(result -> result.role() == Graph.Role.OUTPUT).toList()).needed(_ -> false);
  }

  private static Graph tidied(Graph graph) {
    return new Pipeline(Pipeline.STANDARD.passes().stream().filter(pass -> TIDYING.contains(pass.optimization())).toList()).run(graph);
  }
}
