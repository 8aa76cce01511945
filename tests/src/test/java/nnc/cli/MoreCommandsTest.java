package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import nnc.Compiler;
import nnc.Said;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Commands of other modules: one that stands on the class path is used as the compiler's own are, and the launcher builds one that does not. */
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class MoreCommandsTest {
  private static final String SERVICE = "META-INF/services/nnc.cli.Command";

  @TempDir
  Path folder;

  /** Counts the inputs of a program, if there is one. */
  public static final class Count implements Command {
    @Override
    public String name() {
      return "count";
    }

    @Override
    public String help() {
      return "Counts what is fed.";
    }

    @Override
    public List<Option> options() {
      return SourceOptions.with(new Option("--more", "N", "as many more"));
    }

    @Override
    public boolean needsProgram() {
      return false;
    }

    @Override
    public int run(CommandLine given) throws Exception {
      int fed = given.hasFile() ? Compiler.compile(SourceOptions.file(given), SourceOptions.of(given)).spec().inputs().size() : 0;
      System.out.println(fed + Numbers.count(given, "--more", 0, 1));
      return 0;
    }
  }

  private <T> T with(String service, Callable<T> work) throws Exception {
    Files.createDirectories(folder.resolve(SERVICE).getParent());
    Files.writeString(folder.resolve(SERVICE), service + "\n");
    var thread = Thread.currentThread();
    var before = thread.getContextClassLoader();
    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      return work.call();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private Said count(String... arguments) throws Exception {
    var all = new ArrayList<>(List.of("count"));
    all.addAll(List.of(arguments));
    return with(Count.class.getName(), () -> Said.byCompiler(all.toArray(String[]::new)));
  }

  @Test
  void oneOnTheClassPathIsACommandLikeOthers() throws Exception {
    var program = Files.writeString(folder.resolve("two.nn"), "input x: float[N, 2]\ninput z: float[N]\noutput y = x[:, 0] + z\n").toString();
    assertThat(count(program, "--more", "3")).isEqualTo(new Said(0, "5\n", ""));
    assertThat(count()).isEqualTo(new Said(0, "0\n", ""));
    assertThat(count("--help").out()).startsWith("usage: nnc count [FILE.nn] [OPTIONS]\nCounts what is fed.\n").contains("--more N", "-D NAME=VALUE");
    assertThat(with(Count.class.getName(), () -> Said.byCompiler("--help")).out()).contains("  count         Counts what is fed.\n");
  }

  @Test
  void itsFaultsAreToldAsThoseOfOthers() throws Exception {
    var faulty = Files.writeString(folder.resolve("faulty.nn"), "output y = z\n").toString();
    var said = count(faulty);
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).contains("faulty.nn:1:").doesNotContain("\tat ");
    assertThat(count("--more", "none")).isEqualTo(new Said(2, "", """
        nnc: error: --more is a whole number of at least 1, not 'none'
          see: nnc count --help
        """));
    assertThat(count("nowhere.nn").code()).isEqualTo(1);
    var broken = with("nnc.cli.Nothing", () -> Said.byCompiler("count"));
    assertThat(broken.code()).isEqualTo(1);
    assertThat(broken.err()).startsWith("nnc: error: a module on the class path has commands that cannot be loaded: ").doesNotContain("\tat ");
  }

  @Test
  void oneThatIsNotThereIsNamed() throws Exception {
    var lists = Files.writeString(folder.resolve("commands"), "count  Counts what is fed.\n").toString();
    System.setProperty(MoreCommands.LISTS, lists);
    try {
      assertThat(Said.byCompiler("--help").out()).contains("  count         Counts what is fed.\n");
      assertThat(Said.byCompiler("count").code()).isEqualTo(2);
      assertThat(Said.byCompiler("count").err()).startsWith("nnc: error: the command count is that of a module which is not on the class path");
      assertThat(Said.byCompiler("cuont").err()).contains("count");
    } finally {
      System.clearProperty(MoreCommands.LISTS);
    }
    assertThat(Said.byCompiler("count").err()).startsWith("nnc: error: there is no command 'count'");
  }

  /** A module of one class, compiled against what this checkout has built. */
  private Path module(Path checkout) throws IOException {
    var module = Files.createDirectories(checkout.resolve("samples/greeting"));
    Files.writeString(module.resolve("commands"), "greet  Says hello.\n");
    Files.writeString(module.resolve("pom.xml"), "<project/>\n");
    var source = module.resolve("src/Greet.java");
    Files.createDirectories(source.getParent());
    Files.writeString(source, """
        public final class Greet implements nnc.cli.Command {
          public String name() { return "greet"; }
          public String help() { return "Says hello."; }
          public java.util.List<nnc.cli.Option> options() { return java.util.List.of(); }
          public boolean needsProgram() { return false; }
          public int run(nnc.cli.CommandLine given) { System.out.println("hello"); return 0; }
        }
        """);
    var classes = Files.createDirectories(folder.resolve("classes"));
    var built = Checkout.ROOT.resolve("compiler/target/nnc.jar");
    assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, "-cp", built.toString(), "-d", classes.toString(), source.toString())).isZero();
    var jar = folder.resolve("greeting.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("Greet.class"));
      out.write(Files.readAllBytes(classes.resolve("Greet.class")));
      out.putNextEntry(new JarEntry(SERVICE));
      out.write("Greet\n".getBytes());
    }
    return jar;
  }

  /** Maven is one that notes what it is to build, and copies what is built already. */
  @Test
  void theLauncherBuildsOneAtItsFirstUse() throws Exception {
    Checkout.requirePackaged();
    var checkout = Checkout.built(folder.resolve("a checkout"));
    Checkout.withoutCache(checkout);
    var jar = module(checkout);
    var maven = Checkout.script(folder.resolve("maven/mvn"), """
        echo "$*" >>'%s/maven-was-told'
        mkdir -p samples/greeting/target && cp '%s' samples/greeting/target/greeting.jar
        """.formatted(folder, jar)).getParent();
    var told = folder.resolve("maven-was-told");
    var environment = Map.of("PATH", maven + ":" + System.getenv("PATH"), "JAVA_HOME", System.getProperty("java.home"));
    var nnc = checkout.resolve("nnc").toString();
    assertThat(Said.byProcess(folder, environment, nnc, "--help").out()).contains("  greet         Says hello.\n");
    assertThat(Said.byProcess(folder, environment, nnc, "check", checkout.resolve("samples/mlp.nn").toString())).isEqualTo(new Said(0, "", ""));
    assertThat(told).as("other commands wait for nothing").doesNotExist();
    assertThat(Said.byProcess(folder, environment, nnc, "greet")).isEqualTo(new Said(0, "hello\n", "nnc: building the compiler and the command greet (once)\n"));
    assertThat(Files.readString(told)).contains("-pl compiler,samples/greeting -am package");
    assertThat(Said.byProcess(folder, environment, nnc, "greet")).isEqualTo(new Said(0, "hello\n", ""));
    Files.delete(jar);
    Files.writeString(checkout.resolve("samples/greeting/src/Greet.java"), "newer than what is built");
    var again = Said.byProcess(folder, environment, nnc, "greet");
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).startsWith("nnc: building the compiler and the command greet (once)\nnnc: error: the build failed");
  }
}
