package nnc.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.reflect.Executable;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.tools.ToolProvider;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar as a library of programs that are modules and of such as are none: compiled against it, run in processes of their own. */
class ModulePathTest {
  private static final String NETWORK = """
      input point: float[N, 3]
      output score = point |> dense(5, tanh) |> dense(2)
      """;

  /** Prints the scores of some points; of the network at a path, or where there is none of that on the class or module path. */
  private static final String PROGRAM = """
      package app;
      import java.nio.file.Path;
      import java.util.Arrays;
      import nnc.runtime.Context;
      import nnc.runtime.Model;
      import nnc.runtime.base.Fault;
      import nnc.runtime.spec.ModelSpec;
      public class Main {
        public static void main(String[] args) {
          Model model = (args.length == 0 ? Model.load() : Model.load(Path.of(args[0]))).initialised(7);
          ModelSpec spec = model.spec();
          Context context = model.context("predict", 2);
          context.batch(2);
          context.input(spec.inputs().getFirst().name()).set(new float[] {1, -2, 3, 0.5f, 0.25f, -4});
          context.run();
          float[] scores = new float[4];
          context.output("score").copyTo(scores, 0);
          boolean refused = false;
          try {
            context.input("nonsense");
          } catch (Fault fault) {
            refused = true;
          }
          String vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() ? "vectors " : "scalar ";
          System.out.println(Main.class.getModule().isNamed() + " " + vectors + refused + " " + Arrays.toString(scores));
        }
      }
      """;

  private static final List<String> VECTORS = List.of("--add-modules", "jdk.incubator.vector");

  private static final Pattern CLASS = Pattern.compile("((?:[a-z]+\\.)*[a-z]+)\\.[A-Z]");

  @TempDir
  static Path folder;

  private static Path jar;
  private static Path other;
  private static String scores;

  @BeforeAll
  static void compile() throws Exception {
    jar = folder.resolve("net.jar");
    other = folder.resolve("other.jar");
    var compiled = Compiler.compile("net.nn", NETWORK, CompilerOptions.standard());
    Compiler.writeJar(compiled, jar);
    Compiler.writeJar(Compiler.compile("other.nn", NETWORK.replace("tanh", "relu"), CompilerOptions.standard()), other);
    scores = scores(Model.load(jar));
    Files.createDirectories(folder.resolve("source/app"));
    Files.writeString(folder.resolve("source/app/Main.java"), PROGRAM);
    Files.writeString(folder.resolve("source/module-info.java"), "module app { requires nnc.runtime; }");
    javac("", "-d", at("modular"), "-p", jar.toString(), at("source/module-info.java"), at("source/app/Main.java"));
    javac("", "-d", at("plain"), "-cp", jar.toString(), at("source/app/Main.java"));
  }

  private static String at(String path) {
    return folder.resolve(path).toString();
  }

  private static String scores(Model model) {
    Context context = model.initialised(7).context("predict", 2);
    context.batch(2);
    context.input("point").set(new float[] {1, -2, 3, 0.5f, 0.25f, -4});
    context.run();
    float[] scores = new float[4];
    context.output("score").copyTo(scores, 0);
    return Arrays.toString(scores);
  }

