package nnc.runtime.server;

import nnc.runtime.spec.ModelSpec.ElementKind;

/** What elements of a tensor are in the protocol, with the bytes that each takes in binary data, lowest first; texts have lengths of their own. */
enum Datatype {
  BOOL(1), UINT8(1), UINT16(2), UINT32(4), UINT64(8), INT8(1), INT16(2), INT32(4), INT64(8), FP16(2), FP32(4), FP64(8), BYTES(0);

  private final int bytes;

  Datatype(int bytes) {
    this.bytes = bytes;
  }

  int bytes() {
    return bytes;
  }

  boolean isFloat() {
    return this == FP16 || this == FP32 || this == FP64;
  }

  /** Of a name, as requests write it; null if there is none. */
  static Datatype named(String name) {
    for (Datatype type : values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return null;
  }

  /** What a network's own elements are. */
  static Datatype of(ElementKind kind, int precision) {
    return switch (kind) {
      case FLOAT -> precision == 64 ? FP64 : FP32;
      case INT -> INT32;
      case BOOL -> BOOL;
    };
  }
}
