package nnc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Packages know only those that stand before them; oracle: the imports and qualified names in the sources. */
class DependencyTest {
  /** Each package knows some of those before it, and none of those behind it. The runtime knows nothing else. */
  private static final List<String> ORDER = List.of(
      "nnc.runtime.base", "nnc.runtime.spec", "nnc.runtime.engine", "nnc.runtime.files", "nnc.runtime.data", "nnc.runtime", "nnc.runtime.train",
      "nnc.runtime.learn", "nnc.runtime.server", "nnc.runtime.cli",
      "nnc.machine", "nnc.source", "nnc.optimizations", "nnc.syntax", "nnc.graph", "nnc.decompile", "nnc.interpret", "nnc.analysis", "nnc.differentiate", "nnc.elaborate", "nnc.reference", "nnc.passes",
      "nnc.loops", "nnc.loops.math", "nnc.loops.expand", "nnc.loops.bounds",
      "nnc.schedule", "nnc.schedule.memory", "nnc.schedule.cost", "nnc.schedule.batch",
      "nnc.lower.common", "nnc.lower.gemm", "nnc.lower.conv", "nnc.lower.nest", "nnc.lower",
      "nnc.bytecode", "nnc.jar", "nnc.image", "nnc.driver", "nnc", "nnc.typed", "nnc.build", "nnc.draw", "nnc.page", "nnc.diagram", "nnc.explain", "nnc.explain.example", "nnc.search", "nnc.report", "nnc.pictures", "nnc.follow", "nnc.cli");

  /** Of these, each is whole without the others: one family of kernels, one stage. */
  private static final List<List<String>> STRANGERS = List.of(
      List.of("nnc.lower.gemm", "nnc.lower.conv", "nnc.lower.nest"),
      List.of("nnc.passes", "nnc.schedule", "nnc.elaborate"),
      List.of("nnc.loops.math", "nnc.loops.expand", "nnc.schedule"),
      List.of("nnc.bytecode", "nnc.lower"));

  private static final Pattern NAME = Pattern.compile("\\b(nnc(?:\\.[a-z]+)*)\\.[A-Z]");
  private static final Pattern FOREIGN = Pattern.compile("\\bimport (?:static )?(nnc\\.(?!runtime)|org\\.|com\\.(?!sun\\.net\\.httpserver\\.))");

  static List<Path> sources(String... modules) throws IOException {
    var all = new ArrayList<Path>();
    for (var module : modules) {
      try (var files = Files.walk(Path.of("..").resolve(module))) {
        files.filter(file -> file.toString().endsWith(".java") && !file.endsWith("package-info.java") && !file.endsWith("module-info.java")).forEach(all::add);
      }
    }
    return all;
  }

  /** By package, the packages that it knows, with a class that does. */
  private static Map<String, Map<String, String>> known() throws IOException {
    var known = new TreeMap<String, Map<String, String>>();
    for (var file : sources("compiler/src/main/java", "runtime/src/main/java")) {
      var text = Files.readString(file);
      var own = text.substring(text.indexOf("package ") + "package ".length(), text.indexOf(';'));
      known.computeIfAbsent(own, _ -> new TreeMap<>());
      NAME.matcher(text).results().map(match -> match.group(1)).filter(name -> !name.equals(own) && !name.equals("nnc.grammar") && !name.startsWith("nnc.model"))
          .forEach(name -> known.get(own).put(name, file.getFileName().toString()));
    }
    return known;
  }

  @Test
  void eachPackageHasItsPlace() throws IOException {
    assertThat(known().keySet()).containsExactlyInAnyOrderElementsOf(ORDER);
  }

  @Test
  void noArrowRunsBack() throws IOException {
    var faults = new ArrayList<String>();
    known().forEach((own, others) -> others.forEach((other, file) -> {
      if (ORDER.indexOf(other) >= ORDER.indexOf(own) || STRANGERS.stream().anyMatch(group -> group.contains(own) && group.contains(other))) {
        faults.add(own + " (" + file + ") knows " + other);
      }
    }));
    assertThat(faults).isEmpty();
  }

  @Test
  void runtimeKnowsNobody() throws IOException {
    for (var file : sources("runtime/src/main/java")) {
      assertThat(FOREIGN.matcher(Files.readString(file)).find()).as(file.toString()).isFalse();
    }
  }

  /** Who reads a name knows what is meant. */
  @Test
  void noTwoClassesShareAName() throws IOException {
    var places = new TreeMap<String, TreeSet<Path>>();
    for (var file : sources("compiler/src/main/java", "compiler/onnx/src/main/java", "compiler/weights/src/main/java", "runtime/src/main/java", "runtime/spark/src/main/java", "tests/testkit/src/main/java", "tests/src/test/java")) {
      places.computeIfAbsent(file.getFileName().toString(), _ -> new TreeSet<>(Comparator.naturalOrder())).add(file);
    }
    assertThat(places.values().stream().filter(found -> found.size() > 1).flatMap(TreeSet::stream).map(Path::toString)).isEmpty();
  }

  /** Packages are told of where Java looks for it. */
  @Test
  void eachPackageIsIntroduced() throws IOException {
    for (var name : ORDER) {
      var place = name.replace('.', '/') + "/package-info.java";
      assertThat(Stream.of("compiler", "runtime").anyMatch(module -> Files.exists(Path.of("..", module, "src/main/java", place)))).as(place).isTrue();
    }
  }
}
