package nnc.jar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.ZipFile;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompilerOptions;
import nnc.runtime.data.Data;
import nnc.runtime.data.SourceReaders;
import nnc.runtime.spec.ModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which of the runtime's classes jars have. Oracle: the constant pools, as the JDK reads them. */
class JarClassesTest {
  private static final Path SAMPLES = Path.of("..", "samples");

  /** Predictions are made for CSV files whatever the program reads. */
  private static final String ALWAYS = "nnc.runtime.data.Csv";

  /** What a reader reads by means of another. */
  private static final Map<String, String> NEEDS = Map.of("nnc.runtime.data.Mnist", "nnc.runtime.data.Idx");

  @TempDir
  private Path folder;

  static List<Path> samples() throws IOException {
    try (var files = Stream.concat(Files.list(SAMPLES), Files.list(SAMPLES.resolve("tables")))) {
      return files.filter(file -> file.toString().endsWith(".nn")).sorted().toList();
    }
  }

  /** The class files of a program's jar, by name. */
  private Map<String, byte[]> classes(Path program) throws Exception {
    var compiled = Compiler.compile(program, CompilerOptions.standard(), "predict");
    var jar = folder.resolve("net.jar");
    Compiler.writeJar(compiled, jar);
    Map<String, byte[]> classes = new HashMap<>();
    try (var zip = new ZipFile(jar.toFile())) {
      for (var entry : zip.stream().filter(entry -> entry.getName().endsWith(".class")).toList()) {
        classes.put(entry.getName().replace(".class", "").replace('/', '.'), zip.getInputStream(entry).readAllBytes());
      }
    }
    return classes;
  }

  private static Set<String> spokenOf(byte[] file) {
    return StreamSupport.stream(ClassFile.of().parse(file).constantPool().spliterator(), false).filter(ClassEntry.class::isInstance)
        .map(entry -> ((ClassEntry) entry).asInternalName().replaceFirst("^\\[+L(.*);$", "$1").replace('/', '.'))
        .filter(name -> name.startsWith("nnc.")).collect(Collectors.toCollection(TreeSet::new));
  }

  private static ModelSpec spec(Path program) throws Exception {
    return Compiler.compile(program, CompilerOptions.standard(), "predict").spec();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void aJarHasAllThatItsClassesSpeakOf(Path program) throws Exception {
    var classes = classes(program);
    assertThat(classes).containsKeys("nnc.runtime.cli.ModelMain", "nnc.runtime.learn.Training", "nnc.runtime.Model");
    classes.forEach((name, file) -> assertThat(classes.keySet()).as(name).containsAll(spokenOf(file)));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void aJarReadsTheSourcesOfItsProgramAndNoOthers(Path program) throws Exception {
    var wanted = new TreeSet<>(Set.of(ALWAYS));
    SourceReaders.needed(spec(program).data().values()).stream().map(SourceReaders::className).filter(name -> name != null).forEach(name -> {
      wanted.add(name);
      wanted.add(NEEDS.getOrDefault(name, name));
    });
    var readers = Data.sources().stream().map(SourceReaders::className).filter(name -> name != null).collect(Collectors.toSet());
    assertThat(classes(program).keySet().stream().filter(readers::contains)).containsExactlyInAnyOrderElementsOf(wanted);
  }

  @Test
  void partsOfSourcesAreReadToo() throws Exception {
    var program = Files.writeString(folder.resolve("part.nn"), """
        input  image: float[N, 1, 8, 8]
        target label: int[N]
        scores = image |> flatten |> dense(2)
        output scores
        loss cross_entropy(scores, label)
        data { train = images("a")  validate = split(images("b"), 0.5)  test = spiral(10) }
        """);
    assertThat(classes(program)).containsKeys("nnc.runtime.data.Images", "nnc.runtime.data.Picture", "nnc.runtime.data.Playground")
        .doesNotContainKeys("nnc.runtime.data.Mnist", "nnc.runtime.data.NpzSource", "nnc.runtime.data.JsonRows");
  }

  @Test
  void aReaderThatIsNotThereIsToldOf() throws Exception {
    var jar = folder.resolve("plain.jar");
    var program = Files.writeString(folder.resolve("plain.nn"), "input x: float[N] output y = x * 2");
    Compiler.writeJar(Compiler.compile(program, CompilerOptions.standard()), jar);
    Files.createDirectory(folder.resolve("pictures"));
    Files.writeString(folder.resolve("in.jsonl"), "{\"x\": 1}\n");
    Files.writeString(folder.resolve("in.csv"), "x\n3\n");
    for (var in : Map.of("pictures", "images", "in.jsonl", "jsonl").entrySet()) {
      var said = predict(in.getKey());
      assertThat(said.code()).as(said.all()).isEqualTo(1);
      assertThat(said.err()).contains("error: this jar has nothing that reads " + in.getValue() + "(...): its program has no such source").doesNotContain("\tat ");
    }
    assertThat(predict("in.csv").code()).isZero();
    assertThat(folder.resolve("o.csv")).hasContent("y\n6.0\n");
  }

  private Said predict(String in) throws Exception {
    return Said.byProcess(folder, Map.of(), Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", "plain.jar", "predict", "--in", in, "--out", "o.csv");
  }
}
