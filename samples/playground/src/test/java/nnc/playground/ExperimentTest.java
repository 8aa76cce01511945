package nnc.playground;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.learn.Evaluation;
import nnc.runtime.learn.Training;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is trained and shown, by what a page asks for. Oracles: the same program trained by {@code Training}, predicted and evaluated by itself. */
class ExperimentTest {
  @TempDir
  Path folder;

  private PlaygroundServer server;
  private PageClient page;

  @BeforeEach
  void start() throws Exception {
    server = PlaygroundServer.start(0, ChosenProgram.NONE, folder.resolve("tables"));
    page = new PageClient(server);
  }

  @AfterEach
  void end() {
    page.close();
    server.close();
  }

  private static final PageSettings FIRST = PageSettings.first();

  private static JsonObject loaded(JsonObject answer) {
    assertThat(answer.get("loaded").getAsBoolean()).as(answer.toString()).isTrue();
    return answer;
  }

  /** As {@code nnc train} trains it. */
  private static Model trained(String text, int epochs) throws Exception {
    var network = Compiler.load(Compiler.compileForJar(Path.of("page.nn"), text, CompilerOptions.standard()));
    return Training.of(network).epochs(epochs).run().model();
  }

  private static void assertSameBits(JsonObject frame, Model model) {
    var weights = frame.getAsJsonObject("weights");
    assertThat(weights.size()).isPositive();
    weights.keySet().forEach(path -> assertThat(PageClient.floats(weights.get(path).getAsString())).as(path).containsExactly((float[]) model.weight(path).data()));
  }

  @Test
  void itTrainsToTheBitsOfNncTrain() throws Exception {
    var text = loaded(page.load(FIRST)).get("text").getAsString();
    var frame = page.steps(75, 75);
    assertThat(frame.get("epoch").getAsInt()).isEqualTo(3);
    var model = trained(text, 3);
    assertSameBits(frame, model);
    var test = Training.of(model).epochs(1).prepare().examples("test");
    assertThat(frame.getAsJsonObject("figures").getAsJsonObject("test").get("loss").getAsDouble()).isEqualTo(Evaluation.of(model, test).get("loss").get(0));
    var weights = folder.resolve("learned.npz");
    assertThat(page.download("npz", weights).statusCode()).isEqualTo(200);
    assertSameBits(frame, Compiler.load(Compiler.compile("page.nn", text, CompilerOptions.standard())).withWeights(weights));
  }

  /** Pace and pauses have no part in what is learned. */
  @Test
  void paceChangesNothing() throws Exception {
    var text = loaded(page.load(FIRST)).get("text").getAsString();
    page.post("play", Map.of("speed", 200));
    page.frame(frame -> frame.get("step").getAsInt() > 5);
    page.post("pause", Map.of());
    var step = page.frame(frame -> !frame.get("running").getAsBoolean()).get("step").getAsInt();
    page.post("epoch", Map.of());
    int whole = (step / 25 + 1) * 25;
    var frame = page.frame(shown -> shown.get("step").getAsInt() == whole);
    assertSameBits(frame, trained(text, whole / 25));
  }

  /** What a link has is made where it was made: the rate at a step in the middle of an epoch, a weight at another. */
  @Tag("slow")
  @Test
  void aLinkReproducesARun() throws Exception {
    loaded(page.load(FIRST));
    page.steps(30, 30);
    page.post("change", Map.of("rate", 0.3));
    page.steps(12, 42);
    page.post("change", Map.of("path", "dense.W", "index", 3, "value", 0.75));
    var first = page.steps(20, 62);
    var changes = page.post("history", Map.of()).getAsJsonArray("changes");
    assertThat(changes.toString()).contains("\"step\":30,\"rate\":0.3", "\"step\":42,\"path\":\"dense.W\"");
    try (var other = new PageClient(server)) {
      var link = new JsonObject();
      link.add("settings", PageJson.settings(FIRST));
      link.add("changes", changes);
      loaded(other.post("program", link));
      var again = other.steps(62, 62);
      assertThat(again.get("weights")).isEqualTo(first.get("weights"));
      assertThat(other.post("history", Map.of()).getAsJsonArray("changes")).isEqualTo(changes);
    }
    loaded(page.load(FIRST));
    assertThat(page.steps(62, 62).get("weights")).as("without these").isNotEqualTo(first.get("weights"));
  }

