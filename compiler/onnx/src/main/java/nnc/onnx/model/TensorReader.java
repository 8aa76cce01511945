package nnc.onnx.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import nnc.onnx.message.StringStringEntryProto;
import nnc.onnx.message.TensorProto;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;

/** Reads arrays, whichever way their numbers are kept. A size is believed only when the bytes for it are there. */
final class TensorReader {
  private final Path folder;

  /** @param folder of numbers that are kept beside the model; null if there is none */
  TensorReader(Path folder) {
    this.folder = folder;
  }

  OnnxTensor tensor(TensorProto tensor, String where) {
    var type = ElementType.of(tensor.getDataType(), where);
    if (!type.isOffered()) {
      throw new Fault(where + " is an array of " + type + ", which is not in the language", "");
    }
    var shape = shape(tensor.getDimsList(), where);
    int size = (int) Tensor.elements(shape);
    if (tensor.getDataLocation() == 1) {
      return ofBytes(type, shape, outside(tensor.getExternalDataList(), (long) size * type.bytes(), where), where);
    } else if (!tensor.getRawData().isEmpty()) {
      return ofBytes(type, shape, tensor.getRawData().asReadOnlyByteBuffer(), where);
    }
    return switch (type) {
      case FLOAT -> floats(type, shape, counted(tensor.getFloatDataCount(), size, where), tensor::getFloatData);
      case DOUBLE -> doubles(type, shape, counted(tensor.getDoubleDataCount(), size, where), tensor::getDoubleData);
      case FLOAT16 -> floats(type, shape, counted(tensor.getInt32DataCount(), size, where), i -> Float.float16ToFloat((short) tensor.getInt32Data(i)));
      case BFLOAT16 -> floats(type, shape, counted(tensor.getInt32DataCount(), size, where), i -> Float.intBitsToFloat(tensor.getInt32Data(i) << 16));
      case INT64 -> longs(type, shape, counted(tensor.getInt64DataCount(), size, where), tensor::getInt64Data);
      case UINT32, UINT64 -> longs(type, shape, counted(tensor.getUint64DataCount(), size, where), tensor::getUint64Data);
      case UINT8, INT8, UINT16, INT16, INT32, BOOL -> longs(type, shape, counted(tensor.getInt32DataCount(), size, where), tensor::getInt32Data);
      case STRING, COMPLEX64, COMPLEX128 -> throw new IllegalStateException(type + " is not offered");
    };
  }

  private static int[] shape(List<Long> dims, String where) {
    var shape = new int[dims.size()];
    for (int axis = 0; axis < shape.length; axis++) {
      long dim = dims.get(axis);
      if (dim < 0 || dim > Tensor.LARGEST) {
        throw new Fault(where + " has the size " + dim + ", which no array has", "");
      }
      shape[axis] = (int) dim;
    }
    if (Tensor.elements(shape) > Tensor.LARGEST) {
      throw new Fault(where + " has the shape " + dims + ", which are more elements than an array holds", "");
    }
    return shape;
  }

  private static int counted(int there, int size, String where) {
    if (there != size) {
      throw new Fault(where + " has " + there + " numbers, and its shape says " + size, "");
    }
    return size;
  }

  private static OnnxTensor floats(ElementType type, int[] shape, int size, IntToDoubleFunction element) {
    var data = new float[size];
    for (int i = 0; i < size; i++) {
      data[i] = (float) element.applyAsDouble(i);
    }
    return new OnnxTensor(type, shape, data);
  }

  private static OnnxTensor doubles(ElementType type, int[] shape, int size, IntToDoubleFunction element) {
    var data = new double[size];
    for (int i = 0; i < size; i++) {
      data[i] = element.applyAsDouble(i);
    }
    return new OnnxTensor(type, shape, data);
  }

