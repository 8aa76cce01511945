package nnc.runtime.cli;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import nnc.runtime.base.Json;
import nnc.runtime.base.Text;
import nnc.runtime.engine.VectorWidth;
import nnc.runtime.files.NetworkJar;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.Polynomials;

/** {@code info}: what the file is, but for its layers. */
final class InfoCommand implements ModelCommand {
  @Override
  public List<Options.Flag> flags() {
    return List.of();
  }

  @Override
  public int run(Session session, Options options, String[] arguments) {
    ModelSpec spec = session.model().spec();
    PrintStream out = session.out();
    int width = VectorWidth.preferred();
    String compiler = session.jar() == null ? NetworkJar.COMPILER : NetworkJar.compiler(session.jar());
    if (options.has("--json")) {
      out.println(new Json().put("name", spec.name()).put("precision", spec.precision()).put("weights", session.model().hasWeights()).put("compiler", compiler)
          .put("java", System.getProperty("java.version")).put("width", width == 0 ? "scalar" : Integer.toString(width)));
      return 0;
    }
    out.println(spec.name() + ": a network compiled by " + compiler + ", " + spec.precision() + "-bit floats, "
        + (session.model().hasWeights() ? "with weights" : "without weights"));
    for (var feed : spec.inputs()) {
      out.println((feed.target() ? "target " : "input  ") + feed.names() + ": " + Polynomials.text(feed.kind(), feed.shape(), feed.dims()));
      List<String> classes = session.model().vocabulary().titles(feed);
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
    out.println("here   Java " + System.getProperty("java.version") + ", " + Runtime.getRuntime().availableProcessors() + " processors, "
        + (width == 0 ? "scalar code" : width + "-bit vectors"));
    return 0;
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
          + Text.bytes(one * (spec.precision() / 8.0)) + " for a batch of 1");
    }
  }
}
