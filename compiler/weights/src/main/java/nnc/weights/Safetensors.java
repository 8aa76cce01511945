package nnc.weights;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.AtomicFile;

/** Files of named arrays as Hugging Face keeps them: eight bytes with the header's length, the header, the arrays' bytes, little-endian. */
final class Safetensors {
  private static final int LENGTH = 8, CHUNK = 1 << 16;

  /** Those who wrote the format read no longer headers. */
  private static final long LONGEST_HEADER = 100_000_000;

  private Safetensors() {}

  /**
   * All arrays by name, in the header's order.
   *
   * @throws Fault if it cannot be read, or is no such file, or is damaged
   */
  static Map<String, Tensor> read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new Fault(file + ": no such file");
    }
    try (var channel = FileChannel.open(file)) {
      long size = channel.size();
      long length = size < LENGTH ? -1 : bytes(channel, 0, LENGTH, file).getLong();
      if (length < 2 || length > size - LENGTH || length > LONGEST_HEADER) {
        throw new Fault(file + ": is no safetensors file, or not wholly there: " + (length < 0 ? size + " bytes are no header"
            : "its header would have " + Long.toUnsignedString(length) + " bytes, and the file has " + size), "");
      }
      var text = StandardCharsets.UTF_8.newDecoder().decode(bytes(channel, LENGTH, (int) length, file)).toString();
      long begin = LENGTH + length;
      var header = SafetensorsHeader.read(text, size - begin, file.toString());
      var arrays = new LinkedHashMap<String, Tensor>();
      for (var array : header.arrays().entrySet()) {
        arrays.put(array.getKey(), tensor(channel, begin, array.getValue(), file));
      }
      return arrays;
    } catch (CharacterCodingException e) {
      throw new Fault(file + ": the header is no UTF-8 text", "it is damaged, or no safetensors file", e);
    } catch (IOException e) {
      throw new Fault(file + ": cannot be read: " + e.getMessage(), "", e);
    }
  }

  private static ByteBuffer bytes(FileChannel channel, long from, int count, Path file) throws IOException {
    var buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    fill(channel, from, buffer, file);
    return buffer;
  }

  private static void fill(FileChannel channel, long from, ByteBuffer buffer, Path file) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position()) < 0) {
        throw new Fault(file + ": ends while it is read");
      }
    }
    buffer.flip();
  }

  private static Tensor tensor(FileChannel channel, long begin, SafetensorsHeader.Entry entry, Path file) throws IOException {
    int count = (int) (entry.bytes() / entry.type().bytes());
    var data = entry.type().allocate(count);
    var chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    int most = CHUNK / entry.type().bytes();
    for (int at = 0; at < count; at += most) {
      int part = Math.min(most, count - at);
      chunk.clear().limit(part * entry.type().bytes());
      fill(channel, begin + entry.begin() + (long) at * entry.type().bytes(), chunk, file);
      entry.type().read(chunk, data, at, part);
    }
    return new Tensor(entry.shape(), data);
  }

  /** Writes arrays by name; the file is wholly written or left as it was. */
  static void write(Path file, Map<String, Tensor> arrays) {
    var header = new LinkedHashMap<String, Object>();
    long end = 0;
    for (var array : arrays.entrySet()) {
      var tensor = array.getValue();
      long from = end;
      end += (long) tensor.size() * stored(tensor).bytes();
      header.put(array.getKey(), Map.of("dtype", stored(tensor).name(), "shape", tensor.shape(), "data_offsets", List.of(from, end)));
    }
    var text = new StringBuilder(new Gson().toJson(header));
    // arrays begin at a multiple of eight bytes
    while (text.toString().getBytes(StandardCharsets.UTF_8).length % LENGTH != 0) {
      text.append(' ');
    }
    var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> {
      out.write(ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN).putLong(bytes.length).array());
      out.write(bytes);
      for (var tensor : arrays.values()) {
        write(tensor, out);
      }
    });
  }

  private static StoredType stored(Tensor tensor) {
    return switch (tensor.kind()) {
      case "float64" -> StoredType.F64;
      case "float32" -> StoredType.F32;
      case "int64" -> StoredType.I64;
      case "int32" -> StoredType.I32;
      case "int16" -> StoredType.I16;
      case "int8" -> StoredType.I8;
      case "uint8" -> StoredType.U8;
      case "bool" -> StoredType.BOOL;
      default -> throw new Fault("arrays of " + tensor.kind() + " are no weights");
    };
  }

  private static void write(Tensor tensor, OutputStream out) throws IOException {
    var type = stored(tensor);
    var chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < tensor.size(); i++) {
      switch (type) {
        case F64 -> chunk.putDouble(tensor.get(i));
        case F32 -> chunk.putFloat((float) tensor.get(i));
        case I64 -> chunk.putLong(((long[]) tensor.data())[i]);
        case I32 -> chunk.putInt((int) tensor.get(i));
        case I16 -> chunk.putShort((short) tensor.get(i));
        case I8, U8, BOOL -> chunk.put((byte) tensor.get(i));
        case F16, BF16 -> throw new IllegalStateException("nothing is held as " + type);
      }
      if (chunk.remaining() < Double.BYTES) {
        out.write(chunk.array(), 0, chunk.position());
        chunk.clear();
      }
    }
    out.write(chunk.array(), 0, chunk.position());
  }

  /**
   * The arrays of several files, of which an index ({@code model.safetensors.index.json}) says which is in which.
   *
   * @throws Fault if it is no index, or a file is not there or lacks an array, or is outside the index's folder
   */
  static Map<String, Tensor> readShards(Path index) {
    var places = ShardIndex.read(index);
    var arrays = new LinkedHashMap<String, Tensor>();
    var files = new LinkedHashMap<String, List<String>>();
    places.forEach((name, file) -> files.computeIfAbsent(file, _ -> new ArrayList<>()).add(name));
    files.forEach((file, names) -> {
      var read = read(index.toAbsolutePath().resolveSibling(file));
      for (var name : names) {
        if (!read.containsKey(name)) {
          throw new Fault(index + ": " + file + " has no array " + name + ", which should be there");
        }
        arrays.put(name, read.get(name));
      }
    });
    return arrays;
  }
}
