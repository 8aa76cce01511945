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
import nnc.runtime.spec.ModelSpec;

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
   * @param spec    of the network: it says which of the runtime's classes are needed, which are added
   * @param entries content by name: emitted classes and resources
   */
  public static void write(Path jar, ModelSpec spec, Map<String, byte[]> entries) throws IOException {
    AtomicFile.keepOthers(jar, "a jar", "PK");
    var emitted = entries.entrySet().stream().filter(entry -> entry.getKey().endsWith(".class")).map(Map.Entry::getValue).toList();
    var all = new TreeMap<>(RuntimeClasses.load(spec, emitted));
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
