package nnc.runtime;

import java.util.List;
import nnc.runtime.ModelSpec.Feed;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folder;

/** {@code check}: the network's gradients against finite differences, on its own data or, without any, on random numbers. */
final class CheckCommand {
  private CheckCommand() {}

  private static final double TOLERANCE = 1e-5;

  static final List<Options.Flag> FLAGS = List.of(
      new Options.Flag("--data", "DIR", "where data files are, instead of beside the program"),
      new Options.Flag("--batch", "N", "examples (4)"),
      new Options.Flag("--elements", "N", "elements of each parameter, at most (20)"),
      new Options.Flag("--seed", "N", "of weights and choice (0)"));

  static int run(Session session, Options options) {
    ModelSpec spec = session.model().spec();
    if (spec.precision() != 64) {
      throw new Fault("differences need double precision, and this network was compiled for 32 bits", "compile it with --precision f64");
    }
    if (!session.model().has("gradient")) {
      throw new Fault("the network has no loss, so it has no gradients");
    }
    long seed = options.number("--seed", 0);
    int batch = options.count("--batch", 4, 1);
    Model model = session.model().initialised(seed);
    try (var threads = new Threads(1)) {
      var check = spec.data().containsKey("train") ? onData(model, session, options, batch, threads) : onNoise(model, batch, seed, threads);
      return report(check.run(spec, options.count("--elements", 20, 1), seed), session, options.has("--json"));
    }
  }

  private static GradientCheck onData(Model model, Session session, Options options, int batch, Threads threads) {
    var data = new Data(model.spec(), new Folder(session.base(), options.path("--data", null), session.err()));
    var table = data.table("train");
    Statistics.fit(model, data, List.of());
    int count = Math.min(batch, table.size());
    var feeder = new Feeder(model, "gradient", table, count, threads);
    return new GradientCheck(model, feeder.context(), () -> feeder.feed(table.rows(), 0, count));
  }

  private static GradientCheck onNoise(Model model, int batch, long seed, Threads threads) {
    var context = model.context("gradient", batch, threads);
    return new GradientCheck(model, context, () -> {
      for (var input : context.inputs()) {
        noise(input, feed(model.spec(), input.name()), seed);
      }
    });
  }

  private static Feed feed(ModelSpec spec, String name) {
    for (Feed feed : spec.inputs()) {
      if (feed.name().equals(name)) {
        return feed;
      }
    }
    throw new IllegalStateException(name);
  }

  private static void noise(Input input, Feed feed, long seed) {
    int key = Draw.key(seed, 0, Draw.stream(feed.name()));
    int second = Draw.second(key);
    int classes = feed.high() > feed.low() ? (int) (feed.high() - feed.low()) : 2;
    for (int i = 0; i < input.size(); i++) {
      input.set(i, feed.kind().equals("float") ? 2 * Draw.uniform(key, second, i) - 1 : feed.low() + Draw.below(classes, key, second, i));
    }
  }

  private static int report(List<GradientCheck.Finding> findings, Session session, boolean json) {
    boolean good = true;
    int width = "parameter".length();
    for (var finding : findings) {
      width = Math.max(width, finding.path().length());
    }
    if (!json) {
      session.out().println(Text.left("parameter", width) + "  " + Text.right("error", 9) + "  " + Text.right("worst", 9) + "  "
          + Text.right("symbolic", 14) + "  " + Text.right("numeric", 14) + "  " + Text.right("checked", 8));
    }
    for (var finding : findings) {
      boolean fine = finding.error() <= TOLERANCE;
      good &= fine;
      if (json) {
        session.out().println(new Json().put("parameter", finding.path()).put("element", (long) finding.element()).put("symbolic", finding.symbolic())
            .put("numeric", finding.numeric()).put("error", finding.error()).put("checked", (long) finding.checked())
            .put("kinks", (long) finding.kinks()).put("agrees", fine));
      } else {
        session.out().println(Text.left(finding.path(), width) + "  " + Text.right("%.1e".formatted(finding.error()), 9) + "  "
            + Text.right("[" + finding.element() + "]", 9) + "  " + Text.right("%.6e".formatted(finding.symbolic()), 14) + "  "
            + Text.right("%.6e".formatted(finding.numeric()), 14) + "  " + Text.right(Integer.toString(finding.checked()), 8)
            + (finding.kinks() > 0 ? "  (" + finding.kinks() + " at kinks)" : "") + (fine ? "" : "  DIFFERS"));
      }
    }
    if (!json) {
      session.out().println(good ? "all gradients agree with finite differences" : "some gradients differ from finite differences by more than "
          + TOLERANCE);
    }
    return good ? 0 : 1;
  }
}
