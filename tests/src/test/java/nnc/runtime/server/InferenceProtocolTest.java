package nnc.runtime.server;

import static nnc.runtime.server.Served.error;
import static nnc.runtime.server.Served.first;
import static nnc.runtime.server.Served.json;
import static nnc.runtime.server.Served.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nnc.JsonReader;
import nnc.runtime.Model;
import nnc.runtime.Predictor;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The Open Inference Protocol, version 2, as its specification has it, with the extension for binary data; oracle of numbers: a predictor. */
class InferenceProtocolTest {
  private static final String MIXED = """
      input size:   float[N, 3]
      input count:  int[N]
      input is_new: bool[N]
      input kind "kind.of": category("red", "green")[N]
      score = concat([size, expand(1.0 * count, 1), expand(where(is_new, 1.0, 0.0), 1), one_hot(kind, 2)]) |> dense(4, tanh)
      output score
      output best "best.of" = argmax(score)
      output positive = score > 0
      """;
  private static final String WORDS = "input words: int[N, T]\noutput mean = embedding(50, 4)(words) |> mean(axis = 1)\n";
  private static final String GAPS = "input x: float?[N]\noutput y = if_missing(x, -1.0)\n";
  private static final String DRAWN = "input seen: float[N]\noutput sample = normal(0, 1, [N, 2])\n";

  private static Served served;
  private static Model mixed;

  @BeforeAll
  static void start() throws Exception {
    mixed = Served.model(MIXED);
    served = Served.ready(ServedModel.of("mixed", mixed, null, new Threads(1)), Served.of("words of any length", WORDS), Served.of("gaps", GAPS), Served.of("drawn", DRAWN));
  }

  @AfterAll
  static void end() {
    served.close();
  }

  /** A field of each object in a list. */
  private static List<Object> fields(Object list, String name) {
    var all = new ArrayList<>();
    ((List<?>) list).forEach(one -> all.add(((Map<?, ?>) one).get(name)));
    return all;
  }

  private static final String ROWS = """
      {"id": "a \\u0041\\n", "parameters": {"other": [1, {"x": null}]}, "inputs": [
        {"name": "size", "shape": [2, 3], "datatype": "FP32", "data": [[0.1, -2.5e0, 3], [1e-3, 0, -0.0]]},
        {"data": [7, 8], "name": "count", "datatype": "INT64", "shape": [2]},
        {"name": "is_new", "shape": [2], "datatype": "BOOL", "data": [true, false]},
        {"name": "kind.of", "shape": [2], "datatype": "BYTES", "data": ["green", "red"]}]""";

  private static Map<String, Tensor> expected() {
    return Predictor.of(mixed).predictBatch(Map.of("size", new Tensor(new int[] {2, 3}, new float[] {0.1f, -2.5f, 3, 1e-3f, 0, -0f}), "count", new Tensor(new int[] {2}, new int[] {7, 8}),
        "is_new", new Tensor(new int[] {2}, new boolean[] {true, false}), "kind", new Tensor(new int[] {2}, new int[] {1, 0})));
  }

  @Test
  @SuppressWarnings("unchecked")
  void anInferenceHasThePredictorsNumbers() throws Exception {
    var answer = served.infer("mixed", ROWS + "}");
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(json(answer)).containsEntry("model_name", "mixed").containsEntry("model_version", "1").containsEntry("id", "a A\n");
    var outputs = (List<Map<String, Object>>) json(answer).get("outputs");
    assertThat(outputs).extracting(one -> one.get("name")).containsExactly("score", "best.of", "positive");
    assertThat(outputs).extracting(one -> one.get("datatype")).containsExactly("FP32", "INT32", "BOOL");
    assertThat(outputs).extracting(one -> one.get("shape")).containsExactly(List.of(2.0, 4.0), List.of(2.0), List.of(2.0, 4.0));
    assertThat(first(answer)).containsExactly((float[]) expected().get("score").data());
    assertThat((List<Double>) outputs.get(1).get("data")).containsExactly(expected().get("best").get(0), expected().get("best").get(1));
    assertThat(((List<Boolean>) outputs.get(2).get("data")).getFirst()).isEqualTo(expected().get("positive").get(0) == 1);
  }

