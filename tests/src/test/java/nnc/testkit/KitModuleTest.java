package nnc.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Property;
import nnc.Compiler;
import nnc.Said;
import nnc.grammar.NnParser;
import nnc.runtime.Model;
import org.antlr.v4.runtime.Parser;
import org.apiguardian.api.API;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.commons.JUnitException;
import org.junit.platform.engine.TestEngine;
import org.junit.platform.launcher.Launcher;
import org.objectweb.asm.ClassReader;
import org.opentest4j.AssertionFailedError;

/** Tests of somebody's networks that are a module: compiled against the test kit's, run by JUnit and jqwik in a process of their own. */
class KitModuleTest {
  private static final List<String> OWN = List.of("nnc.grammar", "nnc.runtime", "nnc.compiler", "nnc.testkit");

  /** Each is on the path by the place of one of its classes. */
  private static final List<Class<?>> PARTS = List.of(NnParser.class, Model.class, Compiler.class, Network.class, Parser.class, ClassReader.class, API.class,
      AssertionFailedError.class, JUnitException.class, TestEngine.class, Launcher.class, Test.class, JupiterTestEngine.class, Property.class,
      net.jqwik.engine.JqwikTestEngine.class);

  private static final String MODULE = """
      open module tests {
        requires nnc.testkit;
        requires org.junit.platform.launcher;
      }
      """;

  private static final String TESTS = """
      package tests;
      import java.nio.file.Path;
      import java.util.Map;
      import java.util.stream.Stream;
      import net.jqwik.api.*;
      import nnc.runtime.base.Tensor;
      import nnc.testkit.*;
      import org.junit.jupiter.api.*;
      public class Tests {
        private static final Network NETWORK = Network.of(Path.of("net.nn"));

        @TestFactory
        Stream<DynamicTest> everything() {
          return NetworkChecks.of(NETWORK);
        }

        @Test
        @NetworkFile("net.nn")
        void repeatable(Network network) {
          network.batch(9).checkDeterminism();
        }

        @Test
        @NetworkFile("faulty.nn")
        void faulty(Network network) {
          network.checkRows();
        }

        @Provide
        Arbitrary<Map<String, Tensor>> points() {
          return Feeds.of(NETWORK, 5);
        }

        @Property(tries = 20, seed = "26")
        void rows(@ForAll("points") Map<String, Tensor> feeds) {
          Feeds.checkRows(NETWORK, feeds);
        }
      }
      """;

  /** Tells what became of each test. */
  private static final String MAIN = """
      package tests;
      import org.junit.platform.engine.TestExecutionResult;
      import org.junit.platform.launcher.*;
      import org.junit.platform.launcher.core.*;
      import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
      public class Main {
        public static void main(String[] arguments) {
          System.out.println(Tests.class.getModule());
          var request = LauncherDiscoveryRequestBuilder.request().selectors(selectClass(Tests.class)).build();
          LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
              if (test.isTest()) {
                var fault = result.getThrowable().map(thrown -> " " + thrown.getMessage().lines().findFirst().orElse("")).orElse("");
                System.out.println(test.getDisplayName() + ": " + result.getStatus() + fault);
              }
            }
          });
        }
      }
      """;

  @TempDir
  static Path folder;

  private static String path;

