package nnc.jar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipFile;
import nnc.runtime.engine.Kernels;

/** The class files of the runtime module as a network's jar has them, from its jar or, in a checkout, its folder of classes. */
final class RuntimeClasses {
  private RuntimeClasses() {}

  static Map<String, byte[]> load() throws IOException {
    var place = place();
    var classes = Files.isDirectory(place) ? fromFolder(place) : fromJar(place);
    classes.computeIfPresent(JarModule.FILE, (_, file) -> JarModule.of(file));
    return classes;
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
    return file.endsWith(".class") && !file.endsWith("package-info.class");
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
      files.filter(file -> isCarried(file.toString())).forEach(file -> {
        try {
          classes.put(root.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    }
    return classes;
  }
}
