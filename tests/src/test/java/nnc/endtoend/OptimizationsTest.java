package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.driver.Shown;
import nnc.optimizations.Optimization;
import nnc.optimizations.Optimization.Stage;
import nnc.optimizations.Switches;
import nnc.passes.Pass;
import nnc.passes.Pipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The list of all that is done to programs: each entry does something to its own example, and nothing to what that computes; oracle: the interpreter. */
class OptimizationsTest {

  /** What an optimization did to its example, purpose by purpose. */
  static List<Shown> shown(Optimization one, List<String> without) {
    var shown = new ArrayList<Shown>();
    try {
      Compiler.compile("example.nn", one.example(), new CompilerOptions(Map.of(), 32, without, List.of(one.title()), shown::add));
    } catch (FaultyProgram e) {
      throw new AssertionError(one.title() + ": " + e.getMessage(), e);
    }
    return shown;
  }

  static Set<Optimization> switchable() {
    return Switches.ALL_OFF.off();
  }

  @ParameterizedTest
  @EnumSource
  void changesItsExample(Optimization one) {
    assertThat(shown(one, List.of())).allMatch(shown -> shown.optimization() == one).anyMatch(shown -> !shown.before().equals(shown.after()));
  }

  @ParameterizedTest
  @MethodSource("switchable")
  void isNotDoneWhereItIsSwitchedOff(Optimization one) {
    assertThat(shown(one, List.of(one.title()))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void keepsWhatItsExampleComputes(Optimization one) {
    Agreement.check(Programs.compile(one.example(), 64), 3, 1e-9, 1);
    if (one.isSwitchable()) {
      Agreement.check(Programs.compile(one.example(), 64, one), 3, 1e-9, 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void isToldInPlainWords(Optimization one) {
    assertThat(one.title()).matches("[a-z]+(-[a-z]+)*");
    assertThat(Arrays.stream(Optimization.values()).filter(other -> Optimization.of(one.title()).orElseThrow() == other)).containsExactly(one);
    assertThat(List.of(one.summary(), one.limits())).allMatch(text -> text.matches("[A-Z].*[^.]\\."));
  }

  /** A rewrite of graphs that is in no list would be neither verified nor switched. */
  @Test
  void whateverRewritesGraphsIsAPassOfThePipeline() throws IOException {
    var passes = Pipeline.STANDARD.passes().stream().map(Pass::optimization).collect(Collectors.toCollection(() -> EnumSet.noneOf(Optimization.class)));
    var made = EnumSet.noneOf(Optimization.class);
    try (var files = Files.list(Path.of("../compiler/src/main/java/nnc/passes"))) {
      for (var file : files.toList()) {
        var text = Files.readString(file);
        Pattern.compile("new Pass\\(Optimization\\.([A-Z_]+)").matcher(text).results().map(match -> Optimization.valueOf(match.group(1))).forEach(made::add);
        // what accumulates is cut in parts for other machines, which no switch leaves out
        boolean rewrites = text.contains("Rewrite.each(") && !file.endsWith("AccumulationCut.java") && !file.endsWith("KeptStates.java");
        assertThat(rewrites && !text.contains("new Pass(")).as(file + " rewrites graphs and is no pass").isFalse();
      }
    }
    assertThat(passes).containsExactlyInAnyOrderElementsOf(made);
    passes.add(Optimization.ROLL);
    passes.add(Optimization.METRIC_REDUCTION);
    assertThat(passes).containsExactlyElementsOf(Arrays.stream(Optimization.values()).filter(one -> one.stage() == Stage.GRAPH).toList());
  }
}
