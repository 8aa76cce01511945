package nnc.image;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import nnc.runtime.base.Fault;
import nnc.runtime.data.SourceReaders;
import nnc.runtime.files.AtomicFile;
import nnc.runtime.files.ScratchFolder;
import nnc.runtime.spec.ModelSpec;
import nnc.source.JsonText;

/**
 * A folder that runs a compiled network without any other Java: the modules that it needs, its jar, a cache of loaded and linked classes, and a
 * launcher. It may be moved, and packed and unpacked, to any machine of the same system and processor.
 *
 * <pre>
 * bin/NAME           the launcher
 * lib/java           Java, cut down
 * lib/network.jar    what nnc compile writes
 * lib/network.aot    the classes of both as they are after a start
 * nnc-image.json     what this is
 * </pre>
 */
public final class Image {
  private Image() {}

  /** There is no way to link on this Java. */
  public static final class NoLinker extends RuntimeException {
    private static final long serialVersionUID = 1;

    NoLinker(String message) {
      super(message);
    }
  }

  /** What an image is for: the commands of a jar, or a service too. */
  public enum Use { COMMANDS, SERVICE }

  /** Bytes of the parts of an image. */
  public record Sizes(long java, long jar, long cache) {
    public long total() {
      return java + jar + cache;
    }
  }

  /** Writes the network's jar. */
  public interface JarContent {
    /** @param more entries to add to those that a jar has */
    void write(Path jar, Map<String, byte[]> more) throws IOException;
  }

  /** Of the jar, in whole seconds, which any archive keeps: the cache is meant for a jar of the date that it had when it was made. */
  private static final FileTime DATE = FileTime.from(Instant.parse("2000-01-01T12:00:00Z"));

  private static final String LAUNCHER = "launcher.sh", JAR_SIZE = "@jar-size@";
  private static final List<String> LINK_OPTIONS = List.of("--strip-java-debug-attributes", "--no-header-files", "--no-man-pages", "--compress=zip-6",
      "--ignore-modified-runtime");

  /** The modules of Java that a network needs: vectors, for {@code bench} what a thread has allocated, and for pictures those of the desktop. */
  public static List<String> modules(ModelSpec spec) {
    return modules(spec, Use.COMMANDS);
  }

  /** The same of an image that is used for more. */
  public static List<String> modules(ModelSpec spec, Use use) {
    var modules = new ArrayList<>(List.of("java.base", "jdk.incubator.vector", "jdk.management"));
    if (SourceReaders.called(spec.data().values()).contains("images")) {
      modules.add("java.desktop");
    }
    if (use == Use.SERVICE) {
      modules.add("jdk.httpserver");
    }
    return modules;
  }

  /**
   * Makes the image of a network beside {@code place}, and moves it there when it is whole.
   *
   * @param use      what the jar can do
   * @param progress takes a line when something begins that takes a while
   * @throws Fault    if the place is taken or cannot be written to, or a step fails; nothing is left behind then
   * @throws NoLinker if the Java that runs this cannot make another
   */
  public static Sizes write(Path place, ModelSpec spec, Use use, JarContent jar, Consumer<String> progress) {
    requireLinker();
    var target = Target.at(place);
    try (var work = new WorkFolder(target.beside(".part"))) {
      var sizes = fill(work, spec, modules(spec, use), jar, progress);
      work.done();
      target.take(work.folder());
      return sizes;
    } catch (IOException e) {
      throw AtomicFile.fault(place, e);
    }
  }

  /**
   * Says before the work whether there is a jlink.
   *
   * @throws NoLinker if there is none
   */
  public static void requireLinker() {
    if (System.getProperty("os.name").startsWith("Windows")) {
      throw new NoLinker("--image makes a launcher for Unix shells, not for Windows; the jar runs there");
    }
    if (ModuleFinder.ofSystem().find("jdk.jlink").isEmpty() || !Files.isExecutable(home().resolve("bin/java"))) {
      throw noLinker("has no jlink");
    }
  }

  private static NoLinker noLinker(String what) {
    return new NoLinker("--image cuts a Java to size, and the one that runs nnc, " + home() + ", " + what
        + "\n  run nnc on a whole JDK 25: one with a folder jmods, or one that can be linked from itself, as Eclipse Temurin (https://adoptium.net)");
  }

  private static Path home() {
    return Path.of(System.getProperty("java.home"));
  }

  private static Sizes fill(WorkFolder work, ModelSpec spec, List<String> modules, JarContent jar, Consumer<String> progress) throws IOException {
    var lib = Files.createDirectory(work.folder().resolve("lib"));
    var java = lib.resolve("java");
    progress.accept("linking a Java of " + String.join(", ", modules));
    link(work, modules, java);
    var network = lib.resolve("network.jar");
    jar.write(network, Map.of("nnc/image/ImageRehearsal.class", resource("ImageRehearsal.class")));
    Files.setLastModifiedTime(network, DATE);
    progress.accept("rehearsing a start, for the cache of classes");
    var cache = lib.resolve("network.aot");
    rehearse(work, java, network, cache);
    var launcher = Files.createDirectory(work.folder().resolve("bin")).resolve(spec.name());
    Files.writeString(launcher, new String(resource(LAUNCHER), StandardCharsets.UTF_8).replace(JAR_SIZE, Long.toString(Files.size(network))));
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(work.folder().resolve(Target.MARK), "{\"network\": \"" + JsonText.escape(spec.name()) + "\", \"compiler\": \"nnc\", \"java\": \""
        + JsonText.escape(System.getProperty("java.runtime.version")) + "\"}\n");
    return new Sizes(size(java), Files.size(network), Files.size(cache));
  }

  private static void link(WorkFolder work, List<String> modules, Path java) throws IOException {
    var command = new ArrayList<>(List.of(home().resolve("bin/java").toString(), "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Duser.language=en"));
    command.addAll(Linker.JAVA_OPTIONS);
    command.addAll(List.of("-cp", ownPlace().toString(), Linker.class.getName(), "--add-modules", String.join(",", modules), "--output",
        java.toString()));
    command.addAll(LINK_OPTIONS);
    var ended = work.run(command);
    if (ended.code() == Linker.NOT_LINKABLE) {
      throw noLinker("cannot be linked: it has no jmods");
    }
    if (ended.code() != 0) {
      throw new IOException("jlink failed: " + lastLine(ended.text()));
    }
  }

  /** Java records what a run loads, and when it ends starts another process that writes the cache. */
  private static void rehearse(WorkFolder work, Path java, Path network, Path cache) throws IOException {
    var scratch = Files.createDirectory(work.folder().resolve("rehearsal"));
    var ended = work.run(List.of(java.resolve("bin/java").toString(), "-XX:AOTCacheOutput=" + cache, "-XX:+UseG1GC", "-XX:-UsePerfData",
        "-Dnnc.program=nnc", "-cp", network.toString(), ImageRehearsal.class.getName(), scratch.toString()));
    if (!Files.exists(cache)) {
      throw new IOException("no cache of classes could be made: " + lastLine(ended.text()));
    }
    ScratchFolder.delete(scratch);
  }

  private static String lastLine(String text) {
    return text.lines().filter(line -> !line.isBlank()).reduce((_, last) -> last).orElse("it does not say why");
  }

  private static Path ownPlace() {
    try {
      return Path.of(Image.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = Image.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static long size(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
