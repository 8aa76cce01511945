package nnc.runtime.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import nnc.runtime.base.Fault;

/**
 * Where data files are looked for.
 *
 * @param base where the program is; relative paths start here
 * @param data what {@code --data} says instead, or null
 * @param log  where a download tells of itself
 */
public record Folder(Path base, Path data, PrintStream log) {
  /** Deflate makes no byte of more than that many. */
  private static final long LARGEST_RATIO = 1032;

  /** A file or folder of that name. */
  Path find(String name) {
    Path found = (data == null ? base : data).resolve(name);
    if (!Files.exists(found)) {
      throw new Fault(found + ": no such file or folder", data == null ? "paths are relative to " + base.toAbsolutePath().normalize()
          + "; --data names another folder" : "");
    }
    return found;
  }

  /** Whether a name here means a file that is there. */
  boolean isFile(String name, Path file) {
    try {
      return Files.isRegularFile(file) && Files.isSameFile((data == null ? base : data).resolve(name), file);
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }

  /** What reads an open file. */
  interface Reader<T> {
    /**
     * Reads a file to its end, so that the check sum of what is compressed is looked at.
     *
     * @param most how many bytes there can be
     */
    T read(InputStream in, long most) throws IOException;
  }

  /** Reads a file, gzipped or not, with the faults of both turned into messages. */
  static <T> T read(Path file, Reader<T> reader) {
    if (Files.isDirectory(file)) {
      throw new Fault(file + ": is a folder, not a file");
    }
    try (var raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      raw.mark(2);
      int first = raw.read();
      if (first < 0) {
        throw new Fault(file + ": empty");
      }
      boolean gzipped = first == 0x1f && raw.read() == 0x8b;
      raw.reset();
      long size = Files.isRegularFile(file) ? Files.size(file) : Long.MAX_VALUE / LARGEST_RATIO;
      return gzipped ? reader.read(new GZIPInputStream(raw, 1 << 16), size * LARGEST_RATIO) : reader.read(raw, size);
    } catch (EOFException e) {
      throw new Fault(file + ": truncated", "fetch the file again", e);
    } catch (ZipException e) {
      throw new Fault(file + ": damaged: " + e.getMessage(), "fetch the file again", e);
    } catch (NoSuchFileException e) {
      throw new Fault(file + ": no such file", "", e);
    } catch (AccessDeniedException e) {
      throw new Fault(file + ": no permission to read it", "", e);
    } catch (IOException e) {
      throw new Fault(file + ": cannot be read: " + e.getMessage(), "", e);
    } catch (OutOfMemoryError e) {
      throw new Fault(file + ": not enough memory to hold what is in it", "give Java more memory with -Xmx", e);
    }
  }
}
