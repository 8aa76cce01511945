package nnc.runtime.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import nnc.runtime.Context;
import nnc.runtime.Input;
import nnc.runtime.Model;
import nnc.runtime.base.Json;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.engine.KernelSet;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec.Feed;

/** {@code predict}: outputs for the arrays of a file, any number of rows: a few hundred at a time, or all at once where they depend on each other. */
final class PredictCommand implements ModelCommand {
  private static final List<Options.Flag> FLAGS = List.of(
      new Options.Flag("--weights", "WEIGHTS", "what training has saved; not needed if they are bundled"),
      new Options.Flag("--in", "INPUTS", "an npz file with an array for each input that outputs depend on"),
      new Options.Flag("--out", "OUTPUTS", "the npz file to write, with an array for each output"),
      new Options.Flag("--count", "N", "how many rows, where that does not follow from inputs: of what is drawn at random, for instance"),
      new Options.Flag("--batch", "N", "compute so many rows together (all, where outputs depend on several rows)"),
      new Options.Flag("--seed", "N", "of what is drawn at random (0)"),
      new Options.Flag("--threads", "N", "at most that many (all processors)"));

  @Override
  public List<Options.Flag> flags() {
    return FLAGS;
  }

  @Override
  public int run(Session session, Options options, String[] arguments) {
    Path in = readsNothing(session.model()) ? options.path("--in", null) : options.required("--in", "an npz file with an array for each input");
    Path out = options.required("--out", "the npz file to write");
    Model model = options.has("--weights") ? session.model().withWeights(options.path("--weights", null)) : session.model();
    model.requireWeights();
    Npz.Arrays inputs = in == null ? new Npz.Arrays(Map.of(), Map.of()) : Npz.read(in, namesOf(model.spec().inputs()));
    try (var threads = new Threads(options.count("--threads", Runtime.getRuntime().availableProcessors(), 1))) {
      var rows = new PredictionRows(model, inputs, String.valueOf(in), positive(options, "--count"), positive(options, "--batch"));
      Context context = model.context("predict", rows.largest(), threads);
      context.seed(options.number("--seed", 0));
      double work = context.executor().totalWork() * Math.ceil((double) rows.count() / rows.part());
      if (work > KernelSet.LARGE && session.canRelaunch()) {
        return session.again().run(arguments);
      }
      context.executor().expect(work);
      context.executor().prepare();
      Npz.write(out, predict(context, rows, inputs));
    }
    session.out().println(options.has("--json") ? new Json().put("event", "saved").put("file", out.toString()).toString() : "saved " + out);
    return 0;
  }

  /** Whether outputs follow from weights, draws and the number of rows alone. */
  private static boolean readsNothing(Model model) {
    return model.has("predict") && model.code("predict").plan.inputs().isEmpty();
  }

  /** The number of an option; 0 if it is absent. */
  private static int positive(Options options, String name) {
    return options.has(name) ? options.count(name, 1, 1) : 0;
  }

  /** What else is in a file is not read. */
  private static Predicate<String> namesOf(List<Feed> inputs) {
    return new Predicate<>() {
      @Override
      public boolean test(String name) {
        boolean found = false;
        for (Feed input : inputs) {
          found |= input.name().equals(name);
        }
        return found;
      }
    };
  }

  private static Map<String, Tensor> predict(Context context, PredictionRows rows, Npz.Arrays inputs) {
    var parts = new JoinedOutputs(context);
    int from = 0;
    do {
      int count = Math.min(rows.part(), rows.count() - from);
      context.batch(count);
      context.firstRow(from);
      for (Input input : context.inputs()) {
        Tensor tensor = inputs.get(input.name());
        if (rows.isByRow(input.place())) {
          input.set(tensor, from, count);
        } else {
          input.set(tensor);
        }
      }
      context.run();
      parts.add();
      from += Math.max(1, count);
    } while (from < rows.count());
    return parts.outputs();
  }
}
