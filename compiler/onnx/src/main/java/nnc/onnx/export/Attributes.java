package nnc.onnx.export;

import com.google.protobuf.ByteString;
import java.util.List;
import nnc.onnx.message.AttributeProto;
import nnc.onnx.message.GraphProto;

/** What is known of a node before it runs, as messages. */
final class Attributes {
  /** Which field of the message holds the value. */
  private static final int FLOAT = 1, INT = 2, TEXT = 3, GRAPH = 5, INTS = 7;

  private Attributes() {}

  static AttributeProto of(String name, int value) {
    return AttributeProto.newBuilder().setName(name).setType(INT).setI(value).build();
  }

  static AttributeProto of(String name, double value) {
    return AttributeProto.newBuilder().setName(name).setType(FLOAT).setF((float) value).build();
  }

  static AttributeProto of(String name, String value) {
    return AttributeProto.newBuilder().setName(name).setType(TEXT).setS(ByteString.copyFromUtf8(value)).build();
  }

  static AttributeProto of(String name, GraphProto value) {
    return AttributeProto.newBuilder().setName(name).setType(GRAPH).setG(value).build();
  }

  static AttributeProto of(String name, List<Integer> values) {
    return AttributeProto.newBuilder().setName(name).setType(INTS).addAllInts(values.stream().map(Integer::longValue).toList()).build();
  }
}
