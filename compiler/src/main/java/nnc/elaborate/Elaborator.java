package nnc.elaborate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.runtime.spec.ModelSpec;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.source.Suggestion;
import nnc.syntax.Ast;

/**
 * Runs a program at compile time: what is compile-time is evaluated, layers and loops unfold, and what remains is a graph. One
 * elaboration makes the graph of one purpose.
 */
public final class Elaborator {
  /** What open dimensions that count turns begin with, which no name of a program does. */
  private static final String TURN = "turn#";

  /** The name of whether the program is trained. */
  static final String TRAINING = "training";

  /** {@code predict} computes the outputs, {@code evaluate} loss and metrics, {@code train} a step, {@code gradient} all gradients. */
  public enum Purpose {
    PREDICT, EVALUATE, TRAIN, GRADIENT;

    /** As the plan and the graph are called. */
    public String title() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * What a graph is for, and of how many networks.
   *
   * @param observed whether a prediction also gives what layers and names of the program come to
   * @param rolled   which loops over ranges of numbers are
   */
  public record Aim(Purpose purpose, Members members, boolean observed, Rolled rolled) {}

  /** Which loops over ranges of numbers are one body that is run so often; of others all turns are written out. */
  public enum Rolled {
    NONE, WHERE_BETTER, WHERE_POSSIBLE
  }

  /** What a program has to do with files. */
  public interface Importer {
    /** Finds the text of an imported file, by its path as written in a file. */
    Ast.Program read(String path, Ast.Import statement);

    /**
     * Is told of what the data block reads.
     *
     * @param name of a file or folder, as written; empty of a public data set, which lies elsewhere
     */
    default void data(String source, String name, Span place) {}
  }

  private final GraphBuilder builder = GraphBuilder.limited();
  private final Diagnostics diagnostics;
  private final Purpose purpose;
  private final Expressions expressions = new Expressions(this);
  private final Calls calls = new Calls(this);
  private final Declarations declarations = new Declarations(this);
  private final Statements statements;
  private final Frame root = new Frame("");
  private final Scope library = new Scope(null);
  private final Importer importer;

  final Weights weights = new Weights(this, declarations.objective);
  final Budget budget = new Budget(this);
  final List<Value.Instance> instances = new ArrayList<>();
  final List<IndexChecks.Labels> labels = new ArrayList<>();
  /** By node, the category of whose classes it speaks. */
  final Map<Node, String> names = new IdentityHashMap<>();
  final MinimumBatch leastBatch = new MinimumBatch();
  final Doubts doubts = new Doubts();
  final OutputUses uses = new OutputUses();
  final Rolling rolling;
  final Trace trace = new Trace();
  final CallTrace callTrace = new CallTrace(builder);
  /** What the program's own names have stood for, in order. */
  private final List<ShownPicture.Named> named = new ArrayList<>();
  /** Of the program's names; functions and layers have scopes of their own. */
  private final Scope top = new Scope(library);
  private Members members = Members.ONE;
  private boolean observed;
  /** Whether predictions are made with averages of the parameters, and whether they may be. */
  private boolean averaged;
  private boolean averages = true;
  private int openLoops;
  private int loops;
  /** In the user's text, what is elaborated at the moment. */
  private Span place = Span.NONE;

  private Elaborator(Purpose purpose, Map<String, String> defines, Diagnostics diagnostics, Importer importer) {
    this(purpose, defines, diagnostics, importer, Rolling.off());
  }

  private Elaborator(Purpose purpose, Map<String, String> defines, Diagnostics diagnostics, Importer importer, Rolling rolling) {
    this.rolling = rolling;
    this.purpose = purpose;
    this.diagnostics = diagnostics;
    this.importer = importer;
    statements = new Statements(this, declarations, defines, importer);
  }

  /** Elaborates a program after the library; faults go to the diagnostics, and then the result must not be used. */
  public static Elaborated elaborate(Ast.Program prelude, Ast.Program program, Purpose purpose, Map<String, String> defines,
      Diagnostics diagnostics, Importer importer) {
    return elaborate(prelude, program, new Aim(purpose, Members.ONE, false, Rolled.NONE), defines, diagnostics, importer);
  }

