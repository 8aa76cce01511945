package nnc.driver;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nnc.analysis.Batch;
import nnc.bytecode.ProgramEmitter;
import nnc.elaborate.Elaborated;
import nnc.elaborate.Elaborator.Purpose;
import nnc.elaborate.LoopChoice;
import nnc.elaborate.Sizes;
import nnc.graph.Graph;
import nnc.graph.GraphPrinter;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.jar.NetworkPackage;
import nnc.loops.Loop;
import nnc.loops.LoopVerifier;
import nnc.loops.expand.Expansion;
import nnc.loops.expand.Width;
import nnc.loops.math.EmittedArithmetic;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;
import nnc.passes.AccumulationCut;
import nnc.passes.MetricReduction;
import nnc.passes.Pipeline;
import nnc.runtime.engine.Kernels;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.Setting;
import nnc.schedule.Schedule;
import nnc.schedule.memory.MemoryPlan;
import nnc.source.CompilerFault;
import nnc.source.Span;

/**
 * From graphs to class files: passes, schedule and memory, loops, code for each width. Plans go these ways independently of each other.
 *
 * @param file      of the program, as faults tell it
 * @param name      of the network
 * @param precision 32 or 64
 * @param shared    classes that other networks of the same program may have too
 */
record Backend(String file, String name, int precision, ChosenOptimizations chosen, Optional<SharedClasses> shared) {
  /**
   * What a plan is for.
   *
   * @param step     which of the steps that a batch is trained by, from 0 on; 0 of other purposes
   * @param part     of a step that accumulates gradients, by the name of its graph; empty for its whole, and of others
   * @param examples of a training step, as the program says it; 0 if it does not
   * @param bounded  whether the program says how much memory training may take
   */
  record Aim(Purpose purpose, int step, String part, int examples, boolean bounded) {
    String name() {
      return isPart() ? part : ModelSpec.Training.plan(purpose.title(), step);
    }

    /** The class of its kernels, without their width: {@code Train}, {@code Step2Train} of a batch's second step, {@code TrainUpdate} of a part. */
    String kernels() {
      return (step == 0 ? "" : "Step" + (step + 1)) + capital(purpose.title()) + (isPart() ? capital(part.split("\\.")[1]) : "");
    }

    private boolean isPart() {
      return !part.isEmpty();
    }

    /** What is done to its graph. */
    Switches switches(Switches all) {
      return bounded ? all : all.butWithout(List.of(Optimization.LOOP_RECOMPUTATION));
    }

    /** Whether it is the first step of its purpose, and all of it. */
    boolean isWhole() {
      return step == 0 && !isPart();
    }
  }

  /**
   * One purpose, optimised and scheduled, and what was asked to be shown of it.
   *
   * @param precision 32 or 64
   * @param formulas where the tables lie of formulas of what several batches come to; null of what a batch computes
   * @param loops    of the program, over ranges of numbers
   */
  record Planned(Aim aim, int precision, WeightLayout formulas, Graph elaborated, Batch batch, Schedule schedule, MemoryPlan memory,
      List<CompiledStage.Change> changes, List<Shown> shown, List<LoopChoice> loops) {
    String title() {
      return aim.name() + (formulas == null ? "" : "." + ModelSpec.MEASURES);
    }

    WeightLayout layout(WeightLayout shared) {
      return formulas == null ? shared : formulas;
    }

    List<Op.Table> tables() {
      return schedule.graph().nodes().stream().map(Node::op).filter(Op.Table.class::isInstance).map(Op.Table.class::cast).toList();
    }
  }

  /** What a purpose runs: a plan for each step of its training, or one, and where figures are of whole data one that makes them of what batches give. */
  List<Planned> plans(Purpose purpose, Elaborated elaborated, boolean forJar) {
    return IntStream.range(0, elaborated.graphs().size()).boxed().flatMap(step -> plans(purpose, step, elaborated, forJar).stream()).toList();
  }

  private List<Planned> plans(Purpose purpose, int step, Elaborated elaborated, boolean forJar) {
    var graph = elaborated.graphs().get(step);
    var batch = Batch.of(graph);
    var cut = switch (purpose) {
      case EVALUATE -> MetricReduction.evaluation(graph, batch.name(), chosen.switches());
      case TRAIN -> MetricReduction.training(graph, batch.name(), chosen.switches());
      case PREDICT, GRADIENT -> new MetricReduction.Cut(graph, Optional.empty(), false);
    };
    var plans = new ArrayList<Planned>();
    var aim = new Aim(purpose, step, "", examples(elaborated.training()), purpose == Purpose.TRAIN && elaborated.training().settings().containsKey(Setting.MEMORY));
    int precision = forJar && purpose == Purpose.GRADIENT ? 64 : this.precision;
    plans.add(plan(aim, precision, null, cut.batch(), cut.exact() ? Batch.joined(batch.name(), cut.batch()) : Batch.of(cut.batch()), elaborated.loops()));
    cut.formula().ifPresent(formula -> plans.add(plan(aim, 64, new WeightLayout(64, List.of()), formula, Batch.of(formula), List.of())));
    if (chosen.after().contains(Optimization.METRIC_REDUCTION) && !plans.getFirst().elaborated.results().equals(graph.results())) {
      plans.getFirst().shown.addFirst(new Shown(Optimization.METRIC_REDUCTION, GraphPrinter.print(graph),
          plans.stream().map(plan -> GraphPrinter.print(plan.elaborated)).collect(Collectors.joining("\n"))));
    }
    if (purpose == Purpose.TRAIN && elaborated.graphs().size() == 1) {
      AccumulationCut.of(graph, ModelSpec.Training.SUMS, kept(elaborated)).ifPresent(parts -> {
        plans.add(part(aim, null, parts.gradient(), parts.gradient()));
        parts.kept().ifPresent(kept -> plans.add(part(aim, new WeightLayout(precision, List.of()), parts.gradient(), kept)));
        plans.add(part(aim, null, parts.update(), parts.update()));
      });
    }
    return plans;
  }

