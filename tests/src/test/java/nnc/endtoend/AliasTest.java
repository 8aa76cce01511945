package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.Compiler;
import nnc.JsonReader;
import nnc.Said;
import nnc.runtime.Model;
import nnc.runtime.Predictor;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import nnc.runtime.learn.Examples;
import nnc.runtime.learn.Learner;
import nnc.runtime.learn.Training;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What has another name outside the program is fed, asked for and trained by either, in each form, with the same bits. */
class AliasTest {
  private static final String PROGRAM = """
      input  x_1 "x.1": float[N, 2]
      input  b "onnx::Add_0": float[N]
      target t "the target": float[N]
      p = x_1 |> dense(1) |> squeeze(1)
      output y "/head/Add_output_0" = p + b
      output plain = 2 * b
      loss mse(p + b, t)
      train { optimizer = sgd(0.1)  batch = 2  seed = 3 }
      """;
  private static final String X = "x.1", B = "onnx::Add_0", Y = "/head/Add_output_0";

  private static final Tensor ROWS = new Tensor(new int[] {3, 2}, new float[] {1, 2, 3, 4, 5, 6}), ADDED = new Tensor(new int[] {3}, new float[] {0.5f, -1, 2});

  @TempDir
  Path folder;

  private final Model model = Compiler.load(Programs.compile(PROGRAM, 32)).initialised(4);

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private static Map<String, Tensor> arrays(String x, String b) {
    return new LinkedHashMap<>(Map.of(x, ROWS, b, ADDED));
  }

  private float[] right() {
    return (float[]) Predictor.of(model).predictBatch(arrays("x_1", "b")).get("y").data();
  }

  @Test
  void javaKnowsBoth() {
    var predictor = Predictor.of(model);
    assertThat(predictor.predictBatch(arrays(X, B)).get("y").data()).isEqualTo(right());
    assertThat(predictor.predictBatch(arrays(X, "b"))).containsOnlyKeys("y", "plain");
    var one = predictor.predict(Map.of(X, new float[] {3, 4}, "b", -1));
    assertThat(one.number(Y)).isEqualTo(one.number("y")).isEqualTo(right()[1]);
    assertThat(predictor.predictAll(List.of(Map.of(X, new float[] {3, 4}, "b", -1), Map.of("x_1", new float[] {1, 2}, B, 0.5))).stream().map(all -> (float) all.number(Y)).toList())
        .containsExactly(right()[1], right()[0]);
    var context = model.context("predict", 3);
    assertThat(context.input(X)).isSameAs(context.input("x_1"));
    assertThat(context.input(X).alias()).isEqualTo(X);
    assertThat(context.input(X).name()).isEqualTo("x_1");
    context.input(X).set(ROWS);
    context.input(B).set(ADDED);
    context.run();
    assertThat(context.output(Y).tensor().data()).isEqualTo(right());
    assertThat(context.output("y").alias()).isEqualTo(Y);
    assertThat(context.output("plain").alias()).isEmpty();
    assertThatThrownBy(() -> predictor.predictBatch(Map.of(X, ROWS))).isInstanceOf(Fault.class).hasMessage("not given: input b");
    assertThatThrownBy(() -> predictor.predictBatch(Map.of(X, ROWS, "x_1", ROWS, B, ADDED))).isInstanceOf(Fault.class).hasMessageContaining("x_1 and x.1 are both the input x_1");
    assertThatThrownBy(() -> predictor.predict(Map.of("x.2", 1))).isInstanceOf(Fault.class).hasMessageContaining("no input x.2");
  }

  @Test
  void filesAreReadByBoth() throws IOException {
    model.save(folder.resolve("w.npz"));
    Npz.write(folder.resolve("names.npz"), arrays("x_1", "b"));
    Npz.write(folder.resolve("aliases.npz"), arrays(X, B));
    for (var in : List.of("names.npz", "aliases.npz")) {
      assertThat(predict(0, in, "out.npz")).contains("saved ", "y is \"" + Y + "\"");
      assertThat(Npz.read(folder.resolve("out.npz")).get("y").data()).as(in).isEqualTo(right());
    }
    var said = Said.byNetwork(model, folder, "predict", "--weights", file("w.npz"), "--in", file("aliases.npz"), "--out", file("out.npz"), "--json");
    assertThat(JsonReader.read(said.out().strip()).toString()).contains("aliases").contains(Y);
    var both = arrays(X, B);
    both.put("b", ADDED);
    Npz.write(folder.resolve("both.npz"), both);
    assertThat(predict(1, "both.npz", "out.npz")).contains("b and onnx::Add_0 are both the input b");
  }

