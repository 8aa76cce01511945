package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nnc.Compiler;
import nnc.JsonReader;
import nnc.Said;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same rows, fed as arrays, as a CSV file, row by row and from Java, give the same bits; what is written says them by name. */
class PredictFormatsTest {
  private static final String NETWORK = """
      input  age:  float?[N, 1]
      input  sex:  category("female", "male")[N]
      input  port: category(2)[N]
      input  fare: float[N, 2]
      target fate: category(3)[N]
      features = concat([age |> fill("median") |> standardize, missing(age), one_hot(sex), embedding(2)(port), fare])
      scores = dense(class_count(fate))(dense(5, tanh)(features))
      output chance = softmax(scores) |> named(fate)
      output chosen = argmax(scores) |> named(fate)
      output plain = dense(2)(fare)
      loss cross_entropy(scores, fate)
      data { train = csv("a.csv", age = "Age of it", sex = "Sex", fare = ["f 1", "f 2"]) }
      train { optimizer = adam(0.01)  epochs = 2  batch = 64 }
      """;

  private static final String[] SEXES = {"female", "male"}, PORTS = {"C", "S", "\"Q, q\""}, FATES = {"lost", "saved", "unknown"};
  private static final int ROWS = 9000;

  @TempDir
  Path folder;

  private final double[] ages = new double[ROWS];
  private final int[] sexes = new int[ROWS];
  private final int[] ports = new int[ROWS];
  private final double[] fares = new double[2 * ROWS];
  private final Model network = Compiler.load(Programs.compile(NETWORK, 32));

  @BeforeEach
  void train() throws IOException {
    var random = new Random(8);
    var text = new StringBuilder("Sex,port,note,f 2,Age of it,f 1,fate\n");
    for (int i = 0; i < ROWS; i++) {
      ages[i] = random.nextInt(5) == 0 ? Double.NaN : random.nextInt(80) + 0.1;
      sexes[i] = random.nextInt(2);
      ports[i] = i % 9 == 4 ? 2 : i % 2;
      fares[2 * i] = random.nextGaussian();
      fares[2 * i + 1] = random.nextGaussian();
      text.append(row(i)).append(',').append(FATES[random.nextInt(3)]).append('\n');
    }
    Files.writeString(folder.resolve("a.csv"), text);
    run(0, "train", "--out", file("w.npz"));
  }

  private String row(int i) {
    return String.join(",", SEXES[sexes[i]], PORTS[ports[i]], "x", String.valueOf(fares[2 * i + 1]), Double.isNaN(ages[i]) ? "" : String.valueOf(ages[i]),
        String.valueOf(fares[2 * i]));
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private String run(int code, String... arguments) {
    var said = Said.byNetwork(network, folder, arguments);
    assertThat(said.code()).as(said.all()).isEqualTo(code);
    return said.all();
  }

  private String predict(int code, String in, String out) {
    return run(code, "predict", "--weights", file("w.npz"), "--in", file(in), "--out", file(out));
  }

  /** What the rows come to when they are fed as arrays. */
  private Map<String, Tensor> expected() {
    Npz.write(folder.resolve("in.npz"), Map.of("age", new Tensor(new int[] {ROWS, 1}, ages), "sex", new Tensor(new int[] {ROWS}, sexes),
        "port", new Tensor(new int[] {ROWS}, ports), "fare", new Tensor(new int[] {ROWS, 2}, fares)));
    predict(0, "in.npz", "o.npz");
    return Npz.read(folder.resolve("o.npz"));
  }

  @Test
  void aFileOfTextGivesTheBitsOfArrays() throws IOException {
    var expected = expected();
    predict(0, "a.csv", "b.npz");
    var arrays = Npz.read(folder.resolve("b.npz"));
    assertThat(arrays.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, array) -> assertThat(arrays.get(name).data()).as(name).isEqualTo(array.data()));

    predict(0, "a.csv", "b.csv");
    var lines = Files.readAllLines(folder.resolve("b.csv"));
    assertThat(lines.getFirst()).isEqualTo("chance.lost,chance.saved,chance.unknown,chosen,plain.0,plain.1");
    assertThat(lines).hasSize(1 + ROWS);
    predict(0, "a.csv", "b.jsonl");
    var objects = Files.readAllLines(folder.resolve("b.jsonl"));
    assertThat(objects).hasSize(ROWS);
    for (int i = 0; i < ROWS; i++) {
      var fields = lines.get(i + 1).split(",");
      var object = (Map<?, ?>) JsonReader.read(objects.get(i));
      for (int k = 0; k < 3; k++) {
        float chance = (float) expected.get("chance").get(3 * i + k);
        assertThat(Float.parseFloat(fields[k])).isEqualTo(chance);
        assertThat(((Number) ((Map<?, ?>) object.get("chance")).get(FATES[k])).floatValue()).isEqualTo(chance);
      }
      var chosen = FATES[(int) expected.get("chosen").get(i)];
      assertThat(fields[3]).isEqualTo(chosen);
      assertThat(object.get("chosen")).isEqualTo(chosen);
      for (int k = 0; k < 2; k++) {
        assertThat(Float.parseFloat(fields[4 + k])).isEqualTo((float) expected.get("plain").get(2 * i + k));
        assertThat(((Number) ((List<?>) object.get("plain")).get(k)).floatValue()).isEqualTo((float) expected.get("plain").get(2 * i + k));
      }
    }
  }

