package nnc.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Unmatched;

@Command(name = "train", description = "Trains the network compiled in memory.")
final class TrainCommand implements Callable<Integer> {
  @Mixin
  private SourceOptions source;

  @Unmatched
  private List<String> rest = new ArrayList<>();

  @Override
  public Integer call() {
    return RunOptions.execute("train", source, source.options(), rest);
  }
}
