package nnc.benchmarks;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator;
import nnc.elaborate.Prelude;
import nnc.graph.Graph;
import nnc.optimizations.Switches;
import nnc.passes.Pipeline;
import nnc.schedule.Fusion;
import nnc.schedule.Schedule;
import nnc.schedule.memory.MemoryPlan;
import nnc.source.Diagnostics;
import nnc.syntax.AstBuilder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long the compiler's stages take as a training graph grows; with ten times the nodes, little more than ten times as long. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx4g")
@Warmup(iterations = 5)
@Measurement(iterations = 5)
public class CompileBenchmark {
  @Param({"100", "1000", "10000", "100000"})
  public int nodes;

  /** Nodes that a layer of the program below has in the training graph, about. */
  private static final int NODES_PER_LAYER = 20;

  private String program;
  private Graph elaborated;
  private Graph graph;
  private Schedule schedule;

  @org.openjdk.jmh.annotations.Setup
  public void start() {
    program = """
        input x: float[N, 8]
        target y: float[N, 8]
        h = x
        for i in 0..%d { h = h |> dense(8, tanh) }
        output h
        loss mse(h, y)
        train { optimizer = sgd(0.1) }
        """.formatted(Math.max(1, nodes / NODES_PER_LAYER));
    elaborated = elaborate();
    graph = Pipeline.STANDARD.run(elaborated);
    schedule = Fusion.schedule(graph, Switches.ALL_ON);
  }

  /** Text to a graph with its gradients. */
  @Benchmark
  public Graph elaborate() {
    var diagnostics = new Diagnostics();
    var parsed = AstBuilder.parse("deep.nn", program, diagnostics);
    return Elaborator.elaborate(Prelude.program(), parsed, Elaborator.Purpose.TRAIN, Map.of(), diagnostics, (_, _) -> parsed).graph();
  }

  @Benchmark
  public Graph passes() {
    return Pipeline.STANDARD.run(elaborated);
  }

  @Benchmark
  public Schedule fusion() {
    return Fusion.schedule(graph, Switches.ALL_ON);
  }

  @Benchmark
  public MemoryPlan memoryPlan() {
    return MemoryPlan.of(schedule);
  }

  /** All purposes, from text to bytecode. */
  @Benchmark
  public CompiledProgram everything() throws FaultyProgram {
    return Compiler.compile("deep.nn", program, CompilerOptions.standard());
  }
}
