package nnc.runtime.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Initialiser;
import nnc.runtime.spec.ModelSpec.Training;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.spec.ModelSpec.WeightKind;
import nnc.runtime.spec.Vocabulary;
import org.junit.jupiter.api.Test;

/** Weights that are read from files and jars each to its place are those that the arrays have which are read by themselves. */
class WeightFileTest {
  private static final List<String> TYPES = List.of("<f4", ">f4", "<f8", ">f8", "<f2", "<i4", ">i8", "<i2", "<u2", "<u4", "|u1", "|i1", "|b1");

  private static final String WEIGHTS = NetworkPaths.weights("net");

  private static final String PROGRAM = """
      input x: float[N, 3]
      output y = x |> dense(4, tanh) |> dense(2)
      """;

  private static ModelSpec spec(List<Weight> weights, int count, int precision) {
    return new ModelSpec("net", precision, "", List.of(), weights, count, List.of(), Map.of(), Training.NONE, List.of(), Map.of());
  }

  private static byte[] zip(Map<String, byte[]> entries, Random random) {
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out)) {
      for (var content : entries.entrySet()) {
        put(zip, content.getKey(), content.getValue(), random.nextBoolean() ? ZipEntry.STORED : ZipEntry.DEFLATED);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, byte[] content, int method) throws IOException {
    var entry = new ZipEntry(name);
    var crc = new CRC32();
    crc.update(content);
    entry.setMethod(method);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /** An array of that type whose elements are any bits, or small numbers where bits would be NaN. */
  private static byte[] npy(String type, boolean fortran, List<Integer> shape, Random random) {
    int width = type.charAt(2) - '0';
    int count = shape.stream().reduce(1, (a, b) -> a * b);
    var tuple = new StringBuilder("(");
    shape.forEach(axis -> tuple.append(axis).append(", "));
    byte[] header = ("{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + tuple + "), }\n")
        .getBytes(StandardCharsets.US_ASCII);
    var bytes = ByteBuffer.allocate(10 + header.length + count * width).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) header.length).put(header);
    bytes.order(type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      switch (type.substring(1)) {
        case "f4" -> bytes.putFloat((float) random.nextGaussian());
        case "f8" -> bytes.putDouble(random.nextGaussian());
        case "f2" -> bytes.putShort(Float.floatToFloat16((float) random.nextGaussian()));
        default -> {
          for (int k = 0; k < width; k++) {
            bytes.put((byte) random.nextInt());
          }
        }
      }
    }
    return bytes.array();
  }

  @Property(tries = 200, seed = "26")
  void eachArrayComesToItsPlace(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    int precision = random.nextBoolean() ? 32 : 64;
    List<Weight> weights = new ArrayList<>();
    Map<String, byte[]> entries = new LinkedHashMap<>();
    int end = 4;
    for (int i = 0; i < 1 + random.nextInt(4); i++) {
      List<Integer> shape = new ArrayList<>();
      for (int axis = random.nextInt(4); axis > 0; axis--) {
        shape.add(random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(axis == 1 ? 60 : 30));
      }
      var weight = new Weight("w" + i, random.nextBoolean() ? WeightKind.PARAMETER : WeightKind.STATE, ElementKind.FLOAT, shape, end, new Initialiser(ModelSpec.InitialiserKind.ZEROS, List.of()), false);
      weights.add(weight);
      end += weight.size() + random.nextInt(5);
      entries.put("w" + i + ".npy", npy(TYPES.get(random.nextInt(TYPES.size())), random.nextBoolean(), shape, random));
    }
    entries.put("other.npy", npy("<f4", false, List.of(1000 * random.nextInt(30)), random));
    entries.put("optimizer.w0.npy", npy("<f4", false, List.of(3), random));
    byte[] file = zip(entries, random);
    ModelSpec spec = spec(weights, end + 20, precision);
    Path path = Files.createTempFile("weights", ".npz");
    try {
      Files.write(path, file);
      Object expected = expected(spec, Npz.read(path));
      assertThat(WeightFile.load(spec, path, new Vocabulary())).isEqualTo(expected);
      assertThat(WeightFile.load(spec, new ByteArrayInputStream(file), "x", new Vocabulary())).isEqualTo(expected);
      Map<String, byte[]> outer = new LinkedHashMap<>(Map.of(WEIGHTS, file));
      Files.write(path, zip(outer, random));
      try (var jar = new ZipFile(path.toFile()); var archive = Npz.archive(Bytes.of(jar, jar.getEntry(WEIGHTS)), "x")) {
        assertThat(WeightFile.load(spec, archive, "x", new Vocabulary())).isEqualTo(expected);
      }
    } finally {
      Files.delete(path);
    }
  }

  private static Object expected(ModelSpec spec, Map<String, Tensor> arrays) {
    Object expected = NumericArrays.allocate(spec.precision(), spec.weightCount(), "", "");
    for (Weight weight : spec.weights()) {
      Tensor tensor = arrays.get(weight.path());
      for (int i = 0; i < tensor.size(); i++) {
        NumericArrays.set(expected, weight.offset() + i, tensor.get(i));
      }
    }
    return expected;
  }

  @Test
  void whatDoesNotFitIsListed() {
    List<Weight> weights = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      weights.add(new Weight("w" + i, WeightKind.PARAMETER, ElementKind.FLOAT, List.of(2, 3), 8 * i, new Initialiser(ModelSpec.InitialiserKind.ZEROS, List.of()), false));
    }
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("w0.npy", npy("<f8", false, List.of(3, 2), new Random(1)));
    entries.put("w1.npy", npy("<f4", false, List.of(2, 3), new Random(1)));
    var file = new ByteArrayInputStream(zip(entries, new Random(1)));
    assertThatThrownBy(() -> WeightFile.load(spec(weights, 40, 32), file, "x.npz", new Vocabulary())).isInstanceOf(Fault.class)
        .hasMessage("x.npz does not fit the network net: array w0 is float64[3, 2], the network's is [2, 3]; no array w2 ([2, 3])")
        .extracting(fault -> ((Fault) fault).hint()).isEqualTo("the file has w0 ([3, 2]); w1 ([2, 3])");
  }

  /** Packs what a jar says of its network and its weights anew, these stored or compressed. */
  private static void pack(Path from, Path to, int method, byte[] weights) throws IOException {
    try (var jar = new ZipFile(from.toFile()); var zip = new ZipOutputStream(Files.newOutputStream(to))) {
      for (var name : List.of(NetworkPaths.spec("net"), WEIGHTS)) {
        var entry = jar.getEntry(name);
        boolean its = name.equals(WEIGHTS);
        try (var in = jar.getInputStream(entry)) {
          put(zip, name, its && weights != null ? weights : in.readAllBytes(), its ? method : ZipEntry.DEFLATED);
        }
      }
    }
  }

  /** Whatever byte of a jar's weights changes, they are what they were, or the jar is refused. */
  @Test
  void noChangedByteOfAJarChangesAWeight() throws Exception {
    var compiled = Compiler.compile("net.nn", PROGRAM, CompilerOptions.standard());
    var model = Compiler.load(compiled).initialised(5);
    Path jar = Files.createTempFile("net", ".jar");
    Path other = Files.createTempFile("other", ".jar");
    try {
      Compiler.writeJar(compiled, jar, model.bundled());
      try (var zip = new ZipFile(jar.toFile())) {
        assertThat(zip.getEntry(WEIGHTS).getMethod()).isEqualTo(ZipEntry.STORED);
      }
      Object expected = model.weights();
      assertThat(NetworkJar.read(jar).weights()).isEqualTo(expected);
      byte[] weights = model.bundled().get(WEIGHTS);
      var random = new Random(1);
      for (int at = 0; at < weights.length; at += 1 + random.nextInt(5)) {
        byte[] changed = random.nextInt(10) == 0 ? Arrays.copyOf(weights, at) : weights.clone();
        if (changed.length == weights.length) {
          changed[at] ^= (byte) (1 << random.nextInt(8));
        }
        pack(jar, other, random.nextBoolean() ? ZipEntry.STORED : ZipEntry.DEFLATED, changed);
        assertSameOrRefused(other, expected);
      }
      pack(jar, other, ZipEntry.DEFLATED, weights);
      byte[] bytes = Files.readAllBytes(other);
      int data = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(WEIGHTS) + WEIGHTS.length();
      int compressed;
      try (var zip = new ZipFile(other.toFile())) {
        compressed = (int) zip.getEntry(WEIGHTS).getCompressedSize();
      }
      int refused = 0;
      for (int at = data; at < data + compressed; at++) {
        byte[] changed = bytes.clone();
        changed[at] ^= (byte) (1 << random.nextInt(8));
        Files.write(other, changed);
        refused += assertSameOrRefused(other, expected) ? 0 : 1;
      }
      assertThat(refused).isGreaterThan(compressed / 2);
    } finally {
      Files.delete(jar);
      Files.delete(other);
    }
  }

  private static boolean assertSameOrRefused(Path jar, Object expected) {
    try {
      assertThat(NetworkJar.read(jar).weights()).isEqualTo(expected);
      return true;
    } catch (Fault fault) {
      assertThat(fault).hasMessageStartingWith(jar + " (" + WEIGHTS + ")");
      return false;
    }
  }
}
