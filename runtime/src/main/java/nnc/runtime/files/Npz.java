package nnc.runtime.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
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
import nnc.runtime.spec.ModelSpec.Feed;

/** NumPy's archive of named arrays ({@code numpy.savez}, {@code savez_compressed}). */
public final class Npz {
  private Npz() {}

  static final String END = ".npy";

  /** What the array of the lengths of another's rows is called, behind the other's name. */
  public static final String LENGTHS = ".lengths";

  private static final String WHAT = "an npz archive";

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
    Arrays arrays = read(file, ALL);
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

  /**
   * Those arrays of a file that inputs take, by the inputs' names in the program, whichever of its names each has in the file.
   *
   * @throws Fault if it cannot be read, is damaged, or has an array of both names of an input
   */
  public static Arrays read(Path file, Collection<Feed> feeds) {
    Arrays arrays = read(file, new Predicate<>() {
      @Override
      public boolean test(String name) {
        boolean found = false;
        for (Feed feed : feeds) {
          found |= feed.isCalled(name) || feed.isOfAnyLength() && name.endsWith(LENGTHS) && feed.isCalled(name.substring(0, name.length() - LENGTHS.length()));
        }
        return found;
      }
    });
    for (Feed feed : feeds) {
      rename(feed, arrays.read, file);
      rename(feed, arrays.unread, file);
      if (!feed.alias().isEmpty() && arrays.read.containsKey(feed.alias() + LENGTHS)) {
        arrays.read.putIfAbsent(feed.name() + LENGTHS, arrays.read.get(feed.alias() + LENGTHS));
      }
    }
    return arrays;
  }

  private static <T> void rename(Feed feed, Map<String, T> arrays, Path file) {
    String name = feed.among(arrays.keySet(), file.toString());
    if (name != null && !name.equals(feed.name())) {
      // of lengths the other array's name tells whose they are
      arrays.put(feed.name(), name.endsWith(LENGTHS) ? arrays.get(name) : arrays.remove(name));
    }
  }

  static ZipArchive open(Path file) throws IOException {
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

  /** The archive that some bytes are; {@code origin} names it in messages. */
  static ZipArchive archive(Bytes bytes, String origin) throws IOException {
    return new ZipArchive(bytes, origin, WHAT);
  }

  private static Arrays read(ZipArchive archive, String origin, Predicate<String> wanted) throws IOException {
    var reading = new Reading();
    return new Arrays(reading.read, read(archive, origin, wanted, reading));
  }

  /**
   * Reads the wanted arrays of a file in its order.
   *
   * @return those that were not read, by what is to be said to who wants them
   * @throws Fault if the archive is damaged, naming file and array
   */
  static Map<String, Fault> read(ZipArchive archive, String origin, Predicate<String> wanted, Reading reading) throws IOException {
    Set<String> names = new HashSet<>();
    Map<String, Fault> unread = new LinkedHashMap<>();
    for (ZipArchive.Entry entry : archive.entries()) {
      if (!entry.name().endsWith(END)) {
        archive.compare(entry, origin + ": " + entry.name());
        continue;
      }
      String name = Names.composed(entry.name().substring(0, entry.name().length() - END.length()));
      String label = origin + ": array " + name;
      if (!names.add(name)) {
        throw new Fault(origin + ": two arrays are called " + name);
      }
      Fault fault = new Fault(label + ": was not asked for");
      if (wanted.test(name)) {
        reading.name = name;
        fault = archive.read(entry, label, reading);
      } else {
        archive.compare(entry, label);
      }
      if (fault != null) {
        unread.put(name, fault);
      }
    }
    return unread;
  }

  /** What is done with arrays while they are read: unless a subclass says otherwise they are collected. */
  static class Reading implements ZipArchive.Reader<Fault> {
    private final Map<String, Tensor> read = new LinkedHashMap<>();
    private String name;

    /**
     * Reads the elements or leaves them.
     *
     * @param present how many bytes of the array there are surely
     */
    void read(String name, Npy.Incoming array, long present) throws IOException {
      read.put(name, Npy.tensor(array, present));
    }

    /** Reads an array, unless it is none of numbers: then it gives what is to be said of it. */
    @Override
    public Fault read(InputStream in, ZipArchive.Entry entry, String label) throws IOException {
      Npy.Incoming array = Npy.header(in, label);
      Fault fault = array.isOfNumbers() || array.isOfTexts() && name.startsWith(WeightFile.CATEGORIES) ? null : array.refused();
      if (fault == null) {
        Npy.require(array, entry.size());
        read(name, array, entry.compressed());
      }
      in.skip(Long.MAX_VALUE);
      return fault;
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
