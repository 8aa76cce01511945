package nnc.runtime.cli;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Json;
import nnc.runtime.base.Text;
import nnc.runtime.engine.MemoryNeed;
import nnc.runtime.engine.VectorWidth;
import nnc.runtime.files.NetworkJar;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.Polynomials;
import nnc.runtime.train.DataSums;
import nnc.runtime.train.TrainingPosition;
import nnc.runtime.train.TrainingSettings;

/** {@code info}: what the file is, but for its layers, and what its weights are from. */
final class InfoCommand implements ModelCommand {
  private static final String SOURCE = "--source";

  private static final List<Options.Flag> FLAGS = List.of(
      new Options.Flag("--weights", "WEIGHTS", "what training has saved: tells of that training, and check sums of its data"),
      new Options.Flag(SOURCE, "", "the program's text alone"));

  @Override
  public List<Options.Flag> flags() {
    return FLAGS;
  }

  @Override
  public int run(Session session, Options options, String[] arguments) {
    Model model = options.has("--weights") ? session.model().withWeights(options.path("--weights", null)) : session.model();
    ModelSpec spec = model.spec();
    PrintStream out = session.out();
    int width = VectorWidth.preferred();
    String compiler = session.jar() == null ? NetworkJar.COMPILER : NetworkJar.compiler(session.jar());
    TrainingPosition position = TrainingPosition.recorded(model.vocabulary().record());
    Map<String, String> sums = DataSums.recorded(model.vocabulary().record());
    List<String> made = session.jar() == null ? List.of() : NetworkJar.record(session.jar(), spec.name());
    long seed = TrainingSettings.of(spec).seed();
    if (options.has("--json")) {
      out.println(json(position, sums, new Json().put("name", spec.name()).put("precision", spec.precision()).put("weights", model.hasWeights()).put("compiler", compiler)
          .put("options", made).put("program_seed", seed).put("source", spec.source())
          .put("java", System.getProperty("java.version")).put("width", width == 0 ? "scalar" : Integer.toString(width))));
      return 0;
    }
    if (options.has(SOURCE)) {
      out.print(spec.source());
      return 0;
    }
    out.println(spec.name() + ": a network compiled by " + compiler + ", " + spec.precision() + "-bit floats, "
        + (model.hasWeights() ? "with weights" : "without weights"));
    if (!made.isEmpty()) {
      out.println("with   " + String.join(", ", made));
    }
    out.println("seed   " + seed);
    for (var feed : spec.inputs()) {
      out.println((feed.target() ? "target " : "input  ") + feed.names() + ": " + Polynomials.text(feed.kind(), feed.shape(), feed.dims()));
      List<String> classes = model.vocabulary().titles(feed);
      if (!classes.isEmpty()) {
        out.println("       of " + String.join(", ", classes));
      }
    }
    for (var plan : spec.plans()) {
      for (var result : plan.results()) {
        if (plan.name().equals("predict")) {
          out.println("output " + result.name() + (result.alias().isEmpty() ? "" : " \"" + result.alias() + '"') + ": " + Polynomials.text(result.kind(), result.place().shape(), Polynomials.names(plan)));
        }
      }
    }
    plans(spec, out);
    if (position != null) {
      out.println("saved  after " + position.epoch() + " epochs, " + position.step() + " steps of " + (position.tokens() == 0 ? "" : "up to " + position.tokens() + " tokens and ") + position.batch() + " of " + position.rows() + " examples, seed " + position.seed());
    }
    for (var sum : sums.entrySet()) {
      out.println("data   " + sum.getKey() + " " + sum.getValue());
    }
    out.println("here   Java " + System.getProperty("java.version") + ", " + Runtime.getRuntime().availableProcessors() + " processors, "
        + (width == 0 ? "scalar code" : width + "-bit vectors"));
    return 0;
  }

  private static Json json(TrainingPosition position, Map<String, String> sums, Json json) {
    if (position != null) {
      json.put("epochs", position.epoch()).put("steps", position.step()).put("batch", position.batch()).put("examples", position.rows()).put("seed", position.seed());
      if (position.tokens() > 0) {
        json.put("tokens", position.tokens());
      }
    }
    for (var sum : sums.entrySet()) {
      json.put("data." + sum.getKey(), sum.getValue());
    }
    return json;
  }

  /** Says which other sizes count as 1. */
  private static String ones(ModelSpec.Plan plan) {
    var names = new StringBuilder();
    for (int i = 0; i < plan.dims().size(); i++) {
      if (i != plan.batch()) {
        names.append(", ").append(plan.dims().get(i)).append(" = 1");
      }
    }
    return names.toString();
  }

  private static void plans(ModelSpec spec, PrintStream out) {
    for (var plan : spec.plans()) {
      int[] ones = new int[plan.dims().size()];
      Arrays.fill(ones, 1);
      ones = Polynomials.sizes(plan, ones);
      long one = 0;
      for (var slot : plan.slots()) {
        one += Polynomials.value(slot, ones);
      }
      out.println("plan   " + plan.name() + ": " + plan.calls().size() + " kernel calls, "
          + Text.bytes(one * (spec.precision() / 8.0)) + " for a batch of 1" + ones(plan));
    }
    out.println("memory " + Text.bytes(new MemoryNeed(spec, 1).weights()) + " of weights, and that of a plan; Java has " + Text.bytes(MemoryNeed.available()));
  }
}