  @Test
  void outputsAreThoseAskedFor() throws Exception {
    var answer = served.infer("mixed", ROWS + ", \"outputs\": [{\"name\": \"positive\"}, {\"name\": \"best\"}]}");
    assertThat(fields(json(answer).get("outputs"), "name")).containsExactly("positive", "best");
    assertThat(error(served.infer("mixed", ROWS + ", \"outputs\": [{\"name\": \"none\"}]}"))).contains("the network has no output none");
    assertThat(error(served.infer("mixed", ROWS + ", \"outputs\": [{\"name\": \"best\"}, {\"name\": \"best.of\"}]}"))).contains("asked for twice");
  }

  /** Elements lowest byte first, behind the JSON in the order of the inputs; texts behind their lengths. */
  private static byte[] binary(String more) {
    var json = ("{\"inputs\": [{\"name\": \"size\", \"shape\": [2, 3], \"datatype\": \"FP64\", \"parameters\": {\"binary_data_size\": 48}},"
        + "{\"name\": \"count\", \"shape\": [2], \"datatype\": \"UINT16\", \"parameters\": {\"binary_data_size\": 4}},"
        + "{\"name\": \"is_new\", \"shape\": [2], \"datatype\": \"BOOL\", \"data\": [1, 0]},"
        + "{\"name\": \"kind\", \"shape\": [2], \"datatype\": \"BYTES\", \"parameters\": {\"binary_data_size\": 16}}]" + more + "}").getBytes(StandardCharsets.UTF_8);
    var all = ByteBuffer.allocate(json.length + 68).order(ByteOrder.LITTLE_ENDIAN).put(json);
    for (float value : new float[] {0.1f, -2.5f, 3, 1e-3f, 0, -0f}) {
      all.putDouble(value);
    }
    return all.putShort((short) 7).putShort((short) 8).putInt(5).put("green".getBytes(StandardCharsets.UTF_8)).putInt(3).put("red".getBytes(StandardCharsets.UTF_8)).array();
  }

  private static int head(byte[] body) {
    return body.length - 68;
  }

  @Test
  void binaryDataHasTheSameBits() throws Exception {
    var body = binary(", \"parameters\": {\"binary_data_output\": true}, \"outputs\": [{\"name\": \"score\"}, {\"name\": \"best\", \"parameters\": {\"binary_data\": false}}, {\"name\": \"positive\"}]");
    var answer = served.post("/v2/models/mixed/infer", body, "Content-Type", "application/octet-stream", "Inference-Header-Content-Length", Integer.toString(head(body)));
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
    int length = Integer.parseInt(answer.headers().firstValue("Inference-Header-Content-Length").orElseThrow());
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
    var head = (Map<?, ?>) JsonReader.read(new String(answer.body(), 0, length, StandardCharsets.UTF_8));
    assertThat(fields(head.get("outputs"), "parameters")).containsExactly(Map.of("binary_data_size", 32.0), null, Map.of("binary_data_size", 8.0));
    var data = ByteBuffer.wrap(answer.body(), length, 40).order(ByteOrder.LITTLE_ENDIAN);
    var score = new float[8];
    for (int i = 0; i < 8; i++) {
      score[i] = data.getFloat();
    }
    assertThat(score).containsExactly((float[]) expected().get("score").data());
    for (int i = 0; i < 8; i++) {
      assertThat((int) data.get()).isEqualTo((int) expected().get("positive").get(i));
    }
    assertThat(data.hasRemaining()).isFalse();
  }

  @Test
  void serverAndModelsTellOfThemselves() throws Exception {
    assertThat(json(served.get("/v2/health/live"))).isEqualTo(Map.of("live", true));
    assertThat(json(served.get("/v2/health/ready"))).isEqualTo(Map.of("ready", true));
    assertThat(json(served.get("/v2/models/mixed/ready"))).isEqualTo(Map.of("name", "mixed", "ready", true));
    assertThat(json(served.get("/v2/models/mixed/versions/1/ready"))).containsEntry("ready", true);
    assertThat(json(served.get("/v2"))).containsEntry("name", "nnc").containsKeys("version", "extensions");
    var model = json(served.get("/v2/models/mixed"));
    assertThat(model).containsEntry("name", "mixed").containsEntry("versions", List.of("1")).containsKey("platform");
    assertThat(fields(model.get("inputs"), "name")).containsExactly("size", "count", "is_new", "kind.of");
    assertThat(fields(model.get("inputs"), "datatype")).containsExactly("FP32", "INT32", "BOOL", "BYTES");
    assertThat(fields(model.get("inputs"), "shape")).containsExactly(List.of(-1.0, 3.0), List.of(-1.0), List.of(-1.0), List.of(-1.0));
    assertThat(fields(model.get("outputs"), "datatype")).containsExactly("FP32", "INT32", "BOOL");
    assertThat(json(served.get("/v2/models/words%20of%20any%20length"))).containsEntry("name", "words of any length");
    var index = JsonReader.read(text(served.post("/v2/repository/index", new byte[0])));
    assertThat(fields(index, "name")).containsExactly("mixed", "words of any length", "gaps", "drawn");
    assertThat(fields(index, "state")).containsOnly("READY");
    assertThat(served.send(HttpRequest.newBuilder(served.at("/v2/health/ready")).method("HEAD", BodyPublishers.noBody())).statusCode()).isEqualTo(200);
  }

