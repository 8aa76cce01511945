package nnc.explain.example;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.runtime.base.Fault;
import nnc.source.JsonText;

/**
 * Who is to blame for the loss of an example: what the loss is made of at once would have to change by so much, each alone, for the loss to fall by an amount;
 * for what has most to do with it, what that is made of in turn; and so on to the first layer. To first order, as gradients are: a change is the change that is
 * wanted over the derivative.
 *
 * @param levels from the loss back
 */
public record Blame(List<Level> levels) {

  /**
   * What is to change, and what could bring it about.
   *
   * @param what    an element of a value, such as {@code h[3]}
   * @param wanted  by how much it is to change
   * @param culprits those with the largest derivatives first
   * @param others  how many more there are
   */
  public record Level(String what, double wanted, List<Culprit> culprits, int others) {}

  /**
   * What could bring a change about.
   *
   * @param derivative of what is to change, by it
   * @param change     by how much it would have to change
   */
  public record Culprit(String name, double derivative, double change) {}

  /** An element that may be to blame. */
  private record Suspect(Node node, int place, double derivative) {}

  /**
   * @param fall by how much the loss is to fall
   * @param most how many culprits of each level are named
   */
  public static Blame of(Example example, double fall, int most) {
    var loss = example.traced().loss().orElseThrow(() -> new Fault("the program has no loss, and so nothing to blame for it", "loss mse(prediction, target), for example"));
    return new Investigation(example, most).from(loss, -fall);
  }

  private static final class Investigation {
    private final Example example;
    private final int most;
    private final NodeMap<String> names = new NodeMap<>();

    Investigation(Example example, int most) {
      this.example = example;
      this.most = most;
      var traced = example.traced();
      traced.parameters().forEach((path, node) -> names.put(node, path));
      ValueNames.of(traced.steps()).byName().forEach((name, node) -> {
        if (node.type().kind() == Kind.FLOAT && example.isLearned(node)) {
          names.put(node, name);
        }
      });
    }

    Blame from(Node loss, double wanted) {
      var levels = new ArrayList<Level>();
      var at = new Suspect(loss, 0, 1);
      double change = wanted;
      while (at != null) {
        var suspects = suspects(at);
        var level = level(at, change, suspects);
        levels.add(level);
        var next = suspects.stream().filter(suspect -> !(suspect.node.op() instanceof Op.Parameter) && suspect.derivative != 0).findFirst().orElse(null);
        change = next == null ? 0 : change / next.derivative;
        at = next;
      }
      return new Blame(levels);
    }

    private Level level(Suspect at, double wanted, List<Suspect> suspects) {
      var guilty = suspects.stream().filter(suspect -> suspect.derivative != 0).toList();
      // of many weights and few values of the layer before both are told
      var told = new ArrayList<Suspect>();
      guilty.stream().filter(suspect -> !(suspect.node.op() instanceof Op.Parameter)).limit(most).forEach(told::add);
      guilty.stream().filter(suspect -> suspect.node.op() instanceof Op.Parameter).limit(most).forEach(told::add);
      return new Level(element(at.node, at.place), wanted,
          told.stream().map(suspect -> new Culprit(element(suspect.node, suspect.place), suspect.derivative, wanted / suspect.derivative)).toList(), guilty.size() - told.size());
    }

    private String element(Node node, int place) {
      var name = names.get(node, "loss");
      var shape = example.shown(node).shape();
      var indices = new ArrayList<Integer>();
      for (int axis = shape.length - 1, rest = place; axis >= 0; rest /= shape[axis--]) {
        indices.addFirst(rest % shape[axis]);
      }
      return indices.isEmpty() ? name : name + indices;
    }

    /** All elements of what an element is made of at once, those with the largest derivatives first. */
    private List<Suspect> suspects(Suspect of) {
      var sources = sources(of.node);
      var derivatives = example.derivatives(of.node, of.place, sources);
      example.values(derivatives.stream().flatMap(Optional::stream).toList());
      var suspects = new ArrayList<Suspect>();
      for (int i = 0; i < sources.size(); i++) {
        int source = i;
        derivatives.get(i).ifPresent(gradient -> {
          var values = example.value(gradient).values();
          IntStream.range(0, values.length).forEach(place -> suspects.add(new Suspect(sources.get(source), place, values[place])));
        });
      }
      suspects.sort(Comparator.comparingDouble((Suspect suspect) -> -Math.abs(suspect.derivative)));
      return suspects;
    }

    /** The nearest values with a name behind a node, and parameters. */
    private List<Node> sources(Node node) {
      var found = new ArrayList<Node>();
      var seen = new NodeSet();
      var open = new ArrayList<>(List.copyOf(node.operands()));
      while (!open.isEmpty()) {
        var at = open.removeLast();
        if (seen.add(at) && example.isLearned(at) && at.type().kind() == Kind.FLOAT) {
          if (names.contains(at)) {
            found.add(at);
          } else {
            open.addAll(List.copyOf(at.operands()));
          }
        }
      }
      return found;
    }
  }

  /** As sentences. */
  public String text() {
    var out = new StringBuilder();
    for (var level : levels) {
      if (level.culprits.isEmpty()) {
        out.append("nothing moves ").append(level.what).append(": all derivatives are 0\n");
        continue;
      }
      out.append("for ").append(level.what).append(level.wanted < 0 ? " to fall by " : " to rise by ").append(amount(level.wanted)).append('\n');
      int name = level.culprits.stream().mapToInt(culprit -> culprit.name.length()).max().orElse(0);
      int change = level.culprits.stream().mapToInt(culprit -> amount(culprit.change).length()).max().orElse(0);
      for (var culprit : level.culprits) {
        var amount = amount(culprit.change);
        out.append("  ").append(culprit.name).append(" ".repeat(name - culprit.name.length())).append(culprit.change < 0 ? " must fall by " : " must rise by ")
            .append(amount).append(" ".repeat(change - amount.length())).append("   (d ").append(level.what).append(" / d ").append(culprit.name).append(" = ")
            .append(NumberTable.number(culprit.derivative)).append(")\n");
      }
      out.append(level.others == 0 ? "" : "  or one of " + level.others + " more\n");
    }
    return out.toString();
  }

  private static String amount(double change) {
    return NumberTable.number(Math.abs(change));
  }

  /** A culprit a line, for machines. */
  public String json() {
    var out = new StringBuilder();
    for (var level : levels) {
      for (var culprit : level.culprits) {
        out.append("{\"event\":\"blame\",\"of\":\"").append(JsonText.escape(level.what)).append("\",\"wanted\":").append(level.wanted).append(",\"by\":\"")
            .append(JsonText.escape(culprit.name)).append("\",\"derivative\":").append(culprit.derivative).append(",\"change\":").append(culprit.change).append("}\n");
      }
    }
    return out.toString();
  }
}
