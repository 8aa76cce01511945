package nnc.jar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
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
   * {@code WHOLE}: with the classes of the runtime that the network needs. {@code SERVING}: with those of the server too. {@code THIN}: the runtime is looked for beside the jar, or is
   * on the class path.
   */
  public enum Kind { WHOLE, SERVING, THIN }

  /**
   * What a jar holds, by name: its manifest, what it is made of, the network, and the runtime if it is whole.
   *
   * @param spec    of the network: it says which of the runtime's classes are needed
   * @param network content by name: emitted classes and resources
   */
  public static SortedMap<String, byte[]> content(Kind kind, ModelSpec spec, Map<String, byte[]> network) throws IOException {
    var emitted = network.entrySet().stream().filter(entry -> entry.getKey().endsWith(".class")).map(Map.Entry::getValue).toList();
    var all = new TreeMap<String, byte[]>();
    switch (kind) {
      case WHOLE -> all.putAll(RuntimeClasses.load(spec, emitted));
      case SERVING -> all.putAll(RuntimeClasses.loadServing(spec, emitted));
      case THIN -> all.put(ThinMain.file(spec.name()), ThinMain.of(spec.name(), CompilerVersion.text()));
    }
    all.putAll(network);
    all.put(JarFile.MANIFEST_NAME, manifest(kind, spec.name()));
    all.put(BillOfMaterials.file(spec.name()), BillOfMaterials.of(spec, kind));
    return all;
  }

  /** Of which kind a jar is, by whether it has an entry of a name. */
  public static Kind kind(Predicate<String> has) {
    return has.test(RuntimeClasses.SERVER) ? Kind.SERVING : has.test(RuntimeClasses.START) ? Kind.WHOLE : Kind.THIN;
  }

  /** Writes a jar of some {@linkplain #content content} beside its place and renames it into place, so that a failure leaves what was there. */
  public static void write(Path jar, Map<String, byte[]> content) {
    NetworkJar.keepOthers(jar);
    AtomicFile.write(jar, out -> zip(out, content));
  }

  /** A thin jar is a module of its own. */
  private static byte[] manifest(Kind kind, String network) throws IOException {
    var version = CompilerVersion.text();
    var manifest = new Manifest();
    var attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, kind == Kind.THIN ? ThinMain.name(network) : Start.class.getName());
    attributes.putValue("Created-By", NetworkJar.COMPILER + " " + version);
    if (kind == Kind.THIN) {
      attributes.put(Attributes.Name.CLASS_PATH, ThinMain.runtime(version));
      attributes.putValue("Automatic-Module-Name", Kernels.PACKAGE + NetworkPackage.of(network));
    }
    var bytes = new ByteArrayOutputStream();
    manifest.write(bytes);
    return bytes.toByteArray();
  }

  /** Java looks for the manifest first. */
  private static void zip(OutputStream out, Map<String, byte[]> content) throws IOException {
    var zip = new ZipOutputStream(out);
    zip.setLevel(Deflater.BEST_COMPRESSION);
    ZipEntries.put(zip, JarFile.MANIFEST_NAME, content.get(JarFile.MANIFEST_NAME));
    ZipEntries.putStored(zip, NetworkPaths.ROOT, new byte[0]);
    for (var entry : new TreeMap<>(content).entrySet()) {
      if (NetworkPaths.isWeights(entry.getKey())) {
        ZipEntries.putStored(zip, entry.getKey(), entry.getValue());
      } else if (!entry.getKey().equals(JarFile.MANIFEST_NAME)) {
        ZipEntries.put(zip, entry.getKey(), entry.getValue());
      }
    }
    zip.finish();
  }
}
