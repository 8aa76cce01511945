package nnc.runtime.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nnc.runtime.Model;
import nnc.runtime.base.Json;
import nnc.runtime.base.Text;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folder;
import nnc.runtime.spec.ModelSpec.Argument;
import nnc.runtime.spec.ModelSpec.Call;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.train.BatchFeeder;
import nnc.runtime.train.FeatureStatistics;
import nnc.runtime.train.GradientCheck;
import nnc.runtime.train.RandomInputs;

/**
 * {@code check}: the network's gradients against finite differences, on its own data or, without any, on random numbers. It computes in
 * double: the jar of a network of 32 bits carries its gradients in double too.
 */
final class GradientCheckCommand implements ModelCommand {
  private static final double TOLERANCE = 1e-5;

  private static final List<Options.Flag> FLAGS = List.of(
      new Options.Flag("--data", "DIR", "where data files are, instead of beside the program"),
      new Options.Flag("--weights", "WEIGHTS", "where to check (at the weights that training starts from)"),
      new Options.Flag("--noise", "", "on random inputs, even where the program has data"),
      new Options.Flag("--batch", "N", "examples (4)"),
      new Options.Flag("--elements", "N", "elements of each parameter, at most (20)"),
      new Options.Flag("--seed", "N", "of weights and choice (0)"));

  @Override
  public List<Options.Flag> flags() {
    return FLAGS;
  }

  @Override
  public int run(Session session, Options options, String[] arguments) {
    long seed = options.number("--seed", 0);
    int batch = options.count("--batch", 4, 1);
    Model model = session.model().inDouble(seed);
    if (options.has("--weights")) {
      model = model.withWeights(options.path("--weights", null));
    }
    try (var threads = new Threads(1)) {
      boolean data = model.spec().data().containsKey("train") && !options.has("--noise");
      List<GradientCheck> checks = data ? onData(model, session, options, batch, threads) : onNoise(model, batch, seed, threads);
      List<GradientCheck.Finding> findings = new ArrayList<>();
      List<String> declared = new ArrayList<>();
      for (GradientCheck check : checks) {
        findings.addAll(check.run(model.spec(), options.count("--elements", 20, 1), seed));
        declared.addAll(check.declared());
      }
      return report(findings, declared, model, session.out(), options.has("--json"));
    }
  }

  private static List<GradientCheck> onData(Model model, Session session, Options options, int batch, Threads threads) {
    var data = new Data(model.spec(), new Folder(session.base(), options.path("--data", null), session.err()));
    var table = data.table("train");
    if (!options.has("--weights")) {
      FeatureStatistics.fit(model, data, List.of());
    }
    int count = Math.min(batch, table.size());
    List<GradientCheck> checks = new ArrayList<>();
    for (String plan : model.spec().training().plans("gradient")) {
      var feeder = new BatchFeeder(model, plan, table, count, threads);
      checks.add(new GradientCheck(model, feeder.context(), () -> feeder.feed(table.rows(), 0, count)));
    }
    return checks;
  }

  private static List<GradientCheck> onNoise(Model model, int batch, long seed, Threads threads) {
    List<GradientCheck> checks = new ArrayList<>();
    for (String plan : model.spec().training().plans("gradient")) {
      var context = model.context(plan, batch, threads);
      checks.add(new GradientCheck(model, context, new RandomInputs(context, seed)::feed));
    }
    return checks;
  }

  private static int report(List<GradientCheck.Finding> findings, List<String> declared, Model model, PrintStream out, boolean json) {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"parameter", "line", "error", "worst", "symbolic", "numeric", "checked", ""});
    GradientCheck.Finding worst = null;
    boolean good = true;
    for (var finding : findings) {
      boolean fine = finding.error() <= TOLERANCE;
      good &= fine;
      worst = worst == null || !(finding.error() <= worst.error()) ? finding : worst;
      if (json) {
        out.println(new Json().put("parameter", finding.path()).put("line", line(model, finding.path())).put("element", (long) finding.element())
            .put("symbolic", finding.symbolic()).put("numeric", finding.numeric()).put("error", finding.error())
            .put("checked", (long) finding.checked()).put("kinks", (long) finding.kinks()).put("agrees", fine));
      }
      rows.add(new String[] {finding.path(), Integer.toString(line(model, finding.path())), "%.1e".formatted(finding.error()), place(model, finding),
          "%.6e".formatted(finding.symbolic()), "%.6e".formatted(finding.numeric()), Integer.toString(finding.checked()),
          (finding.kinks() > 0 ? "(" + finding.kinks() + " at kinks)" : "") + (fine ? "" : "DIFFERS")});
    }
    for (String path : declared) {
      if (json) {
        out.println(new Json().put("parameter", path).put("declared", true));
      } else {
        rows.add(new String[] {path, "", "", "", "", "", "0", "(learns by a declared gradient: not compared)"});
      }
    }
    if (!json) {
      Text.table(rows, out);
      out.println(good ? "all gradients " + (declared.isEmpty() ? "" : "that are not declared ") + "agree with finite differences"
          : "some gradients differ from finite differences by more than "
          + TOLERANCE);
      if (worst != null) {
        out.println("worst: " + worst.path() + place(model, worst) + ", computed at " + model.spec().name() + ".nn:" + line(model, worst.path())
            + ": " + worst.symbolic() + ", by differences " + worst.numeric());
      }
    }
    return good ? 0 : 1;
  }

  /** {@code [3, 7]}: an element by its indices. */
  private static String place(Model model, GradientCheck.Finding finding) {
    for (Weight weight : model.spec().weights()) {
      if (weight.path().equals(finding.path())) {
        int[] index = new int[weight.shape().size()];
        int rest = finding.element();
        for (int axis = index.length - 1; axis >= 0; axis--) {
          index[axis] = rest % weight.shape().get(axis);
          rest /= weight.shape().get(axis);
        }
        return Arrays.toString(index);
      }
    }
    throw new IllegalStateException(finding.path());
  }

  /** The source line of what computes a parameter's gradient; 0 if nothing does. */
  private static int line(Model model, String path) {
    int line = 0;
    for (String name : model.spec().training().plans("gradient")) {
      Plan plan = model.code(name).plan;
      for (Result result : plan.results()) {
        if (result.role() == Role.GRADIENT && result.name().equals(path)) {
          line = line(plan, new Argument.Slot(result.place().slot()));
        }
      }
    }
    return line;
  }

  private static int line(Plan plan, Argument.Slot made) {
    int line = 0;
    for (Call call : plan.calls()) {
      line = call.arguments().contains(made) ? call.line() : line;
    }
    return line;
  }
}
