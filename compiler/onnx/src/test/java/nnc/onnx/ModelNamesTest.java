package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nnc.cli.Main;
import nnc.onnx.model.ModelReader;
import nnc.onnx.model.OnnxGraph;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** A model whose names are none of the language: by {@code nnc} from its file to a jar, predictions and a model again it goes by its own. */
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class ModelNamesTest {
  @TempDir
  Path folder;

  private String run(String... arguments) {
    var out = System.out;
    var err = System.err;
    var bytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      System.setErr(System.out);
      assertThat(Main.run(arguments)).as(bytes.toString(StandardCharsets.UTF_8)).isZero();
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void namesAreKeptOnTheWayAndBack() throws Exception {
    var model = new SmallModel(17).rows("x.1", 4).weight("w.2", 4, 3).node("MatMul", "x.1 w.2 -> /head/out_0").node("Relu", "/head/out_0 -> last.9").outputs("last.9", "/head/out_0").file(folder);
    var told = run("import", model.toString(), "-o", file("m.nn"));
    assertThat(told).contains("x.1 -> x_1", "last.9 -> last_9");
    assertThat(Files.readString(folder.resolve("m.nn"))).contains("input x_1 \"x.1\": float[batch, 4]", "output last_9 \"last.9\" = ", "output head_out_0 \"/head/out_0\" = ");
    var rows = new Tensor(new int[] {2, 4}, new float[] {1, -2, 3, -4, 0.5f, 0.25f, -1, 2});
    Npz.write(folder.resolve("own.npz"), Map.of("x.1", rows));
    Npz.write(folder.resolve("ours.npz"), Map.of("x_1", rows));
    run("compile", file("m.nn"), "--weights", file("m.npz"), "-o", file("m.jar"));
    var first = predict("own.npz");
    assertThat(predict("ours.npz")).isEqualTo(first).hasSize(6);
    assertThat(told("own.npz")).contains("last_9 is \"last.9\"", "head_out_0 is \"/head/out_0\"");
    run("export", file("m.jar"), "-o", file("again.onnx"));
    var again = ModelReader.read(folder.resolve("again.onnx")).graph();
    assertThat(again.inputs().stream().map(OnnxGraph.Port::name)).containsExactly("x.1");
    assertThat(again.outputs().stream().map(OnnxGraph.Port::name)).containsExactly("last.9", "/head/out_0");
    run("import", file("again.onnx"), "-o", file("again.nn"));
    assertThat(body("again.nn")).isEqualTo(body("m.nn"));
  }

  /** Without the comment on where it is from. */
  private List<String> body(String program) throws Exception {
    return Files.readAllLines(folder.resolve(program)).stream().filter(line -> line.startsWith("input") || line.startsWith("output")).toList();
  }

  private double[] predict(String in) {
    told(in);
    return Npz.read(folder.resolve("out.npz")).get("last_9").toDoubles();
  }

  /** By the jar alone. */
  private String told(String in) {
    try {
      var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      var process = new ProcessBuilder(java, "-jar", file("m.jar"), "predict", "--in", file(in), "--out", file("out.npz")).redirectErrorStream(true).start();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(said).isZero();
      return said;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