  /** Compiles with all warnings but that of the optional module of vectors, and expects to be told what is {@code expected}, or nothing. */
  private static void javac(String expected, String... arguments) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var said = new StringWriter();
    var options = new ArrayList<>(List.of("-Xlint:all,-incubating", "-proc:none"));
    var files = new ArrayList<File>();
    for (var argument : arguments) {
      if (argument.endsWith(".java")) {
        files.add(new File(argument));
      } else {
        options.add(argument);
      }
    }
    try (var manager = compiler.getStandardFileManager(null, null, null)) {
      boolean well = compiler.getTask(said, manager, null, options, null, manager.getJavaFileObjectsFromFiles(files)).call();
      assertThat(well).as(said.toString()).isEqualTo(expected.isEmpty());
    }
    if (expected.isEmpty()) {
      assertThat(said.toString()).isEmpty();
    } else {
      assertThat(said.toString()).contains(expected);
    }
  }

  private static String java(String... arguments) throws Exception {
    var command = Stream.concat(Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()), Stream.of(arguments)).toList();
    var errors = folder.resolve("errors.txt");
    var process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said + Files.readString(errors)).isZero();
    return said.strip();
  }

  private static String[] with(List<String> before, String... after) {
    return Stream.concat(before.stream(), Stream.of(after)).toArray(String[]::new);
  }

  @Test
  void modularProgram() throws Exception {
    String[] run = {"-p", jar + File.pathSeparator + at("modular"), "-m", "app/app.Main"};
    assertThat(java(run)).isEqualTo("true scalar true " + scores);
    assertThat(java(with(VECTORS, run))).isEqualTo("true vectors true " + scores);
  }

  /** One jar is the library; further networks are loaded beside its own. */
  @Test
  void modularProgramWithAnotherNetwork() throws Exception {
    String[] run = {"-p", jar + File.pathSeparator + at("modular"), "-m", "app/app.Main", other.toString()};
    var theirs = scores(Model.load(other));
    assertThat(theirs).isNotEqualTo(scores);
    assertThat(java(run)).isEqualTo("true scalar true " + theirs);
    assertThat(java(with(VECTORS, run))).isEqualTo("true vectors true " + theirs);
  }

  @Test
  void programOnTheClassPath() throws Exception {
    String[] run = {"-cp", jar + File.pathSeparator + at("plain"), "app.Main"};
    assertThat(java(run)).isEqualTo("false scalar true " + scores);
    assertThat(java(with(VECTORS, run))).isEqualTo("false vectors true " + scores);
    assertThat(java(with(VECTORS, with(List.of(run), other.toString())))).isEqualTo("false vectors true " + scores(Model.load(other)));
  }

  @Test
  void commandsOfAModule() throws Exception {
    var byModule = java("-p", jar.toString(), "-m", "nnc.runtime/nnc.runtime.cli.Start", "summary");
    assertThat(byModule).contains("dense").isEqualTo(java("-jar", jar.toString(), "summary"));
  }

  @Test
  void whatIsNotApiCannotBeUsed() throws Exception {
    for (var hidden : List.of("engine.Kernels", "files.Npz", "data.Data", "train.Trainer", "cli.ModelMain")) {
      var name = "nnc.runtime." + hidden;
      Files.writeString(Files.createDirectories(folder.resolve("curious/app")).resolve("Main.java"), "package app; class Main { " + name + " hidden; }");
      Files.writeString(folder.resolve("curious/module-info.java"), "module app { requires nnc.runtime; }");
      javac("package " + name.substring(0, name.lastIndexOf('.')) + " is not visible", "-d", at("curious/out"), "-p", jar.toString(),
          at("curious/module-info.java"), at("curious/app/Main.java"));
    }
  }

  @Test
  void moduleOfAJar() {
    var module = ModuleFinder.of(jar).find("nnc.runtime").orElseThrow().descriptor();
    assertThat(module.isAutomatic()).isFalse();
    assertThat(module.packages()).contains("nnc.model.net", "nnc.runtime.engine");
    assertThat(module.exports().stream().map(ModuleDescriptor.Exports::source)).containsExactlyInAnyOrder("nnc.runtime", "nnc.runtime.base",
        "nnc.runtime.learn", "nnc.runtime.spec");
    assertThat(module.exports()).noneMatch(ModuleDescriptor.Exports::isQualified);
    assertThat(module.requires().stream().filter(needed -> !needed.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
        .map(ModuleDescriptor.Requires::name)).containsExactly("java.base");
  }

  /** But for doors that nnc's other parts come in by, the API speaks of what everybody may use. */
  @Test
  void apiSpeaksOfWhatIsExported() throws Exception {
    var exported = Set.of("nnc.runtime", "nnc.runtime.base", "nnc.runtime.learn", "nnc.runtime.spec");
    var hidden = new TreeSet<String>();
    int classes = 0;
    try (var zip = new ZipFile(jar.toFile())) {
      for (var file : zip.stream().map(ZipEntry::getName).filter(name -> name.startsWith("nnc/runtime/") && name.endsWith(".class")).toList()) {
        var name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
        var type = exported.contains(name.substring(0, name.lastIndexOf('.'))) ? Class.forName(name) : null;
        if (type != null && Modifier.isPublic(type.getModifiers())) {
          classes++;
          Stream.concat(Stream.of(type.getMethods()), Stream.of(type.getConstructors())).filter(member -> speaksOf(member)
              .anyMatch(used -> used.startsWith("nnc.") && !exported.contains(used))).forEach(member -> hidden.add(type.getSimpleName() + "." + member.getName()));
        }
      }
    }
    assertThat(classes).isGreaterThan(20);
    assertThat(hidden).containsExactlyInAnyOrder("Model.of", "Model.code", "Context.executor", "Training.prepare");
  }

  /** The packages of the classes in a signature. */
  private static Stream<String> speaksOf(Executable member) {
    var types = new ArrayList<>(List.of(member.getGenericParameterTypes()));
    types.add(member.getAnnotatedReturnType().getType());
    return types.stream().flatMap(type -> CLASS.matcher(type.getTypeName()).results()).map(found -> found.group(1));
  }
}
