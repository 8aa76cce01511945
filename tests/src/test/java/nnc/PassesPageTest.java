package nnc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.driver.Shown;
import nnc.graph.Graph;
import nnc.graph.GraphPrinter;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;
import nnc.passes.DeadCodeElimination;
import nnc.passes.Pipeline;
import org.junit.jupiter.api.Test;

/** The page of all optimizations, {@code docs/passes.md}: below its mark it is what the compiler says and does. {@code -Dgolden.update=true} rewrites it. */
class PassesPageTest {
  private static final Path PAGE = Path.of("../docs/passes.md");
  private static final String MARK = "<!-- What follows is generated from nnc.optimizations.Optimization by PassesPageTest. -->\n";

  /** Lines of a text that are shown: the loops of a convolution would fill the page. */
  private static final int MOST = 40;

  private static final int WIDTH = 140;

  @Test
  void tellsWhatTheCompilerDoes() throws IOException, FaultyProgram {
    var page = Files.readString(PAGE);
    var head = page.substring(0, page.indexOf(MARK) + MARK.length());
    var expected = head + generated();
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(PAGE, expected);
    } else {
      assertThat(page).as("docs/passes.md, which -Dgolden.update=true rewrites").isEqualTo(expected);
    }
  }

  private static String generated() throws FaultyProgram {
    var text = new StringBuilder();
    Optimization.Stage stage = null;
    for (var one : Optimization.values()) {
      if (one.stage() != stage) {
        stage = one.stage();
        text.append("\n## Optimizations ").append(stage.title()).append('\n');
      }
      text.append("\n### ").append(one.title()).append("\n\n").append(wrapped(one.summary() + " " + one.limits()
          + (one.isSwitchable() ? "" : " It cannot be switched off: " + one.necessity() + ".")));
      var shown = one.stage() == Optimization.Stage.GRAPH ? live(one) : shown(one);
      text.append(block("", one.example())).append(block("Before:\n\n", shown.before())).append(block("After:\n\n", shown.after()));
    }
    return text.toString();
  }

  /** What it did to its example, for the first purpose where it did something; of a schedule, the graph is told once. */
  private static Shown shown(Optimization one) throws FaultyProgram {
    var shown = new ArrayList<Shown>();
    Compiler.compile("example.nn", one.example(), new CompilerOptions(Map.of(), 32, List.of(), List.of(one.title()), shown::add));
    var first = shown.stream().filter(each -> !each.before().equals(each.after())).findFirst().orElseThrow();
    return one.stage() == Optimization.Stage.SCHEDULE ? new Shown(one, first.before(), first.after().substring(first.after().indexOf("schedule "))) : first;
  }

  /** What a pass did, without the nodes that it has left to be dropped. */
  private static Shown live(Optimization one) throws FaultyProgram {
    if (one == Optimization.ROLL || one == Optimization.METRIC_REDUCTION || one == Optimization.DEAD_CODE_ELIMINATION) {
      return shown(one);
    }
    var steps = new ArrayList<Pipeline.Step>();
    for (var stage : Compiler.compile("example.nn", one.example(), CompilerOptions.standard()).stages().values()) {
      Pipeline.STANDARD.run(stage.elaborated(), Switches.ALL_ON, 0, steps::add);
    }
    return steps.stream().filter(step -> step.pass() == one).map(step -> new Shown(one, live(step.before()), live(step.after())))
        .filter(each -> !each.before().equals(each.after())).findFirst().orElseThrow();
  }

  private static String live(Graph graph) {
    return GraphPrinter.print(DeadCodeElimination.PASS.run().apply(graph));
  }

  private static String wrapped(String text) {
    var out = new StringBuilder();
    int length = 0;
    for (var word : text.split(" ")) {
      boolean fits = length == 0 || length + 1 + word.length() <= WIDTH;
      out.append(length == 0 ? "" : fits ? " " : "\n").append(word);
      length = fits && length > 0 ? length + 1 + word.length() : word.length();
    }
    return out.append('\n').toString();
  }

  private static String block(String title, String text) {
    var lines = text.strip().lines().toList();
    var more = lines.size() > MOST ? "\n    and " + (lines.size() - MOST) + " lines more" : "";
    return "\n" + title + lines.stream().limit(MOST).map(line -> ("    " + line).stripTrailing()).collect(Collectors.joining("\n")) + more + "\n";
  }
}
