package nnc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import nnc.analysis.Batch;
import nnc.bytecode.MemoryLoader;
import nnc.bytecode.ProgramEmitter;
import nnc.bytecode.Width;
import nnc.driver.ModelSpecBuilder;
import nnc.driver.Parallel;
import nnc.driver.WeightLayout;
import nnc.elaborate.Elaborated;
import nnc.elaborate.Elaborator;
import nnc.elaborate.Elaborator.Purpose;
import nnc.elaborate.Prelude;
import nnc.elaborate.WholeConstants;
import nnc.graph.Graph;
import nnc.graph.GraphPrinter;
import nnc.graph.Op;
import nnc.jar.JarWriter;
import nnc.loops.math.EmittedArithmetic;
import nnc.lower.Lowering;
import nnc.passes.BatchLastLayout;
import nnc.passes.Legalize;
import nnc.passes.MetricReduction;
import nnc.passes.Pipeline;
import nnc.runtime.Model;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.SpecFile;
import nnc.schedule.BatchTiling;
import nnc.schedule.Fusion;
import nnc.schedule.Schedule;
import nnc.schedule.batch.BatchTilingChoice;
import nnc.schedule.memory.MemoryPlan;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.source.Suggestion;
import nnc.syntax.Ast;
import nnc.syntax.AstBuilder;

/** The way of a program: text, graphs, passes, kernels, loops, bytecode, jar; in {@link Session#compile}. */
public final class Compiler {
  private Compiler() {}

  /** The pass that lets nodes share kernels; it belongs to the schedule, not to the pipeline. */
  public static final String FUSION = "fusion";

  /** What lets kernels run over slices of a batch; it belongs to the schedule too. */
  public static final String SLICES = "slices";

  /** What saves multiplications of convolutions, for which it rounds differently; it belongs to the loops. */
  public static final String WINOGRAD = "winograd";

  /** What leaves terms that are zero out of products; it belongs to the loops too. */
  public static final String ZEROS = "zeros";

  /** The names of all that can be switched off with {@code --without}. */
  public static List<String> switches() {
    return Stream.concat(Pipeline.STANDARD.names().stream(), Stream.of(FUSION, SLICES, WINOGRAD, ZEROS)).toList();
  }

  /**
   * @param defines   constants by name, as text
   * @param precision 32 or 64
   * @param without   passes that are switched off
   * @param after     passes after which the graphs are shown
   * @param show      takes what is shown
   */
  public record Options(Map<String, String> defines, int precision, List<String> without, List<String> after, Consumer<String> show) {
    public static Options standard() {
      return new Options(Map.of(), 32, List.of(), List.of(), _ -> { });
    }
  }

  /** A program with faults; they are in the diagnostics. */
  public static final class Faulty extends Exception {
    private static final long serialVersionUID = 1;
    private final transient Diagnostics diagnostics;
    private final transient Map<String, String> texts;

    Faulty(Diagnostics diagnostics, Map<String, String> texts) {
      super(diagnostics.render(texts, false));
      this.diagnostics = diagnostics;
      this.texts = texts;
    }

    public Diagnostics diagnostics() {
      return diagnostics;
    }

    /** The source texts by file name, for showing lines. */
    public Map<String, String> texts() {
      return texts;
    }
  }

  /** One purpose, compiled as far as loops. */
  public record Stage(Graph elaborated, Graph graph, Schedule schedule, MemoryPlan memory, Lowering.Result lowered, List<Pipeline.Change> changes) {}

  /**
   * What comes out: the spec and the classes by file name.
   *
   * @param stages   by purpose, for those who want to look inside
   * @param warnings what the program's author may want to mend
   */
  public record Compiled(ModelSpec spec, Map<String, byte[]> classes, Map<String, Stage> stages, Diagnostics warnings) {
    /** How many different kernels there are. */
    public int kernels() {
      return stages.values().stream().mapToInt(stage -> stage.lowered().kernels().size()).sum();
    }
  }

  /** Parses and checks a program for all purposes; throws if it has faults, and gives the warnings otherwise. */
  public static Diagnostics check(Path file, Options options) throws Faulty {
    var session = new Session(file, options);
    session.elaborate(List.of(Purpose.values()));
    return session.diagnostics;
  }

  /** Compiles a program for all purposes. */
  public static Compiled compile(Path file, Options options) throws Faulty {
    return new Session(file, options).compile(List.of(Purpose.values()));
  }

  /** As {@link #compile(Path, Options)}, with the code that a jar has: gradients, which are there to be checked, in scalar code and in double. */
  public static Compiled compileForJar(Path file, Options options) throws Faulty {
    return new Session(file, options).compile(List.of(Purpose.values()), true);
  }

