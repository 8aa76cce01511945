package nnc.cli;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nnc.Compiler;
import nnc.explain.Explanation;
import nnc.explain.MachineCalibration;
import nnc.machine.Machine;
import nnc.runtime.cli.Profile;

/** {@code nnc explain}. */
final class ExplainCommand implements Command {
  @Override
  public String name() {
    return "explain";
  }

  @Override
  public String help() {
    return "Prints a program's graph, what each pass changed, its kernels with what they cost, what was fused or not and why, and the memory plan.";
  }

  @Override
  public List<Option> options() {
    var own = new ArrayList<>(ExampleOptions.all());
    own.addAll(List.of(new Option("--purpose", "NAME", "predict, evaluate, train or gradient (default: train)"),
        new Option("--loops", "", "also prints each kernel in the loop language"),
        new Option("--batch", "N", "the batch that figures are told for (default: the program's)"),
        new Option("--threads", "N", "how many threads times are told for (default: 1)"),
        new Option("--measure", "", "runs the network on random inputs: each kernel's time beside the predicted one, on this machine"),
        new Option("--seconds", "X", "how long to measure (default: 3)"),
        new Option("--svg", "FILE.svg", "also draws the kernels under the machine's roofs: operations a byte against operations a second"),
        new Option("--json", "", "prints the kernels alone, one JSON object a line")));
    return SourceOptions.with(own.toArray(Option[]::new));
  }

  @Override
  public int run(CommandLine given) {
    return Faults.guard(given.has("--json"), () -> {
      var file = SourceOptions.file(given);
      if (ExampleOptions.asked(given)) {
        ExampleOptions.tell(given, file);
        return 0;
      }
      var options = SourceOptions.of(given);
      var purpose = given.one("--purpose", "train");
      int threads = whole(given, "--threads", 1);
      int wanted = whole(given, "--batch", 1);
      double seconds = seconds(given);
      if (given.has("--measure") && VectorStart.gains()) {
        return VectorStart.run(name(), given, file);
      }
      var compiled = Compiler.compile(file, options, purpose);
      Faults.tell(compiled.warnings(), given.has("--json"));
      var stage = compiled.stages().get(purpose);
      if (stage == null) {
        System.out.println("the program has nothing to " + purpose);
        return 0;
      }
      int batch = given.has("--batch") ? wanted : Profile.batch(compiled.spec());
      var machine = Machine.usual(options.precision(), threads);
      List<Double> nanos = List.of();
      if (given.has("--measure")) {
        machine = MachineCalibration.measured(machine, options.precision(), seconds);
        nanos = Arrays.stream(Profile.nanos(Compiler.load(compiled), purpose, batch, threads, seconds)).boxed().toList();
      }
      var explanation = new Explanation(stage, options.precision(), batch, machine, nanos);
      if (given.has("--svg")) {
        Files.writeString(SourceOptions.path("--svg", given.one("--svg", "")), explanation.chart(compiled.spec().name() + ", " + purpose));
      }
      System.out.print(given.has("--json") ? explanation.json() : given.has("--loops") ? explanation.textWithLoops() : explanation.text());
      return 0;
    });
  }

  private static int whole(CommandLine given, String name, int otherwise) {
    try {
      return Math.max(1, Integer.parseInt(given.one(name, "" + otherwise)));
    } catch (NumberFormatException e) {
      throw new WrongUsage(name + " is a whole number, not '" + given.one(name, "") + "'");
    }
  }

  private static double seconds(CommandLine given) {
    try {
      return Math.max(0, Double.parseDouble(given.one("--seconds", "3")));
    } catch (NumberFormatException e) {
      throw new WrongUsage("--seconds is a number, not '" + given.one("--seconds", "") + "'");
    }
  }
}
