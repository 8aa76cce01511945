package nnc.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "predict", description = "Computes the outputs for the inputs of an .npz file.")
final class PredictCommand implements Callable<Integer> {
  @Mixin
  private RunOptions run;

  @Override
  public Integer call() {
    return run.execute("predict");
  }
}