  @Test
  void aRowGivesTheBitsOfArrays() {
    var expected = expected();
    for (int i : new int[] {0, 1, 4, 13, 77}) {
      var names = new String[] {"Sex", "port", "note", "f 2", "Age of it", "f 1"};
      var row = new ArrayList<String>();
      var values = row(i).replace("Q, q", "Q; q").split(",");
      for (int k = 0; k < names.length; k++) {
        row.add((i % 2 == 0 ? names[k] : names[k].replace("Sex", "sex").replace("Age of it", "age")) + "=" + values[k].replace("Q; q", "Q, q"));
      }
      var said = run(0, "predict", "--weights", file("w.npz"), "--row", String.join(",", row), "--json");
      var object = (Map<?, ?>) JsonReader.read(said);
      for (int k = 0; k < 3; k++) {
        assertThat(((Number) ((Map<?, ?>) object.get("chance")).get(FATES[k])).floatValue()).isEqualTo((float) expected.get("chance").get(3 * i + k));
      }
      assertThat(run(0, "predict", "--weights", file("w.npz"), "--row", String.join(",", row))).contains("chosen")
          .contains(FATES[(int) expected.get("chosen").get(i)]).contains("chance.lost");
    }
  }

  @Test
  void javaSetsTextsAndAsksForNames() throws Fault {
    var expected = expected();
    try (var threads = new nnc.runtime.base.Threads(1)) {
      var context = network.withWeights(folder.resolve("w.npz")).context("predict", 3, threads);
      context.input("sex").set(SEXES[sexes[0]], SEXES[sexes[1]], SEXES[sexes[4]]);
      context.input("port").set("C", "S", "never seen");
      context.input("age").set(new double[] {ages[0], ages[1], ages[4]});
      context.input("fare").set(new double[] {fares[0], fares[1], fares[2], fares[3], fares[8], fares[9]});
      context.run();
      assertThat(context.output("chosen").classes()).containsExactly(FATES);
      assertThat(context.input("port").classes()).containsExactly("C", "S", "(other)");
      assertThat(context.output("plain").classes()).isEmpty();
      int[] rows = {0, 1, 4};
      for (int i = 0; i < 3; i++) {
        assertThat((float) context.output("chance").get(3 * i)).isEqualTo((float) expected.get("chance").get(3 * rows[i]));
      }
      assertThatThrownBy(() -> context.input("sex").set("femal")).isInstanceOf(Fault.class).hasMessageContaining("'femal' is no category of input sex");
      assertThatThrownBy(() -> context.input("fare").set("1", "2")).isInstanceOf(Fault.class).hasMessageContaining("fed by numbers");
    }
  }

  @Test
  void whatCannotBeReadIsToldWithItsPlace() throws IOException {
    var wrong = new LinkedHashMap<String, String>();
    wrong.put("Sex,port,f 2,Age of it,f 1\nmale,C,1,2,x\n", "bad.csv:2:12: 'x' is not a number (column f 1)");
    wrong.put("Sex,port,f 2,Age of it,f 1\nmale,C,1,2,3\nmal,C,1,2,3\n", "bad.csv:3:1: 'mal' is no category of input sex; there are female, male");
    wrong.put("Sex,port,f 2,Age of it,f 1\nmale,C,1,2\n", "bad.csv:2: 4 fields, the header has 5");
    wrong.put("Sex,f 2,Age of it,f 1\nmale,1,2,3\n", "bad.csv: no column for input port");
    wrong.put("Sexe,port,f 2,Age of it,f 1\nmale,C,1,2,3\n", "bad.csv: no column Sex; it has");
    wrong.put("Sex,port,f 2,Age of it,f 1\n", "bad.csv: no rows");
    for (var one : wrong.entrySet()) {
      Files.writeString(folder.resolve("bad.csv"), one.getKey());
      assertThat(predict(1, "bad.csv", "never.csv")).contains(one.getValue());
    }
    Files.writeString(folder.resolve("bad.csv"), "Sex,port,f 2,Age of it,f 1\nmale,C,1,2,3\nmale,C,1e39,2,3\n");
    assertThat(predict(1, "bad.csv", "never.csv")).contains("bad.csv:3:8: 1.0E39 is beyond 32 bits (input fare)");
    assertThat(predict(1, "none.csv", "never.csv")).contains("none.csv: no such file");
    assertThat(folder.resolve("never.csv")).doesNotExist();
    assertThat(run(1, "predict", "--weights", file("w.npz"), "--row", "sex=male,port")).contains("'port' has no value");
    assertThat(run(1, "predict", "--weights", file("w.npz"), "--row", "sex=mal,port=C,age=,f 1=1,f 2=2")).contains("'mal' is no category of input sex");
    assertThat(run(2, "predict", "--weights", file("w.npz"), "--row", "sex=male", "--out", file("o.csv"))).contains("--row is a row in place of --in");
    assertThat(Arrays.stream(folder.toFile().list()).filter(name -> name.endsWith(".part"))).isEmpty();
  }
}
