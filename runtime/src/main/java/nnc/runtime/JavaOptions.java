package nnc.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a JVM is told that is started for the sake of vector code. Such code is hundreds of times slower before the optimising compiler has
 * seen it; so a kernel is compiled after a tenth of the usual number of calls, and who calls it waits.
 */
public final class JavaOptions {
  private JavaOptions() {}

  /** The Java whose options these are; a later one may refuse them. */
  private static final int JAVA = 25;
  private static final String KERNELS = NetworkJar.PACKAGE + "*::*";
  private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

  /** The options, before those of the user, which may take them back. */
  public static List<String> forVectors() {
    var options = new ArrayList<>(List.of("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UseG1GC", "-XX:-UsePerfData"));
    if (hasHugePages()) {
      options.add("-XX:+UseTransparentHugePages");
    }
    if (Runtime.version().feature() == JAVA) {
      options.addAll(List.of("-XX:CompileCommand=quiet",
          "-XX:CompileCommand=CompileThresholdScaling," + KERNELS + ",0.1",
          "-XX:CompileCommand=BackgroundCompilation," + KERNELS + ",false",
          // a part is a loop nest, compiled best by itself: the vectors of one that is drawn into a larger method may end up on the heap
          "-XX:CompileCommand=dontinline," + NetworkJar.PACKAGE + "*::part*",
          // unless this is inlined, which only the usual number of calls would bring about, reads through an array of places allocate for ever
          "-XX:CompileCommand=inline,jdk.incubator.vector.IntVector::species",
          // scaled as well: only a long loop of a kernel is replaced while it runs; otherwise the next call finds better code
          "-XX:Tier3BackEdgeThreshold=1500000", "-XX:Tier4BackEdgeThreshold=1500000"));
    }
    return options;
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
