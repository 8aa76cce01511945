package nnc.jar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.cli.Start;
import nnc.runtime.data.SourceReaders;
import nnc.runtime.engine.Kernels;
import nnc.runtime.learn.Training;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.train.DataStatistic;

/**
 * The class files of the runtime module as a network's jar has them, from its jar or, in a checkout, its folder of classes: the API, and what this, the
 * command line, the emitted classes, the readers of the program's sources and what computes its statistics can come by. Other sources' readers stay out, and so does what only the
 * compiler needs.
 */
final class RuntimeClasses {
  private RuntimeClasses() {}

  /** Where {@code java -jar} begins. */
  static final String START = file(Start.class.getName());

  /** The command that serves; nothing else leads to the server. */
  static final String SERVER = "nnc/runtime/cli/ServeCommand.class";

  /** The files of the server's page. */
  private static final String PAGE = "nnc/runtime/server/page.";

  /** The packages that are everybody's. */
  private static final List<String> API = Stream.of(Model.class, Training.class, ModelSpec.class, Fault.class).map(Class::getPackageName).toList();

  /** @param emitted the jar's other classes */
  static Map<String, byte[]> load(ModelSpec spec, Collection<byte[]> emitted) throws IOException {
    return load(spec, emitted, List.of());
  }

  /** With the server, and its page. */
  static Map<String, byte[]> loadServing(ModelSpec spec, Collection<byte[]> emitted) throws IOException {
    return load(spec, emitted, List.of(SERVER));
  }

  private static Map<String, byte[]> load(ModelSpec spec, Collection<byte[]> emitted, List<String> more) throws IOException {
    var place = place();
    var all = Files.isDirectory(place) ? fromFolder(place) : fromJar(place);
    var readers = SourceReaders.needed(spec.data().values()).stream().map(SourceReaders::className).filter(Objects::nonNull).map(RuntimeClasses::file).toList();
    var statistics = spec.weights().stream().map(weight -> DataStatistic.className(weight.initialiser().kind())).filter(Objects::nonNull).map(RuntimeClasses::file).toList();
    var roots = new TreeMap<String, byte[]>();
    all.forEach((file, content) -> {
      if (file.equals(START) || more.contains(file) || readers.contains(file) || statistics.contains(file) || API.contains(packageName(file))) {
        roots.put(file, content);
      }
    });
    var classes = new TreeMap<>(roots);
    classes.putAll(ReachableClasses.of(all, Stream.concat(roots.values().stream(), emitted.stream()).toList()));
    if (all.containsKey(JarModule.FILE)) {
      classes.put(JarModule.FILE, JarModule.of(all.get(JarModule.FILE), more.isEmpty() ? List.of(JarModule.HTTP) : List.of()));
    }
    if (!more.isEmpty()) {
      all.forEach((file, content) -> {
        if (file.startsWith(PAGE)) {
          classes.put(file, content);
        }
      });
    }
    return classes;
  }

  private static String file(String name) {
    return name.replace('.', '/') + ".class";
  }

  private static String packageName(String file) {
    return file.contains("/") ? file.substring(0, file.lastIndexOf('/')).replace('/', '.') : "";
  }

  private static Map<String, byte[]> fromJar(Path place) throws IOException {
    var classes = new TreeMap<String, byte[]>();
    try (var jar = new ZipFile(place.toFile())) {
      for (var entry : Collections.list(jar.entries())) {
        if (isCarried(entry.getName())) {
          classes.put(entry.getName(), jar.getInputStream(entry).readAllBytes());
        }
      }
    }
    return classes;
  }

  /** A package's own class holds nothing: Maven writes it for a package that is described. */
  private static boolean isCarried(String file) {
    return file.endsWith(".class") && !file.endsWith("package-info.class") || file.startsWith(PAGE);
  }

  private static Path place() {
    try {
      return Path.of(Kernels.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, byte[]> fromFolder(Path root) throws IOException {
    var classes = new TreeMap<String, byte[]>();
    try (var files = Files.walk(root)) {
      files.filter(Files::isRegularFile).forEach(file -> {
        var name = root.relativize(file).toString().replace('\\', '/');
        try {
          if (isCarried(name)) {
            classes.put(name, Files.readAllBytes(file));
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    }
    return classes;
  }
}