  @BeforeAll
  static void find() {
    Assumptions.assumeTrue(isModule(Test.class), "JUnit is here in one jar, which is no module");
    Assumptions.assumeTrue(Files.isRegularFile(place(Compiler.class)), "the compiler is not packaged");
    path = PARTS.stream().map(KitModuleTest::place).distinct().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  private static boolean isModule(Class<?> part) {
    return ModuleFinder.of(place(part)).findAll().stream().noneMatch(module -> module.descriptor().isAutomatic());
  }

  private static Path place(Class<?> part) {
    try {
      return Path.of(part.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Said java(String program, String... arguments) throws IOException, InterruptedException {
    var tool = Path.of(System.getProperty("java.home"), "bin", program).toString();
    return Said.byProcess(folder, Map.of(), Stream.concat(Stream.of(tool), Stream.of(arguments)).toArray(String[]::new));
  }

  private Said javac(String out, String... sources) throws IOException, InterruptedException {
    var fixed = Stream.of("-Xlint:all,-incubating,-requires-automatic", "-proc:none", "-d", out, "-p", path);
    return java("javac", Stream.concat(fixed, Stream.of(sources)).toArray(String[]::new));
  }

  @Test
  void aModuleOfTests() throws Exception {
    Files.writeString(folder.resolve("net.nn"), """
        input point: float[N, 3]
        target value: float[N]
        output score = point |> dense(5, tanh) |> dense(1)
        loss mse(score[:, 0], value)
        train { optimizer = sgd(0.1) }
        """);
    Files.writeString(folder.resolve("faulty.nn"), "input x: float[N, 3]\noutput y = x - mean(x, axis = 0, keep = true)");
    Files.writeString(folder.resolve("module-info.java"), MODULE);
    Files.createDirectories(folder.resolve("tests"));
    Files.writeString(folder.resolve("tests/Tests.java"), TESTS);
    Files.writeString(folder.resolve("tests/Main.java"), MAIN);
    assertThat(javac("out", "module-info.java", "tests/Tests.java", "tests/Main.java")).isEqualTo(new Said(0, "", ""));
    var run = java("java", "-p", path + File.pathSeparator + "out", "--add-modules", "org.junit.jupiter.engine,net.jqwik.engine", "-m", "tests/tests.Main");
    assertThat(run.code()).as(run.all()).isZero();
    assertThat(run.out().lines().filter(line -> line.startsWith("module ") || line.contains(": SUCCESSFUL") || line.contains(": FAILED"))).as(run.all())
        .containsExactlyInAnyOrder("module tests", "net.nn: gradients agree with finite differences: SUCCESSFUL",
            "net.nn: optimised code computes what plain code does: SUCCESSFUL", "net.nn: rows of a batch do not influence each other: SUCCESSFUL",
            "net.nn: the same seed gives the same bits on any number of threads: SUCCESSFUL", "repeatable(Network): SUCCESSFUL", "rows: SUCCESSFUL",
            "faulty(Network): FAILED faulty.nn: output y, row 0 [0]: " + run.out().replaceAll("(?s).*row 0 \\[0]: |\\R.*", ""));
  }

  @Test
  void whatIsNotApiCannotBeUsed() throws Exception {
    Files.createDirectories(folder.resolve("curious/app"));
    Files.writeString(folder.resolve("curious/module-info.java"), "module app { requires nnc.compiler; requires nnc.testkit; }");
    for (var hidden : List.of("nnc.runtime.cli.ModelMain", "nnc.graph.Graph", "nnc.grammar.NnParser")) {
      Files.writeString(folder.resolve("curious/app/Main.java"), "package app; class Main { " + hidden + " hidden; }");
      var said = javac("curious/out", "curious/module-info.java", "curious/app/Main.java");
      assertThat(said.code()).isNotZero();
      assertThat(said.all()).contains("package " + hidden.substring(0, hidden.lastIndexOf('.')) + " is not visible");
    }
  }

  /** Each is a module by a description of its own, whose packages are all in it, and needs nothing but modules with names that stay. */
  @Test
  void modules() {
    var finder = ModuleFinder.of(PARTS.stream().map(KitModuleTest::place).distinct().toArray(Path[]::new));
    var automatic = new TreeSet<String>();
    for (var name : OWN) {
      var module = finder.find(name).orElseThrow().descriptor();
      assertThat(module.isAutomatic()).as(name).isFalse();
      for (var needed : module.requires()) {
        finder.find(needed.name()).map(found -> found.descriptor()).filter(ModuleDescriptor::isAutomatic).ifPresent(found -> automatic.add(found.name()));
      }
    }
    assertThat(automatic).as("by the manifest of its jar").containsExactly("org.antlr.antlr4.runtime");
    assertThat(finder.find("nnc.compiler").orElseThrow().descriptor().exports().stream().map(ModuleDescriptor.Exports::source))
        .containsExactlyInAnyOrder("nnc", "nnc.cli", "nnc.driver", "nnc.optimizations", "nnc.source");
  }
}
