package nnc.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "summary", description = "Prints layers, output shapes and parameters.")
final class SummaryCommand implements Callable<Integer> {
  @Mixin
  private RunOptions run;

  @Override
  public Integer call() {
    return run.execute("summary");
  }
}
