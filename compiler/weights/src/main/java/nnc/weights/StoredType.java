package nnc.weights;

import java.nio.ByteBuffer;
import nnc.runtime.base.Fault;

/** Element types of safetensors, and what they are read as: what has a fraction as floats, {@code F64} as doubles, whole numbers as {@code int} or {@code long}. */
enum StoredType {
  F64(8), F32(4), F16(2), BF16(2), I64(8), I32(4), I16(2), I8(1), U8(1), BOOL(1);

  private final int bytes;

  StoredType(int bytes) {
    this.bytes = bytes;
  }

  /** Of an element. */
  int bytes() {
    return bytes;
  }

  static StoredType of(String name, String label) {
    for (var type : values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    throw new Fault(label + ": has elements of " + name + ", which are not read", "F64, F32, F16, BF16, I64, I32, I16, I8, U8 and BOOL are");
  }

  /** How elements of this type are held. */
  Object allocate(int count) {
    return switch (this) {
      case F64 -> new double[count];
      case F32, F16, BF16 -> new float[count];
      case I64 -> new long[count];
      case I32, I16, I8, U8 -> new int[count];
      case BOOL -> new boolean[count];
    };
  }

  /** Reads so many elements. */
  void read(ByteBuffer from, Object to, int at, int count) {
    for (int i = at; i < at + count; i++) {
      switch (this) {
        case F64 -> ((double[]) to)[i] = from.getDouble();
        case F32 -> ((float[]) to)[i] = from.getFloat();
        case F16 -> ((float[]) to)[i] = Float.float16ToFloat(from.getShort());
        case BF16 -> ((float[]) to)[i] = Float.intBitsToFloat(from.getShort() << 16);
        case I64 -> ((long[]) to)[i] = from.getLong();
        case I32 -> ((int[]) to)[i] = from.getInt();
        case I16 -> ((int[]) to)[i] = from.getShort();
        case I8 -> ((int[]) to)[i] = from.get();
        case U8 -> ((int[]) to)[i] = from.get() & 0xff;
        case BOOL -> ((boolean[]) to)[i] = from.get() != 0;
      }
    }
  }
}
