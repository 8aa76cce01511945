package nnc.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a JVM is told that is started for the sake of vector code. Such code is hundreds of times slower before the optimising compiler has
 * seen it, and what the quick compiler makes of it is slow and large; so a kernel is compiled after a few calls, once, by the optimising
 * compiler alone, and who calls it waits.
 */
public final class JavaOptions {
  private JavaOptions() {}

  /** The Java whose options these are; a later one may refuse them. */
  private static final int JAVA = 25;
  private static final String KERNELS = NetworkJar.PACKAGE + "*::*";
  private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

  /** For a JVM that runs a network's jar. */
  public static List<String> forNetworks() {
    var options = new ArrayList<>(forAny());
    if (isKnown()) {
      options.add("-XX:CompilationMode=high-only");
    }
    return options;
  }

  /** For a JVM that compiles networks too: of a compiler's code most runs too seldom for the optimising compiler. */
  static List<String> forAny() {
    var options = new ArrayList<>(List.of("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UseG1GC", "-XX:-UsePerfData"));
    if (hasHugePages()) {
      options.add("-XX:+UseTransparentHugePages");
    }
    if (isKnown()) {
      options.addAll(List.of("-XX:CompileCommand=quiet", "-XX:CompileCommand=CompileThresholdScaling," + KERNELS + ",0.01",
          "-XX:CompileCommand=BackgroundCompilation," + KERNELS + ",false",
          // scaled as well: a loop of a kernel is replaced while it runs only where it is long; otherwise the next call finds better code
          "-XX:Tier3BackEdgeThreshold=1500000", "-XX:Tier4BackEdgeThreshold=1500000"));
    }
    return options;
  }

  private static boolean isKnown() {
    return Runtime.version().feature() == JAVA;
  }

  /** Whether a process may ask for pages of 2 MB, which spare the processor most of its searching for where memory lies. */
  private static boolean hasHugePages() {
    try {
      return Files.isReadable(HUGE_PAGES) && !Files.readString(HUGE_PAGES).contains("[never]");
    } catch (IOException e) {
      return false;
    }
  }
}
