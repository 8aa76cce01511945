package nnc.follow;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * A message of Protocol Buffers, by its fields' numbers, and its frame in files of records as TensorFlow has them: length, checksum of the length, content,
 * checksum of the content.
 */
final class EventRecord {
  private static final int VARINT = 0, FIXED64 = 1, LENGTH = 2, FIXED32 = 5;
  /** By which checksums are changed, so that one of data that hold checksums is none of theirs. */
  private static final int MASK = 0xa282ead8;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private EventRecord tag(int field, int kind) {
    varint((long) field << 3 | kind);
    return this;
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }

  EventRecord whole(int field, long value) {
    tag(field, VARINT).varint(value);
    return this;
  }

  EventRecord number(int field, double value) {
    tag(field, FIXED64).bytes.writeBytes(little(8).putDouble(value).array());
    return this;
  }

  EventRecord single(int field, float value) {
    tag(field, FIXED32).bytes.writeBytes(little(4).putFloat(value).array());
    return this;
  }

  EventRecord bytes(int field, byte[] content) {
    tag(field, LENGTH).varint(content.length);
    bytes.writeBytes(content);
    return this;
  }

  EventRecord text(int field, String text) {
    return bytes(field, text.getBytes(StandardCharsets.UTF_8));
  }

  EventRecord message(int field, EventRecord inner) {
    return bytes(field, inner.bytes.toByteArray());
  }

  /** Numbers of a repeated field, packed. */
  EventRecord numbers(int field, double[] values) {
    var packed = little(8 * values.length);
    for (double value : values) {
      packed.putDouble(value);
    }
    return bytes(field, packed.array());
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** In its frame. */
  byte[] framed() {
    var content = bytes.toByteArray();
    var length = little(8).putLong(content.length).array();
    return little(16 + content.length).put(length).putInt(checksum(length)).put(content).putInt(checksum(content)).array();
  }

  private static int checksum(byte[] content) {
    var sum = new CRC32C();
    sum.update(content);
    int crc = (int) sum.getValue();
    return (crc >>> 15 | crc << 17) + MASK;
  }
}
