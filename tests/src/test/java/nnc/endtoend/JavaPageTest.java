package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.runtime.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What docs/java.md shows compiles and runs, all blocks one after the other; and the samples in Java do what is said of them. */
class JavaPageTest {
  private static final String PROGRAM = """
      import java.nio.file.Path;
      import java.util.*;
      import nnc.runtime.*;
      import nnc.runtime.base.*;
      import nnc.runtime.learn.*;
      import nnc.runtime.spec.Setting;
      public class Page {
        static float[] points(int i) { return new float[] {i, 1, -i, 2}; }
        static int[] labels(int i) { return new int[] {i % 2, 1 - i % 2}; }
        public static Object[] run() {
          BLOCKS
          return new Object[] {run.epochs().size(), trained.weights(), loaded.weights(), loss, accuracy, probability.shape()[0], target.weights(), model.weights(), byName.weights(),
              first == same && first == byRecord && first == several.get("probability").get(0)};
        }
      }
      """;

  @TempDir
  Path folder;

  @Test
  void blocksRunOneAfterTheOther() throws Exception {
    Compiler.writeJar(Compiler.compile(Path.of("..", "samples", "spiral.nn"), CompilerOptions.standard()), folder.resolve("spiral.jar"));
    var blocks = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(Path.of("..", "docs", "java.md"))).results().map(block -> block.group(1)).collect(Collectors.joining("\n"));
    var text = PROGRAM.replace("BLOCKS", blocks.replace("\"spiral.", "\"" + folder.toString().replace("\\", "\\\\") + "/spiral."));
    var page = load("Page", text);
    var before = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(page.getClassLoader());
    Object[] came;
    try {
      came = (Object[]) page.getMethod("run").invoke(null);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
    assertThat((Integer) came[0]).isBetween(1, 20);
    assertThat((float[]) came[1]).isNotEmpty();
    assertThat((Double) came[3]).isPositive();
    assertThat((Double) came[4]).isBetween(0.5, 1.0);
    assertThat(came[5]).isEqualTo(2);
    assertThat((float[]) came[6]).as("the target network has followed, some steps ago").isNotEqualTo((float[]) came[7]);
    assertThat((float[]) came[8]).as("by its name").containsExactly((float[]) came[2]);
    assertThat(came[9]).as("all ways to ask").isEqualTo(true);
  }

  /** By what an action is worth, and by the chances of actions. */
  @ParameterizedTest
  @CsvSource({"Dqn, dqn", "Reinforce, policy"})
  void playersFindTheShortestWays(String name, String program) throws Exception {
    var samples = Path.of("..", "samples", "reinforcement");
    var type = load(name, Files.readString(samples.resolve(name + ".java")));
    var model = Compiler.load(Compiler.compile(samples.resolve(program + ".nn"), CompilerOptions.standard())).initialised(1);
    var player = type.getConstructor(Model.class).newInstance(model);
    assertThat((Integer) type.getMethod("shortestWays").invoke(player)).as("before").isLessThan(8);
    type.getMethod("learn").invoke(player);
    assertThat(type.getMethod("shortestWays").invoke(player)).isEqualTo(15);
  }

  /** As it starts a network cannot add, and is told so. */
  @Test
  void sumsAreAskedForAndJudged() throws Exception {
    var type = load("Addition", Files.readString(Path.of("..", "samples", "Addition.java")));
    var options = new CompilerOptions(Map.of("hidden", "8"), 32, List.of(), List.of(), _ -> { });
    var model = Compiler.load(Compiler.compile(Path.of("..", "samples", "addition.nn"), options, "predict")).initialised(1);
    var network = type.getConstructor(Model.class).newInstance(model);
    assertThat((String) type.getMethod("told", String.class).invoke(network, "46+49")).matches("Q 46\\+49\nT 95\n☒ [0-9+ ]*");
  }

  private Class<?> load(String name, String text) throws Exception {
    var file = new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignore) {
        return text;
      }
    };
    var said = new StringWriter();
    var options = List.of("-d", folder.toString(), "-classpath", System.getProperty("java.class.path"));
    assertThat(ToolProvider.getSystemJavaCompiler().getTask(said, null, null, options, null, List.of(file)).call()).as(said.toString()).isTrue();
    return new URLClassLoader(new URL[] {folder.toUri().toURL(), folder.resolve("spiral.jar").toUri().toURL()}, JavaPageTest.class.getClassLoader()).loadClass(name);
  }
}
