package nnc.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompilerOptions;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import nnc.runtime.files.ProcessLock;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No command writes over what it reads, and none, unless it is forced to, over what is of another kind. */
class OutputFilesTest {
  private static final String PROGRAM = """
      input  point: float[N, 2]
      target label: float[N]
      logit = point |> dense(4, tanh) |> dense(1) |> squeeze(1)
      output probability = sigmoid(logit)
      loss   binary_cross_entropy(logit, label)
      data  { train = xor(40, seed = 1) }
      train { optimizer = adam(0.01)  batch = 10  epochs = 1 }
      """;

  @TempDir
  static Path folder;

  @BeforeAll
  static void make() throws Exception {
    Files.writeString(folder.resolve("net.nn"), PROGRAM);
    Compiler.writeJar(Compiler.compile("net.nn", PROGRAM, CompilerOptions.standard()), folder.resolve("net.jar"));
    Npz.write(folder.resolve("in.npz"), Map.of("point", new Tensor(new int[] {2, 2}, new float[4])));
    Npz.write(folder.resolve("digits.npz"), Map.of("image", new Tensor(new int[] {2}, new float[2])));
  }

  /** Weights of two trainings. */
  @BeforeEach
  void train() {
    for (var name : List.of("w.npz", "v.npz")) {
      assertThat(run("train", "--out", path(name), "--force", "--seed", name.equals("w.npz") ? "1" : "2").code()).isZero();
    }
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }

