package nnc.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator.Purpose;
import nnc.source.Diagnostics;
import nnc.source.Span;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever a program is, it is compiled, or told what is wrong with it at a place that there is. How much of the processor each takes is written to
 * {@code target/fuzz.txt}, not held against a limit: what bounds it is counted ({@link nnc.source.Limit}).
 */
class FuzzTest {
  private static final OperatingSystemMXBean CPU = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final List<Purpose> ALL = List.of(Purpose.values());
  private static final int BUILD = 500;
  private static final int LONG = 50_000;

  /** @param nanos of the processor */
  private record Trial(String program, long nanos, String outcome) {}

  private static String program(long seed) {
    var random = new Random(seed * 0x9e3779b97f4a7c15L + 26);
    return seed % 3 == 0 ? Drawn.of(random) : Mutants.of(Mutants.pick(Corpus.PROGRAMS, random), random);
  }

  /** As {@code nnc check}; whatever it lets through as {@code nnc compile}, where that is wanted. */
  private static Trial trial(String program, List<Purpose> purposes, boolean compiles) {
    long begin = CPU.getProcessCpuTime();
    String outcome = "checked";
    try {
      var session = new Compilation("fuzz.nn", program, CompilerOptions.standard());
      session.elaborate(purposes);
      requirePlaces(program, session.diagnostics());
      if (compiles) {
        outcome = compiled(program);
      }
    } catch (FaultyProgram faulty) {
      outcome = "told";
      assertThat(faulty.diagnostics().hasErrors()).as(program).isTrue();
      requirePlaces(program, faulty.diagnostics());
    } catch (RuntimeException | Error e) {
      throw new AssertionError(e + "\n" + program, e);
    }
    return new Trial(program, CPU.getProcessCpuTime() - begin, outcome);
  }

  private static String compiled(String program) {
    try {
      new Compilation("fuzz.nn", program, CompilerOptions.standard()).compileForJar(List.of(Purpose.values()));
      return "compiled";
    } catch (FaultyProgram refused) {
      assertThat(refused.getMessage()).as("what check lets through compiles, or is too large for memory\n" + program).contains("has more elements than can be counted");
      return "too large";
    }
  }

  private static void requirePlaces(String program, Diagnostics told) {
    var lines = program.split("\n", -1);
    for (var fault : told.faults()) {
      assertThat(fault.message()).as(program).isNotBlank().doesNotContain("Exception").doesNotContain("nnc.");
      assertThat(isThere(fault.span(), lines)).as("%s is at %s of%n%s", fault.message(), fault.span(), program).isTrue();
      assertThat(fault.notes()).allSatisfy(note -> assertThat(note.span().equals(Span.NONE) || !note.span().file().equals("fuzz.nn") || isThere(note.span(), lines)).isTrue());
    }
    assertThat(told.render()).as(program).doesNotContain("\u001b");
  }

  private static boolean isThere(Span span, String[] lines) {
    return span.file().equals("fuzz.nn") && span.line() >= 1 && span.line() <= lines.length && span.column() >= 1
        && span.column() <= lines[span.line() - 1].codePointCount(0, lines[span.line() - 1].length()) + 1;
  }

  /**
   * Each is elaborated for one purpose, in turn.
   *
   * @param every how many for each that is checked for all, and compiled if nothing is wrong with it
   */
  private static void run(long seed, int count, int every) throws IOException {
    var trials = new ArrayList<Trial>();
    var faults = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      try {
        boolean compiles = i % every == 0;
        trials.add(trial(program(seed + i), compiles ? ALL : List.of(ALL.get(i % ALL.size())), compiles));
      } catch (AssertionError e) {
        faults.add("seed " + (seed + i) + ": " + e.getMessage());
      }
    }
    report(trials, faults);
    assertThat(faults).isEmpty();
  }

  private static void report(List<Trial> trials, List<String> faults) throws IOException {
    var slowest = trials.stream().sorted(Comparator.comparingLong(Trial::nanos).reversed()).limit(10).toList();
    var out = new StringBuilder("%d programs, %d faults, %.1f s of the processor\n".formatted(trials.size() + faults.size(), faults.size(), trials.stream().mapToLong(Trial::nanos).sum() / 1e9));
    trials.stream().collect(Collectors.groupingBy(Trial::outcome, TreeMap::new, Collectors.counting()))
        .forEach((outcome, count) -> out.append(outcome).append(' ').append(count).append('\n'));
    slowest.forEach(trial -> out.append(String.format(Locale.ROOT, "%n==== %.2f s, %s%n%s%n", trial.nanos / 1e9, trial.outcome, trial.program)));
    faults.forEach(fault -> out.append("\n==== FAULT ").append(fault).append('\n'));
    Files.createDirectories(Path.of("target"));
    Files.writeString(Path.of("target", "fuzz.txt"), out);
  }

  @Test
  void everyProgramIsToldOrCompiled() throws IOException {
    run(Long.getLong("nnc.fuzz.seed", 1), Integer.getInteger("nnc.fuzz.count", BUILD), Integer.getInteger("nnc.fuzz.every", 50));
  }

  @Tag("slow")
  @Test
  void everyProgramIsToldOrCompiledForLong() throws IOException {
    run(1_000_000, LONG, 10);
  }
}
