package nnc.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import nnc.runtime.Model;

/** A program that loads a network, by its jar and perhaps a file of weights or from the class path, runs it once, and tells its size as it goes. */
final class Resident {
  private Resident() {}

  static final Path STATUS = Path.of("/proc/self/status");

  public static void main(String[] arguments) throws IOException {
    tell("begin");
    Model model = switch (arguments.length) {
      case 0 -> Model.load();
      case 1 -> Model.load(Path.of(arguments[0]));
      default -> Model.load(Path.of(arguments[0]), Path.of(arguments[1]));
    };
    tell("loaded");
    var context = model.context("predict", 4);
    context.input("words").set(new int[] {1, 2, 3, 8191});
    context.run();
    tell("run");
    if (!Double.isFinite(context.output("score").get(0))) {
      throw new IllegalStateException("no answer");
    }
  }

  private static void tell(String when) throws IOException {
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith("VmRSS:") || line.startsWith("VmHWM:")) {
        System.out.println("@ " + when + " " + line.replace(":", "").replaceAll("\\s+", " "));
      }
    }
  }
}
