package nnc.testkit;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import nnc.runtime.cli.ModelMain;

/** Gradients against finite differences: the command {@code check}. */
final class GradientChecks {
  private GradientChecks() {}

  static void check(Network network) {
    var told = new ByteArrayOutputStream();
    var out = new PrintStream(told, true, StandardCharsets.UTF_8);
    String[] arguments = {"check", "--noise", "--elements", "8", "--batch", Integer.toString(network.batch()), "--seed", Long.toString(network.seed())};
    if (ModelMain.run(arguments, network.model(64), Path.of(""), "nnc", out, out) != 0) {
      throw new AssertionError(network + ":\n" + told.toString(StandardCharsets.UTF_8));
    }
  }
}
