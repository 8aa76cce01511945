package nnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.driver.Optimizations;
import nnc.passes.Pipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Names of what can be switched off or shown: those that there are do something, others are faults. */
class SwitchesTest {
  private static final String PROGRAM = "input x: float[N, 3]\noutput y = sum(relu(x) * 2 + 1, axis = 1)\n";

  private static String fault(List<String> without, List<String> after) {
    try {
      Compiler.compile("net.nn", PROGRAM, new CompilerOptions(Map.of(), 32, without, after, _ -> { }));
      return "";
    } catch (FaultyProgram e) {
      return e.getMessage();
    }
  }

  static List<String> all() {
    return Optimizations.names();
  }

  @ParameterizedTest
  @MethodSource("all")
  void eachCanBeSwitchedOff(String name) {
    assertThat(fault(List.of(name), List.of())).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("all")
  void eachPassOfTheGraphCanBeShown(String name) throws FaultyProgram {
    if (Pipeline.STANDARD.names().contains(name)) {
      var shown = new CopyOnWriteArrayList<String>();
      Compiler.compile("net.nn", PROGRAM, new CompilerOptions(Map.of(), 32, List.of(), List.of(name), shown::add));
      assertThat(shown).isNotEmpty().allMatch(text -> text.contains("output y"));
    } else {
      assertThat(fault(List.of(), List.of(name))).contains("--after=" + name + ": shows graphs, and " + name + " changes none").contains("nnc explain tells of kernels");
    }
  }

  @Test
  void othersAreFaults() {
    assertThat(fault(List.of("fusoin"), List.of())).contains("--without=fusoin: there is no pass of this name").contains("fusion");
    assertThat(fault(List.of(), List.of("nonsense"))).contains("--after=nonsense: there is no pass of this name").contains("passes are dead, stops, fold");
  }
}
