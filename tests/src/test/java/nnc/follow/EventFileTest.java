package nnc.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import javax.imageio.ImageIO;
import nnc.Said;
import nnc.draw.Raster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/**
 * Files of events; oracle: a reader of their own, by the documents of their format: frames of TFRecord, checksums by the polynomial of CRC-32C bit by bit, fields of
 * Protocol Buffers.
 */
@ResourceLock(Resources.SYSTEM_OUT)
class EventFileTest {
  @TempDir
  Path folder;

  /** A message's fields by number: {@code Long}, {@code Double}, {@code Float} or {@code byte[]}, in turn. */
  private record Fields(Map<Integer, List<Object>> all) {
    static Fields of(byte[] bytes) {
      var all = new TreeMap<Integer, List<Object>>();
      var in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      while (in.hasRemaining()) {
        long tag = varint(in);
        Object value = switch ((int) (tag & 7)) {
          case 0 -> varint(in);
          case 1 -> in.getDouble();
          case 5 -> in.getFloat();
          case 2 -> {
            var content = new byte[(int) varint(in)];
            in.get(content);
            yield content;
          }
          default -> throw new AssertionError("wire type " + (tag & 7));
        };
        all.computeIfAbsent((int) (tag >>> 3), _ -> new ArrayList<>()).add(value);
      }
      return new Fields(all);
    }

    private static long varint(ByteBuffer in) {
      long value = 0;
      for (int shift = 0;; shift += 7) {
        byte next = in.get();
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          return value;
        }
      }
    }

    Object one(int number) {
      assertThat(all).containsKey(number);
      assertThat(all.get(number)).hasSize(1);
      return all.get(number).getFirst();
    }

    Fields inner(int number) {
      return of((byte[]) one(number));
    }

    String text(int number) {
      return new String((byte[]) one(number), StandardCharsets.UTF_8);
    }