  /** Gradients are only ever checked, which scalar code does as well. */
  private static boolean isInJars(Purpose purpose, Width width) {
    return purpose != Purpose.GRADIENT || width == Width.SCALAR;
  }

  private static String className(Purpose purpose) {
    return "nnc/model/" + Character.toUpperCase(purpose.title().charAt(0)) + purpose.title().substring(1);
  }

  /** Compiles a text that is no file; imports are read relative to the working folder. */
  public static Compiled compile(String name, String text, Options options) throws Faulty {
    return new Session(name, text, options).compile(List.of(Purpose.values()));
  }

  /** Compiles a program for one purpose, by its name: the only stage, unless the program has nothing to do it with. */
  public static Compiled compile(Path file, Options options, String purpose) throws Faulty {
    var session = new Session(file, options);
    var chosen = List.of(Purpose.values()).stream().filter(p -> p.title().equals(purpose)).findFirst();
    if (chosen.isEmpty()) {
      session.diagnostics.error(Span.NONE, "there is no purpose " + purpose).note("purposes are predict, evaluate, train and gradient");
      session.finish();
    }
    return session.compile(List.of(chosen.orElseThrow()));
  }

  /** A compiled program, ready to run in this JVM. */
  public static Model load(Compiled compiled) {
    return Model.of(compiled.spec(), new MemoryLoader(compiled.classes()));
  }

  /** Writes the jar. */
  public static void writeJar(Compiled compiled, Path jar) throws IOException {
    writeJar(compiled, jar, Map.of());
  }

  /** Writes the jar with more in it, by name. */
  public static void writeJar(Compiled compiled, Path jar, Map<String, byte[]> more) throws IOException {
    var entries = new LinkedHashMap<>(compiled.classes());
    entries.putAll(more);
    for (var purpose : Purpose.values()) {
      for (var width : Width.values()) {
        if (!isInJars(purpose, width)) {
          entries.remove(className(purpose) + width.suffix() + ".class");
        }
      }
    }
    var spec = new ByteArrayOutputStream();
    SpecFile.write(compiled.spec(), spec);
    entries.put(SpecFile.RESOURCE, spec.toByteArray());
    entries.put("META-INF/nnc/" + compiled.spec().name() + ".nn", compiled.spec().source().getBytes(StandardCharsets.UTF_8));
    JarWriter.write(jar, entries);
  }

  /** One program on its way. */
  private static final class Session {
    final String file;
    final Path folder;
    final Options options;
    Diagnostics diagnostics = new Diagnostics();
    final Map<String, String> texts = new LinkedHashMap<>();
    final Ast.Program program;

    Session(Path path, Options options) throws Faulty {
      this.file = path.toString();
      this.folder = path.toAbsolutePath().getParent();
      this.options = options;
      this.program = read(path, file, Span.NONE);
      finish();
    }

    Session(String name, String text, Options options) throws Faulty {
      this.file = name;
      this.folder = Path.of("").toAbsolutePath();
      this.options = options;
      texts.put(name, text);
      this.program = AstBuilder.parse(name, text, diagnostics);
      finish();
    }

    /** Stops if there are faults. */
    void finish() throws Faulty {
      var known = switches();
      for (var pass : options.without) {
        if (!known.contains(pass)) {
          diagnostics.error(Span.NONE, "--without=" + pass + ": there is no pass of this name" + Suggestion.sentence(pass, known))
              .note("passes are " + String.join(", ", known));
        }
      }
      if (diagnostics.hasErrors()) {
        throw new Faulty(diagnostics, texts);
      }
    }

    private Ast.Program read(Path path, String name, Span from) {
      var empty = new Ast.Program(name, List.of(), new Span(name, 1, 1, 1, 1));
      try {
        var text = Files.readString(path);
        texts.put(name, text);
        return AstBuilder.parse(name, text, diagnostics);
      } catch (NoSuchFileException e) {
        diagnostics.error(from, "there is no file " + path);
      } catch (CharacterCodingException e) {
        diagnostics.error(from, path + " is no UTF-8 text");
      } catch (IOException e) {
        diagnostics.error(from, path + " cannot be read: " + e.getMessage());
      }
      return empty;
    }

    private boolean imports() {
      return program.statements().stream().anyMatch(Ast.Import.class::isInstance);
    }

    /** What the program needs of the library. What imported files need is not known before they are read. */
    private Ast.Program library() {
      var words = new ArrayList<>(texts.values());
      words.addAll(options.defines.values());
      return imports() ? Prelude.program() : Prelude.programFor(words);
    }

