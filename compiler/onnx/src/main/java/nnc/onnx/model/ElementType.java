package nnc.onnx.model;

import nnc.graph.Kind;
import nnc.runtime.base.Fault;

/** What ONNX's arrays are made of, with the number that files have for it. */
public enum ElementType {
  FLOAT(1, 4), UINT8(2, 1), INT8(3, 1), UINT16(4, 2), INT16(5, 2), INT32(6, 4), INT64(7, 8), STRING(8, 0), BOOL(9, 1), FLOAT16(10, 2), DOUBLE(11, 8),
  UINT32(12, 4), UINT64(13, 8), COMPLEX64(14, 8), COMPLEX128(15, 16), BFLOAT16(16, 2);

  private final int code;
  private final int bytes;

  ElementType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** The type of a number in a file; {@code where} is what has it. */
  public static ElementType of(int code, String where) {
    for (var type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new Fault(where + ": there is no element type " + code, "float, float16, bfloat16, double, whole numbers of 8 to 64 bits and bool are read");
  }

  /** The number that a file has for it. */
  public int code() {
    return code;
  }

  /** Bytes of an element where they stand one behind the other; 0 of texts. */
  public int bytes() {
    return bytes;
  }

  /** What the language holds it as; of texts and complex numbers there is nothing. */
  public Kind kind() {
    return switch (this) {
      case FLOAT, FLOAT16, BFLOAT16, DOUBLE -> Kind.FLOAT;
      case UINT8, INT8, UINT16, INT16, INT32, INT64, UINT32, UINT64 -> Kind.INT;
      case BOOL -> Kind.BOOL;
      case STRING, COMPLEX64, COMPLEX128 -> throw new Fault("arrays of " + this + " are not in the language", "");
    };
  }

  /** Whether it is a number or a truth value of the language. */
  public boolean isOffered() {
    return this != STRING && this != COMPLEX64 && this != COMPLEX128;
  }

  /** Whether numbers have a fraction. */
  public boolean isFloat() {
    return isOffered() && kind() == Kind.FLOAT;
  }

  /** Whether it is a fraction of 16 bits. */
  public boolean isShort() {
    return this == FLOAT16 || this == BFLOAT16;
  }

  /** Whether it is a whole number without a sign. */
  public boolean isUnsigned() {
    return this == UINT8 || this == UINT16 || this == UINT32 || this == UINT64;
  }

  /** The least whole number of the type. */
  public double least() {
    return isUnsigned() || this == BOOL ? 0 : -Math.scalb(1.0, 8 * bytes - 1);
  }

  /** The largest whole number of the type, as a double has it. */
  public double largest() {
    return this == BOOL ? 1 : Math.scalb(1.0, isUnsigned() ? 8 * bytes : 8 * bytes - 1) - 1;
  }

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
