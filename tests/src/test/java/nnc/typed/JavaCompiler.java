package nnc.typed;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import nnc.runtime.Model;

/** javac over a folder of sources, as a project on Java 17 has it that depends on the runtime alone. */
final class JavaCompiler {
  private JavaCompiler() {}

  /** What it says; nothing if it is content. Class files go where the sources and resources are. */
  static String compile(Path folder) throws IOException {
    List<Path> sources;
    try (var files = Files.walk(folder)) {
      sources = files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
    var said = new StringWriter();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var manager = compiler.getStandardFileManager(null, null, null)) {
      compiler.getTask(said, manager, null, List.of("--release", "17", "-Xlint:all,-options,-classfile,-path", "-Xdoclint:html,syntax,reference", "-proc:none", "-encoding",
          "UTF-8", "-cp", runtime().toString(), "-d", folder.toString()), null, manager.getJavaFileObjectsFromPaths(sources)).call();
    }
    return said.toString();
  }

  /** Where the runtime's classes are. */
  static Path runtime() {
    try {
      URI place = Model.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      return Path.of(place);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The classes of a folder. */
  static URLClassLoader loader(Path folder) throws IOException {
    return new URLClassLoader(new URL[] {folder.toUri().toURL()}, JavaCompiler.class.getClassLoader());
  }
}