  /** As {@code java -jar net.jar}, from its program's folder. */
  private static Said run(String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var caller = new Session.Caller("java -jar net.jar", path("net.nn"), folder);
    var session = new Session(Model.load(folder.resolve("net.jar")), caller, folder.resolve("net.jar"), new PrintStream(out), new PrintStream(err), false, null);
    int code = ModelMain.run(arguments, session);
    return new Said(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static void refuses(String file, String why, String... arguments) throws IOException {
    byte[] before = Files.readAllBytes(folder.resolve(file));
    var said = run(arguments);
    assertThat(said.code()).as(said.all()).isEqualTo(1);
    assertThat(said.err()).startsWith("error: " + path(file) + ": ").contains(why).contains("choose another name");
    assertThat(said.out()).as("nothing was done").isEmpty();
    assertThat(Files.readAllBytes(folder.resolve(file))).isEqualTo(before);
  }

  private static String[] with(String[] arguments, String more) {
    var all = new ArrayList<>(Arrays.asList(arguments));
    if (!more.isEmpty()) {
      all.add(more);
    }
    return all.toArray(String[]::new);
  }

  @Test
  void whatIsReadStaysWhateverIsSaid() throws IOException {
    Files.createLink(folder.resolve("hard.npz"), folder.resolve("in.npz"));
    Files.createSymbolicLink(folder.resolve("link.npz"), folder.resolve("w.npz"));
    for (var last : List.of("", "--force")) {
      for (var file : List.of("net.jar", "net.nn")) {
        refuses(file, "itself, and stays as it is", with(new String[] {"train", "--out", path(file)}, last));
      }
      var predict = new String[] {"predict", "--weights", path("w.npz"), "--in", path("in.npz"), "--out"};
      refuses("in.npz", "predictions would take the place of what they are made of", with(with(predict, path("in.npz")), last));
      refuses("hard.npz", "predictions would take the place of what they are made of", with(with(predict, path("hard.npz")), last));
      refuses("w.npz", "predictions would take the place of the weights", with(with(predict, path("w.npz")), last));
      refuses("link.npz", "predictions would take the place of the weights", with(with(predict, path("link.npz")), last));
      var bundle = new String[] {"bundle", "--weights", path("w.npz"), "-o"};
      refuses("net.jar", "the network itself", with(with(bundle, path("net.jar")), last));
      refuses("w.npz", "the jar would take the place of its weights", with(with(bundle, path("w.npz")), last));
    }
    Files.delete(folder.resolve("hard.npz"));
    Files.delete(folder.resolve("link.npz"));
  }

  private static void refusesUnlessForced(String file, String why, String... arguments) throws IOException {
    byte[] before = Files.readAllBytes(folder.resolve(file));
    refuses(file, why, arguments);
    var said = run(with(arguments, "--force"));
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(Files.readAllBytes(folder.resolve(file))).isNotEqualTo(before);
  }

  @Test
  void whatIsOfAnotherKindStaysUnlessForced() throws IOException {
    Files.writeString(folder.resolve("table.csv"), "x,y\n1,2\n");
    Files.copy(folder.resolve("digits.npz"), folder.resolve("arrays.npz"));
    Files.copy(folder.resolve("net.jar"), folder.resolve("other.jar"));
    Files.write(folder.resolve("torn.npz"), Arrays.copyOf(Files.readAllBytes(folder.resolve("w.npz")), 500));
    for (var file : List.of("table.csv", "arrays.npz", "other.jar", "torn.npz")) {
      refusesUnlessForced(file, "this file is not a weight file, and stays as it is", "train", "--out", path(file));
    }
    refusesUnlessForced("v.npz", "this file is a weight file, and stays as it is", "predict", "--weights", path("w.npz"), "--in", path("in.npz"), "--out", path("v.npz"));
    train();
    refusesUnlessForced("v.npz", "this file is not a jar", "bundle", "--weights", path("w.npz"), "-o", path("v.npz"));
  }

  /** What is tuned from others' weights is saved beside them; a training that goes on goes on in its file. */
  @Test
  void whatTrainingStartsFromStaysUnlessForced() throws IOException {
    refusesUnlessForced("w.npz", "training starts from these weights", "train", "--init", path("w.npz"), "--out", path("w.npz"), "--seed", "7");
    train();
    assertThat(run("train", "--resume", path("w.npz"), "--epochs", "2").code()).isZero();
    assertThat(run("train", "--resume", path("w.npz"), "--epochs", "3", "--out", path("v.npz")).code()).isZero();
  }

  /** The usual ways to write a file once more need no force. */
  @Test
  void itsOwnFilesAreReplaced() throws IOException {
    Files.write(folder.resolve("empty.npz"), new byte[0]);
    assertThat(run("train", "--out", path("empty.npz")).code()).isZero();
    assertThat(run("train", "--out", path("w.npz")).code()).isZero();
    var weights = Npz.read(folder.resolve("w.npz"));
    weights.keySet().removeIf(name -> name.startsWith("nnc.") || name.startsWith("optimizer."));
    Npz.write(folder.resolve("bare.npz"), weights);
    assertThat(run("train", "--out", path("bare.npz")).code()).isZero();
    for (int time = 0; time < 2; time++) {
      assertThat(run("predict", "--weights", path("w.npz"), "--in", path("in.npz"), "--out", path("o.npz")).code()).isZero();
      assertThat(run("bundle", "--weights", path("w.npz"), "-o", path("whole.jar")).code()).isZero();
    }
  }

  /** Of weights, in a file or bundled, what they were trained on is told. */
  @Test
  void infoTellsOfTheTraining() throws Exception {
    assertThat(run("info").out()).doesNotContain("saved ", "data ");
    var told = run("info", "--weights", path("w.npz"));
    assertThat(told.out()).containsPattern("saved  after 1 epochs, 4 steps of 10 of 40 examples, seed 1\n").containsPattern("data   train.label [0-9a-f]{1,16}\n")
        .containsPattern("data   train.point [0-9a-f]{1,16}\n");
    var sum = told.out().replaceAll("(?s).*data   train.point ([0-9a-f]+).*", "$1");
    assertThat(run("info", "--weights", path("w.npz"), "--json").out()).contains("\"epochs\":1,\"steps\":4,\"batch\":10,\"examples\":40,\"seed\":1", "\"data.train.point\":\"" + sum + "\"");
    assertThat(run("info", "--weights", path("v.npz")).out()).as("the same data").contains("data   train.point " + sum).contains("seed 2");
    assertThat(run("bundle", "--weights", path("w.npz"), "-o", path("told.jar")).code()).isZero();
    var out = new ByteArrayOutputStream();
    var session = new Session(Model.load(folder.resolve("told.jar")), new Session.Caller("java -jar told.jar", "", folder), folder.resolve("told.jar"),
        new PrintStream(out), System.err, false, null);
    assertThat(ModelMain.run(new String[] {"info"}, session)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("saved  after 1 epochs, 4 steps", "data   train.point " + sum);
    var weights = Npz.read(folder.resolve("w.npz"));
    Model.load(folder.resolve("net.jar"), folder.resolve("w.npz")).save(folder.resolve("saved.npz"));
    assertThat(Npz.read(folder.resolve("saved.npz")).get("nnc.data.train.point").get(0)).isEqualTo(weights.get("nnc.data.train.point").get(0));
    assertThat(run("train", "--resume", path("saved.npz")).err()).contains("has no training position to resume from");
  }

  @Test
  void twoTrainingsDoNotShareAFile() throws Exception {
    var before = Files.readAllBytes(folder.resolve("w.npz"));
    try (var lock = ProcessLock.take(folder.resolve(".w.npz.lock"))) {
      assertThat(lock).isNotNull();
      var log = Files.writeString(folder.resolve("run.csv"), "epoch,step,loss\n1,4,0.5\n");
      var said = run("train", "--out", path("w.npz"), "--log", log.toString());
      assertThat(said.code()).isEqualTo(1);
      assertThat(said.err()).matches("error: \\Q" + path("w.npz") + "\\E: another training saves to this file: this process\n  wait for its end, stop it, or choose another name for what is saved\n");
      assertThat(log).as("the log of the other").hasContent("epoch,step,loss\n1,4,0.5\n");
    }
    assertThat(Files.readAllBytes(folder.resolve("w.npz"))).isEqualTo(before);
    assertThat(run("train", "--out", path("w.npz"), "--seed", "9").code()).isZero();
    assertThat(folder.resolve(".w.npz.lock")).doesNotExist();
  }
}
