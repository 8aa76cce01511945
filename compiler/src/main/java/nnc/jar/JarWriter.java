package nnc.jar;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.ZipOutputStream;
import nnc.runtime.files.AtomicFile;
import nnc.runtime.files.NetworkJar;
import nnc.runtime.files.ZipEntries;

/** Puts emitted classes, the model and the runtime into one runnable jar. The same input gives the same bytes. */
public final class JarWriter {
  private JarWriter() {}

  private static final String MANIFEST = """
      Manifest-Version: 1.0\r
      Main-Class: nnc.runtime.cli.Start\r
      Created-By: nnc\r
      Enable-Native-Access: ALL-UNNAMED\r
      \r
      """;

  /**
   * Writes the jar beside its place and renames it into place, so that a failure leaves what was there.
   *
   * @param entries content by name: emitted classes and resources; the runtime's classes are added
   */
  public static void write(Path jar, Map<String, byte[]> entries) throws IOException {
    AtomicFile.keepOthers(jar, "a jar", "PK");
    var all = new TreeMap<>(RuntimeClasses.load());
    all.putAll(entries);
    AtomicFile.write(jar, out -> zip(out, all));
  }

  private static void zip(OutputStream out, Map<String, byte[]> entries) throws IOException {
    var zip = new ZipOutputStream(out);
    zip.setLevel(Deflater.BEST_COMPRESSION);
    ZipEntries.put(zip, "META-INF/MANIFEST.MF", MANIFEST.getBytes(StandardCharsets.UTF_8));
    for (var entry : entries.entrySet()) {
      if (entry.getKey().equals(NetworkJar.WEIGHTS)) {
        ZipEntries.putStored(zip, entry.getKey(), entry.getValue());
      } else {
        ZipEntries.put(zip, entry.getKey(), entry.getValue());
      }
    }
    zip.finish();
  }
}
