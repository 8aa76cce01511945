package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nnc.JsonReader;
import nnc.Said;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Weights of a program that has been edited since: what is told of them, and what is taken. */
@ResourceLock(Resources.SYSTEM_OUT)
class DiffTest {
  private static final String HEAD = "input  point: float[N, 2]\ntarget label: float[N]\n", END = "output y = squeeze(z, 1)\nloss mse(y, label)\n"
      + "data { train = circle(20, seed = 1) }\ntrain { optimizer = sgd(0.1) epochs = 1 }\n";

  @TempDir
  static Path folder;

  private static Path old;
  private static Path now;
  private static Path weights;

  @BeforeAll
  static void train() throws IOException {
    old = program("old.nn", "point |> dense(2, tanh) |> dense(2, tanh) |> dense(1)");
    now = program("now.nn", "point |> dense(2, relu) |> dense(2, tanh) |> dense(2, tanh) |> dense(1)");
    weights = folder.resolve("old.npz");
    assertThat(run("train", old, "--out", weights).code()).isZero();
  }

  private static Path program(String name, String network) throws IOException {
    return Files.writeString(folder.resolve(name), HEAD + "z = " + network + "\n" + END);
  }

  private static Said run(Object... arguments) {
    var words = new ArrayList<String>();
    for (var argument : arguments) {
      words.add(argument.toString());
    }
    return Said.byCompiler(words.toArray(String[]::new));
  }

  private static Map<String, Tensor> initialised(Path program, Path weights, Object... more) {
    var out = folder.resolve("out.npz");
    var arguments = new ArrayList<Object>(List.of("train", program, "--epochs", 0, "--out", out, "--init", weights));
    arguments.addAll(List.of(more));
    var said = run(arguments.toArray());
    assertThat(said.code()).as(said.all()).isZero();
    return Npz.read(out);
  }

  private static void assertSame(Map<String, Tensor> here, String path, Map<String, Tensor> there, String origin) {
    assertThat(here.get(path).toDoubles()).as(path + " is " + origin).isEqualTo(there.get(origin).toDoubles());
  }

  /** A layer put before others of its shape takes the name of the first, and all others shift: told, and with the map as it was. */
  @Test
  void aLayerBeforeOthers() throws IOException {
    var there = Npz.read(weights);
    var map = folder.resolve("map.txt");
    var said = run("diff", old, now, "-o", map);
    assertThat(said.code()).isZero();
    assertThat(said.out()).contains("dense_4.W  [2, 1]  was dense_3.W", "might be");
    // by names, with a warning
    var taken = run("train", now, "--epochs", 0, "--out", folder.resolve("byname.npz"), "--init", weights);
    assertThat(taken.out()).contains("warning: layers are numbered in their order, which has changed", "dense (or does dense_3 continue it?)", "dense_2 (or does dense_3 continue it?)",
        "nnc diff ", "--map map.txt");
    assertSame(Npz.read(folder.resolve("byname.npz")), "dense.W", there, "dense.W");
    // by the map, which somebody has looked at
    Files.writeString(map, "dense = dense_2   # the first is new\ndense_2 = dense_3\ndense_3 = dense_4\n");
    var here = initialised(now, weights, "--map", map);
    for (int i = 2; i <= 4; i++) {
      for (var name : List.of(".W", ".b")) {
        assertSame(here, "dense_" + i + name, there, (i == 2 ? "dense" : "dense_" + (i - 1)) + name);
      }
    }
    assertThat(here.get("dense.W").toDoubles()).isNotEqualTo(there.get("dense.W").toDoubles());
    assertThat(run("train", now, "--epochs", 0, "--out", folder.resolve("out.npz"), "--init", weights, "--map", map).out()).doesNotContain("warning:");
  }

