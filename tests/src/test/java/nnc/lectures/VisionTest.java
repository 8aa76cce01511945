package nnc.lectures;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.elaborate.Elaborated;
import nnc.elaborate.Elaborator;
import nnc.elaborate.Prelude;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.ModelSpec.WeightKind;
import nnc.source.Diagnostics;
import nnc.syntax.AstBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The large networks of computer vision: as many parameters as published, short programs, and a step of training at full size. */
class VisionTest {
  private static final Path SAMPLES = Path.of("..", "samples", "vision");

  private static Elaborated elaborated(String sample, Map<String, String> defines) throws Exception {
    var text = Files.readString(SAMPLES.resolve(sample + ".nn"));
    assertThat(text.lines().count()).isLessThan(60);
    var diagnostics = new Diagnostics();
    var program = AstBuilder.parse(sample, text, diagnostics);
    var elaborated = Elaborator.elaborate(Prelude.program(), program, Elaborator.Purpose.PREDICT, defines, diagnostics, (path, _) -> {
      throw new AssertionError(path);
    });
    assertThat(diagnostics.render()).isEmpty();
    return elaborated;
  }

  private static Map<String, String> defines(int depth) {
    return depth == 0 ? Map.of() : Map.of("depth", Integer.toString(depth));
  }

  /**
   * AlexNet in two towers; GoogLeNet with the biases of its first release and without the classifiers on its sides. The millions of 60,
   * 140 and 4 that one reads are these but for the last, which fits no published count.
   */
  @ParameterizedTest
  @CsvSource({"overfeat, 0, 144656488", "alexnet, 0, 60965224", "vgg16, 0, 138357544", "googlenet, 0, 6998552", "resnet, 18, 11689512", "resnet, 50, 25557032",
      "zfnet, 0, 62357608", "inception_v4, 0, 42679816"})
  void parameters(String sample, int depth, long expected) throws Exception {
    var found = elaborated(sample, defines(depth)).weights().stream().filter(w -> w.kind() == WeightKind.PARAMETER)
        .mapToLong(w -> w.type().shape().stream().mapToLong(d -> d.fixed()).reduce(1, Math::multiplyExact)).sum();
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void googlenetHasATenthOfAlexnetsParameters() throws Exception {
    double small = elaborated("googlenet", Map.of()).weights().stream().mapToLong(w -> w.type().size().fixed()).sum();
    double large = elaborated("alexnet", Map.of()).weights().stream().mapToLong(w -> w.type().size().fixed()).sum();
    assertThat(small / large).isBetween(0.08, 0.13);
  }

  /** The table of OverFeat's stages: what goes into each convolution and out of the last. */
  @Test
  void n11OverfeatsShapes() throws Exception {
    var rows = elaborated("overfeat", Map.of()).rows().stream().map(row -> row.shape()).toList();
    assertThat(rows).containsExactly("float[N, 96, 108, 108]", "float[N, 256, 30, 30]", "float[N, 512, 15, 15]", "float[N, 512, 15, 15]",
        "float[N, 1024, 15, 15]", "float[N, 1024, 15, 15]", "float[N, 4096, 1, 1]", "float[N, 4096, 1, 1]", "float[N, 1000, 1, 1]");
  }

  /** A larger picture needs no other network: the scores become a map. */
  @Test
  void overfeatSlidesOverALargerPicture() throws Exception {
    var rows = elaborated("overfeat", Map.of("pixels", "257")).rows();
    assertThat(rows.getLast().shape()).isEqualTo("float[N, 1000, 2, 2]");
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"overfeat, 0", "alexnet, 0", "vgg16, 0", "googlenet, 0", "resnet, 18", "resnet, 50"})
  void aStepOfTrainingOnRandomPictures(String sample, int depth) throws Exception {
    var compiled = Compiler.compile(SAMPLES.resolve(sample + ".nn"), new CompilerOptions(defines(depth), 32, List.of(), List.of(), _ -> { }));
    var model = Compiler.load(compiled).initialised(1);
    var context = model.context("train", 2);
    context.batch(2);
    var random = new Random(1);
    var image = new byte[context.input("image").size()];
    random.nextBytes(image);
    context.seed(1);
    double first = 0;
    for (int step = 1; step <= 2; step++) {
      context.input("image").set(image);
      context.input("label").set(new int[] {3, 5});
      context.counters(step, 0);
      context.run();
      first = step == 1 ? context.results(Role.LOSS).getFirst().get(0) : first;
    }
    assertThat(first).isFinite().isGreaterThan(0);
    assertThat(context.results(Role.LOSS).getFirst().get(0)).isFinite().isNotEqualTo(first);
  }

  @Test
  void aConvolutionalAutoencoderLearnsToRepeatAPicture() throws Exception {
    var compiled = Compiler.compile(SAMPLES.resolve("conv_autoencoder.nn"), CompilerOptions.standard());
    var model = Compiler.load(compiled).initialised(1);
    var context = model.context("train", 2);
    context.batch(2);
    var image = new byte[2 * 784];
    for (int i = 0; i < image.length; i++) {
      image[i] = (byte) (i % 28 > 8 && i % 28 < 20 && i / 28 % 28 > 5 ? 255 : 0);
    }
    double first = 0;
    for (int step = 1; step <= 30; step++) {
      context.input("image").set(image);
      context.counters(step, 0);
      context.run();
      first = step == 1 ? context.results(Role.LOSS).getFirst().get(0) : first;
    }
    assertThat(context.results(Role.LOSS).getFirst().get(0)).isLessThan(0.8 * first);
    var predicting = model.context("predict", 2);
    predicting.input("image").set(image);
    predicting.run();
    assertThat(predicting.output("code").shape()).containsExactly(2, 8, 7, 7);
    assertThat(predicting.output("reconstruction").shape()).containsExactly(2, 1, 28, 28);
  }
}
