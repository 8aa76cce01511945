package nnc.runtime.files;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import nnc.runtime.base.Fault;
import nnc.runtime.engine.Kernels;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.SpecFile;
import nnc.runtime.spec.Vocabulary;

/** A network of an archive that is read from a stream to its end, as of a resource beside a class: its classes are its own, whatever else Java has loaded. */
public final class StreamedNetwork extends ClassLoader implements Function<String, Kernels> {
  private final Map<String, byte[]> entries;

  private StreamedNetwork(Map<String, byte[]> entries) {
    super(Kernels.class.getClassLoader());
    this.entries = entries;
    Kernels.showTo(this);
  }

  /**
   * Reads the only network of an archive, and closes the stream.
   *
   * @param origin names it in messages
   * @throws Fault if it has none, or is damaged
   */
  public static NetworkJar.Content read(InputStream archive, String origin) {
    try (var zip = new ZipInputStream(archive)) {
      Map<String, byte[]> entries = new HashMap<>();
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
      byte[] bytes = null;
      byte[] weights = null;
      for (var entry : entries.entrySet()) {
        bytes = NetworkPaths.isSpec(entry.getKey()) ? entry.getValue() : bytes;
        weights = NetworkPaths.isWeights(entry.getKey()) ? entry.getValue() : weights;
      }
      if (bytes == null) {
        throw new Fault(origin + ": not a compiled network, or damaged");
      }
      ModelSpec spec = SpecFile.read(new ByteArrayInputStream(bytes), origin);
      var vocabulary = new Vocabulary();
      return new NetworkJar.Content(spec, new StreamedNetwork(entries), weights == null ? null : WeightFile.load(spec, new ByteArrayInputStream(weights), origin, vocabulary),
          vocabulary);
    } catch (IOException e) {
      throw new Fault(origin + ": cannot be read: " + e.getMessage(), "", e);
    }
  }

  /** A class by its name without the package of emitted classes; null if there is none. */
  @Override
  public synchronized Kernels apply(String name) {
    Class<?> loaded = findLoadedClass(Kernels.PACKAGE + name);
    if (loaded == null) {
      byte[] code = entries.get(Kernels.file(name));
      if (code == null) {
        return null;
      }
      loaded = defineClass(Kernels.PACKAGE + name, code, 0, code.length);
    }
    return NetworkJar.instance(loaded);
  }
}
