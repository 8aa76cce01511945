package nnc.benchmarks;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** An array in row-major order; {@code shape} has a size an axis. */
record Array(float[] values, long... shape) {

  /** Of labels, a row of zeros and a one for each: the shape has another axis of so many classes. */
  Array oneHot(int classes) {
    var rows = new float[values.length * classes];
    for (int i = 0; i < values.length; i++) {
      rows[i * classes + (int) values[i]] = 1;
    }
    var longer = Arrays.copyOf(shape, shape.length + 1);
    longer[shape.length] = classes;
    return new Array(rows, longer);
  }

  /** Writes arrays by name, for the processes of a comparison to start from the same numbers. */
  static void write(Path file, Map<String, Array> arrays) throws IOException {
    try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
      out.writeInt(arrays.size());
      for (var entry : arrays.entrySet()) {
        out.writeUTF(entry.getKey());
        out.writeInt(entry.getValue().shape().length);
        for (var size : entry.getValue().shape()) {
          out.writeLong(size);
        }
        var bytes = ByteBuffer.allocate(4 * entry.getValue().values().length);
        bytes.asFloatBuffer().put(entry.getValue().values());
        out.writeInt(entry.getValue().values().length);
        out.write(bytes.array());
      }
    }
  }

  /** The arrays that are a network's weights, by path. */
  static Map<String, Array> weights(Map<String, Array> arrays) {
    var weights = new LinkedHashMap<String, Array>();
    arrays.forEach((name, array) -> {
      if (name.startsWith(WEIGHT)) {
        weights.put(name.substring(WEIGHT.length()), array);
      }
    });
    return weights;
  }

  /** What the names of weights begin with. */
  static final String WEIGHT = "w:";

  /** Reads what {@link #write} has written. */
  static Map<String, Array> read(Path file) throws IOException {
    var arrays = new LinkedHashMap<String, Array>();
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      for (int count = in.readInt(); count > 0; count--) {
        var name = in.readUTF();
        var shape = new long[in.readInt()];
        for (int i = 0; i < shape.length; i++) {
          shape[i] = in.readLong();
        }
        var values = new float[in.readInt()];
        ByteBuffer.wrap(in.readNBytes(4 * values.length)).asFloatBuffer().get(values);
        arrays.put(name, new Array(values, shape));
      }
    }
    return arrays;
  }
}
