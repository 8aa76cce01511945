package nnc.runtime.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;

/** NumPy's file format of one array (versions 1 to 3): bool, 8- to 64-bit whole numbers, 16- to 64-bit floats, of either byte order. */
final class Npy {
  private Npy() {}

  private static final int CHUNK = 1 << 16;

  /** Bytes of a letter; and more of these than a text in an archive may have. */
  private static final int LETTER = 4, LONGEST = CHUNK / LETTER;

  /** The letters that each text of a type {@code U12} has at most; 0 if it is no such type. */
  private static int letters(String type) {
    if (type.length() < 2 || type.length() > 6 || type.charAt(0) != 'U') {
      return 0;
    }
    int letters = 0;
    for (int i = 1; i < type.length(); i++) {
      int digit = type.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return 0;
      }
      letters = 10 * letters + digit;
    }
    return letters <= LONGEST ? letters : 0;
  }

  /** Numbers that are compressed more than that are rare enough for their array to grow as they arrive. */
  private static final long RATIO = 16;

  /**
   * An array of which what precedes the elements has been read.
   *
   * @param in      has the elements next
   * @param label   names file and array in messages
   * @param type    NumPy's name of the element type without its byte order, or empty for records
   * @param fortran whether elements that follow each other are of a column
   * @param header  bytes that precede the elements
   */
  record Incoming(InputStream in, String label, String type, boolean bigEndian, boolean fortran, int[] shape, int header) {
    boolean isOfNumbers() {
      return width() > 0 && !isOfTexts();
    }

    /** Whether elements are texts, of as many letters as the type says. */
    boolean isOfTexts() {
      return letters(type) > 0;
    }

    /** What to say to who wants an array that is none of numbers. */
    Fault refused() {
      return type.isEmpty() ? new Fault(label + ": records are not supported, only arrays of numbers")
          : new Fault(label + ": element type " + type + " is not supported", "save it as float32, float64, int8 to int64, uint8 to uint32 or bool");
    }

    /** Bytes of an element; 0 if it is no number. */
    int width() {
      return switch (type) {
        case "b1", "i1", "u1" -> 1;
        case "i2", "u2", "f2" -> 2;
        case "i4", "u4", "f4" -> 4;
        case "i8", "f8" -> 8;
        default -> LETTER * letters(type);
      };
    }

    private int count() {
      return (int) Tensor.elements(shape);
    }

    /** {@code float32[2, 3]}. */
    @Override
    public String toString() {
      return new Tensor(new int[] {0}, allocate(type, 0), type.equals("u1")).kind() + Arrays.toString(shape);
    }
  }

  // ---- reading

  /**
   * Looks at what an array claims to hold.
   *
   * @param length bytes of header and elements
   * @throws Fault if it is something else
   */
  static void require(Incoming array, long length) {
    long count = Tensor.elements(array.shape());
    long all = count * array.width();
    if (count > Tensor.LARGEST) {
      throw new Fault(array.label() + ": of shape " + Arrays.toString(array.shape()) + ", more than one array can hold");
    } else if (length - array.header() != all) {
      long bytes = length - array.header();
      throw new Fault(array.label() + ": " + (bytes < all ? "truncated: " : "") + bytes + " of " + all + " bytes");
    }
  }

  /**
   * Reads the elements into an array of their own.
   *
   * @param present how many bytes are surely there: what is compressed may claim more
   */
  static Tensor tensor(Incoming array, long present) throws IOException {
    int count = array.count();
    Object data = allocate(array.type(), (int) Math.min(count, Math.max(CHUNK, RATIO * present) / array.width()));
    ByteBuffer chunk = chunk(array);
    for (int done = 0; done < count;) {
      int now = next(array, chunk, done);
      data = withRoom(data, done + now, count);
      convert(array.type(), chunk, data, done, now);
      done += now;
    }
    var tensor = new Tensor(array.shape(), data, array.type().equals("u1"));
    return array.fortran() && array.shape().length > 1 ? rowMajor(tensor) : tensor;
  }

  /** Reads the elements to where they belong, a {@code float[]} or {@code double[]}, from {@code at} on. */
  static void copy(Incoming array, Object memory, int at) throws IOException {
    int count = array.count();
    if (array.fortran() && array.shape().length > 1) {
      tensor(array, (long) count * array.width()).copy(0, count, memory, at);
      return;
    }
    ByteBuffer chunk = chunk(array);
    int size = chunk.capacity() / array.width();
    var part = new Tensor(new int[] {size}, allocate(array.type(), size), array.type().equals("u1"));
    for (int done = 0; done < count;) {
      int now = next(array, chunk, done);
      convert(array.type(), chunk, part.data(), 0, now);
      part.copy(0, now, memory, at + done);
      done += now;
    }
  }

  private static ByteBuffer chunk(Incoming array) {
    return ByteBuffer.allocate((int) Math.min(CHUNK, (long) array.count() * array.width()))
        .order(array.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
  }

  /** Reads the next elements behind those that are done; gives how many. */
  private static int next(Incoming array, ByteBuffer chunk, int done) throws IOException {
    int width = array.width();
    int now = Math.min(array.count() - done, chunk.capacity() / width);
    int got = array.in().readNBytes(chunk.array(), 0, now * width);
    if (got < now * width) {
      throw new Fault(array.label() + ": truncated: " + ((long) done * width + got) + " of " + (long) array.count() * width + " bytes");
    }
    return now;
  }

  /** Arrays grow as their elements arrive, up to {@code most}. */
  private static Object withRoom(Object data, int wanted, int most) {
    int size = Array.getLength(data);
    if (wanted <= size) {
      return data;
    }
    Object larger = Array.newInstance(data.getClass().getComponentType(), (int) Math.min(most, Math.max(wanted, 2L * size)));
    System.arraycopy(data, 0, larger, 0, size);
    return larger;
  }

  /** What stands for a letter that is none. */
  private static final int REPLACEMENT = 0xfffd;

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** Whether a file is an array by itself. */
  static boolean begins(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
    }
  }

  /** Reads what precedes the elements. */
  static Incoming header(InputStream in, String label) throws IOException {
    byte[] start = in.readNBytes(8);
    if (start.length < 8 || !Arrays.equals(Arrays.copyOf(start, MAGIC.length), MAGIC)) {
      throw new Fault(label + ": not a NumPy array");
    }
    int major = start[6];
    if (major < 1 || major > 3) {
      throw new Fault(label + ": NumPy format version " + major + " is not known");
    }
    byte[] size = in.readNBytes(major == 1 ? 2 : 4);
    int length = 0;
    for (int i = size.length - 1; i >= 0; i--) {
      length = length << 8 | size[i] & 0xff;
    }
    byte[] text = length < 0 || length > 1 << 20 ? new byte[0] : in.readNBytes(length);
    if (text.length < length || length < 0) {
      throw new Fault(label + ": truncated in the header");
    }
    return parse(in, new String(text, StandardCharsets.UTF_8), start.length + size.length + length, label);
  }

  /** A Python dictionary such as <code>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (3, 4), }</code>. */
  private static Incoming parse(InputStream in, String text, int length, String label) {
    String descr = value(text, "descr", label);
    String order = value(text, "fortran_order", label);
    String shape = value(text, "shape", label);
    boolean records = !descr.startsWith("'") && !descr.startsWith("\"");
    String type = records ? "" : descr.substring(1, Math.max(1, descr.length() - 1));
    boolean big = type.startsWith(">");
    if (type.startsWith("<") || type.startsWith(">") || type.startsWith("|") || type.startsWith("=")) {
      type = type.substring(1);
    }
    if (!order.equals("True") && !order.equals("False") || !shape.startsWith("(")) {
      throw new Fault(label + ": the header is damaged");
    }
    return new Incoming(in, label, type, big, order.equals("True"), sizes(shape, label), length);
  }

  private static String value(String text, String key, String label) {
    int at = text.indexOf("'" + key + "'");
    int from = at < 0 ? -1 : text.indexOf(':', at) + 1;
    if (from <= 0) {
      throw new Fault(label + ": the header has no " + key);
    }
    while (from < text.length() && text.charAt(from) == ' ') {
      from++;
    }
    char first = from < text.length() ? text.charAt(from) : ' ';
    int to = switch (first) {
      case '\'', '"' -> text.indexOf(first, from + 1) + 1;
      case '(' -> text.indexOf(')', from) + 1;
      case '[' -> text.lastIndexOf(']') + 1;
      default -> text.indexOf(',', from);
    };
    if (to <= from) {
      throw new Fault(label + ": the header is damaged");
    }
    return text.substring(from, to);
  }

  private static int[] sizes(String tuple, String label) {
    List<Integer> sizes = new ArrayList<>();
    int from = 1;
    while (from < tuple.length()) {
      int to = from;
      while (to < tuple.length() && tuple.charAt(to) != ',' && tuple.charAt(to) != ')') {
        to++;
      }
      String number = tuple.substring(from, to).trim();
      if (!number.isEmpty()) {
        try {
          sizes.add(Integer.parseUnsignedInt(number.endsWith("L") ? number.substring(0, number.length() - 1) : number));
        } catch (NumberFormatException e) {
          throw new Fault(label + ": the header's shape is damaged: " + tuple, "", e);
        }
      }
      from = to + 1;
    }
    int[] shape = new int[sizes.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = sizes.get(i);
      if (shape[i] < 0) {
        throw new Fault(label + ": an axis of more than 2^31 - 1 elements: " + tuple);
      }
    }
    return shape;
  }

  /** Room for so many elements of a type. */
  static Object allocate(String type, int count) {
    return switch (type) {
      case "b1" -> new boolean[count];
      case "i1", "u1" -> new byte[count];
      case "i2" -> new short[count];
      case "u2", "i4" -> new int[count];
      case "u4", "i8" -> new long[count];
      case "f8" -> new double[count];
      case "f2", "f4" -> new float[count];
      default -> new String[count];
    };
  }

  /** Brings elements of a type, from the buffer's beginning on, into an array. */
  static void convert(String type, ByteBuffer from, Object to, int at, int count) {
    from.clear();
    switch (type) {
      case "b1" -> {
        for (int i = 0; i < count; i++) {
          ((boolean[]) to)[at + i] = from.get() != 0;
        }
      }
      case "u2" -> {
        for (int i = 0; i < count; i++) {
          ((int[]) to)[at + i] = from.getShort() & 0xffff;
        }
      }
      case "u4" -> {
        for (int i = 0; i < count; i++) {
          ((long[]) to)[at + i] = from.getInt() & 0xffffffffL;
        }
      }
      case "f2" -> {
        for (int i = 0; i < count; i++) {
          ((float[]) to)[at + i] = HalfFloat.toFloat(from.getShort());
        }
      }
      case "i2" -> from.asShortBuffer().get((short[]) to, at, count);
      case "i4" -> from.asIntBuffer().get((int[]) to, at, count);
      case "i8" -> from.asLongBuffer().get((long[]) to, at, count);
      case "f4" -> from.asFloatBuffer().get((float[]) to, at, count);
      case "f8" -> from.asDoubleBuffer().get((double[]) to, at, count);
      case "i1", "u1" -> from.get((byte[]) to, at, count);
      default -> texts(letters(type), from, (String[]) to, at, count);
    }
  }

  private static void texts(int letters, ByteBuffer from, String[] to, int at, int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.setLength(0);
      int end = 0;
      for (int k = 0; k < letters; k++) {
        int letter = from.getInt();
        text.appendCodePoint(Character.isValidCodePoint(letter) ? letter : REPLACEMENT);
        end = letter == 0 ? end : text.length();
      }
      to[at + i] = text.substring(0, end);
    }
  }

  /** From column-major order. */
  private static Tensor rowMajor(Tensor columns) {
    int[] shape = columns.shape();
    int size = columns.size();
    Object rows = Array.newInstance(columns.data().getClass().getComponentType(), size);
    int[] place = new int[shape.length];
    int[] stride = new int[shape.length];
    int step = 1;
    for (int axis = 0; axis < shape.length; axis++) {
      stride[axis] = step;
      step *= shape[axis];
    }
    int from = 0;
    for (int to = 0; to < size; to++) {
      System.arraycopy(columns.data(), from, rows, to, 1);
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        from += stride[axis];
        if (++place[axis] < shape[axis]) {
          break;
        }
        from -= place[axis] * stride[axis];
        place[axis] = 0;
      }
    }
    return new Tensor(shape, rows, columns.unsigned());
  }

  // ---- writing

  /** Writes an array in format version 1, row-major, little-endian. */
  static void write(Tensor tensor, OutputStream out) throws IOException {
    out.write(headerBytes(tensor));
    int size = tensor.size();
    if (tensor.data() instanceof String[] texts) {
      write(texts, out);
      return;
    }
    var buffer = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    int chunk = CHUNK / 8;
    for (int from = 0; from < size; from += chunk) {
      buffer.clear();
      put(tensor.data(), from, Math.min(chunk, size - from), buffer);
      out.write(buffer.array(), 0, buffer.position());
    }
  }

  private static void write(String[] texts, OutputStream out) throws IOException {
    var buffer = ByteBuffer.allocate(LETTER * mostLetters(texts)).order(ByteOrder.LITTLE_ENDIAN);
    for (String text : texts) {
      buffer.clear();
      for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
        buffer.putInt(text.codePointAt(i));
      }
      while (buffer.hasRemaining()) {
        buffer.putInt(0);
      }
      out.write(buffer.array());
    }
  }

  private static int mostLetters(String[] texts) {
    int most = 1;
    for (String text : texts) {
      most = Math.max(most, text.codePointCount(0, text.length()));
    }
    return most;
  }

  private static byte[] headerBytes(Tensor tensor) {
    var shape = new StringBuilder("(");
    for (int axis : tensor.shape()) {
      shape.append(axis).append(", ");
    }
    if (tensor.shape().length > 1) {
      shape.setLength(shape.length() - 2);
    } else if (tensor.shape().length == 1) {
      shape.setLength(shape.length() - 1);
    }
    shape.append(')');
    var text = new StringBuilder("{'descr': '" + descr(tensor) + "', 'fortran_order': False, 'shape': " + shape + ", }");
    while ((10 + text.length() + 1) % 64 != 0) {
      text.append(' ');
    }
    text.append('\n');
    byte[] header = new byte[10 + text.length()];
    byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length(), (byte) (text.length() >> 8)};
    System.arraycopy(start, 0, header, 0, 10);
    System.arraycopy(text.toString().getBytes(StandardCharsets.ISO_8859_1), 0, header, 10, text.length());
    return header;
  }

  private static String descr(Tensor tensor) {
    return switch (tensor.kind()) {
      case "float32" -> "<f4";
      case "float64" -> "<f8";
      case "int16" -> "<i2";
      case "int32" -> "<i4";
      case "int64" -> "<i8";
      case "bool" -> "|b1";
      case "uint8" -> "|u1";
      case "text" -> "<U" + mostLetters((String[]) tensor.data());
      default -> "|i1";
    };
  }

  private static void put(Object data, int from, int count, ByteBuffer to) {
    if (data instanceof float[] a) {
      to.asFloatBuffer().put(a, from, count);
      to.position(4 * count);
    } else if (data instanceof double[] a) {
      to.asDoubleBuffer().put(a, from, count);
      to.position(8 * count);
    } else if (data instanceof int[] a) {
      to.asIntBuffer().put(a, from, count);
      to.position(4 * count);
    } else if (data instanceof long[] a) {
      to.asLongBuffer().put(a, from, count);
      to.position(8 * count);
    } else if (data instanceof short[] a) {
      to.asShortBuffer().put(a, from, count);
      to.position(2 * count);
    } else if (data instanceof byte[] a) {
      to.put(a, from, count);
    } else {
      boolean[] a = (boolean[]) data;
      for (int i = 0; i < count; i++) {
        to.put((byte) (a[from + i] ? 1 : 0));
      }
    }
  }
}
