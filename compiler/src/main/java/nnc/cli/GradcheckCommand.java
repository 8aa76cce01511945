package nnc.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Unmatched;

@Command(name = "gradcheck", description = "Compares the symbolic gradients of a program with finite differences, in double.")
final class GradcheckCommand implements Callable<Integer> {
  @Mixin
  private SourceOptions source;

  @Unmatched
  private List<String> rest = new ArrayList<>();

  @Override
  public Integer call() {
    return RunOptions.execute("check", source, source.inDouble(), rest);
  }
}
