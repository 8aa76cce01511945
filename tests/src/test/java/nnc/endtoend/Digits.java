package nnc.endtoend;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Pictures in the files of MNIST that are easier than MNIST: a bright square whose place tells the digit, in noise. */
final class Digits {
  private Digits() {}

  private static final int SIZE = 28;

  /** Writes the four files of a data set into a folder. */
  static void write(Path folder, int train, int test) throws IOException {
    part(folder, "train", train, 1);
    part(folder, "t10k", test, 2);
  }

  private static void part(Path folder, String part, int count, long seed) throws IOException {
    var random = new Random(seed);
    var images = header(3, count, SIZE, SIZE);
    var labels = header(1, count);
    var row = new byte[SIZE * SIZE];
    for (int i = 0; i < count; i++) {
      int digit = random.nextInt(10);
      picture(row, digit, random);
      images.write(row);
      labels.write(digit);
    }
    Files.write(folder.resolve(part + "-images-idx3-ubyte"), images.toByteArray());
    Files.write(folder.resolve(part + "-labels-idx1-ubyte"), labels.toByteArray());
  }

  private static ByteArrayOutputStream header(int... sizes) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.writeInt(0x800 | sizes[0]);
    for (int i = 1; i < sizes.length; i++) {
      out.writeInt(sizes[i]);
    }
    return bytes;
  }

  /** A square of 6 x 6, in one of five columns and two rows, moved by up to one pixel. */
  private static void picture(byte[] row, int digit, Random random) {
    int left = 1 + digit % 5 * 5 + random.nextInt(2);
    int top = 5 + digit / 5 * 12 + random.nextInt(2);
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        boolean inside = x >= left && x < left + 6 && y >= top && y < top + 6;
        row[y * SIZE + x] = (byte) (random.nextInt(60) + (inside ? 190 : 0));
      }
    }
  }
}
