package nnc.graph.random;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Node;

/**
 * Which ops have stood side by side in graphs: by triples of what makes a value, what reads it, and as which operand. All that there could be
 * follows from what has been seen: whoever makes a float scalar may be read by whoever has read one.
 */
public final class Coverage {
  /** Behind the second all parts of a concatenation are alike. */
  private static final int OPERANDS = 3;

  /** Times that a triple is looked for before it is taken for impossible. */
  private static final int ATTEMPTS = 60;

  /** One op reads what another has made. */
  public record Triple(OpKind producer, OpKind consumer, int position) {}

  private record Place(OpKind consumer, int position) {}

  /** What decides whether an operand is fit, apart from its size. */
  private enum Form {
    FLOATS, FLOAT, INTS, INT, BOOLS, BOOL;

    static Form of(Node node) {
      boolean scalar = node.type().rank() == 0;
      return switch (node.type().kind()) {
        case Kind.FLOAT -> scalar ? FLOAT : FLOATS;
        case Kind.INT -> scalar ? INT : INTS;
        case Kind.BOOL -> scalar ? BOOL : BOOLS;
      };
    }
  }

  private final Map<Triple, Integer> seen = new HashMap<>();
  private final Map<Triple, Integer> sought = new HashMap<>();
  private final Map<OpKind, Set<Form>> made = new TreeMap<>();
  private final Map<Place, Set<Form>> read = new HashMap<>();
  private final Map<OpKind, Integer> drawn = new TreeMap<>();
  /** What could be read by whom and is not; made anew when more is known. */
  private List<Triple> missing;
  private int graphs;

  /** Counts what a graph's results need. */
  void add(Graph graph) {
    graphs++;
    for (var node : graph.nodes()) {
      var kind = OpKind.of(node.op());
      drawn.merge(kind, 1, Integer::sum);
      if (made.computeIfAbsent(kind, _ -> EnumSet.noneOf(Form.class)).add(Form.of(node))) {
        missing = null;
      }
      for (int i = 0; i < node.operands().size(); i++) {
        var place = new Place(kind, Math.min(i, OPERANDS - 1));
        if (read.computeIfAbsent(place, _ -> EnumSet.noneOf(Form.class)).add(Form.of(node.operand(i)))) {
          missing = null;
        }
        seen.merge(new Triple(OpKind.of(node.operand(i).op()), kind, place.position), 1, Integer::sum);
      }
    }
  }

  private List<Triple> missing() {
    if (missing == null) {
      missing = new ArrayList<>(possible());
    }
    missing.removeIf(triple -> seen.containsKey(triple) || sought.getOrDefault(triple, 0) >= ATTEMPTS);
    return missing;
  }

  private Set<Triple> possible() {
    var all = new TreeSet<Triple>((a, b) -> a.toString().compareTo(b.toString()));
    made.forEach((producer, forms) -> read.forEach((place, fit) -> {
      if (forms.stream().anyMatch(fit::contains)) {
        all.add(new Triple(producer, place.consumer, place.position));
      }
    }));
    return all;
  }

  /** A triple that has not been seen, which is not looked for without end; any one if there is none. What was never drawn comes first. */
  Triple wanted(Random random) {
    var never = List.copyOf(neverDrawn());
    if (!never.isEmpty() && (drawn.isEmpty() || random.nextInt(3) == 0)) {
      var all = drawn.isEmpty() ? never : List.copyOf(drawn.keySet());
      return new Triple(all.get(random.nextInt(all.size())), never.get(random.nextInt(never.size())), random.nextInt(2));
    }
    var left = missing == null || random.nextInt(20) == 0 ? missing() : missing;
    if (left.isEmpty()) {
      var all = OpKind.all();
      return new Triple(all.get(random.nextInt(all.size())), all.get(random.nextInt(all.size())), random.nextInt(2));
    }
    var triple = left.get(random.nextInt(left.size()));
    sought.merge(triple, 1, Integer::sum);
    return triple;
  }

  /** Kinds of ops that no graph had. */
  public Set<OpKind> neverDrawn() {
    var left = new TreeSet<>(OpKind.all());
    left.removeAll(drawn.keySet());
    return left;
  }

  /** The share of possible triples that were seen. */
  public double share() {
    var possible = possible();
    return possible.stream().filter(seen::containsKey).count() / (double) Math.max(1, possible.size());
  }

  /** A line a reader: how many of those that it could read it has read, and what is missing, if that is little. */
  public String summary() {
    var text = new StringBuilder();
    var possible = possible();
    var of = new TreeMap<String, List<Triple>>();
    possible.forEach(triple -> of.computeIfAbsent(triple.consumer + " " + triple.position, _ -> new ArrayList<>()).add(triple));
    text.append("%d graphs, %d kinds of ops, %d of %d possible triples (producer, reader, operand)%n".formatted(graphs, drawn.size(),
        possible.stream().filter(seen::containsKey).count(), possible.size()));
    of.forEach((reader, triples) -> {
      var absent = triples.stream().filter(triple -> !seen.containsKey(triple)).map(triple -> triple.producer.toString()).toList();
      text.append("  %-22s %2d of %2d%s%n".formatted(reader, triples.size() - absent.size(), triples.size(),
          absent.isEmpty() ? "" : absent.size() > 8 ? ", missing " + absent.subList(0, 8) + " ..." : ", missing " + absent));
    });
    return text.toString();
  }
}
