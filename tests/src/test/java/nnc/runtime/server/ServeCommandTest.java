package nnc.runtime.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompilerOptions;
import nnc.runtime.cli.ModelMain;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Jars that serve, as processes; and the page that tells of it, whose calls are made as they stand. */
@ResourceLock(Resources.SYSTEM_OUT)
class ServeCommandTest {
  private static final Path PAGE = Path.of("..", "docs", "serving.md");

  @TempDir
  private Path folder;

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** The program of the page, with weights, in a jar that serves. */
  private Path plants() throws Exception {
    var program = Pattern.compile("```nn\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
    assertThat(program.find()).isTrue();
    Files.writeString(folder.resolve("plants.nn"), program.group(1));
    Compiler.load(Compiler.compile(folder.resolve("plants.nn"), CompilerOptions.standard())).initialised(1).save(folder.resolve("plants.npz"));
    var said = Said.byCompiler("compile", folder.resolve("plants.nn").toString(), "--weights", folder.resolve("plants.npz").toString(), "--serve", "-o", folder.resolve("plants.jar").toString());
    assertThat(said.code()).as(said.all()).isZero();
    return folder.resolve("plants.jar");
  }

  private static List<String> curls() throws IOException {
    return Files.readAllLines(PAGE).stream().filter(line -> line.startsWith("    curl ")).map(String::trim).toList();
  }

  /** The words of a call, as a shell takes them: in single quotes nothing is special. */
  private static List<String> words(String call) {
    List<String> words = new ArrayList<>();
    Pattern.compile("'([^']*)'|(\\S+)").matcher(call).results().forEach(word -> words.add(word.group(1) == null ? word.group(2) : word.group(1)));
    return words;
  }

  @Test
  void aJarServesAsThePageSaysAndEndsWhenItIsTold() throws Exception {
    plants();
    Compiler.writeJar(Compiler.compile("sums.nn", "input a: float[N]\noutput b = a + 1\n", CompilerOptions.standard()), folder.resolve("sums.jar"));
    var builder = new ProcessBuilder(java(), "-jar", "plants.jar", "serve", "--port", "0", "--model", "more=sums.jar", "--json").directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeAll(List.of("NNC_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"));
    var process = builder.start();
    try (BufferedReader said = process.inputReader()) {
      var serving = said.readLine();
      var port = Pattern.compile("\"port\":(\\d+)").matcher(serving);
      assertThat(port.find()).as(serving).isTrue();
      assertThat(serving).contains("\"models\":[\"plants\",\"more\"]");
      assertThat(said.readLine()).contains("\"event\":\"ready\"");
      for (var call : curls()) {
        var words = words(call.replace("127.0.0.1:8080", "127.0.0.1:" + port.group(1)));
        Assumptions.assumeTrue(Said.byProcess(folder, Map.of(), "sh", "-c", "command -v curl").code() == 0, "there is no curl here");
        words.addAll(1, List.of("--silent", "--show-error", "--fail-with-body", "--max-time", "60"));
        var answer = Said.byProcess(folder, Map.of(), words.toArray(String[]::new));
        assertThat(answer.code()).as(call + "\n" + answer.all()).isZero();
        assertThat(answer.out()).isNotBlank();
      }
      process.toHandle().destroy();
      assertThat(said.readLine()).contains("\"event\":\"ending\"");
      assertThat(said.readLine()).contains("\"event\":\"ended\"").contains("\"cut_off\":0");
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isEqualTo(143);
  }

  @Test
  void jarsHaveTheServerOnlyIfTheyAreToServe() throws Exception {
    var plain = folder.resolve("plain.jar");
    var compiled = Compiler.compileForJar(Files.writeString(folder.resolve("plain.nn"), "input x: float[N]\noutput y = 2 * x\n"), CompilerOptions.standard());
    Compiler.writeJar(compiled, plain);
    Compiler.writeServingJar(compiled, folder.resolve("serving.jar"), Map.of());
    try (var zip = new ZipFile(plain.toFile()); var serving = new ZipFile(folder.resolve("serving.jar").toFile())) {
      assertThat(zip.stream().map(entry -> entry.getName())).noneMatch(name -> name.startsWith("nnc/runtime/server/") || name.contains("ServeCommand"));
      assertThat(new String(zip.getInputStream(zip.getEntry("module-info.class")).readAllBytes(), StandardCharsets.ISO_8859_1)).doesNotContain("httpserver");
      assertThat(serving.getEntry("nnc/runtime/server/page.html")).isNotNull();
      assertThat(new String(serving.getInputStream(serving.getEntry("module-info.class")).readAllBytes(), StandardCharsets.ISO_8859_1)).contains("jdk.httpserver");
    }
    assertThat(Files.size(folder.resolve("serving.jar")) - Files.size(plain)).as("bytes of the server").isLessThan(90_000);
    for (var jar : List.of("plain.jar", "serving.jar")) {
      assertThat(Said.byCompiler("verify", folder.resolve(jar).toString()).code()).as(jar).isZero();
    }
    var said = Said.byProcess(folder, Map.of(), java(), "-jar", "plain.jar", "serve");
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).isEqualTo("error: this jar has no server inside\n  compile it with --serve\n");
  }

  @Test
  void whatIsWrongWithOptionsIsUsage() throws Exception {
    var model = Compiler.load(Compiler.compile("net.nn", "input x: float[N]\noutput y = 2 * x\n", CompilerOptions.standard()));
    for (var wrong : List.of("--port 70000", "--max-rows 0", "--timeout 0", "--delay x", "--batch -1", "--name a/b", "--model =", "--port")) {
      var words = new ArrayList<>(List.of("serve"));
      words.addAll(List.of(wrong.split(" ")));
      assertThat(Said.byNetwork(model, folder, words.toArray(String[]::new)).code()).as(wrong).isEqualTo(2);
    }
    assertThat(Said.byNetwork(model, folder, "serve", "--model", "none.jar").err()).isEqualTo("error: none.jar: no such file\n");
    assertThat(Said.byNetwork(model, folder, "serve", "--host", "no.such.host.invalid", "--port", "0").code()).isEqualTo(1);
  }

  @Test
  void thePageHasEveryOption() throws IOException {
    var page = Files.readString(PAGE);
    assertThat(ModelMain.flags("serve")).extracting(flag -> flag.name()).filteredOn(name -> !name.equals("--help")).allMatch(name -> page.contains("`" + name));
  }
}
