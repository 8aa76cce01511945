package nnc.runtime.data;

import static nnc.runtime.data.Sources.source;
import static nnc.runtime.data.Sources.values;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import nnc.runtime.Model;
import nnc.runtime.Perceptron;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import nnc.runtime.learn.Training;
import nnc.runtime.spec.ModelSpec.Source;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Files with bytes changed, left out and put in. What has check sums gives its own numbers or a fault that names the file; what has none gives
 * some numbers or such a fault. Neither takes more memory than a file of that length may.
 */
class MutantsTest {
  private static final int MANY = 100_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /**
   * A way to keep numbers in files.
   *
   * @param summed whether check sums guard them
   * @param most   bytes of memory for each byte of a file, beside eight megabytes
   */
  private record Format(String name, byte[] valid, boolean summed, int most, Reader reader) {}

  private interface Reader {
    Object read(Path file);
  }

  private static final Path FOLDER = temporary();
  private static final List<Format> FORMATS = formats();
  /** What the files give without a change, by format. */
  private static final Map<String, Object> EXPECTED = new HashMap<>();

  private static Path temporary() {
    try {
      Path folder = Files.createTempDirectory("mutants");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Format> formats() {
    return List.of(
        new Format("stored.npz", npz(), true, 64, MutantsTest::arrays), new Format("compressed.npz", compressed(npz(), true), true, 64, MutantsTest::arrays),
        new Format("streamed.npz", compressed(npz(), false), true, 64, MutantsTest::arrays),
        new Format("weights.npz", weights(), true, 64, MutantsTest::weights), new Format("again.npz", compressed(weights(), true), true, 64, MutantsTest::weights),
        new Format("checkpoint.npz", checkpoint(), true, 1 << 12, MutantsTest::resumed),
        new Format("plain.idx", idx(), false, 64, MutantsTest::idx), new Format("zipped.gz", zipped(idx()), true, 64, MutantsTest::idx),
        new Format("plain.csv", csv(), false, 64, MutantsTest::csv), new Format("zipped.csv", zipped(csv()), true, 64, MutantsTest::csv),
        new Format("plain.jsonl", json(), false, 256, MutantsTest::json), new Format("zipped.jsonl", zipped(json()), true, 256, MutantsTest::json),
        new Format("array.npy", npy(), false, 64, MutantsTest::npy), new Format("rows.npy", npy(), false, 64, MutantsTest::streamed), new Format("test.bin", cifar(), false, 64, MutantsTest::cifar),
        new Format("w/a/sound.wav", wav(), false, 64, MutantsTest::wav), new Format("t/a/text", csv(), false, 256, MutantsTest::texts),
        new Format("p/a/grey.png", png(), true, 1 << 14, MutantsTest::image), new Format("p/a/photo.jpg", jpeg(), false, 1 << 14, MutantsTest::image));
  }

  // ---- valid files

  private interface Content {
    void write(OutputStream out) throws IOException;
  }

  private static byte[] bytes(Content content) {
    var out = new ByteArrayOutputStream();
    try {
      content.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static byte[] npz() {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    float[] weights = new float[24];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = i * 0.37f - 4;
    }
    arrays.put("dense.W", new Tensor(new int[] {3, 8}, weights));
    arrays.put("dense.b", new Tensor(new int[] {2}, new double[] {0.25, -1e300}));
    arrays.put("n\u00e4me", new Tensor(new int[] {2, 2}, new long[] {1, -2, 1L << 60, 0}));
    return bytes(out -> Npz.write(out, arrays));
  }

  /** The same archive compressed; sizes and check sums stand before the bytes, or behind them as of a writer that cannot go back. */
  private static byte[] compressed(byte[] archive, boolean known) {
    return bytes(out -> {
      var zip = new ZipOutputStream(out);
      var in = new ZipInputStream(new ByteArrayInputStream(archive));
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        byte[] content = in.readAllBytes();
        var copy = new ZipEntry(entry.getName());
        if (known) {
          var crc = new CRC32();
          crc.update(content);
          copy.setCrc(crc.getValue());
          copy.setSize(content.length);
          copy.setCompressedSize(deflated(content));
        }
        zip.putNextEntry(copy);
        zip.write(content);
        zip.closeEntry();
      }
      zip.finish();
    });
  }

  private static int deflated(byte[] content) {
    var deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    deflater.setInput(content);
    deflater.finish();
    int size = deflater.deflate(new byte[2 * content.length + 100]);
    deflater.end();
    return size;
  }

  private static Model network() {
    return Perceptron.model(Map.of("train", source("gauss", Map.of("seed", 5), 40)), Map.of("batch", 20.0, "epochs", 1.0, "seed", 3.0));
  }

  /** What is saved of a network. */
  private static byte[] weights() {
    Path file = FOLDER.resolve("saved.npz");
    network().initialised(7).save(file);
    return content(file);
  }

  /** What a training can be gone on with. */
  private static byte[] checkpoint() {
    Path file = FOLDER.resolve("trained.npz");
    Training.of(network()).epochs(1).seed(3).save(file).run();
    return content(file);
  }

  private static byte[] content(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      Files.delete(file);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] idx() {
    var bytes = ByteBuffer.allocate(12 + 40);
    bytes.putInt(0x00000802).putInt(10).putInt(4);
    for (int i = 0; i < 40; i++) {
      bytes.put((byte) (6 * i));
    }
    return bytes.array();
  }

  private static byte[] csv() {
    return ("n,x,y\nanna,1.5,2\n\"bert, jr\",-3e2,4\n,0.125,inf\n" + "c,7,8\n".repeat(9)).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] json() {
    return ("{\"x\": [1.5, 2], \"y\": {\"z\": -3e2}}\n{\"y\": {\"z\": 4, \"n\": \"\\u00e4\"}, \"x\": [0.125, 7]}\n" + "{\"x\": [1, 2], \"y\": {\"z\": 3}}\n".repeat(9))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The first array of the archive, by itself. */
  private static byte[] npy() {
    return bytes(out -> {
      var in = new ZipInputStream(new ByteArrayInputStream(npz()));
      in.getNextEntry();
      out.write(in.readAllBytes());
    });
  }

  /** Two records of CIFAR-100. */
  private static byte[] cifar() {
    byte[] records = new byte[2 * 3074];
    for (int i = 0; i < records.length; i++) {
      records[i] = (byte) (i % 3074 < 2 ? i % 7 : i);
    }
    return records;
  }

  private static byte[] wav() {
    var bytes = ByteBuffer.allocate(44 + 80).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 80).put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16).putShort((short) 1)
        .putShort((short) 2).putInt(16000).putInt(64000).putShort((short) 4).putShort((short) 16).put("data".getBytes(StandardCharsets.US_ASCII)).putInt(80);
    for (int i = 0; i < 40; i++) {
      bytes.putShort((short) (i * 777));
    }
    return bytes.array();
  }

  private static byte[] zipped(byte[] content) {
    return bytes(out -> {
      try (var zip = new GZIPOutputStream(out)) {
        zip.write(content);
      }
    });
  }

  private static byte[] png() {
    int[][][] samples = new int[9][7][1];
    for (int i = 0; i < 63; i++) {
      samples[i / 7][i % 7][0] = i * i % 251;
    }
    return Pngs.png(Pngs.GREY, 8, true, samples, null, null);
  }

  private static byte[] jpeg() {
    var image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i++) {
      image.setRGB(i % 16, i / 16, i * 0x030507);
    }
    return bytes(out -> ImageIO.write(image, "jpg", out));
  }