  /** @param part whose graph it is, or whose batches it is for */
  private Planned part(Aim aim, WeightLayout formulas, Graph part, Graph graph) {
    return plan(new Aim(aim.purpose, aim.step, part.name(), aim.examples, aim.bounded), precision, formulas, graph, Batch.of(graph), List.of());
  }

  /** What layers keep from batch to batch; averages of weights follow from these. */
  private static Set<String> kept(Elaborated elaborated) {
    return elaborated.weights().stream().filter(weight -> weight.kind() == ModelSpec.WeightKind.STATE && !weight.path().endsWith(".average"))
        .map(Elaborated.WeightInfo::path).collect(Collectors.toSet());
  }

  private Planned plan(Aim aim, int precision, WeightLayout formulas, Graph elaborated, Batch batch, List<LoopChoice> loops) {
    var changes = new ArrayList<CompiledStage.Change>();
    var shown = new ArrayList<Shown>();
    var graph = Pipeline.of(new EmittedArithmetic(precision)).run(elaborated, aim.switches(chosen.switches()), aim.examples, pass -> {
      changes.add(new CompiledStage.Change(pass.pass(), pass.before().nodes().size(), pass.after().nodes().size(), pass.obstacle()));
      if (chosen.after().contains(pass.pass())) {
        shown.add(new Shown(pass.pass(), GraphPrinter.print(pass.before()), GraphPrinter.print(pass.after())));
      }
    });
    var scheduled = Scheduled.of(graph, precision, chosen.switches());
    scheduled.memory().slots().keySet().forEach(Backend::requireCounted);
    shown.addAll(Scheduled.shown(graph, precision, chosen.switches(), chosen.after()));
    return new Planned(aim, precision, formulas, elaborated, batch, scheduled.schedule(), scheduled.memory(), changes, shown, loops);
  }

  /** Buffers are arrays, of which a place is a number of 31 bits; sizes that are open are looked at before a run. */
  private static void requireCounted(Node node) {
    if (Sizes.elements(node.type()) > Sizes.LARGEST) {
      throw CompilerFault.at(node.span(), new ArithmeticException(node.type() + " has too many elements"));
    }
  }

  /** Of a training step, as the program says it; 0 if it does not. */
  private static int examples(ModelSpec.Training training) {
    return training.settings().get(Setting.BATCH) instanceof Number batch ? batch.intValue() : 0;
  }

  /** One purpose as loops, and what its plan calls them. */
  record Lowered(Planned plan, CompiledStage stage, String kernels, int precision, List<Shown> shown, Optional<SharedClasses.Member> member) {}

  /** From a schedule to loops. */
  Lowered lower(Planned plan, WeightLayout layout) {
    boolean inDouble = plan.precision == 64 && this.precision == 32;
    var kernels = NetworkPackage.of(name) + "." + plan.aim.kernels() + (plan.formulas != null ? capital(ModelSpec.MEASURES) : inDouble ? Kernels.DOUBLE : "");
    var loops = new Loops(plan.schedule, plan.elaborated, plan.batch, plan.memory, plan.precision, kernels, plan.layout(layout));
    var own = loops.lowered(chosen.switches());
    var common = shared.map(classes -> classes.of(kernels, plan.precision, own));
    var stage = new CompiledStage(plan.elaborated, plan.schedule, plan.memory, common.map(SharedClasses.Shared::lowered).orElse(own), plan.changes, plan.loops);
    return new Lowered(plan, stage, kernels, plan.precision, loops.shown(chosen.switches(), chosen.after()), common.map(SharedClasses.Shared::member));
  }

  /**
   * A class to emit, and nothing that is not needed for that: it may be kept for as long as the network runs.
   *
   * @param kernels the class without its width
   */
  record Wanted(String kernels, int precision, List<Loop.Kernel> loops, Optional<SharedClasses.Member> member, Width width) {
    static Wanted of(Lowered lowered, Width width) {
      return new Wanted(lowered.kernels, lowered.precision, lowered.stage.lowered().kernels(), lowered.member, width);
    }

    String file() {
      return width.file(kernels);
    }
  }

  /** From loops to a class file; one that is shared is made once. */
  byte[] emit(Wanted wanted) {
    return wanted.member.map(member -> shared.orElseThrow().emitted(member, wanted.width, () -> emitted(wanted))).orElseGet(() -> emitted(wanted));
  }

  private byte[] emitted(Wanted wanted) {
    var kernels = Expansion.of(wanted.loops, wanted.width, wanted.precision, chosen.switches());
    // takes some hundredths of a compilation: tests are run with assertions
    assert LoopVerifier.check(kernels, wanted.file()) != null;
    try {
      return ProgramEmitter.emit(wanted.kernels, Path.of(file).getFileName().toString(), kernels, wanted.width, wanted.precision);
    } catch (CompilerFault fault) {
      // classes know the file's name alone
      var place = fault.place();
      throw place.equals(Span.NONE) ? fault : CompilerFault.at(new Span(file, place.line(), place.column(), place.endLine(), place.endColumn()), fault.getCause());
    }
  }

  private static String capital(String name) {
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }
}
