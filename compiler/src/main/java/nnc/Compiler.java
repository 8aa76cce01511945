package nnc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import nnc.bytecode.MemoryLoader;
import nnc.driver.Compilation;
import nnc.driver.CompilationRecord;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator.Purpose;
import nnc.jar.JarWriter;
import nnc.jar.SpecWriter;
import nnc.loops.expand.Width;
import nnc.runtime.Model;
import nnc.runtime.files.NetworkPaths;
import nnc.source.Diagnostics;
import nnc.source.Span;

/** The compiler: programs checked, compiled, loaded into this JVM, and written as jars. The way of a program is {@link Compilation}. */
public final class Compiler {
  private Compiler() {}

  /** Parses and checks a program for all purposes; throws if it has faults, and gives the warnings otherwise. It is compiled only to show something, or to hold its memory against a limit. */
  public static Diagnostics check(Path file, CompilerOptions options) throws FaultyProgram {
    var session = new Compilation(file, options);
    if (options.after().isEmpty() && options.memory() == CompilerOptions.UNLIMITED) {
      session.elaborate(List.of(Purpose.values()));
    } else {
      session.compile(List.of(Purpose.values()));
    }
    return session.diagnostics();
  }

  /** Compiles a program for all purposes. */
  public static CompiledProgram compile(Path file, CompilerOptions options) throws FaultyProgram {
    return new Compilation(file, options).compile(List.of(Purpose.values()));
  }

  /** As {@link #compile(Path, CompilerOptions)}, with the code that a jar has: gradients, which are there to be checked, in scalar code and in double. */
  public static CompiledProgram compileForJar(Path file, CompilerOptions options) throws FaultyProgram {
    return new Compilation(file, options).compileForJar(List.of(Purpose.values()));
  }

  /** As {@link #compileForJar(Path, CompilerOptions)}, with another text than the file has. */
  public static CompiledProgram compileForJar(Path file, String text, CompilerOptions options) throws FaultyProgram {
    return new Compilation(file, text, options).compileForJar(List.of(Purpose.values()));
  }

  /** Compiles a text that is no file; imports are read relative to the working folder. */
  public static CompiledProgram compile(String name, String text, CompilerOptions options) throws FaultyProgram {
    return new Compilation(name, text, options).compile(List.of(Purpose.values()));
  }

  /**
   * Compiles a text in place of a file's for who looks into the network while it runs: its plan {@code predict} also gives what layers and names of the program
   * come to ({@link nnc.runtime.spec.ModelSpec.Role#VALUE}), and its gradients are as fast as the rest. All else is computed to the same bits as by {@link #compile}.
   *
   * @param imports which files the text may import; others are refused, unread
   */
  public static CompiledProgram compileToObserve(Path file, String text, CompilerOptions options, Predicate<Path> imports) throws FaultyProgram {
    return new Compilation(file, text, options).observing().importing(imports).compile(List.of(Purpose.values()));
  }

  /** What a plan is for: {@code train.2} is the second step of a training. */
  private static Optional<Purpose> purpose(String plan) {
    return Stream.of(Purpose.values()).filter(p -> plan.equals(p.title()) || plan.startsWith(p.title() + ".")).findFirst();
  }

  /** Compiles a program for one purpose, by the name of one of its plans: the only stages, unless the program has nothing to do it with. */
  public static CompiledProgram compile(Path file, CompilerOptions options, String purpose) throws FaultyProgram {
    var session = new Compilation(file, options);
    var chosen = purpose(purpose);
    if (chosen.isEmpty()) {
      session.diagnostics().error(Span.NONE, "there is no purpose " + purpose).note("purposes are predict, evaluate, train and gradient");
      session.finish();
    }
    return session.compile(List.of(chosen.orElseThrow()));
  }

  /** A compiled program, ready to run in this JVM. */
  public static Model load(CompiledProgram compiled) {
    return Model.of(compiled.spec(), new MemoryLoader(compiled.classes()));
  }

  /** Writes the jar. */
  public static void writeJar(CompiledProgram compiled, Path jar) throws IOException {
    writeJar(compiled, jar, Map.of());
  }

  /** Writes the jar with more in it, by name. */
  public static void writeJar(CompiledProgram compiled, Path jar, Map<String, byte[]> more) throws IOException {
    write(compiled, jar, JarWriter.Kind.WHOLE, more);
  }

  /** As {@link #writeJar(CompiledProgram, Path, Map)}, with the server in it: {@code java -jar FILE.jar serve}. */
  public static void writeServingJar(CompiledProgram compiled, Path jar, Map<String, byte[]> more) throws IOException {
    write(compiled, jar, JarWriter.Kind.SERVING, more);
  }

  /**
   * Writes a jar without the runtime, which several such jars of a class path then share: {@code nnc-runtime} is looked for beside it, or is a dependency of the program.
   *
   * @param more content by name, as {@link #writeJar(CompiledProgram, Path, Map)} takes it
   */
  public static void writeThinJar(CompiledProgram compiled, Path jar, Map<String, byte[]> more) throws IOException {
    write(compiled, jar, JarWriter.Kind.THIN, more);
  }

  private static void write(CompiledProgram compiled, Path jar, JarWriter.Kind kind, Map<String, byte[]> more) throws IOException {
    var content = jarContent(compiled, kind);
    content.putAll(more);
    JarWriter.write(jar, content);
  }

  /** What a jar of a program holds, by name, as the same program and options always give it; weights are what else may be in it. */
  public static SortedMap<String, byte[]> jarContent(CompiledProgram compiled, JarWriter.Kind kind) throws IOException {
    return JarWriter.content(kind, compiled.spec(), networkFiles(compiled));
  }

  /** Compiles a program again as a jar tells that it was compiled. No file is read: what it imports is in the record. */
  public static CompiledProgram compileAgain(String file, String text, CompilationRecord record) throws FaultyProgram {
    return Compilation.again(file, text, record);
  }

  /**
   * The files of a network without the runtime, by name: classes in a package of its own, and in {@code META-INF/nnc/NAME/} its specification and the program. In a folder
   * or jar of a class path, several may share one, {@link Model#load(String)} finds them; {@link Model#bundled} has its weights.
   */
  public static Map<String, byte[]> networkFiles(CompiledProgram compiled) throws IOException {
    var spec = compiled.spec();
    var files = new LinkedHashMap<>(compiled.classes());
    for (var plan : spec.plans()) {
      for (var width : Width.values()) {
        if (!Compilation.isInJars(purpose(plan.name()).orElseThrow(), width)) {
          files.remove(width.file(plan.kernels()));
        }
      }
    }
    var bytes = new ByteArrayOutputStream();
    SpecWriter.write(spec, bytes);
    files.put(NetworkPaths.spec(spec.name()), bytes.toByteArray());
    files.put(NetworkPaths.source(spec.name()), spec.source().getBytes(StandardCharsets.UTF_8));
    compiled.origin().ifPresent(origin -> {
      files.put(NetworkPaths.record(spec.name()), (String.join("\n", origin.lines()) + "\n").getBytes(StandardCharsets.UTF_8));
      int place = 0;
      for (var text : origin.imports().values()) {
        files.put(NetworkPaths.imported(spec.name(), place++), text.getBytes(StandardCharsets.UTF_8));
      }
    });
    return files;
  }
}
