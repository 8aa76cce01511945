package nnc.cli;

import java.util.concurrent.Callable;
import nnc.Compiler;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "explain", mixinStandardHelpOptions = true,
    description = "Prints a program's graph, what each pass changed, its kernels with what was fused or not and why, and the memory plan.")
final class ExplainCommand implements Callable<Integer> {
  @Mixin
  private SourceOptions source;

  @Option(names = "--purpose", paramLabel = "NAME", defaultValue = "train",
      description = "predict, evaluate, train or gradient (default: ${DEFAULT-VALUE})")
  private String purpose;

  @Option(names = "--loops", description = "also prints each kernel in the loop language")
  private boolean loops;

  @Option(names = "--batch", paramLabel = "N", defaultValue = "64", description = "the batch that sizes are told for (default: ${DEFAULT-VALUE})")
  private int batch;

  @Override
  public Integer call() {
    return Faults.guard(false, () -> {
      System.out.print(Compiler.explain(source.file(), source.options(), purpose, batch, loops));
      return 0;
    });
  }
}