  /** As above, of several networks of the program as one; these predict and are evaluated, and do not train. */
  public static Elaborated elaborate(Ast.Program prelude, Ast.Program program, Aim aim, Map<String, String> defines, Diagnostics diagnostics,
      Importer importer) {
    return RollingAttempts.of(program, aim, diagnostics, (rolling, found) -> {
      var elaborator = new Elaborator(aim.purpose, defines, found, importer, rolling);
      elaborator.members = aim.members;
      elaborator.observed = aim.observed;
      return elaborator.run(prelude, program);
    });
  }

  /**
   * A picture of a program on its way to the first weights.
   *
   * @param purpose that computes it
   * @param name    of the program's; empty for the one that {@link ShownPicture} chooses
   */
  public record Picture(Purpose purpose, String name) {}

  /** A picture of a program, after the library, as the graph's only result. Faults go to the diagnostics, and then there is none. */
  public static Optional<Graph> picture(Ast.Program prelude, Ast.Program program, Picture picture, Map<String, String> defines, Diagnostics diagnostics,
      Importer importer) {
    var elaborator = new Elaborator(picture.purpose, defines, diagnostics, importer);
    elaborator.body(prelude, program);
    return diagnostics.hasErrors() ? Optional.empty()
        : ShownPicture.of(elaborator.named, picture.name, diagnostics).map(shown -> elaborator.builder.finish("picture", List.of(shown)).needed(_ -> false));
  }

  /** What a program's outputs are, and what they are compared with. Faults go to the diagnostics, and then there are none. */
  public static List<OutputUse> outputs(Ast.Program prelude, Ast.Program program, Map<String, String> defines, Diagnostics diagnostics, Importer importer) {
    var elaborator = new Elaborator(Purpose.EVALUATE, defines, diagnostics, importer);
    elaborator.body(prelude, program);
    return diagnostics.hasErrors() ? List.of() : elaborator.outputUses();
  }

  private List<OutputUse> outputUses() {
    return uses.of(declarations.outputs, declarations.inputs.values(), declarations.names, builder.nodes());
  }

  /** A program in its own words, for a purpose. Faults go to the diagnostics, and then there is none. */
  public static Optional<Traced> trace(Ast.Program prelude, Ast.Program program, Purpose purpose, Map<String, String> defines, Diagnostics diagnostics, Importer importer) {
    var elaborator = new Elaborator(purpose, defines, diagnostics, importer);
    elaborator.averages = false;
    elaborator.body(prelude, program);
    // what the blocks say is no step of the program
    var steps = elaborator.trace.steps();
    var results = diagnostics.hasErrors() ? Goals.NONE.results : elaborator.goals(elaborator.top).results;
    var weights = elaborator.weights;
    return diagnostics.hasErrors() ? Optional.empty() : Optional.of(new Traced(elaborator.builder, steps, Collections.unmodifiableMap(weights.parameters),
        List.copyOf(weights.infos.values()), results, elaborator.declarations.outputs));
  }

  /** A program's network as training sees it, with what made each node. Faults go to the diagnostics, and then there is none. */
  public static Optional<Outline> outline(Ast.Program prelude, Ast.Program program, Map<String, String> defines, Diagnostics diagnostics, Importer importer) {
    var elaborator = new Elaborator(Purpose.GRADIENT, defines, diagnostics, importer);
    elaborator.callTrace.follow();
    elaborator.body(prelude, program);
    return diagnostics.hasErrors() ? Optional.empty() : elaborator.outline();
  }

  private Optional<Outline> outline() {
    var gradients = goals(top).results.stream().flatMap(List::stream).toList();
    if (diagnostics.hasErrors()) {
      return Optional.empty();
    }
    var lowered = gradients.stream().filter(result -> result.role() == Graph.Role.LOSS).toList();
    var losses = declarations.objective.losses.isEmpty() ? lowered
        : declarations.objective.losses.stream().map(loss -> new Graph.Result(Graph.Role.LOSS, declarations.objective.losses.size() == 1 ? "" : loss.called(), loss.node())).toList();
    var ends = Stream.concat(declarations.outputs.stream(), losses.stream()).toList();
    var found = gradients.stream().filter(result -> result.role() != Graph.Role.LOSS).toList();
    return Optional.of(new Outline(builder.finish("forward", ends).needed(_ -> false),
        builder.finish("gradient", Stream.concat(ends.stream(), found.stream()).toList()).needed(_ -> false), callTrace.calls(), callTrace.makers(),
        found.stream().map(Graph.Result::name).collect(Collectors.toSet())));
  }

