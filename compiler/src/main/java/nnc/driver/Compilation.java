package nnc.driver;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.elaborate.Elaborated;
import nnc.elaborate.Elaborator;
import nnc.elaborate.Elaborator.Purpose;
import nnc.elaborate.Elaborator.Rolled;
import nnc.elaborate.LoopChoice;
import nnc.elaborate.Members;
import nnc.elaborate.Outline;
import nnc.elaborate.OutputUse;
import nnc.elaborate.Prelude;
import nnc.elaborate.Sizes;
import nnc.elaborate.Traced;
import nnc.elaborate.WholeConstants;
import nnc.graph.Graph;
import nnc.graph.GraphPrinter;
import nnc.loops.expand.Width;
import nnc.optimizations.Optimization;
import nnc.runtime.Model;
import nnc.runtime.spec.ModelSpec;
import nnc.source.CompilerFault;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.syntax.Ast;
import nnc.syntax.AstBuilder;

/**
 * The way of a program: text, syntax tree, graphs for each purpose, passes, schedule, loops, loops for each width, bytecode. Purposes go their ways side by side; only
 * where the tables lie in the weights array is agreed in between.
 */
public final class Compilation {
  private final String file;
  private final CompilerOptions options;
  private Diagnostics diagnostics = new Diagnostics();
  private final SourceFiles sources;
  private final Ast.Program program;
  private ChosenOptimizations chosen;
  private Members members = Members.ONE;
  /** What was elaborated to evaluate it; null until it is compiled for that. */
  private Elaborated evaluation;
  private boolean observed;
  private Rolled rolled = Rolled.WHERE_BETTER;
  private Optional<SharedClasses> shared = Optional.empty();
  private List<SharedClasses.Member> used = List.of();

  /** Faults and warnings found so far. */
  public Diagnostics diagnostics() {
    return diagnostics;
  }

