package nnc.onnx.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import nnc.onnx.model.ElementType;
import nnc.runtime.base.Tensor;

/**
 * An array that a model holds: a weight by its path, or a constant.
 *
 * @param values in row-major order, of any element type: they are written as {@code type}
 */
public record Initialiser(String name, ElementType type, List<Long> shape, Tensor values) {
  /** Bytes that are written at a time. */
  private static final int CHUNK = 1 << 16;

  long bytes() {
    return (long) type.bytes() * values.size();
  }

  /** The elements as ONNX has them, little-endian. */
  void write(OutputStream out) throws IOException {
    var chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.size(); i++) {
      put(chunk, i);
      if (chunk.remaining() < Double.BYTES) {
        out.write(chunk.array(), 0, chunk.position());
        chunk.clear();
      }
    }
    out.write(chunk.array(), 0, chunk.position());
  }

  private void put(ByteBuffer chunk, int i) {
    switch (type) {
      case FLOAT -> chunk.putFloat(values.data() instanceof float[] floats ? floats[i] : (float) values.get(i));
      case DOUBLE -> chunk.putDouble(values.get(i));
      case INT64 -> chunk.putLong(values.data() instanceof long[] longs ? longs[i] : (long) values.get(i));
      case BOOL -> chunk.put((byte) (values.get(i) != 0 ? 1 : 0));
      default -> throw new IllegalStateException("no array is written as " + type);
    }
  }
}