  private static OnnxTensor longs(ElementType type, int[] shape, int size, IntToLongFunction element) {
    var data = new long[size];
    for (int i = 0; i < size; i++) {
      data[i] = element.applyAsLong(i);
    }
    return new OnnxTensor(type, shape, data);
  }

  private static OnnxTensor ofBytes(ElementType type, int[] shape, ByteBuffer bytes, String where) {
    int size = (int) Tensor.elements(shape);
    if (bytes.remaining() != (long) size * type.bytes()) {
      throw new Fault(where + " has " + bytes.remaining() + " bytes, and " + size + " numbers of " + type + " are " + (long) size * type.bytes(), "");
    }
    var in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    return switch (type) {
      case FLOAT -> {
        var data = new float[size];
        in.asFloatBuffer().get(data);
        yield new OnnxTensor(type, shape, data);
      }
      case DOUBLE -> {
        var data = new double[size];
        in.asDoubleBuffer().get(data);
        yield new OnnxTensor(type, shape, data);
      }
      case FLOAT16 -> floats(type, shape, size, i -> Float.float16ToFloat(in.getShort(2 * i)));
      case BFLOAT16 -> floats(type, shape, size, i -> Float.intBitsToFloat(in.getShort(2 * i) << 16));
      case INT64, UINT64 -> longs(type, shape, size, i -> in.getLong(8 * i));
      case INT32 -> longs(type, shape, size, i -> in.getInt(4 * i));
      case UINT32 -> longs(type, shape, size, i -> in.getInt(4 * i) & 0xffffffffL);
      case INT16 -> longs(type, shape, size, i -> in.getShort(2 * i));
      case UINT16 -> longs(type, shape, size, i -> in.getShort(2 * i) & 0xffff);
      case INT8 -> longs(type, shape, size, in::get);
      case UINT8 -> longs(type, shape, size, i -> in.get(i) & 0xff);
      case BOOL -> longs(type, shape, size, i -> in.get(i) == 0 ? 0 : 1);
      case STRING, COMPLEX64, COMPLEX128 -> throw new IllegalStateException(type + " is not offered");
    };
  }

  /** Numbers in a file of the model's folder, or of one below it. */
  private ByteBuffer outside(List<StringStringEntryProto> entries, long bytes, String where) {
    var told = new HashMap<String, String>();
    entries.forEach(entry -> told.put(entry.getKey(), entry.getValue()));
    var location = told.getOrDefault("location", "");
    long offset = number(told, "offset", 0, where);
    long length = number(told, "length", bytes, where);
    var file = place(location, where);
    if (length != bytes) {
      throw new Fault(where + " has " + length + " bytes in " + location + ", and its shape needs " + bytes, "");
    }
    try (var channel = FileChannel.open(file)) {
      if (offset > channel.size() - length) {
        throw new Fault(where + " is from byte " + offset + " to " + offset + " + " + length + " of " + location + ", which has " + channel.size(), "");
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
    } catch (IOException e) {
      throw new Fault(where + ": its numbers are in " + location + ", which cannot be read: " + e.getMessage(), "put the file beside the model", e);
    }
  }

  private static long number(HashMap<String, String> told, String name, long otherwise, String where) {
    try {
      long number = Long.parseLong(told.getOrDefault(name, Long.toString(otherwise)));
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException _) {
      // told below
    }
    throw new Fault(where + ": the " + name + " of its numbers is '" + told.get(name) + "', which is no count of bytes", "");
  }

  private Path place(String location, String where) {
    try {
      if (folder != null && !location.isEmpty()) {
        var root = folder.toRealPath();
        var file = root.resolve(location).normalize();
        // a link may lead elsewhere than its name says
        if (file.startsWith(root) && (!file.toFile().exists() || file.toRealPath().startsWith(root))) {
          return file;
        }
      }
    } catch (InvalidPathException | IOException _) {
      // told below
    }
    throw new Fault(where + ": its numbers are said to be in '" + location + "', which is not in the model's folder", "");
  }
}
