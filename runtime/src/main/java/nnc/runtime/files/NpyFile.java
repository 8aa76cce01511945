package nnc.runtime.files;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;

/** A file with one array (.npy). */
public final class NpyFile {
  private NpyFile() {}

  /**
   * Its array.
   *
   * @throws Fault if it cannot be read, is damaged, claims more than it has, or is no array of numbers, naming the file
   */
  public static Tensor read(Path file) {
    try {
      NetworkJar.requireReadable(file, "a NumPy array");
      try (var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
        Npy.Incoming array = Npy.header(in, file.toString());
        if (!array.isOfNumbers()) {
          throw array.refused();
        }
        long size = Files.size(file);
        Npy.require(array, size);
        return Npy.tensor(array, size);
      }
    } catch (IOException e) {
      throw new Fault(file + ": cannot be read: " + e.getMessage(), "", e);
    } catch (OutOfMemoryError e) {
      throw new Fault(file + ": not enough memory to hold what is in it", "give Java more memory with -Xmx", e);
    }
  }
}
