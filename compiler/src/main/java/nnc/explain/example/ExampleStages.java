package nnc.explain.example;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nnc.elaborate.Traced;
import nnc.elaborate.Traced.Kind;
import nnc.explain.example.Walkthrough.Shown;
import nnc.explain.example.Walkthrough.Stage;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.graph.NodeMap;
import nnc.graph.NodeSet;
import nnc.graph.Op;
import nnc.interpret.Array;

/** The stages of an example's way, by the steps of its program: what a layer computes is told once, under its path, with the name that the program has for it. */
public final class ExampleStages {
  /** Of what is done more often the first and the last are told. */
  private static final int OFTEN = 4, FIRST = 2;

  private final Example example;
  private final List<Draft> drafts = new ArrayList<>();
  private final NodeMap<Entry> entries = new NodeMap<>();
  private final NodeMap<Traced.Step> activations = new NodeMap<>();
  private final NodeSet named = new NodeSet();

  /** A stage that is being put together; {@code key} is what all turns of a loop have in common. */
  private record Draft(String key, String title, List<Entry> entries) {}

  private static final class Entry {
    String of;
    final String made;
    final Node node;

    Entry(String of, String made, Node node) {
      this.of = of;
      this.made = made;
      this.node = node;
    }
  }

  private ExampleStages(Example example) {
    this.example = example;
  }

  /** @param title what it is an example of */
  public static Walkthrough of(String title, Example example) {
    return new ExampleStages(example).walkthrough(title);
  }

  private Walkthrough walkthrough(String title) {
    var traced = example.traced();
    traced.steps().stream().filter(step -> step.kind() != Kind.ACTIVATION).forEach(step -> named.add(step.value()));
    traced.outputs().forEach(output -> named.add(output.node()));
    inputs();
    for (var step : traced.steps()) {
      switch (step.kind()) {
        case ACTIVATION -> activated(step);
        case LAYER -> layer(step);
        case NAME -> value(step.name(), step.value());
      }
    }
    traced.outputs().forEach(output -> value(output.name(), output.node()));
    told();
    return new Walkthrough(title, stages(), traced.loss().isPresent() ? "" : "the program has no loss: there is no way back");
  }

  // ---- the way forward

  private void add(String key, String title, List<Entry> all) {
    all.forEach(entry -> entries.put(entry.node, entry));
    drafts.add(new Draft(key, title, all));
  }

  private void inputs() {
    var traced = example.traced();
    var ends = Stream.concat(traced.outputs().stream(), traced.results().getFirst().stream()).toList();
    var fed = traced.builder().finish("", ends).needed(_ -> false).nodes().stream().filter(node -> node.op() instanceof Op.Input)
        .map(node -> new Entry(((Op.Input) node.op()).name(), "", node)).toList();
    if (!fed.isEmpty()) {
      add("inputs", fed.size() == 1 ? "input" : "inputs", fed);
    }
  }

  private void activated(Traced.Step step) {
    activations.put(step.value(), step);
    if (!named.contains(step.value())) {
      var all = new ArrayList<Entry>();
      all.add(result("a", step.value(), all));
      add(step.name() + "|" + step.made(), step.name().isEmpty() ? step.made() : step.name() + ": " + step.made(), all);
    }
  }

  private void layer(Traced.Step step) {
    if (entries.contains(step.value())) {
      return;
    }
    var all = new ArrayList<Entry>();
    for (var parameter : example.traced().parameters().entrySet()) {
      boolean own = parameter.getKey().startsWith(step.name() + ".") && parameter.getKey().indexOf('.', step.name().length() + 1) < 0;
      if (own && !entries.contains(parameter.getValue())) {
        all.add(new Entry(parameter.getKey().substring(step.name().length() + 1), "", parameter.getValue()));
      }
    }
    all.add(result(activations.contains(step.value()) ? "a" : "z", step.value(), all));
    add(step.name(), step.name() + ": " + step.made(), all);
  }

  /** A value that has a name; where a layer has told of it already the name is put to that. */
  private void value(String name, Node node) {
    var known = entries.get(node);
    if (known != null) {
      boolean nameless = known.of.equals("a") || known.of.equals("z");
      known.of = nameless ? name : known.of.equals(name) ? name : name + " = " + known.of;
    } else if (!(node.op() instanceof Op.Parameter) && !(node.op() instanceof Op.Input)) {
      var all = new ArrayList<Entry>();
      all.add(result(name, node, all));
      add("name " + name, name, all);
    }
  }

  /** A result; before it, what an activation has made it of, unless that was told. */
  private Entry result(String of, Node value, List<Entry> before) {
    var activation = activations.get(value);
    if (activation == null) {
      return new Entry(of, "", value);
    }
    var told = entries.get(activation.of());
    if (told == null) {
      before.add(new Entry("z", "", activation.of()));
    }
    return new Entry(of, activation.made() + "(" + (told == null ? "z" : told.of) + ")", value);
  }

  /** Loss and metrics. */
  private void told() {
    var all = new LinkedHashMap<String, Entry>();
    for (var result : example.traced().results().getFirst()) {
      if (result.role() == Graph.Role.LOSS || result.role() == Graph.Role.TERM || result.role() == Graph.Role.METRIC) {
        all.put(result.name(), new Entry(result.name(), "", result.node()));
      }
    }
    if (!all.isEmpty()) {
      drafts.add(new Draft("loss", "loss", List.copyOf(all.values())));
    }
  }

  // ---- both ways

  private List<Stage> stages() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    drafts.forEach(draft -> counts.merge(draft.key, 1, Integer::sum));
    Map<String, Integer> turns = new LinkedHashMap<>();
    var told = new ArrayList<Draft>();
    var notes = new ArrayList<String>();
    for (var draft : drafts) {
      int turn = turns.merge(draft.key, 1, Integer::sum);
      int count = counts.get(draft.key);
      if (count <= OFTEN || turn <= FIRST || turn == count) {
        told.add(count == 1 ? draft : new Draft(draft.key, draft.title + ", " + turn + " of " + count, draft.entries));
        notes.add(count > OFTEN && turn == FIRST ? "and so on, " + (count - FIRST - 1) + " times" : "");
      }
    }
    var nodes = told.stream().flatMap(draft -> draft.entries.stream()).map(entry -> entry.node).filter(example::isLearned)
        .filter(node -> node.type().kind() == nnc.graph.Kind.FLOAT).distinct().toList();
    var gradients = example.gradients(nodes);
    var wanted = Stream.concat(told.stream().flatMap(draft -> draft.entries.stream()).map(entry -> entry.node), nodes.stream().filter(gradients::contains).map(gradients::get)).toList();
    example.values(wanted);
    var stages = new ArrayList<Stage>();
    for (int i = 0; i < told.size(); i++) {
      var draft = told.get(i);
      var forward = draft.entries.stream().map(entry -> new Shown(entry.of, entry.made, example.shown(entry.node))).toList();
      var backward = draft.key.equals("loss") ? List.<Shown>of() : draft.entries.reversed().stream().filter(entry -> gradients.contains(entry.node))
          .map(entry -> new Shown(entry.of, "", shown(entry.node, gradients.get(entry.node)))).toList();
      stages.add(new Stage(draft.title, forward, backward, notes.get(i)));
    }
    return stages;
  }

  /** A gradient has the shape of what it is by. */
  private Array shown(Node node, Node gradient) {
    return new Array(example.shown(node).shape(), example.value(gradient).values());
  }
}
