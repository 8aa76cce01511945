package nnc.adding;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/** A copy of the sources in which a recipe is followed: compiled in front of the classes that there are, and tested in a process of its own. */
final class Overlay {
  private static final Path ORIGINAL = Path.of("..");
  private static final String MAIN = "src/main/java", TESTS = "tests/src/test/java";
  private static final List<String> PARTS = List.of("runtime", "compiler", "tests", "dsl-grammar", "docs", "samples", "nnc", "pom.xml", "README.md", "ARCHITECTURE.md",
      "CONTRIBUTING.md");

  private final Path root;
  private final Recipe recipe;

  /** What came of it: nothing told, if all went well. */
  record Outcome(boolean well, String told) {}

  Overlay(Path root, Recipe recipe) throws IOException {
    this.root = root;
    this.recipe = recipe;
    for (var part : PARTS) {
      copy(ORIGINAL.resolve(part), root.resolve(part));
    }
    // where jqwik keeps its notes
    Files.createDirectories(root.resolve("tests/target"));
    for (var change : recipe.changes()) {
      make(change);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(from, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
        if (folder.endsWith("target")) {
          return FileVisitResult.SKIP_SUBTREE;
        }
        Files.createDirectories(to.resolve(from.relativize(folder).toString()));
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
        return FileVisitResult.CONTINUE;
      }
    });
  }

  private void make(Recipe.Change change) throws IOException {
    var file = root.resolve(change.path());
    var text = change.applied(root);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void unmake(Recipe.Change change) throws IOException {
    if (change.created().isPresent()) {
      Files.delete(root.resolve(change.path()));
    } else {
      Files.writeString(root.resolve(change.path()), Files.readString(ORIGINAL.resolve(change.path())));
    }
  }

  // ---- with all of it

  /** Compiles everything and runs all tests of the recipe. */
  Outcome whole() throws IOException, InterruptedException {
    var classes = root.resolve("all");
    var main = new ArrayList<>(sources("runtime/" + MAIN));
    main.addAll(sources("compiler/" + MAIN));
    var compiled = compile(main, classes.resolve("main"), classPath());
    compiled = compiled.well ? compile(sources(TESTS), classes.resolve("tests"), classes.resolve("main") + File.pathSeparator + classPath()) : compiled;
    return compiled.well ? test(classes, recipe.allTests()) : compiled;
  }

  private List<Path> sources(String folder) throws IOException {
    try (var files = Files.walk(root.resolve(folder))) {
      return files.filter(file -> file.toString().endsWith(".java") && !file.endsWith("module-info.java")).toList();
    }
  }

  // ---- without a step

  /** Leaves a change out, compiles the recipe's files and runs the test that should miss it. */
  Outcome without(Recipe.Change change) throws IOException, InterruptedException {
    unmake(change);
    var classes = root.resolve("without-" + recipe.changes().indexOf(change));
    try {
      var compiled = compile(changed(true), classes.resolve("main"), classPath());
      compiled = compiled.well ? compile(changed(false), classes.resolve("tests"), classes.resolve("main") + File.pathSeparator + classPath()) : compiled;
      return compiled.well && !change.missedBy().equals(Recipe.JAVAC) ? test(classes, List.of(change.missedBy())) : compiled;
    } finally {
      make(change);
    }
  }

  private List<Path> changed(boolean main) {
    return recipe.changes().stream().map(Recipe.Change::path).filter(path -> path.endsWith(".java") && main == path.contains(MAIN))
        .map(root::resolve).filter(Files::exists).toList();
  }

  // ---- compiling and testing

  private static String classPath() {
    return System.getProperty("java.class.path");
  }

  private static Outcome compile(List<Path> sources, Path classes, String classPath) throws IOException {
    Files.createDirectories(classes);
    if (sources.isEmpty()) {
      return new Outcome(true, "");
    }
    var javac = ToolProvider.getSystemJavaCompiler();
    var told = new DiagnosticCollector<JavaFileObject>();
    var options = List.of("-d", classes.toString(), "-cp", classPath, "--release", "25", "--add-modules", "jdk.incubator.vector", "-parameters", "-proc:none", "-nowarn",
        "-XDshould-stop.ifError=FLOW");
    try (var files = javac.getStandardFileManager(told, null, null)) {
      boolean well = javac.getTask(new StringWriter(), files, told, options, null, files.getJavaFileObjectsFromPaths(sources)).call();
      var errors = new StringBuilder();
      told.getDiagnostics().stream().filter(fault -> fault.getKind() == javax.tools.Diagnostic.Kind.ERROR).forEach(fault -> errors.append(fault).append('\n'));
      return new Outcome(well, errors.toString());
    }
  }

  private Outcome test(Path classes, List<String> tests) throws IOException, InterruptedException {
    var path = new ArrayList<String>();
    for (var part : List.of(classes.resolve("main"), classes.resolve("tests"), root.resolve("compiler/src/main/resources"), root.resolve("tests/src/test/resources"))) {
      path.add(part.toString());
    }
    path.add(classPath());
    var command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"), "--add-modules", "jdk.incubator.vector", "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC", "-Xmx2g", "-Djava.awt.headless=true", "-cp", String.join(File.pathSeparator, path), ChildTests.class.getName()));
    command.addAll(tests);
    var output = classes.resolve("output.txt");
    var process = new ProcessBuilder(command).directory(root.resolve("tests").toFile()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    int code = process.waitFor();
    var told = Files.readString(output);
    if (!Set.of(0, 1).contains(code)) {
      throw new AssertionError("the tests " + tests + " could not be run:\n" + told);
    }
    return new Outcome(code == 0, told);
  }
}
