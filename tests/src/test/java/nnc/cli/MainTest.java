package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nnc.JsonReader;
import nnc.Said;
import nnc.runtime.Model;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** The compiler's command line: what it says, where, and its exit codes. */
@ResourceLock(Resources.SYSTEM_OUT)
class MainTest {
  private static final String PROGRAM = """
      const hidden = 4
      input  point: float[N, 2]
      target label: float[N]
      logit = point |> dense(hidden, tanh) |> dense(1) |> squeeze(1)
      output probability = sigmoid(logit)
      loss   binary_cross_entropy(logit, label)
      data  { train = xor(40, seed = 1) }
      train { optimizer = sgd(0.1)  batch = 10 }
      """;

  @TempDir
  Path folder;

  private static Said nnc(String... arguments) {
    return Said.byCompiler(arguments);
  }

  private String program(String text) {
    try {
      return Files.writeString(folder.resolve("net.nn"), text).toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void checkIsSilentOrTellsEveryFault() {
    assertThat(nnc("check", program(PROGRAM))).isEqualTo(new Said(0, "", ""));
    var faulty = nnc("check", program(PROGRAM.replace("tanh", "tanx").replace("xor", "xro")));
    assertThat(faulty.code()).isEqualTo(1);
    assertThat(faulty.out()).isEmpty();
    assertThat(faulty.err()).contains("tanx").contains("xro").contains("net.nn:4:").doesNotContain("\tat ");
    var json = nnc("check", program(PROGRAM.replace("tanh", "tanx")), "--json");
    assertThat(json.code()).isEqualTo(1);
    assertThat(json.out().lines().map(JsonReader::read).toList()).isNotEmpty();
  }

  /** By every command that compiles, and none of them stops. */
  @Test
  void warningsGoToTheErrorStream() {
    var doubtful = program(PROGRAM.replace("(logit,", "(sigmoid(logit),"));
    var place = doubtful + ":6:8: warning: binary_cross_entropy takes scores";
    var out = folder.resolve("w").toString();
    for (var command : List.of(List.of("check"), List.of("explain"), List.of("summary"), List.of("compile", "-o", out + ".jar"),
        List.of("train", "--epochs", "1", "--out", out + ".npz"))) {
      var arguments = new ArrayList<>(command);
      arguments.add(1, doubtful);
      var said = nnc(arguments.toArray(String[]::new));
      assertThat(said.code()).as(said.err()).isZero();
      assertThat(said.err()).startsWith(place).contains("6 | loss   binary_cross_entropy(sigmoid(logit), label)", "hint: give the scores to the loss");
      assertThat(said.out()).doesNotContain("takes scores");
      arguments.add("--json");
      var json = nnc(arguments.toArray(String[]::new));
      assertThat(json.code()).isZero();
      assertThat(json.err()).isEmpty();
      var first = (java.util.Map<?, ?>) JsonReader.read(json.out().lines().findFirst().orElseThrow());
      assertThat(first.get("severity")).isEqualTo("warning");
      assertThat(first.get("line")).isEqualTo(6.0);
    }
  }

  @Test
  void compileWritesTheJarWithItsConstantsAndPrecision() {
    var jar = folder.resolve("o.jar");
    var said = nnc("compile", "-Dhidden=7", program(PROGRAM), "--precision=f64", "-o", jar.toString());
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.out()).startsWith(jar.toString());
    var spec = Model.load(jar).spec();
    assertThat(spec.precision()).isEqualTo(64);
    assertThat(spec.weights().getFirst().shape()).isEqualTo(List.of(2, 7));
    assertThat(nnc("compile", program(PROGRAM), "-o", jar.toString(), "--json").out()).contains("\"kernels\": ");
  }

  @Test
  void aJarThatCannotBeWrittenIsOneMessage() throws IOException {
    var text = Files.writeString(folder.resolve("text"), "kept");
    for (var place : List.of(folder.toString(), text + "/x.jar")) {
      var said = nnc("compile", program(PROGRAM), "-o", place);
      assertThat(said.code()).isEqualTo(1);
      assertThat(said.err()).startsWith("nnc: error: ").contains(place).doesNotContain("\tat ");
    }
    assertThat(Files.readString(text)).isEqualTo("kept");
  }

  @Test
  void trainHandsItsOptionsOn() {
    var out = folder.resolve("w.npz");
    var said = nnc("train", program(PROGRAM), "-D", "hidden=3", "--epochs", "2", "--out", out.toString());
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.out()).contains("epoch 2/2").contains("saved " + out);
    assertThat(Npz.read(out).get("dense.W").shape()).containsExactly(2, 3);
    assertThat(nnc("gradcheck", program(PROGRAM)).code()).isZero();
  }

