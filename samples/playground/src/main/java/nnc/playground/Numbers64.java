package nnc.playground;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import nnc.runtime.base.Tensor;

/** Arrays as texts for the page: Base64 of bytes, or of floats of four bytes, the lowest first. */
final class Numbers64 {
  private Numbers64() {}

  static String floats(double[] values, int count) {
    var bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putFloat((float) values[i]);
    }
    return bytes(bytes.array());
  }

  static String floats(Tensor values) {
    return floats(values.toDoubles(), values.size());
  }

  static String bytes(byte[] values) {
    return Base64.getEncoder().encodeToString(values);
  }
}
