package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import nnc.Said;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** {@code nnc java}: what is written where, what is left alone, and what is refused. */
@ResourceLock(Resources.SYSTEM_OUT)
class JavaCommandTest {
  @TempDir
  Path folder;

  private Path program(String name, String text) throws IOException {
    var file = folder.resolve("nn").resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Said java(Path program, String... more) {
    var all = new java.util.ArrayList<>(java.util.List.of("java", program.toString(), "-o", folder.resolve("out").toString()));
    all.addAll(java.util.List.of(more));
    return Said.byCompiler(all.toArray(String[]::new));
  }

  private static final String SUM = "input a: float[N]\ninput b: float[N]\noutput c = a + b\n";

  @Test
  void aFolderOfProgramsBecomesPackages() throws Exception {
    program("one.nn", "import \"parts/common.nn\"\n" + SUM.replace("a + b", "twice(a) + b"));
    program("parts/common.nn", "fn twice(x) = 2.0 * x\n");
    program("deep/two-more.nn", SUM);
    var stamp = folder.resolve("stamp").toString();
    var said = java(folder.resolve("nn"), "--package", "org.example", "--stamp", stamp, "--json");
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(folder.resolve("out/org/example/One.java")).exists();
    assertThat(folder.resolve("out/org/example/one.nnc")).exists();
    assertThat(folder.resolve("out/org/example/deep/TwoMore.java")).exists();
    assertThat(folder.resolve("out/org/example/parts")).doesNotExist();
    assertThat(said.out()).contains("\"class\":\"org.example.One\"", "\"unchanged\":false").doesNotContain("true");
    assertThat(java(folder.resolve("nn"), "--package", "org.example", "--stamp", stamp, "--json").out()).contains("\"unchanged\":true").doesNotContain("false");

    // what is imported counts, what was made too
    program("parts/common.nn", "fn twice(x) = x + x\n");
    assertThat(java(folder.resolve("nn"), "--package", "org.example", "--stamp", stamp).out()).contains("deep.TwoMore  as it was").doesNotContain("One  as it was");
    Files.writeString(folder.resolve("out/org/example/deep/TwoMore.java"), "class TwoMore {}");
    assertThat(java(folder.resolve("nn"), "--package", "org.example", "--stamp", stamp).out()).contains("One  as it was").doesNotContain("TwoMore  as it was");
    assertThat(java(folder.resolve("nn"), "--package", "org.example", "--stamp", stamp, "--precision", "f64").out()).as("other options").doesNotContain("as it was");
    Files.delete(folder.resolve("nn/one.nn"));
    assertThat(java(folder.resolve("nn"), "--package", "org.example", "--stamp", stamp, "--precision", "f64", "--include", "deep/*").code()).isZero();
  }

  @Test
  void whatIsNotChangedKeepsItsTime() throws Exception {
    var program = program("sum.nn", SUM);
    assertThat(java(program).code()).isZero();
    var source = folder.resolve("out/Sum.java");
    var time = java.nio.file.attribute.FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(source, time);
    Files.setLastModifiedTime(folder.resolve("out/sum.nnc"), time);
    assertThat(java(program).code()).isZero();
    assertThat(Files.getLastModifiedTime(source)).isEqualTo(time);
    assertThat(Files.getLastModifiedTime(folder.resolve("out/sum.nnc"))).as("the same bytes").isEqualTo(time);
  }

  @Test
  void faultsOfAllProgramsAreTold() throws Exception {
    program("a.nn", "output y = lacking\n");
    program("b.nn", SUM);
    program("c.nn", "input x: float[N]\nloss mean(x)\n");
    var said = java(folder.resolve("nn"));
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).contains("a.nn:1:12", "c.nn has no outputs: there is nothing that a class could predict").doesNotContain("\tat ");
    assertThat(folder.resolve("out/B.java")).exists();
  }

  @Test
  void whatCannotBeIsRefused() throws Exception {
    var program = program("sum.nn", SUM);
    assertThat(Said.byCompiler("java", program.toString()).err()).contains("where to? -o DIR is missing");
    assertThat(java(program, "--package", "a.new").err()).contains("no package can be called 'a.new'");
    assertThat(java(program, "--class", "Input").err()).contains("cannot be called 'Input'");
    assertThat(java(program, "--encoding", "none").code()).isEqualTo(2);
    assertThat(java(program, "--weights", folder.resolve("none.npz").toString()).err()).contains("no such file");
    assertThat(java(folder.resolve("nn"), "--class", "One").code()).isEqualTo(2);
    assertThat(java(folder.resolve("nn"), "--include", "x*").err()).contains("none of its programs is meant");
    program("Sum_.nn", SUM);
    assertThat(java(folder.resolve("nn")).err()).contains("would have the class Sum, as has");
    assertThat(java(Files.createDirectories(folder.resolve("empty"))).err()).contains("there is no program in it");
    assertThat(java(folder.resolve("nowhere.nn")).code()).isEqualTo(1);
  }
}