  @Test
  void rowsOfTextAreReadByBoth() throws IOException {
    var program = "input u \"u.1\": float[N]\ninput v: float[N]\noutput s = u - v\n";
    var small = Compiler.load(Programs.compile(program, 32)).initialised(1);
    Files.writeString(folder.resolve("a.csv"), "u.1,v\n5,2\n");
    Files.writeString(folder.resolve("b.csv"), "v,u\n2,5\n");
    Files.writeString(folder.resolve("a.jsonl"), "{\"u.1\": 5, \"v\": 2}\n");
    for (var in : List.of("a.csv", "b.csv", "a.jsonl")) {
      var said = Said.byNetwork(small, folder, "predict", "--in", file(in), "--out", file("out.csv"));
      assertThat(said.code()).as(said.all()).isZero();
      assertThat(Files.readString(folder.resolve("out.csv"))).as(in).isEqualTo("s\n3.0\n");
    }
    assertThat(Said.byNetwork(small, folder, "predict", "--row", "u.1=5,v=2").all()).contains("3.0");
    Files.writeString(folder.resolve("both.csv"), "u,u.1,v\n5,5,2\n");
    assertThat(Said.byNetwork(small, folder, "predict", "--in", file("both.csv"), "--out", file("out.csv")).all()).contains("u and u.1 are both the input u");
  }

  @Test
  void trainingTakesBoth() throws IOException {
    var target = new Tensor(new int[] {3}, new float[] {1, 2, 3});
    var byName = arrays("x_1", "b");
    byName.put("t", target);
    var byAlias = arrays(X, B);
    byAlias.put("the target", target);
    var one = Training.of(model).train(Examples.of(byName)).epochs(2).run().model();
    var other = Training.of(model).train(Examples.of(byAlias)).epochs(2).run().model();
    assertThat(other.weight("dense.W").toDoubles()).isEqualTo(one.weight("dense.W").toDoubles());
    var learner = Learner.of(model.initialised(1), 3);
    learner.set(X, ROWS);
    learner.set(B, ADDED);
    learner.set("the target", target);
    assertThat(learner.step()).isFinite();
    Npz.write(folder.resolve("d.npz"), byAlias);
    var read = Compiler.load(Programs.compile(PROGRAM.replace("train {", "data { train = npz(\"d.npz\") }\ntrain {"), 32));
    assertThat(Said.byNetwork(read, folder, "train", "--epochs", "2", "--out", file("w.npz")).code()).isZero();
  }

  @Test
  void infoTellsBoth() {
    assertThat(Said.byNetwork(model, folder, "info").all()).contains("input  x_1 \"x.1\": float[N, 2]", "target t \"the target\": float[N]", "output y \"" + Y + "\": float[N]",
        "output plain: float[N]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"input a \"c\": float[N]\ninput b \"c\": float[N]\noutput y = a + b|two inputs called \"c\": a and b",
      "input a: float[N]\ninput b \"a\": float[N]\noutput y = a + b|two inputs called \"a\": a and b",
      "input a \"b\": float[N]\ninput b: float[N]\noutput y = a + b|two inputs called b: a is so outside the program",
      "input a: float[N]\noutput y \"z\" = a\noutput z = a + 1|two outputs called z: y is so outside the program",
      "input a \" \": float[N]\noutput y = a|\" \" is no name"})
  void namesAreUsedOnce(String programAndFault) {
    var parts = programAndFault.split("\\|");
    assertThat(Programs.faults(parts[0])).contains(parts[1]);
  }

  /** An input and an output may be called the same, outside as inside. */
  @Test
  void inputsAndOutputsAreApart() {
    var same = Compiler.load(Programs.compile("input a \"x.1\": float[N]\noutput b \"x.1\" = a + 1\n", 32)).initialised(1);
    assertThat(Predictor.of(same).predict(Map.of("x.1", 2)).number("x.1")).isEqualTo(3);
  }

  private String predict(int code, String in, String out) {
    var said = Said.byNetwork(model, folder, "predict", "--weights", file("w.npz"), "--in", file(in), "--out", file(out));
    assertThat(said.code()).as(said.all()).isEqualTo(code);
    return said.all();
  }
}
