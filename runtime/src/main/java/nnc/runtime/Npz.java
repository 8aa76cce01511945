package nnc.runtime;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** NumPy's archive of named arrays ({@code numpy.savez}, {@code savez_compressed}). */
public final class Npz {
  private Npz() {}

  private static final String END = ".npy";

  /**
   * All arrays of a file by name, in its order.
   *
   * @throws Fault if it cannot be read, naming file and array
   */
  public static Map<String, Tensor> read(Path file) {
    return read(file, new String[0]);
  }

  /** All arrays but those whose names begin with one of {@code but}. */
  static Map<String, Tensor> read(Path file, String... but) {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    try (ZipFile zip = NetworkJar.open(file, "an npz archive")) {
      for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements();) {
        ZipEntry entry = entries.nextElement();
        if (entry.getName().endsWith(END) && !begins(entry.getName(), but)) {
          read(zip, entry, file, arrays);
        }
      }
    } catch (IOException e) {
      throw new Fault(file + ": cannot be read: " + e.getMessage(), "", e);
    }
    return arrays;
  }

  private static boolean begins(String name, String[] starts) {
    for (String start : starts) {
      if (name.startsWith(start)) {
        return true;
      }
    }
    return false;
  }

  private static void read(ZipFile zip, ZipEntry entry, Path file, Map<String, Tensor> arrays) throws IOException {
    String label = file + ": array " + name(entry);
    try (InputStream in = zip.getInputStream(entry)) {
      var crc = new CRC32();
      Tensor tensor = Npy.read(new Checked(in, crc), label);
      if (entry.getCrc() != -1 && in.read() < 0 && crc.getValue() != entry.getCrc()) {
        throw new Fault(label + ": damaged (its check sum is wrong)");
      }
      arrays.put(name(entry), tensor);
    } catch (ZipException e) {
      throw new Fault(label + ": damaged (" + e.getMessage() + ")", "", e);
    }
  }

  /** Adds what is read to a check sum. */
  private static final class Checked extends FilterInputStream {
    private final CRC32 crc;

    Checked(InputStream in, CRC32 crc) {
      super(in);
      this.crc = crc;
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      if (next >= 0) {
        crc.update(next);
      }
      return next;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      int got = super.read(bytes, from, count);
      if (got > 0) {
        crc.update(bytes, from, got);
      }
      return got;
    }
  }

  /** All arrays of a stream; {@code origin} names it in messages. */
  public static Map<String, Tensor> read(InputStream in, String origin) {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    try {
      var zip = new ZipInputStream(in);
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().endsWith(END)) {
          arrays.put(name(entry), Npy.read(zip, origin + ": array " + name(entry)));
        }
      }
    } catch (IOException e) {
      throw new Fault(origin + ": not an npz archive, or damaged (" + e.getMessage() + ")", "", e);
    }
    return arrays;
  }

  private static String name(ZipEntry entry) {
    return entry.getName().substring(0, entry.getName().length() - END.length());
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
