package nnc.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users do with a jar, done with a jar, in processes of its own. */
class JarTest {
  private static final String PROGRAM = """
      input  point: float[N, 2]
      target label: float[N]
      logit = point |> dense(32, tanh) |> dropout(0.2) |> dense(1) |> squeeze(1)
      output probability = sigmoid(logit)
      loss   binary_cross_entropy(logit, label)
      metric accuracy = mean((logit > 0) == (label > 0.5))
      data  { train = xor(2000, seed = 1)  validate = split(train, 0.2)  test = xor(500, seed = 2) }
      train { optimizer = adam(0.01)  batch = 16  epochs = 12 }
      """;

  @TempDir
  static Path folder;

  private static Path jar;

  @BeforeAll
  static void compile() throws Exception {
    jar = folder.resolve("net.jar");
    Compiler.writeJar(Compiler.compile("net.nn", PROGRAM, CompilerOptions.standard()), jar);
  }

  private static Process start(Path log, String... command) throws IOException {
    List<String> all = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    all.addAll(List.of(command));
    return new ProcessBuilder(all).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  private static String run(int code, String... command) throws Exception {
    Path log = Files.createTempFile(folder, "log", ".txt");
    Process process = start(log, command);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    String said = Files.readString(log);
    assertThat(process.exitValue()).describedAs(said).isEqualTo(code);
    return said;
  }

  private static Map<String, Tensor> npz(String name) {
    return Npz.read(folder.resolve(name));
  }

  private static void assertSame(Map<String, Tensor> a, Map<String, Tensor> b) {
    assertThat(a.keySet()).isEqualTo(b.keySet());
    for (String name : a.keySet()) {
      assertThat(a.get(name).toDoubles()).describedAs(name).isEqualTo(b.get(name).toDoubles());
    }
  }

  @Test
  void trainsPredictsAndBundles() throws Exception {
    String said = run(0, "-jar", "net.jar", "train", "--out", "w.npz", "--epochs", "3");
    assertThat(said).contains("epoch 3/3").contains("val_loss").contains("saved w.npz").contains("\ntest  loss ");
    Npz.write(folder.resolve("in.npz"), Map.of("point", new Tensor(new int[] {2, 2}, new float[] {3, 3, -3, 3})));
    run(0, "-jar", "net.jar", "predict", "--weights", "w.npz", "--in", "in.npz", "--out", "o.npz");
    double[] probability = npz("o.npz").get("probability").toDoubles();
    assertThat(probability[0]).isGreaterThan(0.9);
    assertThat(probability[1]).isLessThan(0.1);

    assertThat(run(1, "-jar", "net.jar", "predict", "--in", "in.npz", "--out", "o.npz")).contains("error: the network net has no weights");
    run(0, "-jar", "net.jar", "bundle", "--weights", "w.npz", "-o", "trained.jar");
    run(0, "-jar", "trained.jar", "predict", "--in", "in.npz", "--out", "p.npz");
    assertThat(npz("p.npz").get("probability").toDoubles()).isEqualTo(probability);

    Context context = Model.load(folder.resolve("trained.jar")).context("predict", 2);
    context.input("point").set(new float[] {3, 3, -3, 3});
    context.run();
    assertThat(context.output("probability").tensor().toDoubles()).isEqualTo(probability);
  }

  @Test
  void anyWidthAndNumberOfThreadsGivesTheSameBits() throws Exception {
    run(0, "-jar", "net.jar", "train", "--out", "scalar.npz", "--epochs", "2", "--threads", "1");
    String vectors = "--add-modules=jdk.incubator.vector";
    for (String width : List.of("128", "256", "512")) {
      run(0, vectors, "-Dnnc.width=" + width, "-jar", "net.jar", "train", "--out", width + ".npz", "--epochs", "2", "--threads", "2");
      assertSame(npz(width + ".npz"), npz("scalar.npz"));
    }
  }

  @Test
  void stoppedByASignalItSavesAndGoesOnToTheSameBits() throws Exception {
    run(0, "-jar", "net.jar", "train", "--out", "whole.npz");
    Path log = folder.resolve("stopped.txt");
    Process process = start(log, "-jar", "net.jar", "train", "--out", "part.npz", "--epochs", "100000");
    while (!Files.readString(log).contains("epoch ")) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String said = Files.readString(log);
    assertThat(said).contains("saved part.npz").contains("to go on: java -jar net.jar train --resume part.npz");
    assertThat(process.exitValue()).isEqualTo(143);
    long done = (long) npz("part.npz").get("nnc.position").get(1);
    if (done < 12) {
      run(0, "-jar", "net.jar", "train", "--resume", "part.npz", "--epochs", "12");
      assertSame(npz("part.npz"), npz("whole.npz"));
    }
  }

  @Test
  void aFileThatIsNoNetworkIsRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("text.jar"), "hello");
    assertThatThrownBy(() -> Model.load(text)).isInstanceOf(Fault.class).hasMessageStartingWith(text + ": not a compiled network");
    assertThatThrownBy(() -> Model.load(folder.resolve("none.jar"))).hasMessage(folder.resolve("none.jar") + ": no such file");
  }

  @Test
  void theJarIsSmall() throws IOException {
    assertThat(Files.size(jar)).isLessThan(594_900);
  }
}
