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
import java.util.Set;
import java.util.function.Consumer;
import nnc.bytecode.MemoryLoader;
import nnc.bytecode.ProgramEmitter;
import nnc.bytecode.Width;
import nnc.elaborate.Elaborated;
import nnc.elaborate.Elaborator;
import nnc.elaborate.Elaborator.Purpose;
import nnc.elaborate.Prelude;
import nnc.graph.Graph;
import nnc.graph.GraphPrinter;
import nnc.graph.Op;
import nnc.jar.JarWriter;
import nnc.loops.Lowering;
import nnc.passes.Pipeline;
import nnc.runtime.Model;
import nnc.runtime.ModelSpec;
import nnc.runtime.SpecFile;
import nnc.schedule.Fusion;
import nnc.schedule.MemoryPlan;
import nnc.schedule.Schedule;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.source.Suggestion;
import nnc.syntax.Ast;
import nnc.syntax.AstBuilder;

/** The way of a program: text, graphs, passes, kernels, loops, bytecode, jar; a stage a line in {@link #purpose}. */
public final class Compiler {
  private Compiler() {}

  /** The pass that lets nodes share kernels; it belongs to the schedule, not to the pipeline. */
  private static final String FUSION = "fusion";

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

  /** What comes out: the spec and the classes by file name; with {@code stages} by purpose for those who want to look inside. */
  public record Compiled(ModelSpec spec, Map<String, byte[]> classes, Map<String, Stage> stages) {
    /** How many different kernels there are. */
    public int kernels() {
      return stages.values().stream().mapToInt(stage -> stage.lowered().kernels().size()).sum();
    }
  }

  /** Parses and checks a program for all purposes; throws if it has faults. */
  public static void check(Path file, Options options) throws Faulty {
    var session = new Session(file, options);
    for (var purpose : Purpose.values()) {
      session.elaborate(purpose);
    }
    session.finish();
  }

  /** Compiles a program for all purposes. */
  public static Compiled compile(Path file, Options options) throws Faulty {
    return new Session(file, options).compile(List.of(Purpose.values()));
  }

  /** Compiles a text that is no file; imports are read relative to the working folder. */
  public static Compiled compile(String name, String text, Options options) throws Faulty {
    return new Session(name, text, options).compile(List.of(Purpose.values()));
  }

  /**
   * What the compiler made of one purpose, for people.
   *
   * @param batch the size of the open dimensions that figures are told for
   * @param loops whether to print each kernel in the loop language too
   */
  public static String explain(Path file, Options options, String purpose, int batch, boolean loops) throws Faulty {
    var session = new Session(file, options);
    var chosen = List.of(Purpose.values()).stream().filter(p -> p.title().equals(purpose)).findFirst();
    if (chosen.isEmpty()) {
      session.diagnostics.error(Span.NONE, "there is no purpose " + purpose).note("purposes are predict, evaluate, train and gradient");
      session.finish();
    }
    var compiled = session.compile(List.of(chosen.orElseThrow()));
    var stage = compiled.stages().get(purpose);
    return stage == null ? "the program has nothing to " + purpose + "\n" : Explanation.of(stage, compiled.spec().precision(), batch, loops);
  }

  /** A compiled program, ready to run in this JVM. */
  public static Model load(Compiled compiled) {
    return Model.of(compiled.spec(), new MemoryLoader(compiled.classes()));
  }

  /** Writes the jar. */
  public static void writeJar(Compiled compiled, Path jar) throws IOException {
    var entries = new LinkedHashMap<>(compiled.classes());
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
    final Diagnostics diagnostics = new Diagnostics();
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
      var known = new ArrayList<>(Pipeline.STANDARD.names());
      known.add(FUSION);
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

    Elaborated elaborate(Purpose purpose) {
      return Elaborator.elaborate(Prelude.program(), program, purpose, options.defines, diagnostics,
          (path, statement) -> read(folder.resolve(path), folder.resolve(path).toString(), statement.span()));
    }

    Compiled compile(List<Purpose> purposes) throws Faulty {
      Map<Purpose, Elaborated> elaborated = new LinkedHashMap<>();
      for (var purpose : purposes) {
        elaborated.put(purpose, elaborate(purpose));
      }
      finish();
      var layout = new WeightLayout(elaborated.values().stream().map(Elaborated::weights).toList());
      Map<String, Stage> stages = new LinkedHashMap<>();
      Map<String, byte[]> classes = new LinkedHashMap<>();
      elaborated.forEach((purpose, program) -> {
        if (!program.graph().results().isEmpty()) {
          stages.put(purpose.title(), purpose(purpose, program.graph(), layout, classes));
        }
      });
      return new Compiled(new SpecWriter(name(), options.precision, texts.get(file), elaborated, stages, layout).spec(), classes, stages);
    }

    private String name() {
      var last = Path.of(file).getFileName().toString();
      return last.endsWith(".nn") ? last.substring(0, last.length() - 3) : last;
    }

    /** All stages of one purpose. */
    private Stage purpose(Purpose purpose, Graph elaborated, WeightLayout layout, Map<String, byte[]> classes) {
      var changes = new ArrayList<Pipeline.Change>();
      Set<String> off = new HashSet<>(options.without);
      var graph = Pipeline.STANDARD.run(elaborated, off, new HashSet<>(options.after), shown -> options.show.accept(GraphPrinter.print(shown)), changes::add);
      var schedule = Fusion.schedule(graph, !off.contains(FUSION));
      var memory = MemoryPlan.of(schedule);
      layout.tables(schedule.graph().nodes().stream().map(nnc.graph.Node::op).filter(Op.Table.class::isInstance).map(Op.Table.class::cast).toList());
      var className = Character.toUpperCase(purpose.title().charAt(0)) + purpose.title().substring(1);
      var lowered = Lowering.lower(schedule, memory, options.precision, className, layout);
      for (var width : Width.values()) {
        var bytes = ProgramEmitter.emit("nnc/model/" + className, Path.of(file).getFileName().toString(), lowered.kernels(), width, options.precision);
        classes.put("nnc/model/" + className + width.suffix() + ".class", bytes);
      }
      return new Stage(elaborated, graph, schedule, memory, lowered, changes);
    }
  }
}