  /** The map is what the network predicts at the middles of squares. */
  @Test
  void mapsAreWhatIsPredicted() throws Exception {
    var text = loaded(page.load(FIRST)).get("text").getAsString();
    var frame = page.steps(50, 50);
    var context = trained(text, 2).context("predict", 10_000);
    context.input("point").set(Plane.USUAL.grid(100));
    context.run();
    var levels = java.util.Base64.getDecoder().decode(frame.get("output").getAsString());
    for (int i = 0; i < levels.length; i++) {
      assertThat(levels[i] & 0xff).isEqualTo(Math.round(255 * (context.output("guess").get(i) + 1) / 2));
    }
    var units = java.util.Base64.getDecoder().decode(frame.getAsJsonObject("units").get("features").getAsString());
    var first = Plane.USUAL.grid(30);
    for (int i = 0; i < 900; i++) {
      assertThat(units[i] & 0xff).as("x of square %d", i).isEqualTo((int) Math.round(255 * (Math.max(-1, Math.min(1, first[2 * i])) + 1.0) / 2));
    }
  }

  /** The slopes that a tour shows are those of differences; the weights after its step are those of a training with one example a batch. */
  @Test
  void theTourTellsTheTruth() throws Exception {
    var text = loaded(page.load(FIRST)).get("text").getAsString();
    page.steps(25, 25);
    var tour = page.post("tour", Map.of("part", "train", "example", 7));
    var slopes = tour.getAsJsonObject("gradients").getAsJsonArray("dense_2.W");
    var model = trained(text, 1);
    var point = new double[] {tour.get("x").getAsDouble(), tour.get("y").getAsDouble()};
    double label = tour.get("label").getAsDouble();
    for (int i = 0; i < slopes.size(); i++) {
      double difference = (loss(model, "dense_2.W", i, 1e-2, point, label) - loss(model, "dense_2.W", i, -1e-2, point, label)) / 2e-2;
      assertThat(slopes.get(i).getAsDouble()).isCloseTo(difference, org.assertj.core.api.Assertions.within(2e-3));
      double after = tour.getAsJsonObject("after").getAsJsonArray("dense_2.W").get(i).getAsDouble();
      assertThat(after).isCloseTo(model.weight("dense_2.W").get(i) - 0.03 * slopes.get(i).getAsDouble(), org.assertj.core.api.Assertions.within(1e-6));
    }
    var terms = tour.getAsJsonObject("terms").getAsJsonArray("dense");
    assertThat(terms.get(1).getAsDouble()).isCloseTo(point[0] * model.weight("dense.W").get(1), org.assertj.core.api.Assertions.within(1e-6));
    assertSameBits(page.steps(25, 50), trained(text, 2));
  }

  private static double loss(Model trained, String path, int index, double by, double[] point, double label) {
    var model = trained.copy();
    var values = model.weight(path).toDoubles();
    values[index] += by;
    model.set(path, new Tensor(model.weight(path).shape(), values));
    var context = model.context("predict", 1);
    context.input("point").set(point);
    context.run();
    double error = context.output("guess").get(0) - (2 * label - 1);
    return error * error / 2;
  }

  // ---- programs of one's own

  private static final String OWN = """
      # a kernel machine of the user's own making, by three classes
      input place: float[N, 2]
      target kind: int[N]
      layer waves(units)(x: float[N, D]) -> float[N, units] {
        param W: float[D, units] = normal(0, 1)
        return sin(x @ W)
      }
      scores = place |> waves(12) |> dense(3)
      output best = argmax(scores)
      loss cross_entropy(scores, kind)
      metric error = mean(argmax(scores) != kind)
      data { train = zip(gauss(90, classes = 3), spiral(90)) }
      train { optimizer = adam(0.05)  batch = 30 }
      """.replace("zip(gauss(90, classes = 3), spiral(90))", "gauss(90, classes = 3, seed = 4)").replace("place", "point").replace("kind", "label");

