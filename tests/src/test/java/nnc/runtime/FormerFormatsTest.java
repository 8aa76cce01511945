package nnc.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.NetworkPaths;
import nnc.runtime.files.Npz;
import nnc.runtime.learn.Training;
import nnc.runtime.spec.SpecFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every format that is read has written keeps opening: jars and weights that the compiler of that time made, with what it computed of them. Each folder holds
 * {@code net.nn}, its jar without the runtime, {@code half.npz} after two epochs, {@code whole.npz} after four, and what the jar predicted for {@code inputs.npz} by these.
 */
class FormerFormatsTest {
  private static final Path FORMATS = Path.of("src/test/resources/nnc/runtime/formats");

  @TempDir
  Path folder;

  static List<String> formats() throws IOException {
    try (var files = Files.list(FORMATS)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static int version(Path jar) throws IOException {
    try (var zip = new ZipFile(jar.toFile()); var in = new DataInputStream(zip.getInputStream(zip.getEntry(NetworkPaths.spec("net"))))) {
      in.readInt();
      return in.readInt();
    }
  }

  /** Whoever makes a new format puts a jar of it beside these. */
  @Test
  void eachFormatThatIsReadHasOne() throws IOException {
    var expected = Stream.iterate(SpecFile.OLDEST, n -> n <= SpecFile.VERSION, n -> n + 1).map(n -> Integer.toString(n)).toList();
    assertThat(formats()).isEqualTo(expected);
    for (var format : formats()) {
      assertThat(version(FORMATS.resolve(format).resolve("net.jar"))).isEqualTo(Integer.parseInt(format));
    }
  }

  private static Map<String, String> bits(Map<String, Tensor> arrays) {
    return arrays.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, array -> array.getValue() + " " + values(array.getValue()), (a, _) -> a, TreeMap::new));
  }

  private static String values(Tensor tensor) {
    return tensor.data() instanceof String[] texts ? List.of(texts).toString()
        : Arrays.stream(tensor.toDoubles()).mapToObj(value -> Long.toHexString(Double.doubleToRawLongBits(value))).collect(Collectors.joining(" "));
  }

  private static float[] predicted(Model model, Tensor inputs) {
    var context = model.context("predict", inputs.shape()[0]);
    context.batch(inputs.shape()[0]);
    context.input("point").set((float[]) inputs.data());
    context.run();
    return (float[]) context.output("probability").tensor().data();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void opensPredictsAndResumes(String format) throws Exception {
    var place = FORMATS.resolve(format);
    var inputs = Npz.read(place.resolve("inputs.npz")).get("point");
    var outputs = (float[]) Npz.read(place.resolve("outputs.npz")).get("probability").data();
    var model = Model.load(place.resolve("net.jar"), "net");
    assertThat(predicted(model.withWeights(place.resolve("whole.npz")), inputs)).isEqualTo(outputs);
    var out = folder.resolve("out.npz");
    Training.of(model).epochs(4).resume(place.resolve("half.npz")).save(out).run();
    assertThat(bits(parameters(out))).isEqualTo(bits(parameters(place.resolve("whole.npz"))));
    // the program compiled today takes them too
    var now = Compiler.load(Compiler.compile(place.resolve("net.nn"), CompilerOptions.standard()));
    assertThat(predicted(now.withWeights(place.resolve("whole.npz")), inputs)).usingComparatorWithPrecision(1e-6f).isEqualTo(outputs);
    Training.of(now).epochs(4).resume(place.resolve("half.npz")).save(out).run();
    Training.of(now).epochs(1).init(place.resolve("half.npz")).save(out).run();
  }

  /** Of a file of weights those that a network computes and learns with. */
  private static Map<String, Tensor> parameters(Path file) {
    var arrays = Npz.read(file);
    return arrays.keySet().stream().filter(name -> !name.startsWith("nnc.")).collect(Collectors.toMap(name -> name, arrays::get, (a, _) -> a, TreeMap::new));
  }
}
