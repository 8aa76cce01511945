package nnc.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "train", description = "Trains the network compiled in memory.")
final class TrainCommand implements Callable<Integer> {
  @Mixin
  private RunOptions run;

  @Override
  public Integer call() {
    return run.execute("train");
  }
}