  // ---- reading

  private static Object arrays(Path file) {
    Map<String, List<Object>> arrays = new LinkedHashMap<>();
    Npz.read(file).forEach((name, tensor) -> arrays.put(name, List.of(tensor.toString(), Arrays.toString(tensor.toDoubles()))));
    return arrays;
  }

  private static Object weights(Path file) {
    return numbers(network().withWeights(file));
  }

  private static Object resumed(Path file) {
    return numbers(Training.of(network()).epochs(2).resume(file).run().model());
  }

  private static Object numbers(Model model) {
    Map<String, String> weights = new LinkedHashMap<>();
    model.spec().weights().forEach(weight -> weights.put(weight.path(), Arrays.toString(model.weight(weight.path()).toDoubles())));
    return weights;
  }

  private static Object idx(Path file) {
    return table(source("idx", Map.of("x", file.getFileName().toString())));
  }

  private static Object csv(Path file) {
    return table(source("csv", Map.of(), file.getFileName().toString()));
  }

  private static Object json(Path file) {
    return table(source("jsonl", Map.of("x", "x", "y", "y.z"), file.getFileName().toString()));
  }

  private static Object npy(Path file) {
    return table(source("npy", Map.of("x", file.getFileName().toString())));
  }

  private static Object streamed(Path file) {
    Column column = Sources.data(FOLDER, Map.of("train", source("npy", Map.of("x", file.getFileName().toString(), "stream", true))), System.err, "x").table("train").column("x");
    return IntStream.range(0, column.rows()).mapToObj(row -> column.get(row, 0)).toList();
  }

  private static Object cifar(Path file) {
    return table(source("cifar100", Map.of(), "test"));
  }

  private static Object wav(Path file) {
    return table(source("wav", Map.of("length", 12, "rate", 8000), "w"));
  }

  private static Object texts(Path file) {
    return table(source("texts", Map.of("length", 12), "t"));
  }

  private static Object image(Path file) {
    return table(source("images", Map.of("resize", 4), "p"));
  }

  private static Object table(Source source) {
    Map<String, String> columns = new LinkedHashMap<>();
    var silent = new PrintStream(OutputStream.nullOutputStream());
    for (Column column : Sources.data(new Folder(FOLDER, FOLDER, silent), Map.of("train", source), "x", "y").table("train").columns()) {
      columns.put(column.toString(), Arrays.toString(values(column)));
    }
    return columns;
  }

