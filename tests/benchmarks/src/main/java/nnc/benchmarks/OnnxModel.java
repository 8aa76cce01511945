package nnc.benchmarks;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Writes a network as an ONNX model: the few fields of onnx.proto3 that a chain of standard operators needs, in protobuf's wire format.
 */
final class OnnxModel {
  private final ByteArrayOutputStream graph = new ByteArrayOutputStream();
  private int made;

  private static void varint(ByteArrayOutputStream out, long value) {
    while ((value & ~0x7fL) != 0) {
      out.write((int) (value & 0x7f | 0x80));
      value >>>= 7;
    }
    out.write((int) value);
  }

  private static void number(ByteArrayOutputStream out, int field, long value) {
    varint(out, (long) field << 3);
    varint(out, value);
  }

  private static void bytes(ByteArrayOutputStream out, int field, byte[] value) {
    varint(out, (long) field << 3 | 2);
    varint(out, value.length);
    out.writeBytes(value);
  }

  private static void text(ByteArrayOutputStream out, int field, String value) {
    bytes(out, field, value.getBytes(StandardCharsets.UTF_8));
  }

  /** A constant tensor. */
  String constant(String name, Array array) {
    var tensor = new ByteArrayOutputStream();
    for (var size : array.shape()) {
      number(tensor, 1, size);
    }
    number(tensor, 2, 1);
    text(tensor, 8, name);
    var raw = ByteBuffer.allocate(4 * array.values().length).order(ByteOrder.LITTLE_ENDIAN);
    for (var value : array.values()) {
      raw.putFloat(value);
    }
    bytes(tensor, 9, raw.array());
    bytes(graph, 5, tensor.toByteArray());
    return name;
  }

  /** An operator; attributes are {@code Long}, {@code Float} or {@code long[]}. Gives the name of its first output. */
  String node(String operator, Map<String, Object> attributes, String... inputs) {
    var node = new ByteArrayOutputStream();
    for (var input : inputs) {
      text(node, 1, input);
    }
    var output = "v" + made++;
    text(node, 2, output);
    text(node, 4, operator);
    attributes.forEach((name, value) -> bytes(node, 5, attribute(name, value)));
    bytes(graph, 1, node.toByteArray());
    return output;
  }

  private static byte[] attribute(String name, Object value) {
    var attribute = new ByteArrayOutputStream();
    text(attribute, 1, name);
    switch (value) {
      case Long number -> {
        number(attribute, 3, number);
        number(attribute, 20, 2);
      }
      case Float number -> {
        varint(attribute, 2 << 3 | 5);
        attribute.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(number).array());
        number(attribute, 20, 1);
      }
      case long[] numbers -> {
        for (var number : numbers) {
          number(attribute, 8, number);
        }
        number(attribute, 20, 7);
      }
      default -> throw new IllegalArgumentException(name + ": " + value);
    }
    return attribute.toByteArray();
  }

  /** The model with one input {@code x} and one output. */
  byte[] finish(long[] inputShape, String output, long[] outputShape) {
    text(graph, 2, "network");
    bytes(graph, 11, value("x", inputShape));
    bytes(graph, 12, value(output, outputShape));
    var opset = new ByteArrayOutputStream();
    number(opset, 2, 17);
    var model = new ByteArrayOutputStream();
    number(model, 1, 8);
    bytes(model, 7, graph.toByteArray());
    bytes(model, 8, opset.toByteArray());
    return model.toByteArray();
  }

  private static byte[] value(String name, long[] shape) {
    var dims = new ByteArrayOutputStream();
    for (var size : shape) {
      var dim = new ByteArrayOutputStream();
      number(dim, 1, size);
      bytes(dims, 1, dim.toByteArray());
    }
    var tensor = new ByteArrayOutputStream();
    number(tensor, 1, 1);
    bytes(tensor, 2, dims.toByteArray());
    var type = new ByteArrayOutputStream();
    bytes(type, 1, tensor.toByteArray());
    var value = new ByteArrayOutputStream();
    text(value, 1, name);
    bytes(value, 2, type.toByteArray());
    return value.toByteArray();
  }
}
