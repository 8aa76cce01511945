package nnc.runtime.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipOutputStream;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Names;
import nnc.runtime.base.Tensor;

/** NumPy's archive of named arrays ({@code numpy.savez}, {@code savez_compressed}). */
public final class Npz {
  private Npz() {}

  private static final String END = ".npy", WHAT = "an npz archive";

  /** Not a lambda, which would cost a start some milliseconds. */
  private static final Predicate<String> ALL = new Predicate<>() {
    @Override
    public boolean test(String name) {
      return true;
    }
  };

  /**
   * Arrays of a file by name, in its order.
   *
   * @param read   what was asked for
   * @param unread what was not, and what is text, records or objects, by what is to be said to who wants it
   */
  public record Arrays(Map<String, Tensor> read, Map<String, Fault> unread) {
    /**
     * An array; null if the file has none of that name.
     *
     * @throws Fault if it has, and it is no array of numbers
     */
    public Tensor get(String name) {
      if (unread.containsKey(name)) {
        throw unread.get(name);
      }
      return read.get(name);
    }

    /** The names of all arrays of the file. */
    public String names() {
      Set<String> names = new LinkedHashSet<>(read.keySet());
      names.addAll(unread.keySet());
      return names.isEmpty() ? "no arrays" : String.join(", ", names);
    }
  }

  /**
   * All arrays of a file by name, in its order.
   *
   * @throws Fault if it cannot be read or is damaged, or has arrays that are not of numbers, naming file and array
   */
  public static Map<String, Tensor> read(Path file) {
    return all(read(file, ALL));
  }

  /** All arrays of a stream; {@code origin} names it in messages. */
  public static Map<String, Tensor> read(InputStream in, String origin) {
    try {
      return all(read(ZipArchive.of(in.readAllBytes(), origin, WHAT), origin, ALL));
    } catch (IOException e) {
      throw new Fault(origin + ": cannot be read: " + e.getMessage(), "", e);
    }
  }

  private static Map<String, Tensor> all(Arrays arrays) {
    for (Fault fault : arrays.unread.values()) {
      throw fault;
    }
    return arrays.read;
  }

  /**
   * Those arrays of a file that are wanted.
   *
   * @throws Fault if it cannot be read, or is damaged, naming file and array
   */
  public static Arrays read(Path file, Predicate<String> wanted) {
    try (var archive = open(file)) {
      return read(archive, file.toString(), wanted);
    } catch (IOException e) {
      throw new Fault(file + ": cannot be read: " + e.getMessage(), "", e);
    }
  }

  private static ZipArchive open(Path file) throws IOException {
    try {
      return ZipArchive.open(file, WHAT);
    } catch (Fault fault) {
      if (Files.isRegularFile(file) && Npy.begins(file)) {
        throw new Fault(file + ": one array (.npy), not an npz archive of arrays by name",
            "save it under the name of an input: numpy.savez(\"arrays.npz\", NAME = array)", fault);
      }
      throw fault;
    }
  }

  private static Arrays read(ZipArchive archive, String origin, Predicate<String> wanted) throws IOException {
    var arrays = new Arrays(new LinkedHashMap<>(), new LinkedHashMap<>());
    for (ZipArchive.Entry entry : archive.entries()) {
      if (entry.name().endsWith(END)) {
        String name = Names.composed(entry.name().substring(0, entry.name().length() - END.length()));
        String label = origin + ": array " + name;
        if (arrays.read.containsKey(name) || arrays.unread.containsKey(name)) {
          throw new Fault(origin + ": two arrays are called " + name);
        }
        if (wanted.test(name)) {
          archive.read(entry, label, new Reading(entry, label, name, arrays));
        } else {
          arrays.unread.put(name, new Fault(label + ": was not asked for"));
        }
      }
    }
    return arrays;
  }

  /** Reads one array, unless it is none of numbers. */
  private record Reading(ZipArchive.Entry entry, String label, String name, Arrays arrays) implements ZipArchive.Reader<Void> {
    @Override
    public Void read(InputStream in) throws IOException {
      Npy.Header header = Npy.header(in, label);
      if (header.isOfNumbers()) {
        arrays.read.put(name, Npy.data(in, header, entry.size(), entry.compressed(), label));
      } else {
        arrays.unread.put(name, header.refused(label));
        in.skip(Long.MAX_VALUE);
      }
      return null;
    }
  }

  /**
   * Writes arrays by name; the file is wholly written or left as it was.
   *
   * @throws Fault if writing fails, saying why
   */
  public static void write(Path file, Map<String, Tensor> arrays) {
    AtomicFile.write(file, new AtomicFile.Content() {
      @Override
      public void write(OutputStream out) throws IOException {
        Npz.write(out, arrays);
      }
    });
  }

  /** Writes arrays by name, uncompressed as {@code numpy.savez} does; does not close {@code out}. */
  public static void write(OutputStream out, Map<String, Tensor> arrays) throws IOException {
    var zip = new ZipOutputStream(out);
    zip.setMethod(ZipOutputStream.STORED);
    for (var array : arrays.entrySet()) {
      var size = new Counter();
      var crc = new CheckedOutputStream(size, new CRC32());
      Npy.write(array.getValue(), crc);
      var entry = ZipEntries.named(array.getKey() + END);
      entry.setSize(size.count);
      entry.setCrc(crc.getChecksum().getValue());
      zip.putNextEntry(entry);
      Npy.write(array.getValue(), zip);
      zip.closeEntry();
    }
    zip.finish();
  }

  private static final class Counter extends OutputStream {
    long count;

    @Override
    public void write(int value) {
      count++;
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      count += length;
    }
  }
}
