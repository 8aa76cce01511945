package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.driver.Sandbox;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program of somebody else's has nothing read but files in its folder, and nobody's lines are shown. */
@ResourceLock(Resources.SYSTEM_OUT)
class SandboxTest {
  private static final String SECRET = "root:x:0:0:the secret", PROGRAM = "input x: float[N]\noutput y = 2 * x\n";

  @TempDir
  Path home;

  private Path folder;

  @BeforeEach
  void prepare() throws IOException {
    folder = Files.createDirectories(home.resolve("theirs"));
    Files.writeString(home.resolve("secret.txt"), SECRET + "\n");
    Files.writeString(home.resolve("secret.nn"), "const hidden = 3\n");
    Files.writeString(home.resolve("secret.csv"), "x,y\n1,2\n3,4\n");
    Files.writeString(folder.resolve("inside.nn"), "const two = 2\n");
    Files.writeString(folder.resolve("rows.csv"), "x,y\n1,2\n2,4\n3,6\n");
  }

  private Said check(String text, String... more) throws IOException {
    var program = Files.writeString(folder.resolve("net.nn"), text);
    var arguments = new ArrayList<>(List.of("check", program.toString()));
    arguments.addAll(List.of(more));
    return Said.byCompiler(arguments.toArray(String[]::new));
  }

  private void link(String name, String to) throws IOException {
    try {
      Files.createSymbolicLink(folder.resolve(name), Path.of(to));
    } catch (UnsupportedOperationException e) {
      Assumptions.abort("there are no links here");
    }
  }

  /** With a sandbox or without. */
  @ParameterizedTest
  @ValueSource(strings = {"", "--sandbox"})
  void noLineOfAnotherFileIsShown(String option) throws IOException {
    var more = option.isEmpty() ? new String[0] : new String[] {option};
    link("link.nn", "../secret.txt");
    for (var name : List.of(home.resolve("secret.txt").toString(), "../secret.txt", "link.nn", "/etc/passwd")) {
      var said = check("import \"" + name + "\"\n" + PROGRAM, more);
      assertThat(said.code()).as(name).isEqualTo(1);
      assertThat(said.err()).as(name).contains("net.nn:1:1", " is not read: ").doesNotContain("root:", SECRET);
    }
  }

  @Test
  void whatLiesOutsideIsRefusedAtItsPlace() throws IOException {
    link("out.nn", "../secret.nn");
    link("nowhere.nn", "nothing.nn");
    link("outer", "..");
    link("own.nn", "inside.nn");
    Map<String, String> refused = Map.of(home.resolve("secret.nn").toString(), "absolute", "../secret.nn", "'..'", "outer/secret.nn", "link out", "out.nn", "link out",
        "nowhere.nn", "link to nothing", "inside/../../secret.nn", "'..'", "C:/x.nn", "absolute");
    refused.forEach((name, why) -> {
      try {
        var said = check("\nimport \"" + name + "\"\n" + PROGRAM, "--sandbox");
        assertThat(said.err()).as(name).contains("net.nn:2:1: error: " + name + " is not read: ", why);
        assertThat(said.code()).as(name).isEqualTo(1);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    });
    for (var name : List.of("inside.nn", "./inside.nn", "own.nn")) {
      assertThat(check("import \"" + name + "\"\n" + PROGRAM, "--sandbox")).as(name).isEqualTo(new Said(0, "", ""));
    }
    // one that is imported is held to the same
    Files.writeString(folder.resolve("inside.nn"), "import \"../secret.nn\"\n");
    assertThat(check("import \"inside.nn\"\n" + PROGRAM, "--sandbox").err()).contains("inside.nn:1:1: error: ../secret.nn is not read");
    assertThat(check("import \"inside.nn\"\n" + PROGRAM).code()).isZero();
  }

  @Test
  void theProgramItselfIsNoLinkOut() throws IOException {
    link("theirs.nn", "../secret.nn");
    var said = Said.byCompiler("check", folder.resolve("theirs.nn").toString(), "--sandbox");
    assertThat(said.err()).contains("is a link out of its folder");
    assertThat(said.code()).isEqualTo(1);
  }

  private static String fed(String source) {
    return "input x: float[N]\ntarget y: float[N]\nparam w: float = zeros\nz = w * x\noutput z\nloss mse(z, y)\ndata { train = " + source + " }\n"
        + "train { optimizer = sgd(0.01) epochs = 1 }\n";
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv(\"%s\")", "csv(file = \"%s\")", "split(csv(\"%s\"), 0.5)", "npz(\"%s\")", "jsonl(\"%s\")", "npy(x = \"a.npy\", y = \"%s\")", "idx(x = \"%s\")",
      "images(\"%s\")", "wav(\"%s\")", "tokens(texts(\"%s\"), \"x\")"})
  void dataAreHeldToTheSame(String source) throws IOException {
    var name = source.contains("csv") ? "/etc/passwd" : "a/../../secret.csv";
    var said = check(fed(source.formatted(name)), "--sandbox");
    assertThat(said.code()).as(said.all()).isEqualTo(1);
    assertThat(said.err()).contains("net.nn:7:", name + " is not read: ", "--data DIR");
  }

  /** Texts that are no names of files are what they are. */
  @Test
  void columnsMayBeCalledAnything() throws IOException {
    assertThat(check(fed("csv(\"rows.csv\", x = \"../km/h\", y = \"/y\")"), "--sandbox")).isEqualTo(new Said(0, "", ""));
  }

  @Test
  void trainsOnWhatLiesInside() throws IOException {
    var program = Files.writeString(folder.resolve("net.nn"), fed("csv(\"rows.csv\")")).toString();
    var out = folder.resolve("w.npz").toString();
    assertThat(Said.byCompiler("train", program, "--sandbox", "--out", out).all()).contains("saved " + out);
    // of a folder that the user names
    Files.move(folder.resolve("rows.csv"), Files.createDirectory(home.resolve("data")).resolve("rows.csv"));
    assertThat(Said.byCompiler("train", program, "--sandbox", "--out", out, "--data", home.resolve("data").toString()).all()).contains("saved " + out);
    Files.writeString(folder.resolve("net.nn"), fed("csv(\"../secret.csv\")"));
    assertThat(Said.byCompiler("train", program, "--sandbox", "--out", out, "--data=" + home.resolve("data")).err()).contains("../secret.csv is not read: it leaves its folder");
  }

  /** Links in folders are looked at where data are read. */
  @Test
  void foldersHoldNoLinksOut() throws IOException {
    var pictures = Files.createDirectories(folder.resolve("pictures").resolve("a"));
    link("pictures/a/picture.png", home.resolve("secret.txt").toString());
    var program = Files.writeString(folder.resolve("net.nn"), fed("images(\"pictures\")")).toString();
    assertThat(Said.byCompiler("check", program, "--sandbox").err()).doesNotContain("is not read");
    var said = Said.byCompiler("train", program, "--sandbox", "--out", folder.resolve("w.npz").toString());
    assertThat(said.err()).contains("net.nn:7:", Path.of("a", "picture.png") + ": picture.png is a link out of its folder");
    assertThat(said.code()).isEqualTo(1);
    assertThat(pictures).isNotEmptyDirectory();
  }

  @Test
  void publicDataLieInAFolderThatIsNamed() throws IOException {
    var digits = "input image: float[N, 28, 28]\ntarget digit: int[N]\nscores = image |> flatten |> dense(10)\noutput scores\nloss cross_entropy(scores, digit)\n"
        + "data { train = mnist(\"train\") }\ntrain { optimizer = sgd(0.1) }\n";
    assertThat(check(digits, "--sandbox").code()).isZero();
    var program = folder.resolve("net.nn").toString();
    var said = Said.byCompiler("train", program, "--sandbox", "--out", folder.resolve("w.npz").toString());
    assertThat(said.err()).contains("net.nn:6:16: error: mnist is not read", "--data DIR");
    var named = Said.byCompiler("train", program, "--sandbox", "--data", folder.toString(), "--out", folder.resolve("w.npz").toString());
    assertThat(named.err()).contains("has no train-images").doesNotContain("download");
  }

  private static Map<String, String> files(Path root) throws IOException {
    var files = new TreeMap<String, String>();
    try (var all = Files.walk(root)) {
      for (var file : all.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(file).toString(), Files.getLastModifiedTime(file) + " " + Files.size(file));
      }
    }
    return files;
  }

