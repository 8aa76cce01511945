package nnc.runtime.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Json;
import nnc.runtime.base.Text;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec.Call;
import nnc.runtime.train.TrainingSettings;

/** {@code profile}: where a step's time goes, kernel by kernel and source line by source line, on random inputs. */
final class ProfileCommand implements ModelCommand {
  private static final int SHOWN = 25;

  private static final List<Options.Flag> FLAGS = List.of(
      new Options.Flag("--on", "PLAN", "train, predict or evaluate (train, or what there is)"),
      new Options.Flag("--batch", "N", "examples a step (the program's)"),
      new Options.Flag("--threads", "N", "at most that many (all processors)"),
      new Options.Flag("--seconds", "X", "how long to measure (5), after at most " + (int) (WarmUp.COMPILING_SECONDS + WarmUp.STEP_SECONDS) + " s of warming up"),
      new Options.Flag("--all", "", "every kernel, not the " + SHOWN + " that take longest"));

  /**
   * A kernel's call in the plan, or all of a line.
   *
   * @param call       its number in the plan, as {@code nnc explain} numbers it; -1 of a line
   * @param kernel     which code it calls; others may call the same
   * @param nanos      a step
   * @param operations a step, roughly
   */
  private record Cost(int call, int kernel, int line, String label, double nanos, double operations) {}

  @Override
  public List<Options.Flag> flags() {
    return FLAGS;
  }

  @Override
  public int run(Session session, Options options, String[] arguments) {
    Model model = session.model();
    String plan = options.text("--on", model.has("train") ? "train" : "predict");
    int batch = options.count("--batch", TrainingSettings.of(model.spec()).batch(), 1);
    double seconds = options.decimal("--seconds", 5, 0);
    if (session.canRelaunch()) {
      return session.again().run(arguments);
    }
    try (var threads = new Threads(options.count("--threads", Runtime.getRuntime().availableProcessors(), 1))) {
      Context context = BenchCommand.context(model, plan, batch, threads);
      List<Cost> calls = measure(context, seconds);
      List<Cost> lines = byLine(calls);
      double total = 0;
      for (Cost cost : calls) {
        total += cost.nanos();
      }
      if (options.has("--json")) {
        json(calls, "kernel", total, session.out());
        json(lines, "line", total, session.out());
      } else {
        session.out().println(plan + ": a step of " + batch + " takes " + Text.number(total / 1e6) + " ms (" + threads.count()
            + (threads.count() == 1 ? " thread, " : " threads, ") + BenchCommand.width() + ")");
        print("kernel", calls, options.has("--all") ? calls.size() : SHOWN, total, session);
        print("source", lines, lines.size(), total, session);
        sides(context, session.out());
      }
    }
    return 0;
  }

  /** Says which calls a step may run side by side, that are timed one after the other. */
  private static void sides(Context context, PrintStream out) {
    for (List<Integer> branches : context.executor().plan().branches()) {
      out.println("timed one after the other, in a step side by side where that pays: branches from calls " + branches.subList(0, branches.size() - 1));
    }
  }

  private static List<Cost> measure(Context context, double seconds) {
    double[] nanos = Profile.nanos(context, seconds);
    List<Cost> costs = new ArrayList<>();
    for (int i = context.executor().plan().prepared(); i < nanos.length; i++) {
      Call call = context.executor().plan().calls().get(i);
      costs.add(new Cost(i, call.kernel(), call.line(), call.label(), nanos[i], context.executor().work(i)));
    }
    sort(costs);
    return costs;
  }

  private static List<Cost> byLine(List<Cost> calls) {
    Map<Integer, Cost> lines = new TreeMap<>();
    for (Cost cost : calls) {
      Cost known = lines.get(cost.line());
      double nanos = known == null ? 0 : known.nanos();
      double operations = known == null ? 0 : known.operations();
      lines.put(cost.line(), new Cost(-1, -1, cost.line(), "", nanos + cost.nanos(), operations + cost.operations()));
    }
    List<Cost> all = new ArrayList<>(lines.values());
    sort(all);
    return all;
  }

  private static void sort(List<Cost> costs) {
    costs.sort((a, b) -> Double.compare(b.nanos(), a.nanos()));
  }

  private static void json(List<Cost> costs, String event, double total, PrintStream out) {
    for (Cost cost : costs) {
      var json = new Json().put("event", event).put("line", (long) cost.line());
      if (cost.call() >= 0) {
        json.put("call", (long) cost.call()).put("kernel", (long) cost.kernel()).put("label", cost.label());
      }
      out.println(json.put("us", cost.nanos() / 1e3).put("share", cost.nanos() / total).put("gops", cost.operations() / cost.nanos()));
    }
  }

  private static void print(String what, List<Cost> costs, int most, double total, Session session) {
    String[] source = session.model().spec().source().split("\n");
    List<String[]> rows = new ArrayList<>();
    boolean calls = what.equals("kernel");
    rows.add(calls ? new String[] {"line", "call", "kernel", "us", "share", "Gop/s", "computes"} : new String[] {"line", "us", "share", "Gop/s", what});
    for (Cost cost : costs.subList(0, Math.min(most, costs.size()))) {
      String text = cost.line() > 0 && cost.line() <= source.length ? source[cost.line() - 1].strip() : "";
      String line = Integer.toString(cost.line());
      String micros = Text.fixed(cost.nanos() / 1e3, 1);
      String share = Text.fixed(100 * cost.nanos() / total, 1) + "%";
      String rate = Text.fixed(cost.operations() / cost.nanos(), 2);
      rows.add(calls ? new String[] {line, Integer.toString(cost.call()), Integer.toString(cost.kernel()), micros, share, rate, cost.label()}
          : new String[] {line, micros, share, rate, text});
    }
    session.out().println();
    Text.table(rows, session.out());
    if (most < costs.size()) {
      session.out().println("and " + (costs.size() - most) + " more; --all shows them");
    }
  }
}
