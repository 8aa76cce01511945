package nnc.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Unmatched;

@Command(name = "summary", description = "Prints layers, output shapes and parameters.")
final class SummaryCommand implements Callable<Integer> {
  @Mixin
  private SourceOptions source;

  @Unmatched
  private List<String> rest = new ArrayList<>();

  @Override
  public Integer call() {
    return RunOptions.execute("summary", source, source.options(), rest);
  }
}
