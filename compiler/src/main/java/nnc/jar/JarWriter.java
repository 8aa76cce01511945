package nnc.jar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.Deflater;
import java.util.zip.ZipOutputStream;
import nnc.runtime.cli.Start;
import nnc.runtime.engine.Kernels;
import nnc.runtime.files.AtomicFile;
import nnc.runtime.files.NetworkJar;
import nnc.runtime.files.NetworkPaths;
import nnc.runtime.files.ZipEntries;
import nnc.runtime.spec.ModelSpec;

/** Puts emitted classes, the model and, unless it is thin, the runtime into one runnable jar. The same input gives the same bytes. */
public final class JarWriter {
  private JarWriter() {}

  /**
   * Writes the jar beside its place and renames it into place, so that a failure leaves what was there.
   *
   * @param spec    of the network: it says which of the runtime's classes are needed, which are added
   * @param entries content by name: emitted classes and resources
   */
  public static void write(Path jar, ModelSpec spec, Map<String, byte[]> entries) throws IOException {
    NetworkJar.keepOthers(jar);
    var emitted = entries.entrySet().stream().filter(entry -> entry.getKey().endsWith(".class")).map(Map.Entry::getValue).toList();
    var all = new TreeMap<>(RuntimeClasses.load(spec, emitted));
    all.putAll(entries);
    var manifest = manifest(Start.class.getName());
    AtomicFile.write(jar, out -> zip(out, manifest, all));
  }

  /** As {@link #write}, a jar without the runtime: this is looked for beside it, or is on the class path. As a module it is one of its own. */
  public static void writeThin(Path jar, ModelSpec spec, Map<String, byte[]> entries) throws IOException {
    NetworkJar.keepOthers(jar);
    var version = CompilerVersion.text();
    var all = new TreeMap<>(entries);
    all.put(ThinMain.file(spec.name()), ThinMain.of(spec.name(), version));
    var manifest = manifest(ThinMain.name(spec.name()));
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, ThinMain.runtime(version));
    manifest.getMainAttributes().putValue("Automatic-Module-Name", Kernels.PACKAGE + NetworkPackage.of(spec.name()));
    AtomicFile.write(jar, out -> zip(out, manifest, all));
  }

  private static Manifest manifest(String main) {
    var manifest = new Manifest();
    var attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, main);
    attributes.putValue("Created-By", NetworkJar.COMPILER + " " + CompilerVersion.text());
    attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
    return manifest;
  }

  private static void zip(OutputStream out, Manifest manifest, Map<String, byte[]> entries) throws IOException {
    var head = new ByteArrayOutputStream();
    manifest.write(head);
    var zip = new ZipOutputStream(out);
    zip.setLevel(Deflater.BEST_COMPRESSION);
    ZipEntries.put(zip, JarFile.MANIFEST_NAME, head.toByteArray());
    ZipEntries.putStored(zip, NetworkPaths.ROOT, new byte[0]);
    for (var entry : entries.entrySet()) {
      if (NetworkPaths.isWeights(entry.getKey())) {
        ZipEntries.putStored(zip, entry.getKey(), entry.getValue());
      } else {
        ZipEntries.put(zip, entry.getKey(), entry.getValue());
      }
    }
    zip.finish();
  }
}
