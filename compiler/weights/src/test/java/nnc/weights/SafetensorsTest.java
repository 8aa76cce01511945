package nnc.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files are what the format's description says, and what is damaged is told. */
class SafetensorsTest {
  @TempDir
  Path folder;

  private Path file(String header, byte[] data) throws Exception {
    var text = header.getBytes(StandardCharsets.UTF_8);
    var bytes = ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text).put(data).array();
    return Files.write(folder.resolve("a.safetensors"), bytes);
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private double[] read(String type, int width, ByteBuffer data) throws Exception {
    int count = data.capacity() / width;
    return Safetensors.read(file("{\"__metadata__\":{\"format\":\"pt\"},\"x\":{\"dtype\":\"" + type + "\",\"shape\":[" + count + "],\"data_offsets\":[0," + data.capacity() + "]}}", data.array()))
        .get("x").toDoubles();
  }

  @Test
  void eachTypeIsRead() throws Exception {
    assertThat(read("F64", 8, little(16).putDouble(0.1).putDouble(-1e300))).containsExactly(0.1, -1e300);
    assertThat(read("F32", 4, little(8).putFloat(0.1f).putFloat(Float.NaN))).containsExactly(0.1f, Double.NaN);
    assertThat(read("F16", 2, little(6).putShort((short) 0x3c00).putShort((short) 0xc500).putShort((short) 1))).containsExactly(1, -5, Math.scalb(1.0, -24));
    assertThat(read("BF16", 2, little(4).putShort((short) 0x3f80).putShort((short) 0xc0a0))).containsExactly(1, -5);
    assertThat(read("I64", 8, little(8).putLong(1L << 52))).containsExactly(1L << 52);
    assertThat(read("I32", 4, little(4).putInt(-7))).containsExactly(-7);
    assertThat(read("I16", 2, little(2).putShort((short) -300))).containsExactly(-300);
    assertThat(read("I8", 1, little(1).put((byte) -3))).containsExactly(-3);
    assertThat(read("U8", 1, little(1).put((byte) 200))).containsExactly(200);
    assertThat(read("BOOL", 1, little(2).put((byte) 1).put((byte) 0))).containsExactly(1, 0);
  }

  private static Map<String, Tensor> arrays(long seed) {
    var random = new Random(seed);
    var arrays = new LinkedHashMap<String, Tensor>();
    for (int i = random.nextInt(4) + 1; i > 0; i--) {
      int[] shape = random.ints(random.nextInt(4), 1, 60).toArray();
      int size = (int) Tensor.elements(shape);
      Object data = switch (random.nextInt(4)) {
        case 0 -> random.doubles(size).toArray();
        case 1 -> random.ints(size).toArray();
        case 2 -> random.longs(size).toArray();
        default -> {
          var floats = new float[size];
          for (int k = 0; k < size; k++) {
            floats[k] = random.nextFloat();
          }
          yield floats;
        }
      };
      arrays.put("layer." + i + ".\u00fc\"weight", new Tensor(shape, data));
    }
    return arrays;
  }

  @Test
  void whatIsWrittenIsRead() {
    for (long seed = 0; seed < 12; seed++) {
      var arrays = arrays(seed);
      var file = folder.resolve("w.safetensors");
      Safetensors.write(file, arrays);
      var again = Safetensors.read(file);
      assertThat(again.keySet()).containsExactlyElementsOf(arrays.keySet());
      arrays.forEach((name, tensor) -> {
        assertThat(again.get(name).shape()).isEqualTo(tensor.shape());
        assertThat(again.get(name).data()).isEqualTo(tensor.data());
      });
    }
  }

  /** Whatever becomes of a file's bytes, it is read or refused by name: never another fault, never more memory than the file has bytes. */
  @Test
  void damagedFilesAreTold() throws Exception {
    var file = folder.resolve("m.safetensors");
    Safetensors.write(file, Map.of("fc.weight", new Tensor(new int[] {3, 2}, new float[6]), "fc.bias", new Tensor(new int[] {3}, new double[3])));
    var right = Files.readAllBytes(file);
    int header = (int) ByteBuffer.wrap(right).order(ByteOrder.LITTLE_ENDIAN).getLong();
    var random = new Random(5);
    for (int i = 0; i < 2000; i++) {
      var bytes = i % 4 == 0 ? java.util.Arrays.copyOf(right, random.nextInt(right.length)) : right.clone();
      for (int k = random.nextInt(3); k >= 0 && bytes.length > 0; k--) {
        int at = random.nextInt(Math.min(bytes.length, 8 + header));
        bytes[at] = random.nextBoolean() ? (byte) "0123456789,:[]{}\"eE-".charAt(random.nextInt(20)) : (byte) random.nextInt(256);
      }
      Files.write(file, bytes);
      try {
        assertThat(Safetensors.read(file).values()).allSatisfy(tensor -> assertThat(tensor.size()).isLessThanOrEqualTo(bytes.length));
      } catch (Fault fault) {
        assertThat(fault.getMessage()).contains("m.safetensors");
      }
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | does not take the bytes",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647],\"data_offsets\":[0,4]}} | more than an array can hold",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}} | and the file has 8 bytes of arrays",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}} | inside the one before",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | two arrays are called x",
      "{\"x\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}} | F8_E4M3",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}} | more than an array can hold",
      "{\"x\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}} | are wanted", "[1] | no JSON of arrays", "{\"x\":3} | no JSON of arrays", "{} {} | no JSON of arrays"})
  void wrongHeadersAreTold(String header, String message) throws Exception {
    var file = file(header, new byte[8]);
    assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(Fault.class).hasMessageContaining(message);
  }

  @Test
  void aLengthBeyondTheFileIsToldBeforeAnythingIsAllocated() throws Exception {
    var file = Files.write(folder.resolve("b.safetensors"), little(16).putLong(Long.MAX_VALUE).putLong(1).array());
    assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(Fault.class).hasMessageContaining("not wholly there");
  }

  @Test
  void shardsAreOneFile() throws Exception {
    Safetensors.write(folder.resolve("model-1.safetensors"), Map.of("a", new Tensor(new int[] {1}, new float[] {1})));
    Safetensors.write(folder.resolve("model-2.safetensors"), Map.of("b", new Tensor(new int[] {1}, new float[] {2})));
    var index = folder.resolve("model.safetensors.index.json");
    Files.writeString(index, "{\"metadata\":{\"total_size\":8},\"weight_map\":{\"b\":\"model-2.safetensors\",\"a\":\"model-1.safetensors\"}}");
    assertThat(ArrayFiles.read(index)).containsOnlyKeys("a", "b");
    assertThat(ArrayFiles.read(folder)).containsOnlyKeys("a", "b");
    Files.writeString(index, "{\"weight_map\":{\"b\":\"../model-2.safetensors\"}}");
    assertThatThrownBy(() -> ArrayFiles.read(index)).isInstanceOf(Fault.class).hasMessageContaining("no file beside it");
    Files.writeString(index, "{\"weight_map\":{\"c\":\"model-2.safetensors\"}}");
    assertThatThrownBy(() -> ArrayFiles.read(index)).isInstanceOf(Fault.class).hasMessageContaining("has no array c");
    Files.writeString(index, "{\"weight_map\":[]}");
    assertThatThrownBy(() -> ArrayFiles.read(index)).isInstanceOf(Fault.class).hasMessageContaining("no index");
  }
}