  private void body(Ast.Program prelude, Ast.Program program) {
    averaged = averages && settings(program).anyMatch(setting -> setting.name().equals("average"));
    bindLibrary();
    statements.run(prelude.statements(), library, root);
    statements.run(program.statements(), top, root);
    for (var name : diagnostics.isEnded() ? List.<String>of() : statements.undefined()) {
      diagnostics.error(Span.NONE, "-D " + name + ": the program has no constant of this name" + Suggestion.sentence(name, top.own().keySet()));
    }
  }

  private Elaborated run(Ast.Program prelude, Ast.Program program) {
    if (purpose == Purpose.TRAIN || purpose == Purpose.EVALUATE) {
      weights.rows.carry();
    }
    body(prelude, program);
    if (!diagnostics.hasErrors()) {
      Sizes.check(builder.nodes(), declarations.outputs, weights.infos.values(), diagnostics);
      declarations.objective.tellOfIdleTraining(weights.infos.values().stream().anyMatch(weight -> weight.kind() == ModelSpec.WeightKind.STATE), diagnostics);
      doubts.tell(builder.nodes(), declarations.outputs, new Doubts.Declared(declarations.ends(), weights.infos), purpose == Purpose.PREDICT, diagnostics);
    }
    return finish(top);
  }

  private void bindLibrary() {
    Builtins.all().forEach(builtin -> library.bind(builtin.name(), new Value.Primitive(builtin)));
    library.bind(TRAINING, new Value.Bool(training()));
    library.bind("pi", new Value.Num(Math.PI));
    library.bind("infinity", new Value.Num(Double.POSITIVE_INFINITY));
    for (var kind : Kind.values()) {
      library.bind(kind.toString(), new Value.Text(kind.toString()));
    }
    library.bind("step", new Value.Tensor(builder.counter(Op.CounterKind.STEP)));
    library.bind("epoch", new Value.Tensor(builder.counter(Op.CounterKind.EPOCH)));
  }

  private Elaborated finish(Scope scope) {
    var blocks = new BlockSettings(this, declarations.objective, scope);
    var used = purpose == Purpose.EVALUATE && !diagnostics.hasErrors() ? outputUses() : List.<OutputUse>of();
    var goals = diagnostics.hasErrors() ? Goals.NONE : goals(scope);
    var checks = new ArrayList<IndexChecks>();
    var results = goals.results;
    var infos = List.copyOf(weights.infos.values());
    if (members.areSeveral() && !diagnostics.hasErrors()) {
      var graphs = new MemberGraphs(builder, members, uses.joints(declarations.outputs, builder.nodes()));
      infos = graphs.weights(infos);
      results = results.stream().map(part -> joined(graphs, part)).toList();
    }
    for (var part : results) {
      checks.add(new IndexChecks(builder.finish(ModelSpec.Training.plan(purpose.title(), checks.size()), part), labels, declarations.inputs.values(), diagnostics));
    }
    var checked = checks.stream().map(IndexChecks::checked).toList();
    Map<String, Long> classes = new LinkedHashMap<>();
    declarations.inputs.values().stream().filter(input -> input.column().isText()).forEach(input -> classes.put(input.name(), (long) input.column().classes()));
    checks.forEach(check -> check.classes().forEach((input, count) -> classes.merge(input, count, Math::min)));
    var training = blocks.training(goals.every);
    var data = blocks.data();
    BatchSizeCheck.tell(declarations.objective, data.get("train"), training, diagnostics);
    checked.forEach(graph -> Sizes.check(graph, purpose == Purpose.TRAIN ? training : null, diagnostics));
    return new Elaborated(checked, infos, List.copyOf(declarations.inputs.values()), classes, declarations.aliases, declarations.names,
        observed && purpose == Purpose.PREDICT && !diagnostics.hasErrors() ? observations().origins() : Map.of(), used,
        diagnostics.hasErrors() ? List.of() : Summary.rows(instances), data, training, rolling.choices());
  }

  private ObservedValues observations() {
    return new ObservedValues(builder.nodes(), instances, named);
  }

  private List<Graph.Result> joined(MemberGraphs graphs, List<Graph.Result> part) {
    var joined = graphs.of(part);
    for (var result : joined) {
      if (result.role() == Graph.Role.OUTPUT && result.node().type().kind() != declared(result.name()).type().kind()) {
        diagnostics.error(Span.NONE, "output " + result.name() + " is " + declared(result.name()).type() + " and does not follow from scores: members that differ have no mean of it")
            .hint("make it of scores: argmax(scores), scores > 0");
      }
    }
    return joined;
  }

