package nnc.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "evaluate", description = "Computes loss and metrics on the test data.")
final class EvaluateCommand implements Callable<Integer> {
  @Mixin
  private RunOptions run;

  @Override
  public Integer call() {
    return run.execute("evaluate");
  }
}
