package nnc.runtime.files;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.engine.NumericArrays;

/** The rows of an npy file's array, each read from the file when it is asked for: the array may be larger than memory. */
public final class NpyRows {
  private final Path file;
  private final FileChannel channel;
  private final String type;
  private final int[] shape;
  private final long start;
  private final ByteBuffer bytes;
  private final Tensor part;
  private final int width;

  /** @throws Fault if the file cannot be read, is damaged, claims more than it has, or is no array of numbers by rows, naming it */
  public NpyRows(Path file) {
    this.file = file;
    try {
      NetworkJar.requireReadable(file, "a NumPy array");
      Npy.Incoming array;
      try (var in = new BufferedInputStream(Files.newInputStream(file))) {
        array = Npy.header(in, file.toString());
      }
      if (!array.isOfNumbers()) {
        throw array.refused();
      } else if (array.shape().length == 0) {
        throw new Fault(file + ": array is a single number: a column has a row for each example");
      } else if (array.fortran() && array.shape().length > 1) {
        throw new Fault(file + ": its rows are not next to each other (Fortran's order)", "save it by rows: numpy.save(\"x.npy\", numpy.ascontiguousarray(x))");
      }
      shape = array.shape();
      int[] inner = Arrays.copyOfRange(shape, 1, shape.length);
      long width = Tensor.elements(inner);
      // rows may be more elements together than a long counts bytes of
      double claimed = (double) shape[0] * width * array.width();
      if (width < 1 || width > Tensor.LARGEST / array.width() || claimed != Files.size(file) - array.header()) {
        throw new Fault(file + ": truncated, or damaged: " + Arrays.toString(shape) + " elements are not the " + (Files.size(file) - array.header()) + " bytes that it has");
      }
      type = array.type();
      start = array.header();
      bytes = ByteBuffer.allocate((int) width * array.width()).order(array.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      part = new Tensor(inner, Npy.allocate(type, (int) width), type.equals("u1"));
      this.width = (int) width;
      channel = FileChannel.open(file);
    } catch (IOException e) {
      throw new Fault(file + ": cannot be read: " + e.getMessage(), "", e);
    }
  }

  /** How many rows there are. */
  public int count() {
    return shape[0];
  }

  /** The shape of one. */
  public int[] shape() {
    return Arrays.copyOfRange(shape, 1, shape.length);
  }

  /**
   * Puts the numbers of a row one behind the other.
   *
   * @param memory {@code float[]} or {@code double[]}
   * @param to     where the first goes
   * @throws Fault if the file cannot be read, or has become shorter
   */
  public synchronized void read(int number, Object memory, int to) {
    try {
      bytes.clear();
      long at = start + (long) number * bytes.capacity();
      while (bytes.hasRemaining()) {
        int got = channel.read(bytes, at + bytes.position());
        if (got < 0) {
          throw new Fault(file + ": truncated: it has become shorter while it was read");
        }
      }
    } catch (IOException e) {
      throw new Fault(file + ": cannot be read: " + e.getMessage(), "", e);
    }
    bytes.flip();
    Npy.convert(type, bytes, part.data(), 0, width);
    if (part.data() instanceof float[] && memory instanceof float[]) {
      System.arraycopy(part.data(), 0, memory, to, width);
    } else if (part.unsigned() && part.data() instanceof byte[] pixels && memory instanceof float[] floats) {
      for (int i = 0; i < width; i++) {
        floats[to + i] = pixels[i] & 0xff;
      }
    } else {
      for (int i = 0; i < width; i++) {
        NumericArrays.set(memory, to + i, part.get(i));
      }
    }
  }
}