  /** The files that were read so far: the program, and what it imports. */
  public Set<Path> files() {
    return sources.texts().keySet().stream().map(Path::of).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  public Compilation(Path path, CompilerOptions options) throws FaultyProgram {
    this.file = path.toString();
    this.sources = new SourceFiles(path, options.sandbox());
    this.options = options;
    this.program = sources.main(diagnostics);
    finish();
  }

  /** Of a text that is no file; what it imports is looked for in the working folder. */
  public Compilation(String name, String text, CompilerOptions options) throws FaultyProgram {
    this(name, Path.of("").toAbsolutePath(), text, options);
  }

  /** Of another text than the file has; what it imports is looked for beside the file. */
  public Compilation(Path path, String text, CompilerOptions options) throws FaultyProgram {
    this(path.toString(), path.toAbsolutePath().getParent(), text, options);
  }

  private Compilation(String name, Path folder, String text, CompilerOptions options) throws FaultyProgram {
    this.file = name;
    this.sources = new SourceFiles(Path.of(name), folder, options.sandbox());
    this.options = options;
    sources.texts().put(name, text);
    this.program = AstBuilder.parse(name, text, diagnostics);
    finish();
  }

  /** Has the plan that predicts also give what layers and names of the program come to, as results of the role {@code VALUE}. */
  public Compilation observing() {
    observed = true;
    return this;
  }

  /** Has other loops over ranges of numbers rolled than those where that is better: none for who has no loops. */
  public Compilation rolling(Rolled rolled) {
    this.rolled = rolled;
    return this;
  }

  /** Has imports of other files than these refused, unread. */
  public Compilation importing(Predicate<Path> files) {
    sources.importing(files);
    return this;
  }

  /** Stops if there are faults. */
  public void finish() throws FaultyProgram {
    chosen = ChosenOptimizations.of(options, diagnostics);
    if (diagnostics.hasErrors()) {
      throw new FaultyProgram(diagnostics, sources.texts());
    }
  }

  /** What elaboration asks of the program's files; faults go to where they are collected at the moment. */
  private final class ProgramFiles implements Elaborator.Importer {
    @Override
    public Ast.Program read(String path, Ast.Import statement) {
      return sources.imported(path, statement, diagnostics);
    }

    @Override
    public void data(String source, String name, Span place) {
      sources.data(source, name, place, diagnostics);
    }
  }

  private boolean imports() {
    return program.statements().stream().anyMatch(Ast.Import.class::isInstance);
  }

  /** What the program needs of the library. What imported files need is not known before they are read. */
  private Ast.Program library() {
    var words = new ArrayList<>(sources.texts().values());
    words.addAll(options.defines().values());
    return imports() ? Prelude.program() : Prelude.programFor(words);
  }

  /** Elaborates for some purposes; throws if there are faults. */
  public Map<Purpose, Elaborated> elaborate(List<Purpose> purposes) throws FaultyProgram {
    var elaborated = Parallel.deep(() -> elaborate(purposes, library()));
    if (diagnostics.isEnded()) {
      finish();
    }
    return diagnostics.hasErrors() ? elaborateAgain(purposes) : elaborated;
  }

  /** Faults are looked for with the whole library at hand: names in it may be what was meant. */
  private Map<Purpose, Elaborated> elaborateAgain(List<Purpose> purposes) throws FaultyProgram {
    diagnostics = new Diagnostics();
    AstBuilder.parse(file, sources.texts().get(file), diagnostics);
    var elaborated = Parallel.deep(() -> elaborate(purposes, Prelude.program()));
    finish();
    return elaborated;
  }

  /** A picture of the program on its way to the first weights, as a purpose computes it: the graph's only result. The empty name stands for the last there is. */
  public Graph picture(Purpose purpose, String name) throws FaultyProgram {
    var picture = Parallel.deep(() -> Elaborator.picture(Prelude.program(), program, new Elaborator.Picture(purpose, name), options.defines(), diagnostics,
        new ProgramFiles()));
    finish();
    return picture.orElseThrow();
  }

  /** What the program's outputs are, and what they are compared with. */
  public List<OutputUse> outputs() throws FaultyProgram {
    if (evaluation != null) {
      return evaluation.uses();
    }
    var outputs = Parallel.deep(() -> Elaborator.outputs(Prelude.program(), program, options.defines(), diagnostics,
        new ProgramFiles()));
    finish();
    return outputs;
  }

  /** The program in its own words, for a purpose. */
  public Traced trace(Purpose purpose) throws FaultyProgram {
    var traced = Parallel.deep(() -> Elaborator.trace(Prelude.program(), program, purpose, options.defines(), diagnostics,
        new ProgramFiles()));
    finish();
    return traced.orElseThrow();
  }

  /** The program's network, with the layers and functions that made it. */
  public Outline outline() throws FaultyProgram {
    var outline = Parallel.deep(() -> Elaborator.outline(Prelude.program(), program, options.defines(), diagnostics,
        new ProgramFiles()));
    finish();
    return outline.orElseThrow();
  }

  private Map<Purpose, Elaborated> elaborate(List<Purpose> purposes, Ast.Program library) {
    Map<Purpose, Elaborated> elaborated = new LinkedHashMap<>();
    for (var purpose : purposes) {
      if (!diagnostics.isEnded()) {
        elaborated.put(purpose, elaborate(purpose, library, diagnostics));
      }
    }
    return elaborated;
  }

  private Elaborated elaborate(Purpose purpose, Ast.Program library, Diagnostics faults) {
    return elaborate(purpose, chosen.switches().on(Optimization.ROLL) ? rolled : Rolled.NONE, library, faults);
  }

  private Elaborated elaborate(Purpose purpose, Rolled rolled, Ast.Program library, Diagnostics faults) {
    var elaborated = Elaborator.elaborate(library, program, new Elaborator.Aim(purpose, members, observed, rolled), options.defines(), faults,
        new ProgramFiles());
    elaborated.graphs().forEach(graph -> WholeConstants.check(graph, faults));
    return options.bounds().budget().map(elaborated::within).orElse(elaborated);
  }

  /** All stages, for every width; vector code is emitted when it is first asked for. */
  public CompiledProgram compile(List<Purpose> purposes) throws FaultyProgram {
    return compile(purposes, false);
  }

  /** All stages, with the code that a jar has: gradients, which are there to be checked, in scalar code and in double. */
  public CompiledProgram compileForJar(List<Purpose> purposes) throws FaultyProgram {
    return compile(purposes, true);
  }

  /** Several networks of the program as one, which predicts and is evaluated and does not train; with the code that a jar has. */
  public CompiledProgram compileForJar(Members members) throws FaultyProgram {
    this.members = members;
    return compile(List.of(Purpose.PREDICT, Purpose.EVALUATE), true);
  }

  /**
   * All stages up to loops: classes that others of the same program may share get to know this one.
   *
   * @throws FaultyProgram if the program has faults with these constants
   */
  public void lower(SharedClasses classes) throws FaultyProgram {
    shared = Optional.of(classes);
    var begun = begin(List.of(Purpose.values()), true);
    lowered(begun, layout(elaborated(begun)));
  }

  /**
   * All stages, with classes that others of the same program may share.
   *
   * @throws FaultyProgram if the program has faults with these constants
   */
  public CompiledProgram compile(SharedClasses classes) throws FaultyProgram {
    shared = Optional.of(classes);
    return compile(List.of(Purpose.values()), true);
  }

  /**
   * All stages, and the network ready to run, by classes that others of the same program may share.
   *
   * @throws FaultyProgram if the program has faults with these constants
   */
  public Model load(SharedClasses classes) throws FaultyProgram {
    var compiled = compile(classes);
    return Model.of(compiled.spec(), name -> SharedClasses.kernels(used, name));
  }

  private CompiledProgram compile(List<Purpose> purposes, boolean forJar) throws FaultyProgram {
    try {
      return stages(purposes, forJar);
    } catch (ArithmeticException e) {
      throw tooLarge(program.span(), e);
    } catch (CompilerFault fault) {
      throw fault.getCause() instanceof ArithmeticException ? tooLarge(fault.place().equals(Span.NONE) ? program.span() : fault.place(), fault) : fault;
    }
  }

  /** What has more elements than can be counted is the program's fault. */
  private RuntimeException tooLarge(Span place, RuntimeException cause) throws FaultyProgram {
    diagnostics.error(place, "an array here has more elements than can be counted, which are " + Sizes.LARGEST).hint("make it smaller");
    finish();
    return cause;
  }

  private CompiledProgram stages(List<Purpose> purposes, boolean forJar) throws FaultyProgram {
    var begun = begin(purposes, forJar);
    Map<Purpose, Elaborated> elaborated = elaborated(begun);
    evaluation = elaborated.get(Purpose.EVALUATE);
    var layout = layout(elaborated);
    var lowered = lowered(begun, layout);
    used = lowered.stream().flatMap(one -> one.member().stream()).toList();
    Map<String, CompiledStage> stages = new LinkedHashMap<>();
    for (var one : lowered) {
      one.shown().forEach(options.show());
      stages.put(one.plan().title(), one.stage());
    }
    var spec = spec(new ModelSpecBuilder(name(), options.precision(), sources.texts().get(file), elaborated, layout), lowered);
    if (options.memory() < CompilerOptions.UNLIMITED) {
      checkMemory(spec, lowered);
    }
    Map<String, Backend.Wanted> wanted = new LinkedHashMap<>();
    for (var one : lowered) {
      Stream.of(Width.values()).filter(width -> !forJar || isInJars(one.plan().aim().purpose(), width)).map(width -> Backend.Wanted.of(one, width))
          .forEach(each -> wanted.put(each.file(), each));
    }
    var classes = new EmittedClasses<>(wanted, backend()::emit);
    // what cannot be emitted ends the compilation; classes that are shared are found by where they are kept
    classes.emit(wanted.values().stream().filter(one -> one.width() == Width.SCALAR || one.member().isPresent()).map(Backend.Wanted::file).toList());
    return new CompiledProgram(spec, classes, stages, diagnostics, origin(purposes, forJar));
  }

  private void checkMemory(ModelSpec spec, List<Backend.Lowered> lowered) throws FaultyProgram {
    var check = new MemoryCheck(spec, options.memory());
    for (var one : lowered) {
      var plan = one.plan();
      if (plan.formulas() == null && plan.aim().isWhole() && plan.aim().purpose() != Purpose.GRADIENT) {
        check.tell(plan.aim().purpose().title(), plan.schedule().graph(), plan.memory(), plan.batch().name(), diagnostics);
      }
    }
    finish();
  }

  private Optional<CompilationRecord> origin(List<Purpose> purposes, boolean forJar) {
    boolean whole = purposes.equals(List.of(Purpose.values())) || members.count() > 1;
    return !whole || observed ? Optional.empty() : Optional.of(new CompilationRecord(options.defines(), options.precision(), options.without(),
        forJar ? CompilationRecord.Code.JAR : CompilationRecord.Code.ALL, members, sources.imports()));
  }

  /**
   * All stages of a program as they were when a jar was made of it. No file is read.
   *
   * @param text   the program
   * @param record how it was compiled
   * @throws FaultyProgram if the text is no program
   */
  public static CompiledProgram again(String file, String text, CompilationRecord record) throws FaultyProgram {
    var compilation = new Compilation(file, text, record.options());
    compilation.sources.provide(record.imports());
    if (record.members().count() > 1) {
      return compilation.compileForJar(record.members());
    }
    return compilation.compile(List.of(Purpose.values()), record.code() == CompilationRecord.Code.JAR);
  }

  private static Map<Purpose, Elaborated> elaborated(List<Begun> begun) {
    Map<Purpose, Elaborated> elaborated = new LinkedHashMap<>();
    begun.forEach(one -> elaborated.put(one.purpose, one.elaborated));
    return elaborated;
  }

  private WeightLayout layout(Map<Purpose, Elaborated> elaborated) {
    return new WeightLayout(options.precision(), elaborated.values().stream().map(Elaborated::weights).toList());
  }

  private List<Backend.Lowered> lowered(List<Begun> begun, WeightLayout layout) {
    var planned = begun.stream().flatMap(one -> one.planned.stream()).toList();
    for (var plan : planned) {
      plan.shown().forEach(options.show());
      plan.layout(layout).tables(plan.tables());
    }
    return Parallel.map(planned, plan -> backend().lower(plan, layout));
  }

  private static ModelSpec spec(ModelSpecBuilder writer, List<Backend.Lowered> lowered) {
    Map<String, ModelSpec> formulas = new LinkedHashMap<>();
    lowered.stream().filter(one -> one.plan().formulas() != null).forEach(one -> formulas.put(one.plan().aim().name(),
        ModelSpecBuilder.formulas(one.plan().title(), one.precision(), one.plan().elaborated(), one.stage().lowered().plan(), one.plan().formulas())));
    return writer.spec(lowered.stream().filter(one -> one.plan().formulas() == null).map(one -> one.stage().lowered().plan()).toList(), formulas);
  }

  /** One purpose as it was elaborated, and its plans, unless there is nothing to do for it. */
  private record Begun(Purpose purpose, Elaborated elaborated, List<Backend.Planned> planned, Diagnostics faults) {}

  /** Purposes are elaborated side by side too, unless there are faults, which are told in order, or imports, whose texts they share. */
  private List<Begun> begin(List<Purpose> purposes, boolean forJar) throws FaultyProgram {
    Map<Purpose, Elaborated> elaborated;
    if (imports()) {
      elaborated = elaborate(purposes);
    } else {
      var library = library();
      var begun = Parallel.map(purposes, purpose -> {
        var faults = new Diagnostics();
        return begin(purpose, elaborate(purpose, library, faults), faults, forJar);
      });
      if (begun.stream().noneMatch(one -> one.faults.hasErrors())) {
        begun.forEach(one -> one.faults.faults().forEach(diagnostics::add));
        return begun;
      }
      for (var one : begun) {
        if (one.faults.isEnded()) {
          one.faults.faults().forEach(diagnostics::add);
          finish();
        }
      }
      elaborated = elaborateAgain(purposes);
    }
    return Parallel.map(purposes, purpose -> begin(purpose, elaborated.get(purpose), new Diagnostics(), forJar));
  }

  private Begun begin(Purpose purpose, Elaborated elaborated, Diagnostics faults, boolean forJar) {
    boolean idle = faults.hasErrors() || elaborated.graphs().stream().allMatch(graph -> graph.results().isEmpty());
    var plans = idle ? List.<Backend.Planned>of() : backend().plans(purpose, elaborated, forJar);
    if (!idle && chosen.after().contains(Optimization.ROLL) && elaborated.loops().stream().anyMatch(LoopChoice::rolled)) {
      var refused = new Diagnostics();
      var unrolled = Parallel.deep(() -> elaborate(purpose, Rolled.NONE, library(), refused));
      var before = refused.hasErrors() ? refused.faults().getLast().message() : GraphPrinter.print(unrolled.graph());
      plans.getFirst().shown().addFirst(new Shown(Optimization.ROLL, before, GraphPrinter.print(elaborated.graph())));
    }
    return new Begun(purpose, elaborated, plans, faults);
  }

  private String name() {
    var last = Path.of(file).getFileName().toString();
    return last.endsWith(".nn") ? last.substring(0, last.length() - 3) : last;
  }

  private Backend backend() {
    return new Backend(file, name(), options.precision(), chosen, shared);
  }

  /** Gradients are only ever checked, which scalar code does as well. */
  public static boolean isInJars(Purpose purpose, Width width) {
    return purpose != Purpose.GRADIENT || width == Width.SCALAR;
  }
}
