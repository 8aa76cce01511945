package nnc.runtime.files;

import java.io.IOException;
import java.time.LocalDateTime;
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

  /** Adds an entry of that content. */
  public static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(named(name));
    zip.write(content);
    zip.closeEntry();
  }
}
