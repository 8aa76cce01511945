package nnc.runtime.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.spec.ModelSpec.Feed;

/** Files in the IDX format of the MNIST database, gzipped or plain: {@code idx(image = "images.gz", digit = "labels.gz")}. */
final class Idx implements SourceReader {
  private static final int UNSIGNED_BYTE = 8, SIGNED_BYTE = 9, SHORT = 11, INT = 12, FLOAT = 13, DOUBLE = 14;

  @Override
  public Table load(String source, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    List<Column> columns = new ArrayList<>();
    var names = arguments.rest();
    if (names.isEmpty()) {
      throw arguments.fault("needs a file for each column, e.g. idx(image = \"images.gz\")");
    }
    arguments.end();
    for (String name : names) {
      columns.add(column(name, folder.find(arguments.namedText(name))));
    }
    return Table.of("idx", columns);
  }

  /** One file as a column. */
  static Column column(String name, Path file) {
    return Folder.read(file, (in, most) -> read(name, file, in, most));
  }

  private static Column read(String name, Path file, InputStream in, long most) throws IOException {
    byte[] magic = exactly(in, 4);
    int type = magic[2];
    int rank = magic[3];
    if (magic[0] != 0 || magic[1] != 0 || rank < 1 || rank > 8 || bytes(type) == 0) {
      throw new Fault(file + ": not an IDX file");
    }
    var sizes = ByteBuffer.wrap(exactly(in, 4 * rank));
    int[] axes = new int[rank];
    long size = bytes(type);
    for (int axis = 0; axis < rank; axis++) {
      axes[axis] = sizes.getInt();
      if (axes[axis] < 0) {
        throw new Fault(file + ": damaged: it has " + axes[axis] + " places on axis " + axis);
      }
      size = axes[axis] > 0 && size > Integer.MAX_VALUE / axes[axis] ? Long.MAX_VALUE : size * axes[axis];
    }
    if (size > most) {
      throw new Fault(file + ": truncated: " + Arrays.toString(axes) + " elements are more than it can hold");
    } else if (size > Integer.MAX_VALUE - 8) {
      throw new Fault(file + ": " + Arrays.toString(axes) + " elements are more than one array can hold");
    }
    byte[] bytes = exactly(in, (int) size);
    if (in.read() >= 0) {
      throw new Fault(file + ": damaged: it has more than the " + Arrays.toString(axes) + " elements that its header tells of");
    }
    return new Column(name, Arrays.copyOfRange(axes, 1, rank), convert(type, bytes, (int) size / bytes(type)));
  }

  private static byte[] exactly(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException();
    }
    return bytes;
  }

  private static int bytes(int type) {
    return switch (type) {
      case UNSIGNED_BYTE, SIGNED_BYTE -> 1;
      case SHORT -> 2;
      case INT, FLOAT -> 4;
      case DOUBLE -> 8;
      default -> 0;
    };
  }

  /** Big-endian bytes to the narrowest array that holds them. */
  private static Object convert(int type, byte[] bytes, int count) {
    var buffer = ByteBuffer.wrap(bytes);
    if (type == UNSIGNED_BYTE) {
      return bytes;
    } else if (type == FLOAT) {
      float[] floats = new float[count];
      buffer.asFloatBuffer().get(floats);
      return floats;
    } else if (type == DOUBLE) {
      double[] doubles = new double[count];
      buffer.asDoubleBuffer().get(doubles);
      return doubles;
    }
    int[] ints = new int[count];
    for (int i = 0; i < count; i++) {
      ints[i] = type == SIGNED_BYTE ? buffer.get() : type == SHORT ? buffer.getShort() : buffer.getInt();
    }
    return ints;
  }
}
