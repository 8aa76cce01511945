package nnc.typed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nnc.Compiler;
import nnc.driver.Compilation;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator.Purpose;
import nnc.jar.NetworkArchive;
import nnc.runtime.base.Fault;
import nnc.runtime.files.AtomicFile;

/**
 * Makes a class of a program: {@code Iris.java}, which a person can read and a project compiles with its other sources, and beside it, as a resource of its package, the
 * network that it loads, {@code iris.nnc}; weights that are to go with it are {@code iris.npz} there. As each finds its own by its class, any number of them can be
 * on one class path.
 */
public final class TypedClasses {
  /** What the file of a network ends in: what a jar has, without the runtime. */
  static final String NETWORK = ".nnc";

  /** What the file of its weights ends in. */
  static final String WEIGHTS = ".npz";

  private TypedClasses() {}

  /**
   * Where a class goes.
   *
   * @param sources     the folder of sources, which the folders of packages are in
   * @param resources   that of resources
   * @param packageName empty for none
   * @param className   simple; if empty it follows from the program's name
   * @param encoding    of sources; letters that it lacks are written as Java's escapes
   */
  public record Place(Path sources, Path resources, String packageName, Optional<String> className, Charset encoding) {
    /** @throws Fault if package or class cannot be called so */
    public Place {
      if (!packageName.isEmpty() && !JavaNames.isPackage(packageName)) {
        throw new Fault("no package can be called '" + packageName + "'", "its parts, between points, are names of Java such as com.example");
      }
      if (className.isPresent() && !JavaNames.isType(className.get())) {
        throw new Fault("the class of a network cannot be called '" + className.get() + "'", "it is a name of Java, and none that its source uses for something else");
      }
    }

    /** What a program's class is called. */
    public String classOf(Path program) {
      return className.orElseGet(() -> JavaNames.ofTypes().unique(JavaNames.type(stem(program)), "Network"));
    }

    private Path source(Path program) {
      return inPackage(sources).resolve(classOf(program) + ".java");
    }

    private Path resource(Path program, String ending) {
      return inPackage(resources).resolve(stem(program) + ending);
    }

    private Path inPackage(Path folder) {
      return packageName.isEmpty() ? folder : folder.resolve(packageName.replace('.', '/'));
    }
  }

  /**
   * What was made of a program.
   *
   * @param read  the program and what it imports
   * @param files the class's source, its network, and its weights if there are some
   */
  public record Written(CompiledProgram compiled, Set<Path> read, List<Path> files) {}

  /** A program's name without what it ends in. */
  private static String stem(Path program) {
    var name = program.getFileName().toString();
    return name.endsWith(".nn") ? name.substring(0, name.length() - ".nn".length()) : name;
  }

  /**
   * Compiles a program and writes its class. Files that have the same content already are left as they are.
   *
   * @param weights to go with it
   * @throws FaultyProgram if the program has faults
   * @throws Fault         if it predicts nothing, the weights do not fit, or a file cannot be written
   */
  public static Written write(Path program, Place place, Optional<Path> weights, CompilerOptions options) throws FaultyProgram {
    var compilation = new Compilation(program, options);
    var compiled = compilation.compileForJar(List.of(Purpose.values()));
    var network = TypedSignature.of(compiled.spec(), place.packageName(), place.classOf(program));
    var source = place.source(program);
    var binary = place.resource(program, NETWORK);
    keep(source, encoded(TypedSource.of(network), place.encoding()));
    keep(binary, archive(compiled));
    if (weights.isEmpty()) {
      return new Written(compiled, compilation.files(), List.of(source, binary));
    }
    var beside = place.resource(program, WEIGHTS);
    // without what training alone needs
    Compiler.load(compiled).withWeights(weights.get()).save(beside);
    return new Written(compiled, compilation.files(), List.of(source, binary, beside));
  }

  private static byte[] archive(CompiledProgram compiled) {
    try {
      return NetworkArchive.of(Compiler.networkFiles(compiled));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is compiled again for nothing costs those who compile what stands here. */
  private static void keep(Path file, byte[] content) {
    try {
      if (!Files.isRegularFile(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
        AtomicFile.write(file, out -> out.write(content));
      }
    } catch (IOException e) {
      throw new Fault(file + ": cannot be read: " + e.getMessage(), "", e);
    }
  }

  private static byte[] encoded(String source, Charset encoding) {
    var encoder = encoding.newEncoder();
    if (encoder.canEncode(source)) {
      return source.getBytes(encoding);
    }
    var escaped = new StringBuilder();
    for (char c : source.toCharArray()) {
      escaped.append(c < 0x80 || encoding.equals(StandardCharsets.UTF_8) ? String.valueOf(c) : String.format("\\u%04x", (int) c));
    }
    return escaped.toString().getBytes(encoding);
  }
}