  @Test
  void compilingWritesItsOutputAlone() throws IOException {
    check("import \"inside.nn\"\n" + PROGRAM, "--sandbox");
    var before = files(home);
    check("import \"inside.nn\"\n" + PROGRAM, "--sandbox");
    assertThat(files(home).keySet()).isEqualTo(before.keySet());
    assertThat(Said.byCompiler("compile", folder.resolve("net.nn").toString(), "--sandbox", "-o", home.resolve("net.jar").toString()).code()).isZero();
    var after = files(home);
    assertThat(after.remove("net.jar")).isNotNull();
    assertThat(after.keySet()).isEqualTo(before.keySet());
  }

  /** Whatever is read lies inside, and what lies inside and is called so without a detour is read; oracle: the real path. */
  @Test
  void drawnNames() throws IOException {
    for (var place : List.of("a.nn", "theirs/a.nn", "theirs/in/a.nn", "theirs/in/in/a.nn")) {
      Files.createDirectories(home.resolve(place).getParent());
      Files.writeString(home.resolve(place), "const here = 1\n");
    }
    link("out", home.toString());
    link("up", "in");
    link("in/link.nn", "../a.nn");
    link("link.nn", "../a.nn");
    link("loop", "loop");
    var parts = List.of("..", ".", "in", "out", "up", "a.nn", "link.nn", "loop", "", "C:", "b.nn ", "\u0001");
    var random = new Random(26);
    int reached = 0;
    for (int i = 0; i < 120; i++) {
      var name = random.ints(1 + random.nextInt(4), 0, parts.size()).mapToObj(parts::get).collect(Collectors.joining("/")) + (random.nextBoolean() ? "/a.nn" : "");
      var there = folder.resolve(name.startsWith("/") ? "nothing" : name);
      boolean inside = Files.exists(there) && there.toRealPath().startsWith(folder.toRealPath());
      boolean read = isRead(name);
      assertThat(read && !inside).as(name).isFalse();
      assertThat(inside && !name.contains("..") && name.endsWith(".nn") && !read).as(name).isFalse();
      reached += read ? 1 : 0;
    }
    assertThat(reached).isBetween(2, 118);
  }

  private boolean isRead(String name) throws IOException {
    try {
      Compiler.check(Files.writeString(folder.resolve("net.nn"), "import \"" + name + "\"\noutput y = here + 1\n"), CompilerOptions.standard().in(Sandbox.compiling()));
      return true;
    } catch (FaultyProgram e) {
      return false;
    }
  }
}
