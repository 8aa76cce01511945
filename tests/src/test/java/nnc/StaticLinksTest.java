package nnc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the build makes of the compiler's classes, so that it starts fast. */
class StaticLinksTest {
  @TempDir
  static Path folder;

  private static Path place(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** Those who bootstrap the calls in a folder's classes; toString is for people, who see it seldom. */
  private static Set<String> bootstraps(Path root) throws IOException {
    var called = new TreeSet<String>();
    try (var files = Files.walk(root)) {
      for (var file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        ClassFile.of().parse(Files.readAllBytes(file)).methods().stream().flatMap(method -> method.code().stream()).flatMap(code -> code.elementStream())
            .filter(InvokeDynamicInstruction.class::isInstance).map(InvokeDynamicInstruction.class::cast)
            .filter(call -> !call.name().equalsString("toString")).forEach(call -> called.add(call.bootstrapMethod().owner().displayName()));
      }
    }
    return called;
  }

  @Test
  void theCompilerBootstrapsOnlyWhatCachesKeep() throws Exception {
    var compiler = place(Compiler.class);
    if (Files.isDirectory(compiler)) {
      assertThat(bootstraps(compiler)).containsExactlyInAnyOrder("LambdaMetafactory", "StringConcatFactory");
      return;
    }
    try (var jar = FileSystems.newFileSystem(compiler)) {
      assertThat(bootstraps(jar.getPath("/"))).containsExactlyInAnyOrder("LambdaMetafactory", "StringConcatFactory");
    }
  }

  /** Every sort of component. */
  public record Many(boolean a, byte b, short c, char d, int e, long f, float g, double h, String i, List<?> j) {}

  /** No component at all. */
  public record None() {}

  /** Says all that was linked of some values, by the classes that load it. */
  public static final class Told implements Supplier<String> {
    private static String kind(Object value) {
      return switch (value) {
        case null -> "null";
        case Integer i when i > 5 -> "large";
        case Integer i when i < 0 -> "negative";
        case Integer _ -> "integer";
        case Many(_, _, _, _, _, _, _, _, String text, _) when text.isEmpty() -> "empty";
        case Many _ -> "many";
        case String text -> word(text);
        case int[] _ -> "array";
        default -> "else";
      };
    }

    private static String word(String text) {
      return switch (text) {
        case String word when word.length() > 4 -> "long";
        case "text", "word" -> "known";
        case "other" -> "never";
        case String _ -> "unknown";
      };
    }

    @Override
    public String get() {
      var base = new Many(true, (byte) 1, (short) 2, 'c', 4, 5, 6, 7, "eight", List.of(9));
      var all = new ArrayList<Object>(List.of(base, new None(), 7, 3, -2, "text", "longer", "abc", new int[0], 2.5));
      all.add(null);
      all.add(new Many(false, (byte) 1, (short) 2, 'c', 4, 5, 6, 7, "eight", List.of(9)));
      all.add(new Many(true, (byte) 2, (short) 2, 'c', 4, 5, 6, 7, "eight", List.of(9)));
      all.add(new Many(true, (byte) 1, (short) 3, 'c', 4, 5, 6, 7, "eight", List.of(9)));
      all.add(new Many(true, (byte) 1, (short) 2, 'd', 4, 5, 6, 7, "eight", List.of(9)));
      all.add(new Many(true, (byte) 1, (short) 2, 'c', 5, 5, 6, 7, "eight", List.of(9)));
      all.add(new Many(true, (byte) 1, (short) 2, 'c', 4, 6, 6, 7, "eight", List.of(9)));
      all.add(new Many(true, (byte) 1, (short) 2, 'c', 4, 5, Float.NaN, 7, "eight", List.of(9)));
      all.add(new Many(true, (byte) 1, (short) 2, 'c', 4, 5, Float.NaN, 7, new String("eight"), List.of(9)));
      all.add(new Many(true, (byte) 1, (short) 2, 'c', 4, 5, 6, 0.0, "", null));
      all.add(new Many(true, (byte) 1, (short) 2, 'c', 4, 5, 6, -0.0, "", null));
      all.add(new Many(true, (byte) 1, (short) 2, 'c', 4, 5, 6, 7, null, List.of(9)));
      all.add(new None());
      var told = new StringBuilder();
      for (var one : all) {
        if (!(one instanceof Many many) || many.i() != null) {
          told.append(kind(one));
        }
        told.append(one instanceof Record ? one.hashCode() : 0);
        all.forEach(other -> told.append(one instanceof Record && one.equals(other) ? '=' : '.'));
      }
      return told.toString();
    }
  }

  private static String tell(ClassLoader loader) throws ReflectiveOperationException {
    return (String) ((Supplier<?>) loader.loadClass(Told.class.getName()).getConstructor().newInstance()).get();
  }

  /** Oracle: the same classes as javac made them. */
  @Test
  void linkedClassesDoTheSame() throws Exception {
    for (var type : List.of(Many.class, None.class, Told.class)) {
      var file = type.getName().replace('.', '/') + ".class";
      Files.createDirectories(folder.resolve(file).getParent());
      Files.copy(place(type).resolve(file), folder.resolve(file));
    }
    var before = tell(StaticLinksTest.class.getClassLoader());
    assertThat(bootstraps(folder)).contains("SwitchBootstraps", "ObjectMethods");
    link();
    assertThat(bootstraps(folder)).doesNotContain("SwitchBootstraps", "ObjectMethods");
    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      assertThat(tell(loader)).isEqualTo(before).contains("null", "large", "negative", "empty", "many", "array", "else", "long", "known", "unknown");
    }
    var told = folder.resolve(Told.class.getName().replace('.', '/') + ".class");
    var once = Files.readAllBytes(told);
    link();
    assertThat(Files.readAllBytes(told)).isEqualTo(once);
  }

  private static void link() throws IOException, InterruptedException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var process = new ProcessBuilder(java, "-XX:TieredStopAtLevel=1", "-cp", folder.toString(),
        Path.of("..", "compiler", "src", "build", "StaticLinks.java").toString(), folder.toString()).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }
}
