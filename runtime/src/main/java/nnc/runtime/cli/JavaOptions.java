package nnc.runtime.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import nnc.runtime.engine.Kernels;
import nnc.runtime.engine.VectorWidth;

/**
 * What a JVM is told that is started for the sake of vector code. Such code is hundreds of times slower before the optimising compiler has
 * seen it, and until then the program waits or runs by scalar code: so that compiler has all processors.
 */
public final class JavaOptions {
  private JavaOptions() {}

  /** The latest Java that is known to take these options. */
  private static final int KNOWN = 25;
  private static final String KERNELS = Kernels.PACKAGE + "*::part*";
  /** Processors from which on Java has several threads for its optimising compiler. */
  private static final int MANY = 4;
  private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

  /** The variables of the environment from which Java takes options. */
  static final List<String> VARIABLES = List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");

  /** A choice of collector, and files of options, in which there may be one. */
  private static final Pattern COLLECTOR = Pattern.compile("-XX:\\+Use\\w*GC\\b|^[\"']?@|-XX:(Flags|VMOptionsFile)=");

  /** What only one process can have, as it listens at a port; and a Java that is not to have all its modules. */
  private static final Pattern ALONE = Pattern.compile("-agentlib:jdwp|-Xrunjdwp|-Dcom\\.sun\\.management\\.jmxremote\\.port=|--limit-modules");

  /**
   * The options, before those of the user, which may take them back.
   *
   * @param given those of the user; Java refuses two collectors, so one that is given among them, or by the environment, is the only one
   */
  public static List<String> forVectors(List<String> given) {
    var options = new ArrayList<>(List.of("-XX:+IgnoreUnrecognizedVMOptions", "-XX:-UsePerfData"));
    if (!choosesCollector(given)) {
      options.add("-XX:+UseG1GC");
    }
    if (hasHugePages()) {
      options.add("-XX:+UseTransparentHugePages");
    }
    if (Runtime.version().feature() <= KNOWN) {
      options.addAll(List.of("-XX:CompileCommand=quiet",
          // a part is a loop nest, compiled best by itself: the vectors of one that is drawn into a larger method may end up on the heap
          "-XX:CompileCommand=dontinline," + KERNELS,
          // unless this is inlined, reads through an array of places allocate
          "-XX:CompileCommand=inline,jdk.incubator.vector.IntVector::species"));
      int processors = Runtime.getRuntime().availableProcessors();
      if (processors < MANY) {
        // one of them is C1's: left to itself Java has one thread for C2 there
        options.add("-XX:CICompilerCount=" + (processors + 1));
      }
    }
    return options;
  }

  private static boolean choosesCollector(List<String> given) {
    var all = new ArrayList<>(given);
    for (String variable : VARIABLES) {
      all.addAll(words(System.getenv(variable)));
    }
    for (String option : all) {
      if (COLLECTOR.matcher(option).find()) {
        return true;
      }
    }
    return false;
  }

  /** The options in a variable of the environment, which may be absent. */
  public static List<String> words(String text) {
    return text == null || text.isBlank() ? List.of() : List.of(text.trim().split("\\s+"));
  }

  /** All that this JVM was given, by its command line, files of options and the environment; nothing where it does not tell. */
  static List<String> own() {
    try {
      return ManagementFactory.getRuntimeMXBean().getInputArguments();
    } catch (LinkageError e) {
      return List.of();
    }
  }

  /** Whether a JVM that is given the options of this one, besides the Vector API, would start. */
  static boolean allowVectors() {
    for (String option : own()) {
      if (ALONE.matcher(option).find()) {
        return false;
      }
    }
    return ModuleFinder.ofSystem().find(VectorWidth.MODULE).isPresent();
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