  // ---- mutants

  private static byte[] mutant(byte[] valid, Random random) {
    byte[] bytes = valid;
    for (int i = 1 + random.nextInt(3) / 2; i > 0; i--) {
      bytes = mutated(bytes, random);
    }
    return bytes;
  }

  private static byte[] mutated(byte[] valid, Random random) {
    if (valid.length == 0) {
      return noise(1 + random.nextInt(40), random);
    }
    int at = random.nextInt(valid.length + 1);
    int count = 1 + random.nextInt(random.nextBoolean() ? 4 : 40);
    int end = Math.min(valid.length, at + count);
    byte[] middle = Arrays.copyOfRange(valid, at, end);
    return switch (random.nextInt(8)) {
      case 0 -> Arrays.copyOf(valid, at);
      case 1 -> joined(Arrays.copyOf(valid, at), noise(count, random), Arrays.copyOfRange(valid, at, valid.length));
      case 2 -> joined(Arrays.copyOf(valid, at), new byte[0], Arrays.copyOfRange(valid, end, valid.length));
      case 3 -> joined(Arrays.copyOf(valid, end), middle, Arrays.copyOfRange(valid, end, valid.length));
      case 4 -> joined(Arrays.copyOf(valid, at), noise(end - at, random), Arrays.copyOfRange(valid, end, valid.length));
      case 5 -> number(valid, random);
      default -> {
        byte[] changed = valid.clone();
        changed[Math.min(at, valid.length - 1)] ^= (byte) (random.nextBoolean() ? 1 << random.nextInt(8) : 1 + random.nextInt(255));
        yield changed;
      }
    };
  }

  /** A size, offset or count as it should not be. */
  private static byte[] number(byte[] valid, Random random) {
    byte[] changed = valid.clone();
    int width = List.of(2, 4, 8).get(random.nextInt(3));
    long value = List.of(0L, -1L, (long) Integer.MAX_VALUE, 1L << 31, Long.MAX_VALUE, 1L << 40, (long) random.nextInt(1 << 20)).get(random.nextInt(7));
    var number = ByteBuffer.allocate(8).order(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    int at = random.nextInt(Math.max(1, valid.length - width));
    System.arraycopy(number, random.nextInt(9 - width), changed, at, Math.min(width, valid.length - at));
    return changed;
  }

  private static byte[] noise(int count, Random random) {
    byte[] noise = new byte[count];
    random.nextBytes(noise);
    return noise;
  }

  private static byte[] joined(byte[] a, byte[] b, byte[] c) {
    return bytes(out -> {
      out.write(a);
      out.write(b);
      out.write(c);
    });
  }

  private static Object read(Format format, byte[] bytes) {
    Path file = FOLDER.resolve(format.name);
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
      try {
        return format.reader.read(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void check(Format format, long seed) {
    Object expected = EXPECTED.computeIfAbsent(format.name, name -> read(format, format.valid));
    byte[] mutant = mutant(format.valid, new Random(seed));
    long before = THREADS.getCurrentThreadAllocatedBytes();
    Object read = null;
    try {
      read = read(format, mutant);
    } catch (Fault fault) {
      assertThat(fault.getMessage()).describedAs(format.name + " " + seed).startsWith(FOLDER.resolve(Path.of(format.name).getName(0)).toString());
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(format.name + " " + seed + ": " + e, e);
    }
    long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat(taken).describedAs(format.name + " " + seed).isLessThan((8L << 20) + (long) format.most * mutant.length);
    if (format.summed && read != null) {
      assertThat(read).describedAs(format.name + " " + seed).isEqualTo(expected);
    }
  }

  @Property(tries = 4000, seed = "17", edgeCases = EdgeCasesMode.NONE)
  void noMutantGivesOtherNumbersOrFails(@ForAll long seed) {
    check(FORMATS.get((int) Math.floorMod(seed, (long) FORMATS.size())), seed);
  }

  /** As above, many more, by a process with little memory. */
  @Tag("slow")
  @Test
  void littleMemoryIsEnough() throws IOException, InterruptedException {
    var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC", "-Djava.awt.headless=true",
        "-cp", System.getProperty("java.class.path"), Many.class.getName(), Integer.toString(MANY)).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains("read " + MANY);
  }

  static final class Many {
    private Many() {}

    /** The number of mutants is the argument, the number of the first may be another. */
    public static void main(String[] arguments) {
      int count = Integer.parseInt(arguments[0]);
      long first = arguments.length > 1 ? Long.parseLong(arguments[1]) : 0;
      for (int i = 0; i < count; i++) {
        check(FORMATS.get(i % FORMATS.size()), 0x9e3779b97f4a7c15L * (first + i + 1));
      }
      System.out.println("read " + count);
    }
  }
}
