package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher for Windows, by its text: it does what the script for shells does, with the same files, options and words. What it asks nnc for is tested itself. */
class WindowsLauncherTest {
  private static final Path ROOT = Path.of("..");

  /** What the script has for other systems alone: where they keep their Javas, languages, links. */
  private static final Pattern ELSEWHERE = Pattern.compile("^/(usr|opt|Library|bin)\\b.*");

  @TempDir
  private Path folder;

  private static String shell() throws IOException {
    return Files.readString(ROOT.resolve("nnc"));
  }

  private static String windows() throws IOException {
    return Files.readString(ROOT.resolve("nnc.cmd"));
  }

  @Test
  void everyLineEndsAsTheShellOfWindowsWantsIt() throws IOException {
    assertThat(windows().replace("\r\n", "")).doesNotContain("\n", "\r");
    assertThat(Files.readString(ROOT.resolve(".gitattributes"))).contains("nnc.cmd -text");
  }

  /** Jumps go to labels that there are, and each label is gone to. */
  @Test
  void labels() throws IOException {
    var labels = found("(?m)^:([a-z_]+)\\r?$", windows());
    assertThat(labels).doesNotHaveDuplicates().isNotEmpty();
    var used = new TreeSet<>(found("(?:goto |call :)([a-z_]+)", windows()));
    assertThat(used).containsExactlyInAnyOrderElementsOf(labels);
  }

  private static List<String> found(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1)).toList();
  }

  /** The files and folders of a checkout that the script names, its options of Maven and Java, classes, properties and messages. */
  @Test
  void namesWhatTheScriptNames() throws IOException {
    var windows = windows().replace('\\', '/');
    var files = new TreeSet<>(found("\"?\\$(?:here|target|scratch|extension)\"?((?:/[A-Za-z][\\w.-]*)+)", shell()));
    assertThat(files).contains("/compiler/target", "/nnc.jar", "/nnc.aot", "/build.log", "/dsl-grammar/src", "/samples");
    for (var file : files) {
      boolean source = file.endsWith("/src") || file.equals("/pom.xml");
      assertThat(source ? "/" + String.join("\n/", StaleSources.PARTS) + "\n/src\n/pom.xml" : windows).as(file).contains(file);
    }
    var options = new TreeSet<>(found("(-(?:XX:[+-]?[A-Za-z]+|Xlog:[\\w=,*+:-]+|D[a-z]+[a-z.]*|[Bq]|pl|am)\\b)", shell().replaceAll("(?m)^ *#.*", "")));
    assertThat(options).contains("-XX:+UseSerialGC", "-XX:AOTCache", "-Dnnc.commands", "-Dunchecked", "-am");
    for (var option : options) {
      assertThat(windows).as(option).contains(option);
    }
    for (var name : found("\\b(nnc\\.cli\\.\\w+)", shell())) {
      assertThat(windows).contains(name);
    }
    assertThat(found("(?m)^wanted=(\\d+)$", shell())).isEqualTo(found("(?m)^set \"wanted=(\\d+)\"\\r?$", windows()));
  }

  @Test
  void saysWhatTheScriptSays() throws IOException {
    var windows = windows().replace("%wanted%", "$wanted").replace("%target%", "$target").replace("%here%", "$here").replace("%log%", "$log");
    var messages = found("fail \"([^\"]+)\"", shell().replace("\\\n", "")).stream().collect(Collectors.toCollection(TreeSet::new));
    messages.addAll(found("\\n +\"((?:install|run) [^\"]+)\"", shell()));
    messages.addAll(found("echo \"(nnc: error: the build failed; from [^\"]+)\"", shell()));
    assertThat(messages).hasSizeGreaterThan(5).noneMatch(message -> ELSEWHERE.matcher(message).matches());
    for (var message : messages) {
      assertThat(windows).contains(message);
    }
    // the commands that run networks for long are told to Java alike
    for (var command : found("\\n  ((?:[a-z]+ \\| )+)extension\\*\\)", shell()).getFirst().split(" \\| ")) {
      assertThat(found("for %%C in \\(([a-z ]+)\\)", windows()).getFirst().split(" ")).contains(command.strip());
    }
  }

  // ---- what it asks nnc for

  private static Path file(Path file, int minute) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
    return Files.setLastModifiedTime(file, FileTime.fromMillis(60_000L * minute));
  }

  @Test
  void sourcesThatAreNewerAreSeen() throws IOException {
    for (var part : StaleSources.PARTS) {
      file(folder.resolve(part.endsWith("src") ? part + "/main/Some.java" : part), 10);
    }
    file(folder.resolve("compiler/target/nnc.jar"), 20);
    file(folder.resolve("samples/page/pom.xml"), 10);
    assertThat(StaleSources.found(folder, "")).isFalse();
    assertThat(StaleSources.found(folder, "samples/page")).as("not built").isTrue();
    file(folder.resolve("samples/page/target/page.jar"), 15);
    assertThat(StaleSources.found(folder, "samples/page")).as("older than the compiler").isTrue();
    file(folder.resolve("samples/page/target/page.jar"), 25);
    assertThat(StaleSources.found(folder, "samples/page")).isFalse();
    file(folder.resolve("samples/page/src/Page.java"), 30);
    assertThat(StaleSources.found(folder, "samples/page")).isTrue();
    assertThat(StaleSources.found(folder, "")).isFalse();
    for (var part : StaleSources.PARTS) {
      var changed = file(folder.resolve(part.endsWith("src") ? part + "/main/Some.java" : part), 30);
      assertThat(StaleSources.found(folder, "")).as(part).isTrue();
      Files.setLastModifiedTime(changed, FileTime.fromMillis(0));
    }
    assertThat(StaleSources.found(folder.resolve("nowhere"), "")).isFalse();
  }

  @Test
  void theCodeIsNoCommands() throws IOException {
    assertThat(windows()).contains("set \"stale=" + StaleSources.CODE + "\"", "-D" + StaleSources.CHECKOUT + "=", "-D" + StaleSources.MODULE + "=");
    assertThat(System.getProperty(StaleSources.CHECKOUT)).isNull();
    assertThat(StaleSources.found()).isFalse();
  }
}
