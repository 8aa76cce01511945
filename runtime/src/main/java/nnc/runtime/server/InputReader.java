package nnc.runtime.server;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Names;
import nnc.runtime.base.Tensor;
import nnc.runtime.data.Categories;
import nnc.runtime.engine.WholeNumbers;
import nnc.runtime.files.HalfFloat;
import nnc.runtime.server.Signature.Incoming;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.Polynomials;
import nnc.runtime.spec.Vocabulary;

/**
 * Reads the elements of an input, from JSON or from binary data, into an array of the kind that the network has: {@code float[]} or {@code double[]}, {@code int[]} for
 * whole numbers, truth values and classes. Each element is checked on its way, so that arrays of several requests may be joined.
 */
final class InputReader {
  private final Incoming input;
  private final int[] shape;
  private final Datatype type;
  private final Vocabulary vocabulary;
  private final int size;
  private final float[] floats;
  private final double[] doubles;
  private final int[] ints;
  private final Map<String, Integer> places;
  private int filled;

  /**
   * @param shape as the request tells it
   * @param type  of what is sent
   * @param most  bytes that the request has: there are no more elements than that
   */
  InputReader(Incoming input, int[] shape, Datatype type, Vocabulary vocabulary, long most) {
    this.input = input;
    this.shape = shape;
    this.type = type;
    this.vocabulary = vocabulary;
    long elements = 1;
    for (int axis : shape) {
      elements = axis == 0 ? 0 : elements > most ? Long.MAX_VALUE : elements * axis;
    }
    if (elements > most) {
      throw refused("has " + (elements == Long.MAX_VALUE ? "more" : elements) + " elements by its shape, and the request has " + most + " bytes");
    }
    size = (int) elements;
    ElementKind kind = input.feed().kind();
    if (kind == ElementKind.FLOAT && type == Datatype.BYTES || kind != ElementKind.FLOAT && type == Datatype.BYTES && input.type() != Datatype.BYTES) {
      throw refused("is fed by numbers, not by BYTES");
    }
    floats = kind == ElementKind.FLOAT && input.type() == Datatype.FP32 ? new float[size] : null;
    doubles = kind == ElementKind.FLOAT && input.type() == Datatype.FP64 ? new double[size] : null;
    ints = kind == ElementKind.FLOAT ? null : new int[size];
    places = type == Datatype.BYTES ? vocabulary.places(input.feed()) : null;
  }

  private Refusal refused(String why) {
    return Refusal.bad("input " + input.name() + ": " + why);
  }

  // ---- JSON

  /** The tensor of a list of elements: one after the other, or in lists as the shape has axes. */
  Tensor read(RequestText text) {
    if (shape.length == 0 && text.peek() != '[') {
      element(text);
    } else {
      text.begin('[');
      boolean nested = text.peek() == '[';
      for (boolean first = true; text.hasNext(']', first); first = false) {
        if (nested) {
          list(text, 1);
        } else {
          element(text);
        }
      }
    }
    return done();
  }

  private void list(RequestText text, int axis) {
    if (axis >= shape.length) {
      throw text.wrong("input " + input.name() + " has more lists in each other than its shape has axes");
    }
    text.begin('[');
    int count = 0;
    for (boolean first = true; text.hasNext(']', first); first = false) {
      if (axis == shape.length - 1) {
        element(text);
      } else {
        list(text, axis + 1);
      }
      count++;
    }
    if (count != shape[axis]) {
      throw text.wrong("input " + input.name() + " has a list of " + count + " where its shape " + Arrays.toString(shape) + " has " + shape[axis]);
    }
  }

  private void element(RequestText text) {
    if (filled == size) {
      throw text.wrong("input " + input.name() + " has more elements than its shape " + Arrays.toString(shape));
    }
    switch (type) {
      case BYTES -> put(text.text());
      case BOOL -> put(truth(text) ? 1L : 0L);
      case FP16, FP32, FP64 -> put(text.passesWord("null") ? Double.NaN : text.number());
      case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 -> put(text.whole());
    }
  }

  private static boolean truth(RequestText text) {
    int next = text.peek();
    if (next != '0' && next != '1') {
      return text.truth();
    }
    return text.whole() == 1;
  }