    double[] packed(int number) {
      var in = ByteBuffer.wrap((byte[]) one(number)).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer();
      var values = new double[in.remaining()];
      in.get(values);
      return values;
    }
  }

  /** The polynomial 0x1EDC6F41, its bits reversed; then the mask of TensorFlow's records. */
  private static int maskedChecksum(byte[] bytes) {
    int crc = ~0;
    for (byte b : bytes) {
      crc ^= b & 0xff;
      for (int i = 0; i < 8; i++) {
        crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
      }
    }
    crc = ~crc;
    return (crc >>> 15 | crc << 17) + 0xa282ead8;
  }

  private static List<Fields> events(Path folder) throws IOException {
    var events = new ArrayList<Fields>();
    try (var files = Files.list(folder)) {
      var file = files.toList();
      assertThat(file).hasSize(1);
      assertThat(file.getFirst().getFileName().toString()).contains("tfevents");
      var in = ByteBuffer.wrap(Files.readAllBytes(file.getFirst())).order(ByteOrder.LITTLE_ENDIAN);
      while (in.hasRemaining()) {
        var length = new byte[8];
        in.get(length);
        assertThat(in.getInt()).isEqualTo(maskedChecksum(length));
        var content = new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
        in.get(content);
        assertThat(in.getInt()).isEqualTo(maskedChecksum(content));
        events.add(Fields.of(content));
      }
    }
    assertThat(events.getFirst().text(3)).isEqualTo("brain.Event:2");
    assertThat((Double) events.getFirst().one(1)).isCloseTo(System.currentTimeMillis() / 1e3, within(3600.0));
    return events.subList(1, events.size());
  }

  private static Fields value(Fields event) {
    return event.inner(5).inner(1);
  }

  /** The check value of CRC-32C that its standards give. */
  @Test
  void theReaderHasTheRightChecksum() {
    int plain = maskedChecksum("123456789".getBytes(StandardCharsets.US_ASCII)) - 0xa282ead8;
    assertThat(plain << 15 | plain >>> 17).isEqualTo(0xe3069283);
  }

  @Test
  void scalarsHistogramsAndImagesAreReadBack() throws Exception {
    var values = new Random(1).doubles(1000, -2, 3).toArray();
    var pixels = new Raster(7, 5, (x, y) -> x << 16 | y).png();
    try (var file = new EventFile(folder.resolve("run"))) {
      file.scalar("loss", 300, 0.125);
      file.histogram("weights/dense.W", 301, values);
      file.histogram("same", 302, new double[] {4, 4, Double.NaN});
      file.image("filters", 303, pixels);
    }
    var events = events(folder.resolve("run"));
    assertThat(events).hasSize(4);
    assertThat(events.getFirst().one(2)).isEqualTo(300L);
    assertThat(value(events.getFirst()).text(1)).isEqualTo("loss");
    assertThat(value(events.getFirst()).one(2)).isEqualTo(0.125f);
    var histogram = value(events.get(1)).inner(5);
    assertThat((Double) histogram.one(1)).isEqualTo(DoubleStream.of(values).min().orElseThrow());
    assertThat((Double) histogram.one(2)).isEqualTo(DoubleStream.of(values).max().orElseThrow());
    assertThat(histogram.one(3)).isEqualTo(1000.0);
    assertThat((Double) histogram.one(4)).isCloseTo(DoubleStream.of(values).sum(), within(1e-9));
    var limits = histogram.packed(6);
    var counts = histogram.packed(7);
    assertThat(counts).hasSameSizeAs(limits);
    for (int i = 0; i < limits.length; i++) {
      double from = i == 0 ? Double.NEGATIVE_INFINITY : limits[i - 1];
      double to = limits[i];
      assertThat(counts[i]).isEqualTo((double) DoubleStream.of(values).filter(value -> value > from && value <= to).count());
    }
    assertThat(DoubleStream.of(value(events.get(2)).inner(5).packed(7)).sum()).as("what is no number is left out").isEqualTo(2);
    var image = value(events.get(3)).inner(4);
    assertThat(List.of(image.one(1), image.one(2), image.one(3))).isEqualTo(List.of(5L, 7L, 3L));
    assertThat(ImageIO.read(new ByteArrayInputStream((byte[]) image.one(4))).getRGB(6, 4) & 0xffffff).isEqualTo(6 << 16 | 4);
  }

  @Test
  void aTrainingWritesWhatItPrints() throws Exception {
    var program = Files.writeString(folder.resolve("p.nn"), """
        input  point: float[N, 2]
        target label: float[N]
        logit = point |> dense(4, tanh) |> dense(1) |> squeeze(1)
        output probability = sigmoid(logit)
        loss   binary_cross_entropy(logit, label)
        data   { train = circle(80, seed = 1)  validate = split(train, 0.25) }
        train  { optimizer = adam(0.03)  batch = 10  epochs = 3 }
        """);
    var said = Said.byCompiler("train", program.toString(), "--json", "--out", folder.resolve("w.npz").toString(), "--tensorboard", folder.resolve("tb").toString());
    assertThat(said.code()).as(said.all()).isZero();
    var train = scalars(folder.resolve("tb/train"));
    var validation = scalars(folder.resolve("tb/validation"));
    assertThat(train.get("loss")).hasSize(3);
    assertThat(validation.get("loss")).hasSize(3);
    assertThat(train.get("step/loss")).hasSize(1);
    for (double loss : train.get("loss")) {
      assertThat(said.out()).contains("\"loss\":" + Double.toString(loss).substring(0, 6));
    }
    var tags = events(folder.resolve("tb/train")).stream().map(event -> value(event).text(1)).toList();
    assertThat(tags).contains("weights/dense.W", "weights/dense_2.b", "weights-dense.W", "examples_per_second");
  }

  private static Map<String, List<Double>> scalars(Path run) throws IOException {
    var scalars = new TreeMap<String, List<Double>>();
    for (var event : events(run)) {
      if (value(event).all().containsKey(2)) {
        scalars.computeIfAbsent(value(event).text(1), _ -> new ArrayList<>()).add((double) (float) value(event).one(2));
      }
    }
    return scalars;
  }
}
