package nnc.runtime.files;

import java.io.IOException;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Entries of archives whose bytes follow from their content alone: each carries the same time. */
public final class ZipEntries {
  private ZipEntries() {}

  /** In the first month of what the format can tell, it would add the time zone. */
  private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 2, 1, 0, 0);

  /** An entry that does not tell when it was made. */
  static ZipEntry named(String name) {
    var entry = new ZipEntry(name);
    entry.setTimeLocal(EPOCH);
    return entry;
  }

  /** Adds an entry of that content as it is, so that it can be read from any place on. */
  public static void putStored(ZipOutputStream zip, String name, byte[] content) throws IOException {
    var crc = new CRC32();
    crc.update(content);
    ZipEntry entry = named(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    put(zip, entry, content);
  }

  /** Adds an entry of that content, compressed. */
  public static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    put(zip, named(name), content);
  }

  private static void put(ZipOutputStream zip, ZipEntry entry, byte[] content) throws IOException {
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
