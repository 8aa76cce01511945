package nnc.runtime.data;

import java.io.IOException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Integers;

/**
 * The numbers of a column whose rows are not in memory. They are read from text once, and then kept in a temporary file, which goes when the process ends, in
 * the narrowest form that holds each of them exactly: bytes (0 to 255), floats or doubles. So an epoch costs no parsing, and whatever can be read (gzipped
 * files, too) can be read in any order.
 */
final class Spool implements Streaming.Store {
  private static final int BYTE = 1, FLOAT = 4, DOUBLE = 8;

  /** At most so many bytes are mapped as one buffer, which counts them by an int. */
  private static final int CHUNK = 1 << 30;

  private final String origin;
  private final ByteBuffer buffer = room();
  private FileChannel file;
  /** Bytes of a number. */
  private int size = BYTE;
  private long count;

  /** @param origin of the numbers, for messages */
  Spool(String origin) {
    this.origin = origin;
    try {
      file = open();
    } catch (IOException e) {
      throw fault(e);
    }
  }

  private static ByteBuffer room() {
    return ByteBuffer.allocateDirect(1 << 16).order(ByteOrder.nativeOrder());
  }

  /** Where there is unlinking, the file has no name from here on: nothing is left behind however the process ends. */
  private static FileChannel open() throws IOException {
    Path place = Files.createTempFile("nnc", ".rows");
    return FileChannel.open(place, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
  }

  private Fault fault(IOException e) {
    return new Fault(origin + ": its numbers cannot be kept in the folder of temporary files, " + System.getProperty("java.io.tmpdir") + ": " + e.getMessage(),
        "-Djava.io.tmpdir=DIR, an option of Java, names another folder", e);
  }

  @Override
  public void add(double number) {
    try {
      while (!isExact(number, size)) {
        widen();
      }
      if (buffer.remaining() < size) {
        flush();
      }
      put(number);
      count++;
    } catch (IOException e) {
      throw fault(e);
    }
  }

  private static boolean isExact(double number, int size) {
    double kept = size == BYTE ? (int) number & 0xff : size == FLOAT ? (float) number : number;
    return Double.doubleToRawLongBits(kept) == Double.doubleToRawLongBits(number);
  }

  private void put(double number) {
    if (size == BYTE) {
      buffer.put((byte) (int) number);
    } else if (size == FLOAT) {
      buffer.putFloat((float) number);
    } else {
      buffer.putDouble(number);
    }
  }

  private void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      file.write(buffer);
    }
    buffer.clear();
  }

  /** Writes all that is there in the next wider form. */
  private void widen() throws IOException {
    flush();
    try (FileChannel narrow = file) {
      int before = size;
      size = before == BYTE ? FLOAT : DOUBLE;
      file = open();
      ByteBuffer part = room();
      narrow.position(0);
      while (narrow.read(part) >= 0) {
        part.flip();
        while (part.remaining() >= before) {
          if (buffer.remaining() < size) {
            flush();
          }
          put(before == BYTE ? part.get() & 0xff : part.getFloat());
        }
        part.compact();
      }
    }
  }

  @Override
  public RowReader rows(int width) {
    if (count / width > Integer.MAX_VALUE - 8) {
      throw new Fault(origin + ": more than " + (Integer.MAX_VALUE - 8) + " rows");
    }
    try {
      flush();
      int each = Math.max(1, CHUNK / (width * size));
      int rows = (int) (count / width);
      var chunks = new Buffer[Integers.ceilDiv(rows, each)];
      for (int i = 0; i < chunks.length; i++) {
        long row = (long) i * each;
        ByteBuffer bytes = file.map(FileChannel.MapMode.READ_ONLY, row * width * size, Math.min(each, rows - row) * width * size).order(ByteOrder.nativeOrder());
        chunks[i] = size == BYTE ? bytes : size == FLOAT ? bytes.asFloatBuffer() : bytes.asDoubleBuffer();
      }
      return new Mapped(rows, width, each, chunks, file);
    } catch (IOException e) {
      throw fault(e);
    }
  }

  /**
   * Rows of a file that the system brings into memory as they are wanted.
   *
   * @param each   how many rows a chunk has, but for the last
   * @param chunks of bytes, floats or doubles; they are only read, and by places, so that threads do not meet
   * @param file   is open for as long as it is mapped
   */
  private record Mapped(int rows, int width, int each, Buffer[] chunks, FileChannel file) implements RowReader {
    @Override
    public void read(int row, Object memory, int to) {
      Buffer chunk = chunks[row / each];
      int from = row % each * width;
      if (memory instanceof float[] floats) {
        read(chunk, from, floats, to);
      } else {
        read(chunk, from, (double[]) memory, to);
      }
    }

    private void read(Buffer chunk, int from, float[] memory, int to) {
      if (chunk instanceof FloatBuffer floats) {
        floats.get(from, memory, to, width);
      } else if (chunk instanceof DoubleBuffer doubles) {
        for (int i = 0; i < width; i++) {
          memory[to + i] = (float) doubles.get(from + i);
        }
      } else {
        ByteBuffer bytes = (ByteBuffer) chunk;
        for (int i = 0; i < width; i++) {
          memory[to + i] = bytes.get(from + i) & 0xff;
        }
      }
    }

    private void read(Buffer chunk, int from, double[] memory, int to) {
      if (chunk instanceof DoubleBuffer doubles) {
        doubles.get(from, memory, to, width);
      } else if (chunk instanceof FloatBuffer floats) {
        for (int i = 0; i < width; i++) {
          memory[to + i] = floats.get(from + i);
        }
      } else {
        ByteBuffer bytes = (ByteBuffer) chunk;
        for (int i = 0; i < width; i++) {
          memory[to + i] = bytes.get(from + i) & 0xff;
        }
      }
    }
  }
}