  private Node declared(String output) {
    return declarations.outputs.stream().filter(result -> result.name().equals(output)).findFirst().orElseThrow().node();
  }

  private static Stream<Ast.Setting> settings(Ast.Program program) {
    return program.statements().stream().flatMap(s -> s instanceof Ast.Train train ? train.settings().stream() : Stream.empty());
  }

  /**
   * What graphs are made of.
   *
   * @param results by graph
   * @param every   how often each step of a training runs
   */
  private record Goals(List<List<Graph.Result>> results, List<Integer> every) {
    static final Goals NONE = new Goals(List.of(List.of()), List.of());
  }

  private Goals goals(Scope scope) {
    try {
      return budget.bounded(() -> made(scope));
    } catch (ElaborationFault fault) {
      fault.report(diagnostics);
      return Goals.NONE;
    }
  }

  private Goals made(Scope scope) {
    if (purpose == Purpose.PREDICT) {
      return new Goals(List.of(observed ? ObservedValues.with(declarations.outputs, observations()) : declarations.outputs), List.of());
    }
    var training = new TrainingGraphs(this, declarations.objective, scope);
    weights.rows.check(training.every().size(), members);
    var results = switch (purpose) {
      case PREDICT, EVALUATE -> List.of(training.evaluation());
      case TRAIN -> training.steps();
      case GRADIENT -> training.gradients();
    };
    return new Goals(results.isEmpty() ? Goals.NONE.results : results, training.every());
  }

  // ---- what the other parts of the elaborator need

  GraphBuilder builder() {
    return builder;
  }

  /** Runs a body; gives the value of its {@code return}, or null. */
  Value execute(List<Ast.Statement> body, Scope scope, Frame frame) {
    return statements.run(body, scope, frame);
  }

  /** Where the program's own layers are made. */
  Frame root() {
    return root;
  }

  /** Remembers what a name of the program itself stands for. */
  void noteNamed(String name, Value value, Scope scope) {
    if (scope == top && !isInOpenLoop() && value instanceof Value.Tensor(var node)) {
      named.add(new ShownPicture.Named(name, node));
      trace.named(name, node);
    }
  }

  /** What the program itself calls a node. */
  List<String> namesOf(Node node) {
    return named.stream().filter(one -> one.node() == node).map(ShownPicture.Named::name).toList();
  }

  /** What the program calls a node: as declared, or first bound; another word if it has no name. */
  String nameOf(Node node, String otherwise) {
    return node.op() instanceof Op.Input(var name, _, _) ? name : namesOf(node).stream().findFirst().orElse(otherwise);
  }

  boolean atTop(Frame frame) {
    return frame == root;
  }

  Diagnostics diagnostics() {
    return diagnostics;
  }

  Importer importer() {
    return importer;
  }

  Expressions expressions() {
    return expressions;
  }

  Calls calls() {
    return calls;
  }

  Map<String, Elaborated.InputInfo> inputs() {
    return declarations.inputs;
  }

  Objective objective() {
    return declarations.objective;
  }

  boolean averaged() {
    return averaged;
  }

  /** What {@code step} means from here on, in the library's functions too. */
  void countSteps(Node steps) {
    library.bind("step", new Value.Tensor(steps));
  }

  boolean training() {
    return purpose == Purpose.TRAIN || purpose == Purpose.GRADIENT;
  }

  /** Begins a loop over an open length; gives the name of the open dimension that counts its turns. */
  String beginLoop() {
    openLoops++;
    return TURN + ++loops;
  }

  /** Whether an open dimension counts the turns of a loop. */
  static boolean countsTurns(String dim) {
    return dim.startsWith(TURN);
  }

  void endLoop() {
    openLoops--;
  }

  /** Whether what is elaborated is a turn of such a loop: its nodes are none of the graph's. */
  boolean isInOpenLoop() {
    return openLoops > 0;
  }

  /** Nodes made from here on come from this text; the library's own text does not count. */
  void mark(Span span) {
    if (!LibraryText.has(span.file())) {
      place = span;
      builder.at(span);
    }
  }

  Span place() {
    return place;
  }
}