  // ---- binary data

  /**
   * The tensor of binary data.
   *
   * @param count how many bytes are its
   */
  Tensor read(byte[] body, int from, int count) {
    var data = ByteBuffer.wrap(body, from, count).order(ByteOrder.LITTLE_ENDIAN);
    if (type != Datatype.BYTES && count != (long) size * type.bytes()) {
      throw refused(count + " bytes of binary data, and " + type + Arrays.toString(shape) + " has " + (long) size * type.bytes());
    }
    if (floats != null && type == Datatype.FP32) {
      data.asFloatBuffer().get(floats);
      filled = size;
      requireNumbers();
      return done();
    }
    while (filled < size) {
      next(data);
    }
    if (data.hasRemaining()) {
      throw refused(data.remaining() + " bytes of binary data more than its elements have");
    }
    return done();
  }

  private void requireNumbers() {
    if (!input.feed().column().hasGaps()) {
      for (int i = 0; i < size; i++) {
        if (Float.isNaN(floats[i])) {
          throw missing(i);
        }
      }
    }
  }

  private void next(ByteBuffer data) {
    switch (type) {
      case BOOL, UINT8 -> put(data.get() & 0xffL);
      case INT8 -> put((long) data.get());
      case UINT16 -> put(data.getShort() & 0xffffL);
      case INT16 -> put((long) data.getShort());
      case UINT32 -> put(data.getInt() & 0xffffffffL);
      case INT32 -> put((long) data.getInt());
      case INT64 -> put(data.getLong());
      case UINT64 -> put(unsigned(data.getLong()));
      case FP16 -> put((double) HalfFloat.toFloat(data.getShort()));
      case FP32 -> put((double) data.getFloat());
      case FP64 -> put(data.getDouble());
      case BYTES -> put(counted(data));
    }
  }

  private long unsigned(long value) {
    if (value < 0) {
      throw refused("element " + filled + " is beyond 63 bits");
    }
    return value;
  }

  private String counted(ByteBuffer data) {
    int length = data.remaining() < 4 ? -1 : data.getInt();
    if (length < 0 || length > data.remaining()) {
      throw refused("element " + filled + " of its binary data is cut off");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(data.slice(data.position(), length)).toString();
      data.position(data.position() + length);
      return text;
    } catch (CharacterCodingException e) {
      throw refused("element " + filled + " is not UTF-8");
    }
  }

  // ---- elements

  private void put(String text) {
    int place = Vocabulary.index(input.feed(), places, Names.composed(text));
    if (place < 0) {
      Fault unknown = Categories.unknown(text, "element " + filled, input.feed(), vocabulary);
      throw refused(unknown.getMessage());
    }
    ints[filled++] = place;
  }

  private void put(long value) {
    if (ints == null) {
      put((double) value);
      return;
    }
    String fault = WholeNumbers.fault(input.feed(), value);
    if (fault != null) {
      throw refused("element " + filled + ": " + fault);
    }
    ints[filled++] = (int) value;
  }

  private void put(double value) {
    if (ints != null) {
      String fault = WholeNumbers.fault(input.feed(), value);
      if (fault != null) {
        throw refused("element " + filled + ": " + fault);
      }
      ints[filled++] = (int) value;
      return;
    }
    if (Double.isNaN(value) && !input.feed().column().hasGaps()) {
      throw missing(filled);
    }
    if (floats != null) {
      floats[filled++] = (float) value;
    } else {
      doubles[filled++] = value;
    }
  }

  private Refusal missing(int place) {
    return refused("element " + place + " is missing (null or NaN), and the program does not declare it float?");
  }

  private Tensor done() {
    if (filled < size) {
      throw refused(filled + " elements given, its shape " + Arrays.toString(shape) + " has " + size);
    }
    return new Tensor(fitted(), floats != null ? floats : doubles != null ? doubles : ints);
  }

  /** With the axes that the network has, where axes of one element are more or fewer. */
  private int[] fitted() {
    int[] fitted = Polynomials.fitRank(input.shape(), shape);
    return fitted == null ? shape : fitted;
  }
}
