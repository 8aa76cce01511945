package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.cli.Main;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.onnx.export.ModelWriter;
import nnc.onnx.model.ModelReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** {@code nnc export} by its command line: the page's example, jars, and what is told. */
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class ExportCommandTest {
  @TempDir
  Path folder;

  private String said = "";

  private int run(String... arguments) {
    var out = System.out;
    var err = System.err;
    var bytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      System.setErr(System.out);
      return Main.run(arguments);
    } finally {
      System.setOut(out);
      System.setErr(err);
      said = bytes.toString(StandardCharsets.UTF_8);
    }
  }

  private Path program(String name, String text) throws Exception {
    return Files.writeString(folder.resolve(name), text);
  }

  private Path weights(Path program, String... defines) throws Exception {
    var options = defines.length == 0 ? CompilerOptions.standard() : CompilerOptions.standard().with(Map.of(defines[0], defines[1]));
    var file = folder.resolve("w.npz");
    Compiler.load(Compiler.compile(program, options, "predict")).initialised(3).save(file);
    return file;
  }

  /** The example of docs/onnx.md, with the operators that it shows. */
  @Test
  void thePagesExample() throws Exception {
    var page = Files.readString(Path.of("../../docs/onnx.md"));
    var shown = Pattern.compile("(?s)```\n(input image.*?)```").matcher(page);
    assertThat(shown.find()).isTrue();
    var program = program("digits.nn", shown.group(1));
    assertThat(run("export", program.toString(), "--weights", weights(program).toString(), "-o", folder.resolve("digits.onnx").toString())).as(said).isZero();
    assertThat(page).contains(said.lines().filter(line -> line.startsWith("  ")).findFirst().orElseThrow());
    var graph = ModelReader.read(folder.resolve("digits.onnx")).graph();
    assertThat(graph.inputs().getFirst().name()).isEqualTo("image");
    assertThat(graph.inputs().getFirst().shape()).containsExactly("N", "1", "28", "28");
    assertThat(graph.outputs().getFirst().name()).isEqualTo("probability");
    assertThat(graph.initializers()).containsKeys("conv2d.W", "batch_norm.mean", "dense.b");
  }

  @Test
  void aJarIsExportedWithItsOwnWeights() throws Exception {
    var program = program("small.nn", "const units = 3\ninput x: float[N, 4]\noutput y = x |> dense(units)\n");
    var jar = folder.resolve("small.jar");
    assertThat(run("compile", program.toString(), "--weights", weights(program).toString(), "-o", jar.toString())).as(said).isZero();
    var output = folder.resolve("small.onnx");
    assertThat(run("export", jar.toString(), "-o", output.toString())).as(said).isZero();
    var one = new ExportCase(() -> new Compilation(program, CompilerOptions.standard()), 1, 2);
    one.take(nnc.runtime.files.Npz.read(folder.resolve("w.npz")));
    assertThat(ExportCase.distance(one.interpreted(), one.run(output))).isLessThan(1e-5);
  }

  /** A jar does not say what -D it was compiled with: another program in its place would be wrong unseen. */
  @Test
  void aJarOfOtherConstantsIsToldApart() throws Exception {
    var program = program("slope.nn", "const slope = 2\ninput x: float[N, 4]\noutput y = slope * x\n");
    var jar = folder.resolve("slope.jar");
    assertThat(run("compile", program.toString(), "-D", "slope=5", "-o", jar.toString())).as(said).isZero();
    var output = folder.resolve("slope.onnx");
    assertThat(run("export", jar.toString(), "-o", output.toString())).isEqualTo(1);
    assertThat(said).contains("does not become this jar again", "-D");
    assertThat(output).doesNotExist();
    assertThat(run("export", jar.toString(), "-D", "slope=5", "-o", output.toString())).as(said).isZero();
  }

  @Test
  void whatIsWrongIsTold() throws Exception {
    var noisy = program("noisy.nn", "input x: float[N, 4]\nh = 2 * x\noutput y = h + normal(0, 1, [N, 4])\n");
    assertThat(run("export", noisy.toString(), "-o", folder.resolve("a.onnx").toString())).isEqualTo(1);
    assertThat(said).contains("noisy.nn:3:16", "draws at random", "--draws");
    var program = program("p.nn", "input x: float[N, 4]\noutput y = x |> dense(3)\n");
    assertThat(run("export", program.toString(), "-o", folder.resolve("a.onnx").toString())).isEqualTo(1);
    assertThat(said).contains("has weights", "--weights FILE");
    var other = weights(program("q.nn", "input x: float[N, 5]\noutput y = x |> dense(3)\n"));
    assertThat(run("export", program.toString(), "--weights", other.toString(), "-o", folder.resolve("a.onnx").toString())).isEqualTo(1);
    assertThat(said).contains("dense.W", "[5, 3]", "[4, 3]");
    assertThat(run("export", program.toString(), "-o", folder.resolve("a.npz").toString())).isEqualTo(2);
    assertThat(run("export", program("l.nn", "input x: float[N]\nloss mean(x)\n").toString())).isEqualTo(1);
    assertThat(said).contains("no outputs");
    assertThat(run("export", program("f.nn", "input x: float[N, 4]\noutput y = x @ x\n").toString())).isEqualTo(1);
    assertThat(said).contains("f.nn:2:");
    try (var files = Files.list(folder)) {
      assertThat(files.map(Path::toString).flatMap(name -> Stream.of(name).filter(file -> file.endsWith(".onnx")))).isEmpty();
    }
  }

  @Test
  void largeArraysAreInAFileBesideTheModel() throws Exception {
    var one = new ExportCase(() -> new Compilation("wide.nn", "input x: float[N, 40]\noutput y = x |> dense(50, tanh) |> dense(3)\n", CompilerOptions.standard()), 1, 2);
    var file = folder.resolve("wide.onnx");
    assertThat(ModelWriter.write(file, one.exported(32), 5000)).isTrue();
    assertThat(Files.size(file)).isLessThan(3000);
    assertThat(Files.size(folder.resolve("wide.onnx.data"))).isEqualTo(2 * 4096);
    assertThat(ExportCase.distance(one.interpreted(), one.run(file))).isLessThan(1e-5);
    assertThat(ExportCase.distance(one.interpreted(), one.imported(file))).isLessThan(1e-5);
  }
}