  /** Where shapes tell, the map that is written is right as it stands; of programs, of a file, and of a jar. */
  @Test
  void shapesTell() throws IOException {
    var old = program("small.nn", "point |> dense(3, relu) |> dense(1)");
    var weights = folder.resolve("small.npz");
    assertThat(run("train", old, "--out", weights).code()).isZero();
    var other = program("other.nn", "point |> dense(2, tanh) |> dense(3, relu) |> dense(1)");
    var there = Npz.read(weights);
    var map = folder.resolve("map.txt");
    var jar = folder.resolve("small.jar");
    assertThat(run("compile", old, "-o", jar).code()).isZero();
    for (var from : List.of(old, weights, jar)) {
      var said = run("diff", from, other, "-o", map);
      assertThat(said.out()).as(from.toString()).isEqualTo("""
          new       dense.W    [2, 2]
          new       dense.b    [2]
          renamed   dense_2.W  [2, 3]  was dense.W
          renamed   dense_2.b  [3]  was dense.b
          renamed   dense_3.W  [3, 1]  was dense_2.W
          renamed   dense_3.b  [1]  was dense_2.b
          0 kept, 4 renamed, 0 reshaped, 2 new, 0 missing
          """);
      assertThat(Files.readAllLines(map)).hasSize(3).first().asString().startsWith("# what weights of " + from);
      var here = initialised(other, weights, "--map", map);
      assertSame(here, "dense_2.W", there, "dense.W");
      assertSame(here, "dense_3.W", there, "dense_2.W");
    }
    // of a program and weights it is the weights that were
    assertThat(run("diff", other, weights).out()).isEqualTo(run("diff", weights, other).out()).contains("renamed   dense_2.W");
    var json = run("diff", old, other, "--json").out().lines().map(line -> (Map<?, ?>) JsonReader.read(line)).toList();
    assertThat(json).hasSize(6);
    assertThat(json.get(2).get("change")).isEqualTo("renamed");
    assertThat(json.get(2).get("from")).isEqualTo("dense.W");
    assertThat(json.get(2).get("shape")).isEqualTo(List.of(2.0, 3.0));
  }

  @Test
  void aNewHeadAndNothingElse() throws IOException {
    var other = program("other.nn", "point |> dense(2, tanh) |> dense(2, tanh) |> dense(3) |> sum(axis = 1, keep = true)");
    assertThat(run("diff", old, other).out()).contains("kept      dense_2.W", "reshaped  dense_3.W  [2, 3]  was [2, 1]", "4 kept, 0 renamed, 2 reshaped, 0 new, 0 missing");
    assertThat(run("train", other, "--epochs", 0, "--out", folder.resolve("out.npz"), "--init", weights).out()).contains("4 of 6 weights from ").doesNotContain("warning:");
    assertThat(run("diff", old, old).out()).contains("6 kept, 0 renamed, 0 reshaped, 0 new, 0 missing");
  }

  @Test
  void faultyMaps() throws IOException {
    var map = folder.resolve("map.txt");
    var faults = Map.of("dense dense_2", "map.txt:2: 'dense dense_2' is not THERE = HERE", "dense_7.W = dense_2.W", "map.txt:2: there are no weights dense_7.W; did you mean", "dense = dense_9",
        "map.txt:2: the network has no weight dense_9.W; did you mean", "dense_3 = dense_2", "map.txt:2: dense_3.W is [2, 1] there, and dense_2.W is [2, 2] here",
        "dense = dense_2\ndense_2 = dense_2", "map.txt:3: dense_2.W is said twice", "dense = dense_2\ndense = dense_3", "map.txt:3: dense is said twice");
    for (var fault : faults.entrySet()) {
      Files.writeString(map, "# a map\n" + fault.getKey() + "\n");
      var said = run("train", now, "--epochs", 0, "--out", folder.resolve("out.npz"), "--init", weights, "--map", map);
      assertThat(said.err()).as(fault.getKey()).contains(fault.getValue());
      assertThat(said.code()).isEqualTo(1);
    }
    Files.write(map, new byte[] {(byte) 0xff, (byte) 0xfe});
    assertThat(run("train", now, "--init", weights, "--map", map, "--out", folder.resolve("out.npz")).err()).contains("map.txt: is no UTF-8 text");
    assertThat(run("train", now, "--init", weights, "--map", folder.resolve("nothing"), "--out", folder.resolve("out.npz")).err()).contains("nothing: cannot be read");
    assertThat(run("train", now, "--map", map).code()).isEqualTo(2);
    assertThat(run("train", now, "--init", weights, "--map", map, "--out", weights).err()).contains("old.npz: is read, and stays as it is");
    assertThat(run("diff", old).err()).contains("which two?");
    assertThat(run("diff", old, now, "--bogus").err()).contains("unknown option --bogus");
  }

  /** An array whose place another has taken is told as one that is not used. */
  @Test
  void whatIsReplacedIsTold() throws IOException {
    var map = Files.writeString(folder.resolve("map.txt"), "dense = dense_2\n");
    var said = run("train", now, "--epochs", 0, "--out", folder.resolve("out.npz"), "--init", weights, "--map", map);
    assertThat(said.out()).contains("in the file, not used: ", "dense_2.W");
  }
}