  @Test
  void wrongUsageIsExitCodeTwoAndSaysWhatIsMeant() {
    assertThat(nnc().code()).isEqualTo(2);
    assertThat(nnc("trian", "x.nn").err()).startsWith("nnc: error: there is no command 'trian'; did you mean train?");
    assertThat(nnc("compile").err()).startsWith("nnc: error: which program? FILE.nn is missing\n  see: nnc compile --help");
    assertThat(nnc("compile", "x.nn", "--outptu=y").err()).startsWith("nnc: error: unknown option --outptu=y");
    assertThat(nnc("compile", "x.nn", "y.nn").err()).startsWith("nnc: error: unexpected argument 'y.nn'");
    assertThat(nnc("compile", "x.nn", "-o").err()).startsWith("nnc: error: -o needs a value: -o FILE.jar");
    assertThat(nnc("check", "x.nn", "-D", "hidden").err()).startsWith("nnc: error: -D wants NAME=VALUE, not 'hidden'");
    assertThat(nnc("check", "x.nn", "--precision", "f16").err()).startsWith("nnc: error: --precision is f32 or f64, not 'f16'");
    assertThat(nnc("explain", "x.nn", "--batch", "many").code()).isEqualTo(2);
    assertThat(nnc("train", program(PROGRAM), "--epoch", "3")).isEqualTo(
        new Said(2, "", "error: unknown option --epoch; did you mean --epochs?\n  nnc train --help lists what there is\n"));
  }

  @Test
  void explainTellsWhatKernelsCost() {
    var said = nnc("explain", program(PROGRAM), "--batch", "32");
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.out()).contains("figures for open dimensions of 32", "predicted for 1 thread of ", "peak of a step: ").doesNotContain("measured");
    assertThat(nnc("explain", program(PROGRAM)).out()).as("the program's batch").contains("figures for open dimensions of 10");
    assertThat(nnc("explain", program(PROGRAM), "--purpose", "sing").err()).contains("there is no purpose sing");
  }

  /** Under its roof: no predicted kernel lies above what the machine computes or moves. */
  @Test
  void explainDrawsARoofline() throws Exception {
    var file = folder.resolve("roof.svg");
    assertThat(nnc("explain", program(PROGRAM), "--svg", file.toString()).code()).isZero();
    var document = javax.xml.parsers.DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    var circles = document.getElementsByTagName("circle");
    var calls = nnc("explain", program(PROGRAM), "--json").out().lines().map(line -> (java.util.Map<?, ?>) JsonReader.read(line))
        .filter(line -> line.get("event").equals("call") && (Double) line.get("flops") > 0).count();
    assertThat(circles.getLength()).isEqualTo((int) calls).isPositive();
    var roof = document.getElementsByTagName("polyline").item(0).getAttributes().getNamedItem("points").getNodeValue().split(" ")[1].split(",");
    for (int i = 0; i < circles.getLength(); i++) {
      assertThat(Double.parseDouble(circles.item(i).getAttributes().getNamedItem("cy").getNodeValue())).isGreaterThanOrEqualTo(Double.parseDouble(roof[1]));
    }
    assertThat(nnc("explain", program(PROGRAM), "--svg", folder.resolve("none").resolve("roof.svg").toString()).code()).isEqualTo(1);
  }

  @Test
  void explainMeasuresWhatItPredicts() {
    var said = nnc("explain", program(PROGRAM), "--measure", "--seconds", "0.05", "--json");
    assertThat(said.code()).as(said.err()).isZero();
    var objects = said.out().lines().map(line -> (java.util.Map<?, ?>) JsonReader.read(line)).toList();
    assertThat(objects.getFirst().get("event")).isEqualTo("machine");
    assertThat((Double) objects.getFirst().get("flops_per_second")).as("of one thread").isBetween(1e7, 1e12);
    var calls = objects.subList(1, objects.size());
    assertThat(calls).isNotEmpty().allSatisfy(call -> {
      assertThat((Double) call.get("measured_us")).isPositive();
      assertThat((Double) call.get("predicted_us")).isPositive();
    });
    var profiled = nnc("profile", program(PROGRAM), "--seconds", "0.05", "--json").out().lines().map(line -> (java.util.Map<?, ?>) JsonReader.read(line))
        .filter(line -> line.get("event").equals("kernel")).toList();
    assertThat(calls.stream().map(call -> List.of(call.get("call"), call.get("kernel"), call.get("line"))))
        .as("numbered alike").containsExactlyInAnyOrderElementsOf(
            profiled.stream().map(call -> List.<Object>of(call.get("call"), call.get("kernel"), call.get("line"))).toList());
  }

  @Test
  void helpGoesToStandardOutput() {
    var all = nnc("--help");
    assertThat(all.code()).isZero();
    assertThat(all.out()).contains("compile").contains("gradcheck");
    assertThat(nnc("train", "--help").out()).contains("--precision").contains("--epochs");
    assertThat(nnc("--version").out()).startsWith("nnc ");
  }

  @Test
  void aMissingProgramIsAFault() {
    var said = nnc("check", folder.resolve("none.nn").toString());
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).contains("there is no file");
  }
}
