package nnc.runtime.server;

import static nnc.runtime.server.Served.error;
import static nnc.runtime.server.Served.first;
import static nnc.runtime.server.Served.json;
import static nnc.runtime.server.Served.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.runtime.Model;
import nnc.runtime.Predictor;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator relies on: requests that share a prediction keep their bits, weights change under load and lose nothing, limits hold, and the end is orderly. */
class InferenceServiceTest {
  private static final String DENSE = "input x: float[N, 9]\noutput y = x |> dense(7, tanh) |> dense(5)\n";

  @TempDir
  private Path folder;

  private static String request(float[] row) {
    return "{\"inputs\": [{\"name\": \"x\", \"shape\": [1, 9], \"datatype\": \"FP32\", \"data\": " + Arrays.toString(row) + "}]}";
  }

  private static float[] row(Random random) {
    var row = new float[9];
    for (int i = 0; i < row.length; i++) {
      row[i] = random.nextFloat() - 0.5f;
    }
    return row;
  }

  private static float[] alone(Model model, float[] row) {
    return (float[]) Predictor.of(model).predictBatch(Map.of("x", new Tensor(new int[] {1, 9}, row))).get("y").data();
  }

  /** Calls all at once. */
  private static <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<T> results = new ArrayList<>();
      for (Future<T> one : threads.invokeAll(calls)) {
        results.add(one.get());
      }
      return results;
    }
  }

  private static double metric(Served served, String line) throws Exception {
    var found = Pattern.compile("^" + Pattern.quote(line) + " (\\S+)$", Pattern.MULTILINE).matcher(text(served.get("/metrics")));
    return found.find() ? Double.parseDouble(found.group(1)) : 0;
  }

  /** With a delay long enough for many to meet, and without. */
  @ParameterizedTest
  @ValueSource(longs = {0, 20_000_000})
  void whoSharesAPredictionHasTheBitsOfItsOwn(long delay) throws Exception {
    var model = Served.model(DENSE);
    try (var served = new Served(new Limits(100_000, 64, 256, 20), new Batching(16, delay, 1), ServedModel.of("net", model, null, new Threads(1)))) {
      served.server.warmUp(0);
      var random = new Random(7);
      List<Callable<Boolean>> calls = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        var row = row(random);
        calls.add(() -> Arrays.equals(alone(model, row), first(served.infer("net", request(row)))));
      }
      assertThat(atOnce(calls)).containsOnly(true);
      double predictions = metric(served, "nnc_requests_per_prediction_count{model=\"net\"}");
      assertThat(metric(served, "nnc_rows_total{model=\"net\"}")).isEqualTo(60);
      assertThat(metric(served, "nnc_requests_per_prediction_sum{model=\"net\"}")).isEqualTo(60);
      if (delay > 0) {
        assertThat(predictions).isBetween(4.0, 50.0);
      }
    }
  }

  /** Of those that share a prediction, one that the network refuses is refused, and no other. */
  @Test
  void whoIsAtFaultPaysAlone() throws Exception {
    var program = "input at: int[N]\ninput table: float[N, 3]\noutput y = sum(table * one_hot(at, 3), 1) + gather(range(3) * 1.0, at)\n";
    try (var served = new Served(Served.LIMITS, new Batching(16, 20_000_000, 1), Served.of("net", program))) {
      served.server.warmUp(0);
      List<Callable<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        int at = i == 5 ? 77 : i % 3;
        calls.add(() -> served.infer("net", "{\"inputs\": [{\"name\": \"at\", \"shape\": [1], \"datatype\": \"INT32\", \"data\": [" + at + "]},"
            + "{\"name\": \"table\", \"shape\": [1, 3], \"datatype\": \"FP32\", \"data\": [1, 2, 3]}]}").statusCode());
      }
      var codes = atOnce(calls);
      assertThat(codes.remove(5)).isEqualTo(400);
      assertThat(codes).containsOnly(200);
    }
  }

  @Test
  void networksWhoseRowsDependOnEachOtherAreNotJoined() throws Exception {
    for (var program : Map.of("input x: float[N, 2]\noutput y = x - mean(x, axis = 0)\n", "its output y depends on several rows at once",
        "input x: float[N]\noutput y = x + normal(0, 1, [N])\n", "what it draws at random for a row follows from the row's number",
        "input x: float[N]\ninput scale: float\noutput y = x * scale\n", "its input scale has no axis of rows in the first place",
        "input x: float[3]\noutput y = 2 * x\n", "no size of it counts rows", DENSE, "").entrySet()) {
      assertThat(Served.of("net", program.getKey()).alone()).as(program.getKey()).isEqualTo(program.getValue());
    }
    try (var served = new Served(Served.LIMITS, new Batching(16, 5_000_000, 2), Served.of("net", "input x: float[N, 2]\noutput y = x - mean(x, axis = 0)\n"))) {
      served.server.warmUp(0);
      List<Callable<Boolean>> calls = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        int base = i;
        calls.add(() -> Arrays.equals(new float[] {-1, 1, 1, -1},
            first(served.infer("net", "{\"inputs\": [{\"name\": \"x\", \"shape\": [2, 2], \"datatype\": \"FP32\", \"data\": [" + base + ", 2, " + (base + 2) + ", 0]}]}"))));
      }
      assertThat(atOnce(calls)).containsOnly(true);
    }
  }

  /** Each answer is by the weights of the version that it tells, whole and to the bit. */
  @Test
  void weightsChangeUnderLoadAndNoRequestIsLost() throws Exception {
    var plain = Served.model(DENSE);
    List<Model> versions = new ArrayList<>();
    for (int seed = 0; seed < 6; seed++) {
      versions.add(plain.initialised(seed));
      versions.get(seed).save(folder.resolve(seed + ".npz"));
    }
    var file = Files.copy(folder.resolve("0.npz"), folder.resolve("weights.npz"));
    try (var served = Served.ready(ServedModel.of("net", plain, file, new Threads(1)))) {
      var ends = new AtomicBoolean();
      var row = row(new Random(1));
      List<Callable<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        calls.add(() -> {
          int answers = 0;
          while (!ends.get()) {
            var answer = served.infer("net", request(row));
            assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
            int version = Integer.parseInt((String) json(answer).get("model_version"));
            assertThat(first(answer)).containsExactly(alone(versions.get(version - 1), row));
            answers++;
          }
          return answers;
        });
      }
      calls.add(() -> {
        try {
          for (int seed = 1; seed < 6; seed++) {
            Thread.sleep(20);
            Files.writeString(file, "no weights");
            var refused = served.post("/v2/repository/models/net/load", new byte[0]);
            assertThat(refused.statusCode()).as(text(refused)).isEqualTo(400);
            Files.copy(folder.resolve(seed + ".npz"), folder.resolve("next.npz"));
            Files.move(folder.resolve("next.npz"), file, StandardCopyOption.REPLACE_EXISTING);
            assertThat(served.post("/v2/repository/models/net/load", new byte[0]).statusCode()).isEqualTo(200);
          }
          return 1;
        } finally {
          ends.set(true);
        }
      });
      assertThat(atOnce(calls)).allMatch(count -> count > 0);
      assertThat(metric(served, "nnc_weights_version{model=\"net\"}")).isEqualTo(6);
      assertThat(metric(served, "nnc_reloads_total{model=\"net\",result=\"refused\"}")).isEqualTo(5);
      assertThat(served.get("/v2/models/net/versions/5").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void aFileThatChangesIsTaken() throws Exception {
    var plain = Served.model(DENSE);
    var file = folder.resolve("weights.npz");
    plain.initialised(1).save(file);
    try (var served = Served.ready(ServedModel.of("net", plain, file, new Threads(1)))) {
      served.server.watch(0.01);
      Files.writeString(file, "damaged");
      while (metric(served, "nnc_reloads_total{model=\"net\",result=\"refused\"}") == 0) {
        Thread.sleep(5);
      }
      var row = row(new Random(1));
      assertThat(first(served.infer("net", request(row)))).containsExactly(alone(plain.initialised(1), row));
      Files.delete(file);
      plain.initialised(2).save(file);
      while (metric(served, "nnc_weights_version{model=\"net\"}") == 1) {
        Thread.sleep(5);
      }
      assertThat(first(served.infer("net", request(row)))).containsExactly(alone(plain.initialised(2), row));
      assertThat(served.told.toString(StandardCharsets.UTF_8)).contains("its weights stay as they are").contains("version 2");
    }
  }

  /** Long enough for others to come while it runs, on any machine: a request that waits for company that never comes. */
  private static Callable<HttpResponse<byte[]>> waiting(Served served) {
    return () -> served.infer("net", request(new float[9]));
  }

  @Test
  void moreThanTheLimitIsToldToComeAgain() throws Exception {
    try (var served = new Served(new Limits(100_000, 64, 2, 20), new Batching(1000, 500_000_000, 1), Served.of("net", DENSE))) {
      served.server.warmUp(0);
      List<Callable<HttpResponse<byte[]>>> calls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        calls.add(waiting(served));
      }
      var answers = atOnce(calls);
      assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(200, 429);
      var refused = answers.stream().filter(answer -> answer.statusCode() == 429).findFirst().orElseThrow();
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(error(refused)).contains("2 inferences are under way");
      assertThat(metric(served, "nnc_requests_total{model=\"net\",code=\"429\"}")).isPositive();
      assertThat(metric(served, "nnc_requests_under_way")).isZero();
    }
  }

  /** Two that cannot be joined, the second in line behind one that gathers: its turn does not come in time. */
  @Test
  void whoseTurnDoesNotComeIsTold() throws Exception {
    try (var served = new Served(new Limits(100_000, 64, 8, 0.05), new Batching(16, 400_000_000, 1), Served.of("net", "input x: float[N, T]\noutput y = sum(x, 1)\n"))) {
      served.server.warmUp(0);
      List<Callable<Integer>> calls = new ArrayList<>();
      for (int length : new int[] {1, 2, 3}) {
        calls.add(() -> served.infer("net", "{\"inputs\": [{\"name\": \"x\", \"shape\": [1, " + length + "], \"datatype\": \"FP32\", \"data\": " + Arrays.toString(new int[length]) + "}]}").statusCode());
      }
      assertThat(atOnce(calls)).containsExactlyInAnyOrder(200, 503, 503);
    }
  }

  @Test
  void theEndWaitsForWhatIsUnderWay() throws Exception {
    var served = new Served(Served.LIMITS, new Batching(1000, 300_000_000, 1), Served.of("net", DENSE));
    assertThat(served.get("/v2/health/ready").statusCode()).isEqualTo(503);
    assertThat(served.get("/v2/health/live").statusCode()).isEqualTo(200);
    served.server.warmUp(0);
    assertThat(served.get("/v2/health/ready").statusCode()).isEqualTo(200);
    var answers = atOnce(List.of(waiting(served), () -> {
      while (metric(served, "nnc_requests_under_way") == 0) {
        Thread.sleep(1);
      }
      assertThat(served.server.drain(0, 20)).isZero();
      return null;
    }));
    assertThat(answers.getFirst().statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> served.get("/v2/health/live")).isInstanceOf(IOException.class);
    served.close();
  }

  @Test
  void whileItEndsItAnswersOnAndSaysThatItIsNotReady() throws Exception {
    try (var served = Served.ready(Served.of("net", DENSE))) {
      assertThat(atOnce(List.<Callable<Integer>>of(() -> served.server.drain(0.6, 5), () -> {
        while (served.get("/v2/health/ready").statusCode() == 200) {
          Thread.sleep(1);
        }
        return served.infer("net", request(new float[9])).statusCode();
      }))).containsExactly(0, 200);
    }
  }

  /** The format's own grammar, line by line; histograms count up to what they counted. */
  @Test
  void metricsHaveTheirFormat() throws Exception {
    try (var served = Served.ready(Served.of("a \"name\"\\", DENSE), Served.of("net", DENSE))) {
      served.infer("net", request(new float[9]));
      served.infer("net", "{}");
      var answer = served.get("/metrics");
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
      var label = "[a-z_]+=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\"";
      assertThat(text(answer).lines()).allMatch(line -> line.matches("# (HELP|TYPE) nnc_[a-z_]+ .+|nnc_[a-z_]+(\\{" + label + "(," + label + ")*\\})? (\\d+(\\.\\d+)?(e-?\\d+)?)"), "is a line of the format");
      assertThat(text(answer)).endsWith("\n");
      assertThat(metric(served, "nnc_requests_total{model=\"net\",code=\"200\"}")).isEqualTo(1);
      assertThat(metric(served, "nnc_requests_total{model=\"net\",code=\"400\"}")).isEqualTo(1);
      assertThat(metric(served, "nnc_request_seconds_bucket{model=\"net\",le=\"+Inf\"}")).isEqualTo(metric(served, "nnc_request_seconds_count{model=\"net\"}")).isEqualTo(2);
      assertThat(metric(served, "nnc_ready")).isEqualTo(1);
    }
  }

  @Test
  void thePageNeedsNothingFromElsewhere() throws Exception {
    try (var served = Served.ready(Served.of("net", DENSE))) {
      for (var file : List.of("/", "/page.css", "/page.js")) {
        var answer = served.get(file);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow()).startsWith("default-src 'none'");
        assertThat(text(answer)).doesNotContain("http://").doesNotContain("https://").doesNotContain("style=");
      }
      assertThat(served.get("/page.png").statusCode()).isEqualTo(404);
    }
  }

  /** Colours are those of the pages that the compiler has. */
  @Test
  void thePageHasTheColoursOfOthers() throws Exception {
    var base = Files.readString(Path.of("../compiler/src/main/resources/nnc/page/base.css"));
    var own = Files.readString(Path.of("../runtime/src/main/resources/nnc/runtime/server/page.css"));
    assertThat(Pattern.compile("--[a-z-]+: #[0-9a-f]+;").matcher(own).results().map(found -> found.group())).hasSizeGreaterThan(10).allMatch(base::contains);
  }

  @Test
  void whatCannotBeServedIsToldAtTheStart() throws Exception {
    var plain = Compiler.load(Compiler.compile("net.nn", DENSE, CompilerOptions.standard()));
    assertThatThrownBy(() -> ServedModel.of("net", plain, null, new Threads(1))).isInstanceOf(Fault.class).hasMessageContaining("no weights");
    assertThatThrownBy(() -> Served.of("net", "input x: float[N]\ntarget y: float[N]\nloss mse(x * parameter([], ones), y)\n")).isInstanceOf(Exception.class);
    assertThatThrownBy(() -> Served.ready(Served.of("net", DENSE), Served.of("net", DENSE))).isInstanceOf(Fault.class).hasMessageContaining("two models are called net");
    try (var served = Served.ready(Served.of("net", DENSE))) {
      assertThatThrownBy(() -> InferenceServer.start(new InetSocketAddress("127.0.0.1", served.server.port()), List.of(Served.of("net", DENSE)), Limits.STANDARD, Batching.standard(1),
          ServerLog.ofText(System.out))).isInstanceOf(Fault.class).hasMessageContaining("cannot listen at port");
    }
  }
}
