package nnc.runtime.files;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import nnc.runtime.base.Fault;
import nnc.runtime.engine.Kernels;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.SpecFile;
import nnc.runtime.spec.Vocabulary;

/** A compiled network's jar, which need not be on the class path: several can be loaded side by side. */
public final class NetworkJar {
  private NetworkJar() {}

  public static final String WEIGHTS = "META-INF/nnc/weights.npz";

  /** Complains of a file that is not there or cannot be what it should be. */
  static void requireReadable(Path file, String what) throws IOException {
    if (!Files.exists(file)) {
      throw new Fault(file + ": no such file");
    }
    if (Files.isDirectory(file)) {
      throw new Fault(file + ": is a folder, not " + what);
    }
    if (!Files.isReadable(file)) {
      throw new Fault(file + ": no permission to read it");
    }
    if (Files.isRegularFile(file) && Files.size(file) == 0) {
      throw new Fault(file + ": empty, not " + what);
    }
  }

  /** Opens a file that is to be a zip archive, with a message of its own where it is none. */
  public static ZipFile open(Path file, String what) throws IOException {
    requireReadable(file, what);
    try {
      return new ZipFile(file.toFile());
    } catch (ZipException e) {
      throw new Fault(file + ": not " + what + ", or damaged (" + e.getMessage() + ")", "", e);
    }
  }

  /**
   * An entry's bytes; null if there is none of that name.
   *
   * @throws ZipException if they are not those that were written
   */
  public static byte[] read(ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      return null;
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readAllBytes();
      var crc = new CRC32();
      crc.update(bytes);
      if (crc.getValue() != entry.getCrc()) {
        throw new ZipException(name + " is damaged (its check sum is wrong)");
      }
      return bytes;
    }
  }

  /**
   * What a jar holds.
   *
   * @param weights    a weights array; null if the jar has none
   * @param vocabulary what was learned with the weights
   */
  public record Content(ModelSpec spec, Function<String, Kernels> kernels, Object weights, Vocabulary vocabulary) {}

  /** A network's jar, with classes of its own. */
  public static Content read(Path jar) {
    return read(jar, new Loader(jar));
  }

  /** A network's jar whose classes are found otherwise. */
  public static Content read(Path jar, Function<String, Kernels> kernels) {
    try (ZipFile zip = open(jar, "a compiled network")) {
      byte[] bytes = read(zip, SpecFile.RESOURCE);
      if (bytes == null) {
        throw new Fault(jar + ": not a compiled network: it has no " + SpecFile.RESOURCE);
      }
      ModelSpec spec = SpecFile.read(new ByteArrayInputStream(bytes), jar.toString());
      ZipEntry weights = zip.getEntry(WEIGHTS);
      var vocabulary = new Vocabulary();
      return new Content(spec, kernels, weights == null ? null : weights(zip, weights, spec, vocabulary, jar + " (" + WEIGHTS + ")"), vocabulary);
    } catch (IOException e) {
      throw new Fault(jar + ": cannot be read: " + e.getMessage(), "", e);
    }
  }

  private static Object weights(ZipFile zip, ZipEntry entry, ModelSpec spec, Vocabulary vocabulary, String origin) throws IOException {
    return WeightFile.load(spec, Npz.archive(Bytes.of(zip, entry), origin), origin, vocabulary);
  }

  /** The weights array of the class path's network; null if there is none. */
  public static Object weightsOnClassPath(ModelSpec spec, Vocabulary vocabulary) throws IOException {
    URL place = NetworkJar.class.getClassLoader().getResource(WEIGHTS);
    if (place == null) {
      return null;
    }
    URLConnection connection = place.openConnection();
    connection.setUseCaches(false);
    if (connection instanceof JarURLConnection jar) {
      try (ZipFile zip = jar.getJarFile()) {
        return weights(zip, jar.getJarEntry(), spec, vocabulary, WEIGHTS);
      }
    }
    try (InputStream in = connection.getInputStream()) {
      return WeightFile.load(spec, in, WEIGHTS, vocabulary);
    }
  }

  /** Loads kernel classes from one jar, whatever the class path has. */
  private static final class Loader extends ClassLoader implements Function<String, Kernels> {
    private final Path jar;

    Loader(Path jar) {
      super(Kernels.class.getClassLoader());
      this.jar = jar;
      Kernels.showTo(this);
    }

    @Override
    public Kernels apply(String name) {
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        Class<?> loaded = findLoadedClass(Kernels.PACKAGE + name);
        if (loaded == null) {
          byte[] code = read(zip, Kernels.file(name));
          if (code == null) {
            return null;
          }
          loaded = defineClass(Kernels.PACKAGE + name, code, 0, code.length);
        }
        return instance(loaded);
      } catch (IOException e) {
        throw new Fault(jar + ": cannot be read: " + e.getMessage(), "", e);
      }
    }
  }

  /** Kernel classes of the class path. */
  public static final class OnClassPath implements Function<String, Kernels> {
    @Override
    public Kernels apply(String name) {
      try {
        return instance(Class.forName(Kernels.PACKAGE + name));
      } catch (ClassNotFoundException e) {
        return null;
      }
    }
  }

  private static Kernels instance(Class<?> loaded) {
    try {
      return (Kernels) loaded.getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new Fault("the compiled network does not fit this runtime: " + e, "compile it again", e);
    }
  }
}
