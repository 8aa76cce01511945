package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's Java lines compile and do what they say. */
class ReadmeTest {

  @Test
  void javaExample(@TempDir Path folder) throws Exception {
    var readme = Files.readString(Path.of("..", "README.md"));
    var block = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL).matcher(readme);
    assertThat(block.find()).isTrue();
    var compiled = Compiler.compile(Path.of("..", "samples", "spiral.nn"), CompilerOptions.standard());
    Compiler.writeJar(compiled, folder.resolve("spiral.jar"));
    int code = nnc.runtime.cli.ModelMain.run(new String[] {"train", "--epochs", "1", "--out", folder.resolve("spiral.npz").toString()}, Compiler.load(compiled), folder,
        "nnc", quiet(), quiet());
    assertThat(code).isZero();
    var body = block.group(1).replace("\"spiral.jar\"", quoted(folder.resolve("spiral.jar"))).replace("\"spiral.npz\"", quoted(folder.resolve("spiral.npz")));
    var source = "import java.nio.file.Path; import java.util.Map; import nnc.runtime.*; public class Example { public static float[] run() {" + body + " return probability; } }";
    var probability = (float[]) load(source, folder, "Example").getMethod("run").invoke(null);
    assertThat(probability).hasSize(2);
    for (var p : probability) {
      assertThat(p).isBetween(0f, 1f);
    }
  }

  @Test
  void testKitExample(@TempDir Path folder) throws Throwable {
    var readme = Files.readString(Path.of("..", "README.md"));
    var block = Pattern.compile("```java\\n(class SpiralTest.*?)```", Pattern.DOTALL).matcher(readme);
    assertThat(block.find()).isTrue();
    var source = "import java.nio.file.Path; import java.util.stream.Stream; import nnc.testkit.*; import org.junit.jupiter.api.*; "
        + block.group(1).replace("\"samples/", "\"../samples/");
    var type = load(source, folder, "SpiralTest");
    var constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    var test = constructor.newInstance();
    var everything = type.getDeclaredMethod("everything");
    everything.setAccessible(true);
    var checks = ((java.util.stream.Stream<?>) everything.invoke(test)).map(org.junit.jupiter.api.DynamicTest.class::cast).toList();
    assertThat(checks).hasSize(4);
    for (var check : checks) {
      check.getExecutable().execute();
    }
    var repeatable = type.getDeclaredMethod("largeBatchesAreRepeatable", nnc.testkit.Network.class);
    repeatable.setAccessible(true);
    repeatable.invoke(test, nnc.testkit.Network.of(Path.of(repeatable.getAnnotation(nnc.testkit.NetworkFile.class).value())));
  }

  private static java.io.PrintStream quiet() {
    return new java.io.PrintStream(java.io.OutputStream.nullOutputStream());
  }

  private static String quoted(Path path) {
    return '"' + path.toString().replace("\\", "\\\\") + '"';
  }

  private static Class<?> load(String source, Path folder, String name) throws Exception {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    var file = new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), javax.tools.JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignore) {
        return source;
      }
    };
    var options = List.of("-d", folder.toString(), "-classpath", System.getProperty("java.class.path"));
    assertThat(javac.getTask(null, null, null, options, null, List.of(file)).call()).isTrue();
    var loader = new java.net.URLClassLoader(new java.net.URL[] {folder.toUri().toURL()}, ReadmeTest.class.getClassLoader());
    return loader.loadClass(name);
  }
}