  @Test
  void otherOpenSizesAreARequests() throws Exception {
    for (int length : new int[] {1, 7, 3}) {
      var answer = served.infer("words%20of%20any%20length", "{\"inputs\": [{\"name\": \"words\", \"shape\": [2, " + length + "], \"datatype\": \"INT32\", \"data\": "
          + Arrays.toString(new Random(length).ints(2 * length, 0, 50).toArray()) + "}]}");
      assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
      assertThat(first(answer)).hasSize(8);
    }
    assertThat(error(served.infer("words%20of%20any%20length", "{\"inputs\": [{\"name\": \"words\", \"shape\": [1, 1], \"datatype\": \"INT32\", \"data\": [50]}]}"))).contains("input words").contains("50");
  }

  @Test
  void whatIsMissingIsNullWhereItMayBe() throws Exception {
    assertThat(first(served.infer("gaps", "{\"inputs\": [{\"name\": \"x\", \"shape\": [2], \"datatype\": \"FP32\", \"data\": [null, 2]}]}"))).containsExactly(-1, 2);
    assertThat(error(served.infer("mixed", ROWS.replace("-2.5e0", "null") + "}"))).contains("input size: element 1 is missing");
  }

  /** How many rows there are follows from an input that nothing else depends on. */
  @Test
  void rowsAreCountedByWhatIsGiven() throws Exception {
    assertThat(first(served.infer("drawn", "{\"inputs\": [{\"name\": \"seen\", \"shape\": [3], \"datatype\": \"FP32\", \"data\": [0, 0, 0]}]}"))).hasSize(6);
    assertThat(first(served.infer("gaps", "{\"inputs\": [{\"name\": \"x\", \"shape\": [0], \"datatype\": \"FP32\", \"data\": []}]}"))).isEmpty();
  }

