package nnc.cli;

import java.util.List;
import nnc.Compiler;

/** {@code nnc explain}. */
final class ExplainCommand implements Command {
  @Override
  public String name() {
    return "explain";
  }

  @Override
  public String help() {
    return "Prints a program's graph, what each pass changed, its kernels with what was fused or not and why, and the memory plan.";
  }

  @Override
  public List<Option> options() {
    return SourceOptions.with(new Option("--purpose", "NAME", "predict, evaluate, train or gradient (default: train)"),
        new Option("--loops", "", "also prints each kernel in the loop language"),
        new Option("--batch", "N", "the batch that sizes are told for (default: 64)"));
  }

  @Override
  public int run(Given given) {
    return Faults.guard(false, () -> {
      System.out.print(Compiler.explain(SourceOptions.file(given), SourceOptions.of(given), given.one("--purpose", "train"), batch(given),
          given.has("--loops")));
      return 0;
    });
  }

  private static int batch(Given given) {
    try {
      return Math.max(1, Integer.parseInt(given.one("--batch", "64")));
    } catch (NumberFormatException e) {
      throw new WrongUsage("--batch is a whole number, not '" + given.one("--batch", "") + "'");
    }
  }
}