  @Test
  void anyProgramOfPointsRuns() throws Exception {
    var answer = loaded(page.load(OWN));
    assertThat(answer.has("settings")).isFalse();
    assertThat(answer.getAsJsonObject("network").getAsJsonArray("classes")).hasSize(3);
    assertThat(answer.getAsJsonObject("network").getAsJsonArray("values").toString()).contains("\"matrix\":\"waves.W\"", "\"from\":\"waves\"");
    var frame = page.steps(60, 60);
    assertSameBits(frame, trained(OWN, 20));
    assertThat(frame.getAsJsonObject("figures").getAsJsonObject("train").get("error").getAsDouble()).isLessThan(0.1);
  }

  @Test
  void faultsAreToldAndTheProgramBeforeGoesOn() throws Exception {
    loaded(page.load(FIRST));
    page.post("play", Map.of("speed", 0));
    var faulty = page.load(OWN.replace("dense(3)", "dense(4").replace("adam", "adaam"));
    assertThat(faulty.get("loaded").getAsBoolean()).isFalse();
    assertThat(faulty.getAsJsonArray("diagnostics")).isNotEmpty().allSatisfy(one -> assertThat(one.getAsJsonObject().get("line").getAsInt()).isPositive());
    for (var text : List.of("", "input x: float[N, 3]\ntarget y: float[N]\noutput z = sum(x, axis = 1)\nloss mse(z, y)\ndata { train = circle(9) }\ntrain { optimizer = sgd(1) }",
        "input x: float[N, 2]\noutput y = x", OWN.replace("label", "none"), OWN.replace("gauss(90", "gauss(1e9"))) {
      var answer = page.load(text);
      assertThat(answer.get("loaded").getAsBoolean()).as(text).isFalse();
      assertThat(answer.has("message") || !answer.getAsJsonArray("diagnostics").isEmpty()).as(text + answer).isTrue();
    }
    int step = page.frame(frame -> frame.get("step").getAsInt() > 0).get("step").getAsInt();
    assertThat(page.frame(frame -> frame.get("step").getAsInt() > step).get("running").getAsBoolean()).isTrue();
  }

  /** It is given up after a while. */
  @Tag("slow")
  @Test
  void aProgramThatTakesTooLongIsRefused() throws Exception {
    var answer = page.load("for i in 0..100000 { for j in 0..100000 { } }");
    assertThat(answer.get("message").getAsString()).contains("seconds to compile");
    loaded(page.load(FIRST));
  }

  @Test
  void divergenceEndsTheRunAndNothingElse() throws Exception {
    var text = ProgramWriter.write(FIRST).replace("dense(1, tanh)", "dense(1)").replace("dense(4, tanh)", "dense(4, relu)").replace("dense(2, tanh)", "dense(2, relu)").replace("sgd(0.03)", "sgd(1000)");
    loaded(page.load(text));
    page.post("play", Map.of("speed", 0));
    assertThat(page.state(state -> !state.get("reason").getAsString().isEmpty()).get("reason").getAsString()).contains("loss became", "the weights before that step are those on the page")
        .doesNotContain(".npz");
    loaded(page.load(FIRST));
    page.steps(5, 5);
  }

  @Test
  void tablesOfTheUsersWithClassesByName() throws Exception {
    var rows = new ArrayList<>(List.of("height,weight,animal"));
    for (int i = 0; i < 60; i++) {
      rows.add(100 + i % 7 + "," + (50 + i % 5) + ",cat");
      rows.add(120 + i % 7 + "," + (50 + i % 5) + ",\"big, dog\"");
      rows.add(110 + i % 7 + "," + (80 + i % 5) + ",emu");
    }
    var shape = page.upload("animals.csv", String.join("\n", rows));
    assertThat(shape.getAsJsonArray("columns").get(2).getAsJsonObject().getAsJsonArray("classes").toString()).isEqualTo("[\"big, dog\",\"cat\",\"emu\"]");
    var table = new OwnTable("animals.csv", "height", "weight", "animal", 3, 0, 1);
    var settings = new PageSettings(new DataChoice(DataChoice.OWN, 2, 0, 70, 0, table), FIRST.features(), List.of(6), "tanh", FIRST.learning().withRate(0.1));
    var network = loaded(page.load(settings)).getAsJsonObject("network");
    assertThat(network.getAsJsonArray("classes").toString()).isEqualTo("[\"big, dog\",\"cat\",\"emu\"]");
    assertThat(network.getAsJsonObject("data").getAsJsonObject("train").get("size").getAsInt()).isEqualTo(126);
    var frame = page.steps(400, 400);
    assertThat(frame.getAsJsonObject("figures").getAsJsonObject("test").get("accuracy").getAsDouble()).isEqualTo(1);
    var measured = new OwnTable("animals.csv", "height", "weight", "height", 0, 113, 8.5);
    loaded(page.load(new PageSettings(new DataChoice(DataChoice.OWN, 2, 0, 70, 0, measured), FIRST.features(), List.of(6), "tanh", FIRST.learning())));
    assertThat(page.steps(2000, 2000).getAsJsonObject("figures").getAsJsonObject("test").get("loss").getAsDouble()).isLessThan(0.05);
    for (var wrong : List.of("a,b\n1,2\n3,x\n", "a,b\n0x1p3,1d\n3,4\n", "a,b\n1,\0\n3,4\n", "a,b,c\n1,2\n", "", "a,b,c\n1,\"2,3\n", "one\n1\n2\n")) {
      assertThat(page.upload("wrong.csv", wrong).get("message").getAsString()).as(wrong).isNotEmpty();
    }
  }