  @Test
  void statusesSayWhatIsWrong() throws Exception {
    var infer = "/v2/models/mixed/infer";
    var json = new String[] {"Content-Type", "application/json"};
    assertThat(served.get("/v2/models/none").statusCode()).isEqualTo(404);
    assertThat(served.get("/nothing").statusCode()).isEqualTo(404);
    assertThat(served.get("/v2/models/mixed/versions/2").statusCode()).isEqualTo(404);
    assertThat(served.get("/v2/health/other").statusCode()).isEqualTo(404);
    assertThat(served.get(infer).statusCode()).isEqualTo(405);
    assertThat(served.get(infer).headers().firstValue("Allow")).hasValue("POST");
    assertThat(served.post("/v2/health/live", new byte[0]).headers().firstValue("Allow")).hasValue("GET, HEAD");
    assertThat(served.post(infer, new byte[2], "Content-Type", "text/plain").statusCode()).isEqualTo(415);
    assertThat(served.post(infer, new byte[2], "Content-Type", "application/json", "Content-Encoding", "gzip").statusCode()).isEqualTo(415);
    assertThat(served.post(infer, new byte[(int) Served.LIMITS.body() + 1], json).statusCode()).isEqualTo(413);
    assertThat(served.send(HttpRequest.newBuilder(served.at(infer)).header("Content-Type", "application/json")
        .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[(int) Served.LIMITS.body() + 1])))).statusCode()).isEqualTo(413);
    var rows = served.infer("gaps", "{\"inputs\": [{\"name\": \"x\", \"shape\": [65], \"datatype\": \"FP32\", \"data\": " + Arrays.toString(new int[65]) + "}]}");
    assertThat(rows.statusCode()).isEqualTo(413);
    assertThat(error(rows)).isEqualTo("65 rows, and the limit of this service is 64");
    for (var wrong : List.of("", "null", "[]", "{", "{}", "{\"inputs\": []}", ROWS, ROWS + "} x", ROWS.replace("size", "sizes") + "}", ROWS.replace("[2, 3]", "[2, 4]") + "}", ROWS.replace("FP32", "FP33") + "}",
        ROWS.replace("[7, 8]", "[7, 8.5]") + "}", ROWS.replace("\"green\"", "\"blue\"") + "}", ROWS.replace("[2, 3]", "[-2, 3]") + "}", ROWS.replace("[2, 3]", "[2147483647, 2147483647]") + "}",
        ROWS.replace("\"count\"", "\"size\"") + "}", "[".repeat(50_000), "{\"inputs\": " + "[".repeat(50_000))) {
      var answer = served.infer("mixed", wrong);
      assertThat(answer.statusCode()).as(wrong.substring(0, Math.min(200, wrong.length()))).isEqualTo(400);
      assertThat(error(answer)).isNotEmpty().doesNotContain("Exception");
    }
    assertThat(served.told.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  /** A number of the text is the double that Java reads there. */
  @Test
  void numbersAreReadToTheBit() {
    var random = new Random(5);
    for (int i = 0; i < 20_000; i++) {
      var number = switch (i % 5) {
        case 0 -> Double.toString(Double.longBitsToDouble(random.nextLong()));
        case 1 -> Float.toString(random.nextFloat() - 0.5f);
        case 2 -> random.nextLong() + "." + Math.abs(random.nextInt());
        case 3 -> "0." + "0".repeat(random.nextInt(30)) + random.nextInt(1 << 20);
        default -> random.nextInt() + "e" + (random.nextInt(40) - 20);
      };
      if (!number.contains("N") && !number.contains("I")) {
        var bytes = number.getBytes(StandardCharsets.UTF_8);
        assertThat(new RequestText(bytes, bytes.length).number()).as(number).isEqualTo(Double.parseDouble(number));
      }
    }
  }

  // ---- mutants

  @Test
  void noMutantOfABodyIsMoreThanRefused() throws Exception {
    mutants(400, 1);
  }

  @Tag("slow")
  @Test
  void noneOfManyIs() throws Exception {
    mutants(10_000, System.nanoTime());
  }

  private static void mutants(int count, long seed) throws Exception {
    var random = new Random(seed);
    var whole = binary("");
    int refused = 0;
    for (int i = 0; i < count; i++) {
      boolean asBinary = random.nextBoolean();
      var body = mutant(asBinary ? whole : (ROWS + "}").getBytes(StandardCharsets.UTF_8), random);
      int told = random.nextInt(8) > 0 ? head(whole) : random.nextInt(body.length + 20);
      var answer = asBinary ? served.post("/v2/models/mixed/infer", body, "Content-Type", "application/octet-stream", "Inference-Header-Content-Length", Integer.toString(told))
          : served.post("/v2/models/mixed/infer", body, "Content-Type", "application/json");
      assertThat(answer.statusCode()).as("seed %s, mutant %s: %s", seed, i, new String(body, StandardCharsets.ISO_8859_1)).isBetween(200, 499);
      refused += answer.statusCode() >= 400 ? 1 : 0;
      if (answer.statusCode() >= 400) {
        assertThat(error(answer)).isNotBlank();
      }
    }
    assertThat(refused).isGreaterThan(count / 4);
    assertThat(first(served.infer("mixed", ROWS + "}"))).containsExactly((float[]) expected().get("score").data());
    assertThat(served.told.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  private static final List<String> PARTS = List.of("{", "}", "[", "]", ",", ":", "\"", "\\", "\\u12", "-", "1e999", "99999999999999999999", "null", "true", "NaN", "\0", "\u00ff", "shape", "data",
      "binary_data_size", "-1", "2147483648", "\"FP16\"", "\"BYTES\"", "[[[[[[[[");

  private static byte[] mutant(byte[] body, Random random) {
    var out = new ByteArrayOutputStream();
    int at = random.nextInt(body.length);
    int to = Math.min(body.length, at + random.nextInt(12));
    out.write(body, 0, at);
    switch (random.nextInt(5)) {
      case 0 -> out.writeBytes(PARTS.get(random.nextInt(PARTS.size())).getBytes(StandardCharsets.ISO_8859_1));
      case 1 -> out.write(random.nextInt(256));
      case 2 -> {
        int from = random.nextInt(body.length);
        out.write(body, from, Math.min(body.length - from, random.nextInt(40)));
      }
      case 3 -> {
        return out.toByteArray();
      }
      default -> {
        for (int i = at; i < to; i++) {
          out.write(body[i] ^ 1 << random.nextInt(8));
        }
      }
    }
    out.write(body, to, body.length - to);
    return out.toByteArray();
  }
}
