package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nnc.Said;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** This checkout's build files, over next to no source: Maven builds whatever Java it runs on itself, and whichever is first on the PATH. */
class MavenTest {
  private static final Path JDK = Path.of(System.getProperty("java.home"));

  @TempDir
  static Path folder;

  private static Path tools;
  private static Path older;

  @BeforeAll
  static void copy() throws IOException {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/mvn")), "there is no /usr/bin/mvn");
    older = Checkout.olderJdk();
    tools = Checkout.tools(folder.resolve("tools"));
    Files.createSymbolicLink(tools.resolve("mvn"), Path.of("/usr/bin/mvn"));
    for (var file : List.of("dsl-grammar/pom.xml", "runtime/pom.xml", "compiler/pom.xml", "compiler/src/build/StaticLinks.java",
        "runtime/src/build/CompactClasses.java", "runtime/src/main/java/nnc/runtime/cli/Start.java", "runtime/src/main/java/nnc/runtime/cli/NewerJava.java")) {
      Files.createDirectories(folder.resolve(file).getParent());
      Files.copy(Checkout.ROOT.resolve(file), folder.resolve(file));
    }
    Files.writeString(folder.resolve("pom.xml"),
        Files.readString(Checkout.ROOT.resolve("pom.xml")).replaceAll("<module>(compiler/|runtime/|samples|tests)[a-z/-]*</module>", ""));
    Files.writeString(folder.resolve("runtime/src/main/java/nnc/runtime/cli/ModelMain.java"),
        "package nnc.runtime.cli; public final class ModelMain { public static void main(String[] arguments) {} }\n");
    Files.writeString(folder.resolve("runtime/src/main/java/module-info.java"), "module nnc.runtime {}\n");
    Files.createDirectories(folder.resolve("compiler/src/main/java/nnc"));
    Files.writeString(folder.resolve("compiler/src/main/java/nnc/Point.java"), "package nnc; record Point(int x) {}\n");
  }

  @AfterAll
  static void clear() throws IOException {
    Checkout.removeLinks(folder);
  }

  /** JAVA_HOME and what the PATH begins with, where Maven finds a Java to run on. */
  static Stream<List<String>> machines() {
    return Stream.of(List.of("none", "older"));
  }

  static Stream<List<String>> allMachines() {
    var kinds = List.of("none", "this", "older");
    return kinds.stream().flatMap(home -> kinds.stream().map(onPath -> List.of(home, onPath)))
        .filter(machine -> !machine.equals(List.of("none", "none")) && !machines().toList().contains(machine));
  }

  @ParameterizedTest
  @MethodSource("machines")
  void builds(List<String> machine) throws Exception {
    Assumptions.assumeTrue(older != null || !machine.contains("older"), "there is no second, older JDK");
    // Maven on an older Java looks for another in places of its own
    Assumptions.assumeTrue(JDK.toRealPath().startsWith(Checkout.JVMS) || !leads(machine).equals("older"), "this Java is not in " + Checkout.JVMS);
    Checkout.delete(folder.resolve("compiler/target"));
    var path = machine.getLast().equals("none") ? tools.toString() : home(machine.getLast()).resolve("bin") + ":" + tools;
    var home = machine.getFirst().equals("none") ? "" : home(machine.getFirst()).toString();
    var command = new ArrayList<>(List.of("mvn", "-o", "-q", "-B", "-Dunchecked", "-pl", "compiler", "-am", "process-classes"));
    // told to tests by the Maven that runs them
    if (System.getProperty("localRepository") != null) {
      command.add("-Dmaven.repo.local=" + System.getProperty("localRepository"));
    }
    var said = Said.byProcess(folder, Map.of("PATH", path, "JAVA_HOME", home), Stream.concat(Stream.of("/usr/bin/env"), command.stream()).toArray(String[]::new));
    assertThat(said.code()).as(said.all()).isZero();
    var point = ClassFile.of().parse(folder.resolve("compiler/target/classes/nnc/Point.class"));
    assertThat(point.methods().stream().map(method -> method.methodName().stringValue())).as("linked by the build").contains("hashCode$0");
    assertThat(point.majorVersion()).isEqualTo(ClassFile.JAVA_25_VERSION);
    var runtime = folder.resolve("runtime/target/classes/nnc/runtime/cli");
    assertThat(ClassFile.of().parse(runtime.resolve("Start.class")).majorVersion()).isEqualTo(ClassFile.JAVA_8_VERSION);
    assertThat(ClassFile.of().parse(runtime.resolve("NewerJava.class")).majorVersion()).isEqualTo(ClassFile.JAVA_8_VERSION);
    assertThat(ClassFile.of().parse(runtime.resolve("ModelMain.class")).majorVersion()).isEqualTo(ClassFile.JAVA_17_VERSION);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("allMachines")
  void buildsOnAllOthers(List<String> machine) throws Exception {
    builds(machine);
  }

  private static String leads(List<String> machine) {
    return machine.getFirst().equals("none") ? machine.getLast() : machine.getFirst();
  }

  private static Path home(String kind) {
    return kind.equals("this") ? JDK : older;
  }
}