    Map<Purpose, Elaborated> elaborate(List<Purpose> purposes) throws Faulty {
      var elaborated = elaborate(purposes, library());
      return diagnostics.hasErrors() ? elaborateAgain(purposes) : elaborated;
    }

    /** Faults are looked for with the whole library at hand: names in it may be what was meant. */
    private Map<Purpose, Elaborated> elaborateAgain(List<Purpose> purposes) throws Faulty {
      diagnostics = new Diagnostics();
      AstBuilder.parse(file, texts.get(file), diagnostics);
      var elaborated = elaborate(purposes, Prelude.program());
      finish();
      return elaborated;
    }

    private Map<Purpose, Elaborated> elaborate(List<Purpose> purposes, Ast.Program library) {
      Map<Purpose, Elaborated> elaborated = new LinkedHashMap<>();
      for (var purpose : purposes) {
        elaborated.put(purpose, elaborate(purpose, library, diagnostics));
      }
      return elaborated;
    }

    private Elaborated elaborate(Purpose purpose, Ast.Program library, Diagnostics faults) {
      var elaborated = Elaborator.elaborate(library, program, purpose, options.defines, faults,
          (path, statement) -> read(folder.resolve(path), folder.resolve(path).toString(), statement.span()));
      WholeConstants.check(elaborated.graph(), options.precision, faults);
      return elaborated;
    }

    /** All stages. Purposes go their ways side by side; only where the tables lie in the weights array is agreed in between, in their order. */
    Compiled compile(List<Purpose> purposes) throws Faulty {
      return compile(purposes, false);
    }

    Compiled compile(List<Purpose> purposes, boolean forJar) throws Faulty {
      try {
        return stages(purposes, forJar);
      } catch (ArithmeticException e) {
        diagnostics.error(program.span(), "an array of this program has more elements than can be counted, which are 2147483639");
        finish();
        throw e;
      }
    }

    private Compiled stages(List<Purpose> purposes, boolean forJar) throws Faulty {
      var begun = begin(purposes, forJar);
      Map<Purpose, Elaborated> elaborated = new LinkedHashMap<>();
      begun.forEach(one -> elaborated.put(one.purpose, one.elaborated));
      var layout = new WeightLayout(elaborated.values().stream().map(Elaborated::weights).toList());
      var planned = begun.stream().flatMap(one -> one.planned.stream()).toList();
      for (var plan : planned) {
        plan.shown.forEach(options.show);
        plan.layout(layout).tables(plan.tables());
      }
      Map<String, Stage> stages = new LinkedHashMap<>();
      Map<String, byte[]> classes = new LinkedHashMap<>();
      var lowered = Parallel.map(planned, plan -> lower(plan, layout));
      lowered.forEach(one -> stages.put(one.plan.title(), one.stage));
      var wanted = lowered.stream().flatMap(one -> Stream.of(Width.values())
          .filter(width -> !forJar || isInJars(one.plan.purpose, width)).map(width -> new Wanted(one, width))).toList();
      var bytes = Parallel.map(wanted, this::emit);
      for (int i = 0; i < bytes.size(); i++) {
        classes.put(wanted.get(i).file(), bytes.get(i));
      }
      return new Compiled(spec(new ModelSpecBuilder(name(), options.precision, texts.get(file), elaborated, layout), lowered), classes, stages, diagnostics);
    }

    private static ModelSpec spec(ModelSpecBuilder writer, List<Lowered> lowered) {
      Map<String, ModelSpec> formulas = new LinkedHashMap<>();
      lowered.stream().filter(one -> one.plan.formulas != null).forEach(one -> formulas.put(one.plan.purpose.title(),
          ModelSpecBuilder.formulas(one.plan.title(), one.plan.elaborated, one.stage.lowered().plan(), one.plan.formulas)));
      return writer.spec(lowered.stream().filter(one -> one.plan.formulas == null).map(one -> one.stage.lowered().plan()).toList(), formulas);
    }

    /** One purpose as it was elaborated, and its plans, unless there is nothing to do for it. */
    private record Begun(Purpose purpose, Elaborated elaborated, List<Planned> planned, Diagnostics faults) {}

    /** Purposes are elaborated side by side too, unless there are faults, which are told in order, or imports, whose texts they share. */
    private List<Begun> begin(List<Purpose> purposes, boolean forJar) throws Faulty {
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
        elaborated = elaborateAgain(purposes);
      }
      return Parallel.map(purposes, purpose -> begin(purpose, elaborated.get(purpose), new Diagnostics(), forJar));
    }

    private Begun begin(Purpose purpose, Elaborated elaborated, Diagnostics faults, boolean forJar) {
      boolean idle = faults.hasErrors() || elaborated.graph().results().isEmpty();
      return new Begun(purpose, elaborated, idle ? List.of() : plans(purpose, elaborated, forJar), faults);
    }

