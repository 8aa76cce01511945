package nnc.runtime.files;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
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

  /** What compiles networks, as manifests call it, with its version behind it where that is known. */
  public static final String COMPILER = "nnc";

  private static final String WHAT = "a jar";

  /** Which compiler wrote a jar, e.g. {@code nnc 0.1.0}. */
  public static String compiler(Path jar) {
    try (ZipFile zip = open(jar, "a compiled network")) {
      byte[] manifest = read(zip, JarFile.MANIFEST_NAME);
      String creator = manifest == null ? null : new Manifest(new ByteArrayInputStream(manifest)).getMainAttributes().getValue("Created-By");
      return creator != null && creator.startsWith(COMPILER + " ") ? creator : COMPILER;
    } catch (IOException e) {
      throw new Fault(jar + ": cannot be read: " + e.getMessage(), "", e);
    }
  }

  /**
   * Refuses to put a jar into a file that is there already and is none.
   *
   * @throws Fault if it is another file, which stays as it is
   */
  public static void keepOthers(Path file) {
    AtomicFile.keepOthers(file, WHAT, "PK");
    if (!Files.isRegularFile(file) || file.toFile().length() == 0) {
      return;
    }
    try (ZipFile zip = new ZipFile(file.toFile())) {
      if (zip.getEntry(JarFile.MANIFEST_NAME) == null) {
        throw AtomicFile.other(file, WHAT);
      }
    } catch (IOException e) {
      // a damaged one, or one that cannot be read: who writes it finds out
    }
  }

  /** What a network of a jar was compiled with, a line an option; nothing where the jar does not say. */
  public static List<String> record(Path jar, String network) {
    try (ZipFile zip = open(jar, "a compiled network")) {
      byte[] record = read(zip, NetworkPaths.record(network));
      return record == null ? List.of() : List.of(new String(record, StandardCharsets.UTF_8).split("\n"));
    } catch (IOException e) {
      throw new Fault(jar + ": cannot be read: " + e.getMessage(), "", e);
    }
  }

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

  /**
   * The only network of a jar, with classes of its own.
   *
   * @throws Fault if there is none, or there are several
   */
  public static Content read(Path jar) {
    return read(jar, null, new Loader(jar));
  }

  /**
   * The network of a name in a jar, with classes of its own.
   *
   * @throws Fault if there is none of that name
   */
  public static Content read(Path jar, String name) {
    return read(jar, name, new Loader(jar));
  }

  /** The only network of a jar whose classes are those that Java has. */
  public static Content readOwn(Path jar) {
    return read(jar, null, own());
  }

  private static Content read(Path jar, String name, Function<String, Kernels> kernels) {
    try (ZipFile zip = open(jar, "a compiled network")) {
      Map<String, ModelSpec> networks = networks(zip, jar, name);
      if (networks.size() != 1) {
        throw wrong(networks.size() > 1 ? networks : networks(zip, jar, null), jar, name);
      }
      String path = networks.keySet().iterator().next();
      ModelSpec spec = networks.get(path);
      ZipEntry weights = zip.getEntry(NetworkPaths.weights(path));
      var vocabulary = new Vocabulary();
      return new Content(spec, kernels, weights == null ? null : weights(zip, weights, spec, vocabulary, jar + " (" + weights.getName() + ")"), vocabulary);
    } catch (IOException e) {
      throw new Fault(jar + ": cannot be read: " + e.getMessage(), "", e);
    }
  }

  /** The networks of a jar, or those of a name, by where they lie. */
  private static Map<String, ModelSpec> networks(ZipFile zip, Path jar, String name) throws IOException {
    Map<String, ModelSpec> networks = new LinkedHashMap<>();
    for (String path : NetworkPaths.in(zip)) {
      if (name == null || name.equals(path) || path.equals(NetworkPaths.UNNAMED)) {
        ModelSpec spec = SpecFile.read(new ByteArrayInputStream(read(zip, NetworkPaths.spec(path))), jar.toString());
        if (name == null || name.equals(spec.name())) {
          networks.put(path, spec);
        }
      }
    }
    return networks;
  }

  private static Fault wrong(Map<String, ModelSpec> networks, Path jar, String name) {
    if (networks.isEmpty()) {
      return new Fault(jar + ": not a compiled network: it has no " + NetworkPaths.spec("NAME"));
    }
    List<String> names = new ArrayList<>();
    for (ModelSpec spec : networks.values()) {
      names.add(spec.name());
    }
    if (name == null) {
      return new Fault(jar + ": has several networks: " + String.join(", ", names), "say which: Model.load(jar, \"" + names.get(0) + "\")");
    }
    return new Fault(jar + ": has no network " + name + "; it has " + String.join(", ", names));
  }

  static Object weights(ZipFile zip, ZipEntry entry, ModelSpec spec, Vocabulary vocabulary, String origin) throws IOException {
    return WeightFile.load(spec, Npz.archive(Bytes.of(zip, entry), origin), origin, vocabulary);
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

  /** The classes that Java itself has loaded, or would. */
  public static Function<String, Kernels> own() {
    return new OnClassPath();
  }

  private static final class OnClassPath implements Function<String, Kernels> {
    @Override
    public Kernels apply(String name) {
      try {
        return instance(Class.forName(Kernels.PACKAGE + name));
      } catch (ClassNotFoundException e) {
        return null;
      }
    }
  }

  static Kernels instance(Class<?> loaded) {
    try {
      return (Kernels) loaded.getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new Fault("the compiled network does not fit this runtime: " + e, "compile it again", e);
    }
  }
}
