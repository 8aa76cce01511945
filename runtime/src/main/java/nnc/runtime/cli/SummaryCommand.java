package nnc.runtime.cli;

import java.io.PrintStream;
import java.util.List;
import nnc.runtime.base.Json;
import nnc.runtime.base.Text;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Layer;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.spec.ModelSpec.WeightKind;

/** {@code summary}: the layers, their output shapes and parameters. */
final class SummaryCommand implements ModelCommand {
  @Override
  public List<Options.Flag> flags() {
    return List.of();
  }

  @Override
  public int run(Session session, Options options, String[] arguments) {
    ModelSpec spec = session.model().spec();
    if (options.has("--json")) {
      for (Layer layer : spec.layers()) {
        session.out().println(new Json().put("layer", layer.path()).put("kind", layer.kind()).put("shape", layer.shape())
            .put("parameters", layer.parameters()));
      }
      session.out().println(new Json().put("total", count(spec, true) + count(spec, false)).put("learned", count(spec, true)));
      return 0;
    }
    table(spec, session.out());
    return 0;
  }

  private static void table(ModelSpec spec, PrintStream out) {
    int path = "layer".length();
    int kind = "kind".length();
    int shape = "output".length();
    for (Layer layer : spec.layers()) {
      path = Math.max(path, layer.path().length());
      kind = Math.max(kind, layer.kind().length());
      shape = Math.max(shape, layer.shape().length());
    }
    String rule = "-".repeat(path + kind + shape + 6 + 14);
    out.println(Text.left("layer", path) + "  " + Text.left("kind", kind) + "  " + Text.left("output", shape) + "  "
        + Text.right("parameters", 14));
    out.println(rule);
    for (Layer layer : spec.layers()) {
      out.println(Text.left(layer.path(), path) + "  " + Text.left(layer.kind(), kind) + "  " + Text.left(layer.shape(), shape) + "  "
          + Text.right(Text.grouped(layer.parameters()), 14));
    }
    out.println(rule);
    long learned = count(spec, true);
    long frozen = count(spec, false);
    out.println("total " + Text.grouped(learned + frozen) + " parameters (" + Text.bytes((learned + frozen) * (spec.precision() / 8.0))
        + "): " + Text.grouped(learned) + " learned, " + Text.grouped(frozen) + " frozen");
  }

  private static long count(ModelSpec spec, boolean learned) {
    long count = 0;
    for (Weight weight : spec.weights()) {
      if (weight.kind() == WeightKind.PARAMETER && weight.frozen() != learned) {
        count += weight.size();
      }
    }
    return count;
  }
}
