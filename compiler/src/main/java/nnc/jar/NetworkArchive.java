package nnc.jar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.ZipOutputStream;
import nnc.runtime.files.ZipEntries;

/** A network's files as one that is a resource beside a class: what {@link nnc.runtime.files.StreamedNetwork} reads. The same files give the same bytes. */
public final class NetworkArchive {
  private NetworkArchive() {}

  /** @param entries content by name: emitted classes, the specification, the program */
  public static byte[] of(Map<String, byte[]> entries) throws IOException {
    var out = new ByteArrayOutputStream();
    var zip = new ZipOutputStream(out);
    zip.setLevel(Deflater.BEST_COMPRESSION);
    for (var entry : new TreeMap<>(entries).entrySet()) {
      ZipEntries.put(zip, entry.getKey(), entry.getValue());
    }
    zip.finish();
    return out.toByteArray();
  }
}