    private String name() {
      var last = Path.of(file).getFileName().toString();
      return last.endsWith(".nn") ? last.substring(0, last.length() - 3) : last;
    }

    /**
     * One purpose, optimised and scheduled, and what was asked to be shown of it.
     *
     * @param precision 32 or 64
     * @param formulas where the tables lie of formulas of what several batches come to; null of what a batch computes
     */
    private record Planned(Purpose purpose, int precision, WeightLayout formulas, Graph elaborated, Batch batch, Schedule schedule, Graph graph, MemoryPlan memory,
        List<Pipeline.Change> changes, List<String> shown) {
      String title() {
        return purpose.title() + (formulas == null ? "" : "." + ModelSpec.MEASURES);
      }

      WeightLayout layout(WeightLayout shared) {
        return formulas == null ? shared : formulas;
      }

      List<Op.Table> tables() {
        return schedule.graph().nodes().stream().map(nnc.graph.Node::op).filter(Op.Table.class::isInstance).map(Op.Table.class::cast).toList();
      }
    }

    private List<Planned> plans(Purpose purpose, Elaborated elaborated, boolean forJar) {
      Set<String> off = new HashSet<>(options.without);
      if (hasFewExamples(elaborated.training())) {
        off.add(BatchLastLayout.PASS.name());
      }
      var batch = Batch.of(elaborated.graph());
      var cut = switch (purpose) {
        case EVALUATE -> MetricReduction.evaluation(elaborated.graph(), batch.name());
        case TRAIN -> MetricReduction.training(elaborated.graph(), batch.name());
        case PREDICT, GRADIENT -> new MetricReduction.Cut(elaborated.graph(), Optional.empty(), false);
      };
      var plans = new ArrayList<Planned>();
      int precision = forJar && purpose == Purpose.GRADIENT ? 64 : options.precision;
      plans.add(plan(purpose, precision, null, cut.batch(), cut.exact() ? Batch.joined(batch.name(), cut.batch()) : Batch.of(cut.batch()), off));
      cut.formula().ifPresent(formula -> plans.add(plan(purpose, 64, new WeightLayout(List.of()), formula, Batch.of(formula), off)));
      return plans;
    }

    private Planned plan(Purpose purpose, int precision, WeightLayout formulas, Graph elaborated, Batch batch, Set<String> off) {
      var changes = new ArrayList<Pipeline.Change>();
      var shown = new ArrayList<String>();
      var graph = Pipeline.of(new EmittedArithmetic(precision)).run(elaborated, off, new HashSet<>(options.after), show -> shown.add(GraphPrinter.print(show)), changes::add);
      var schedule = Fusion.schedule(Legalize.run(graph), !off.contains(FUSION));
      var memory = MemoryPlan.of(schedule);
      var slices = off.contains(SLICES) ? BatchTiling.NONE : BatchTilingChoice.of(schedule, memory, precision);
      return new Planned(purpose, precision, formulas, elaborated, batch, schedule, graph, slices.kernels() > 0 ? MemoryPlan.of(schedule, slices) : memory, changes, shown);
    }

    private static boolean hasFewExamples(ModelSpec.Training training) {
      return training.settings().get("batch") instanceof Number batch && batch.intValue() < BatchLastLayout.FEWEST_EXAMPLES;
    }

    /** One purpose as loops, and the class that they are emitted as. */
    private record Lowered(Planned plan, Stage stage, String className, int precision) {}

    private Lowered lower(Planned plan, WeightLayout layout) {
      boolean inDouble = plan.precision == 64 && options.precision == 32;
      var className = className(plan.purpose) + (plan.formulas != null ? "Measures" : inDouble ? Model.DOUBLE : "");
      var lowered = Lowering.lower(plan.schedule, plan.elaborated, plan.batch, plan.memory, plan.precision,
          className.substring(className.lastIndexOf('/') + 1), plan.layout(layout), !options.without.contains(WINOGRAD), !options.without.contains(ZEROS));
      return new Lowered(plan, new Stage(plan.elaborated, plan.graph, plan.schedule, plan.memory, lowered, plan.changes), className, plan.precision);
    }

    /** A class to emit. */
    private record Wanted(Lowered lowered, Width width) {
      String file() {
        return lowered.className + width.suffix() + ".class";
      }
    }

    private byte[] emit(Wanted wanted) {
      var lowered = wanted.lowered;
      return ProgramEmitter.emit(lowered.className, Path.of(file).getFileName().toString(), lowered.stage.lowered().kernels(), wanted.width, lowered.precision);
    }
  }
}
