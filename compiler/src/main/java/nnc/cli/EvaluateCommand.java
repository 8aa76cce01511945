package nnc.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Unmatched;

@Command(name = "evaluate", description = "Computes loss and metrics on the test data.")
final class EvaluateCommand implements Callable<Integer> {
  @Mixin
  private SourceOptions source;

  @Unmatched
  private List<String> rest = new ArrayList<>();

  @Override
  public Integer call() {
    return RunOptions.execute("evaluate", source, source.options(), rest);
  }
}
