package nnc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.attribute.MethodParametersAttribute;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the build makes of the runtime's classes, so that jars are small. */
class CompactClassesTest {
  @TempDir
  static Path folder;

  /** A record whose compact constructor has names of parameters, and whose methods javac leaves to a bootstrap. */
  public record Pair(int first, List<String> texts) {
    public Pair {
      if (first < 0) {
        throw new IllegalArgumentException("negative");
      }
    }
  }

  /** Says what it computed of every sort of constant, and where each fault came from. */
  public static final class Told implements Supplier<String> {
    public static final int OPEN = 77;
    private static final int CLOSED = 88;
    private static final String WORD = "word";

    /** A constant too, but code stores it into each object. */
    private final int each = 99;
    private final List<List<String>> hidden = new ArrayList<>();
    private final StringBuilder told = new StringBuilder();
    private int calls;

    private static <T> T only(List<? extends T> all) {
      return all.getFirst();
    }

    private void fault(Runnable run) {
      try {
        run.run();
        told.append("nothing\n");
      } catch (RuntimeException e) {
        told.append(e.getClass().getSimpleName()).append(Arrays.asList(e.getStackTrace()).subList(0, 2)).append('\n');
      }
    }

    private int divided(int value) {
      int twice = value * 2;
      int rest = 5
          + twice;
      int result = rest
          / value
          + twice
          % value;
      calls++;
      return result;
    }

    private double element(double[] of, int index) {
      double sum = 0;
      for (int i = 0; i < 2; i++) {
        sum += i;
        if (i > index) {
          continue;
        }
        sum -= of
            [index + i];
      }
      return sum;
    }

    private int length(Object of) {
      int plus = 7;
      return plus
          + ((int[]) of)
          .length;
    }

    private String switched(int value) {
      return switch (value) {
        case 1 -> "one";
        case 1000 -> null;
        default -> throw new IllegalStateException("of " + value);
      };
    }

    @Override
    public String get() {
      hidden.add(List.of("a", "b"));
      told.append(only(only(hidden))).append(1L << 40).append(12345678).append(1.5f).append(2.25).append(Long.MIN_VALUE).append((Object) Pair.class);
      told.append(OPEN + calls).append(CLOSED + calls).append(WORD).append(each);
      told.append(new Pair(3, List.of("x"))).append(new Pair(3, List.of("x")).equals(new Pair(3, List.of("x"))));
      fault(() -> divided(0));
      fault(() -> divided(3));
      fault(() -> element(new double[1], 1));
      fault(() -> element(null, 0));
      fault(() -> length(null));
      fault(() -> length("text"));
      fault(() -> switched(1).length());
      fault(() -> switched(1000)
          .length());
      fault(() -> switched(4));
      fault(() -> new Pair(-1, List.of()));
      return told.append(calls).toString();
    }
  }

  private static Path place(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static String file(Class<?> type) {
    return type.getName().replace('.', '/') + ".class";
  }

  private static void compact() throws IOException, InterruptedException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var process = new ProcessBuilder(java, "-XX:TieredStopAtLevel=1", "-cp", folder.toString(),
        Path.of("..", "runtime", "src", "build", "CompactClasses.java").toString(), folder.toString()).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }

  /** What tests and users compile against: all but what is private. */
  private static List<String> declared(Class<?> type) {
    var all = new ArrayList<String>();
    Arrays.stream(type.getDeclaredMethods()).filter(method -> !Modifier.isPrivate(method.getModifiers())).forEach(method -> all.add(method.toGenericString()));
    Arrays.stream(type.getDeclaredFields()).filter(field -> !Modifier.isPrivate(field.getModifiers())).forEach(field -> all.add(field.toGenericString()));
    Arrays.stream(type.getDeclaredConstructors()).forEach(constructor -> all.add(constructor.toGenericString()));
    if (type.isRecord()) {
      Arrays.stream(type.getRecordComponents()).forEach(component -> all.add(component.getGenericType() + " " + component.getName()));
    }
    Arrays.stream(type.getDeclaredClasses()).forEach(inner -> all.add(inner.toGenericString()));
    all.sort(null);
    return all;
  }

  /** Oracle: the same classes as javac made them. */
  @Test
  void compactClassesDoTheSame() throws Exception {
    var types = List.of(CompactClassesTest.class, Pair.class, Told.class);
    for (var type : types) {
      Files.createDirectories(folder.resolve(file(type)).getParent());
      Files.copy(place(type).resolve(file(type)), folder.resolve(file(type)));
    }
    compact();
    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, CompactClassesTest.class.getClassLoader().getParent()) {
      @Override
      protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        boolean own = name.startsWith(CompactClassesTest.class.getName());
        return own && findLoadedClass(name) == null ? findClass(name) : own ? findLoadedClass(name) : CompactClassesTest.class.getClassLoader().loadClass(name);
      }
    }) {
      var told = loader.loadClass(Told.class.getName());
      assertThat(told).isNotSameAs(Told.class);
      assertThat((String) ((Supplier<?>) told.getConstructor().newInstance()).get()).isEqualTo(new Told().get())
          .contains("ArithmeticException", "ArrayIndexOutOfBounds", "NullPointer", "ClassCast", "IllegalState", "IllegalArgument", "nothing");
      for (var type : types) {
        assertThat(loader.loadClass(type.getName()).getDeclaredFields()).noneMatch(field -> field.getName().equals("CLOSED"));
        assertThat(declared(loader.loadClass(type.getName()))).isEqualTo(declared(type));
      }
    }
    var once = contents();
    compact();
    assertThat(contents()).isEqualTo(once);
    for (var type : types) {
      var model = ClassFile.of().parse(folder.resolve(file(type)));
      assertThat(model.methods().stream().flatMap(method -> method.attributes().stream())).noneMatch(MethodParametersAttribute.class::isInstance);
      assertThat(Files.size(folder.resolve(file(type)))).isLessThan(Files.size(place(type).resolve(file(type))));
      assertThat(ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofClassLoading(getClass().getClassLoader()))).verify(model)).isEmpty();
    }
  }

  private static TreeMap<String, String> contents() throws IOException {
    var all = new TreeMap<String, String>();
    try (var files = Files.walk(folder)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        all.put(file + " " + Files.getLastModifiedTime(file), Arrays.toString(Files.readAllBytes(file)));
      }
    }
    return all;
  }
}