  /** What a training keeps for a change of its rate goes with it. */
  @Tag("slow")
  @Test
  void nothingIsLeftBehind() throws Exception {
    loaded(page.load(FIRST));
    page.steps(30, 30);
    page.post("change", Map.of("rate", 0.3));
    page.steps(5, 35);
    loaded(page.load(FIRST));
    page.steps(3, 3);
    server.close();
    while (Files.exists(folder.resolve("tables"))) {
      try (var left = Files.walk(folder.resolve("tables"))) {
        if (left.noneMatch(Files::isRegularFile)) {
          return;
        }
      }
      Thread.sleep(10);
    }
  }

  /** A class of which there are few rows is in both parts, so that all of them are known from the training data. */
  @Test
  void rareClassesAreTrainedToo() throws Exception {
    var rows = new StringBuilder("x,y,kind\n");
    for (int i = 0; i < 100; i++) {
      rows.append(i % 7).append(',').append(i % 5).append(i % 10 == 9 ? ",rare\n" : ",common\n");
    }
    page.upload("rare.csv", rows.toString());
    for (int share : new int[] {10, 50, 90}) {
      var settings = new PageSettings(new DataChoice(DataChoice.OWN, 2, 0, share, 0, new OwnTable("rare.csv", "x", "y", "kind", 2, 0, 1)), FIRST.features(), List.of(2), "tanh", FIRST.learning());
      var answer = loaded(page.load(settings));
      assertThat(answer.has("settings")).as("the controls follow the program").isTrue();
    }
    var faulty = page.load(ProgramWriter.write(new PageSettings(new DataChoice(DataChoice.OWN, 2, 0, 50, 0, new OwnTable("rare.csv", "x", "y", "y", 3, 0, 1)), FIRST.features(), List.of(2),
        "tanh", FIRST.learning())));
    assertThat(faulty.get("message").getAsString()).contains("5 categories in rare.csv").doesNotContain(folder.toString());
  }

  /** The jar has what was learned, and the program as it stands on the page. */
  @Test
  void whatIsDownloadedWorksByItself() throws Exception {
    var text = loaded(page.load(FIRST)).get("text").getAsString();
    var frame = page.steps(10, 10);
    var jar = folder.resolve("learned.jar");
    page.download("jar", jar);
    assertSameBits(frame, Model.load(jar));
    var program = folder.resolve("learned.nn");
    page.download("nn", program);
    assertThat(Files.readString(program)).isEqualTo(text);
    assertThat(page.download("exe", folder.resolve("none")).statusCode()).isEqualTo(400);
  }

  @Tag("slow")
  @Test
  void allSetsAndFeaturesRun() throws IOException, InterruptedException {
    for (var set : List.of("circle", "xor", "gauss", "spiral", "plane", "bumps")) {
      var data = new DataChoice(set, DataChoice.hasClasses(set) ? 4 : 2, 25, 50, 3, null);
      loaded(page.load(new PageSettings(data, List.of(Feature.values()), List.of(3), "relu", new PageSettings.Learning(0.01, "momentum", "l1", 0.001, 30, 2))));
      var frame = page.steps(3, 3);
      assertThat(frame.getAsJsonObject("figures").getAsJsonObject("test").get("loss").getAsDouble()).isPositive();
    }
  }
}
