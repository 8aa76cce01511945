package nnc.endtoend;

import java.util.ArrayList;
import java.util.Random;
import nnc.graph.random.Coverage;
import nnc.optimizations.Switches;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** As {@link RandomGraphTest} does it with code, with many more graphs, drawn anew each time. */
@Tag("slow")
class ManyGraphsTest {
  private static final int GRAPHS = 200_000;

  @Test
  void compiledCodeAgrees() {
    var random = new Random();
    for (int batch : DrawnRun.BATCHES) {
      var coverage = new Coverage();
      for (int i = 0; i < GRAPHS / DrawnRun.BATCHES.size(); i++) {
        int precision = random.nextInt(4) == 0 ? 32 : 64;
        DrawnRun.draw(random, precision).check(DrawnRun.graph(random, batch, precision, coverage), i);
      }
      System.out.println("N = " + batch + ": " + coverage.summary());
    }
  }

  /** Each switch off by itself, none and all. */
  @Test
  void everySwitchAgrees() {
    var random = new Random();
    var coverage = new Coverage();
    var choices = new ArrayList<>(Switches.ALL_OFF.off().stream().sorted().map(Switches::without).toList());
    choices.add(Switches.ALL_ON);
    choices.add(Switches.ALL_OFF);
    for (int i = 0; i < 500; i++) {
      for (int batch : DrawnRun.BATCHES) {
        var drawn = DrawnRun.graph(random, batch, 64, coverage);
        for (var switches : choices) {
          DrawnRun.of(switches, 64, random).check(drawn, i);
        }
      }
    }
  }
}
