package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.at;
import static nnc.onnx.term.Formulas.sub;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.onnx.model.ElementType;
import nnc.onnx.model.OnnxGraph;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;
import nnc.onnx.term.Turns;

/** {@code Loop} and {@code Scan} whose turns are not counted at the import: a {@code for} of the language. Their body is translated once, for any turn. */
final class OpenLoops {
  private final Use use;
  private final OnnxGraph body;
  private final Turns turns;
  /** What the first turn has of each value that is carried. */
  private final List<Term> begins;
  /** Where the values that are carried begin among the body's inputs and outputs. */
  private final int ins;
  private final int outs;
  /** Those that turns change, by slot. */
  private final List<Integer> changed;

  private OpenLoops(Use use, OnnxGraph body, Dim count, List<Term> begins, int ins, int outs) {
    this.use = use;
    this.body = body;
    this.turns = new Turns(use.graph().depth(), count);
    this.begins = begins;
    this.ins = ins;
    this.outs = outs;
    if (body.outputs().size() < outs + begins.size() || body.inputs().size() < ins + begins.size()) {
      throw use.not("its body has " + body.inputs().size() + " inputs and " + body.outputs().size() + " outputs, and " + begins.size() + " values are carried");
    }
    this.changed = IntStream.range(0, begins.size()).filter(i -> !isKept(i)).boxed().toList();
  }

  private Term number() {
    return new Term("turn", ElementType.INT64, List.of(), new Formula.Turn(turns));
  }

  /**
   * A {@code Loop}.
   *
   * @param most how many turns it takes, at most
   */
  static List<Term> loop(Use use, OnnxGraph body, Dim most) {
    var begins = new ArrayList<Term>();
    for (int i = 2; i < use.count(); i++) {
      begins.add(use.in(i));
    }
    var loop = new OpenLoops(use, body, most, begins, 2, 1);
    var yes = Term.of("", new OnnxTensor(ElementType.BOOL, new int[0], new long[] {1}));
    // the condition that a turn is told held, or the turn would not be
    var arguments = new ArrayList<>(List.of(use.let(Formulas.cast(loop.number(), "int"), ElementType.INT64), yes));
    arguments.addAll(loop.carried());
    var results = loop.translated(arguments);
    if (results.isEmpty()) {
      return List.of();
    }
    var begin = use.has(1) ? use.in(1) : yes;
    var next = results.getFirst();
    boolean ends = begin.number().isEmpty() || next.number().isEmpty() || next.number().get() == 0;
    int rows = body.outputs().size() - 1 - begins.size();
    if (ends && rows > 0) {
      throw new Untranslatable("how many rows it collects is known only when it runs", loop.deciding(next));
    } else if (!ends && !use.has(0)) {
      throw use.not("it never ends");
    }
    return loop.results(results, ends ? new Formula.While(single(use, begin), single(use, next)) : null, new int[rows], new int[rows]);
  }

  private static Term single(Use use, Term condition) {
    return condition.rank() == 0 ? condition : use.let(Formulas.reshape(condition, List.of()), ElementType.BOOL);
  }

  /** A {@code Scan} as it is since version 9: over the places of an axis of each scanned input, forwards or back. */
  static List<Term> scan(Use use, OnnxGraph body, int[] axes, int[] directions) {
    int states = use.count() - axes.length;
    var begins = new ArrayList<Term>();
    for (int i = 0; i < states; i++) {
      begins.add(use.in(i));
    }
    var counts = new ArrayList<Dim>();
    for (int i = 0; i < axes.length; i++) {
      var x = use.in(states + i);
      counts.add(x.dim(Use.axis(axes[i], x.rank())));
    }
    if (counts.stream().distinct().count() > 1) {
      throw use.not("it scans axes of " + counts.stream().map(Dim::toString).collect(Collectors.joining(" and ")) + " places, which are to be one size: give it with -D");
    }
    var loop = new OpenLoops(use, body, counts.getFirst(), begins, 0, 0);
    var arguments = new ArrayList<>(loop.carried());
    for (int i = 0; i < axes.length; i++) {
      arguments.add(loop.row(use.in(states + i), axes[i], directions[i] != 0, body.inputs().get(states + i).name()));
    }
    var results = loop.translated(arguments);
    int rows = body.outputs().size() - states;
    return results.isEmpty() ? List.of() : loop.results(results, null, use.each("scan_output_axes", rows, 0), use.each("scan_output_directions", rows, 0));
  }

  /** What a turn makes; nothing if the body cannot be translated because of what is outside of it. */
  private List<Term> translated(List<Term> arguments) {
    int failed = use.graph().failed();
    var results = use.graph().results(body, arguments);
    if (use.graph().failed() > failed) {
      throw new Untranslatable("its body cannot be said for any turn" + unrolled(), deciding());
    }
    return results;
  }

  private String unrolled() {
    return turns.count().isConstant() ? "" : "; turns are unrolled of a known number of them: give the size " + turns.count() + " with -D";
  }

  /** The model's inputs that decide whether the loop begins, and of what others turns depend: with their values it may be unrolled. */
  private List<String> deciding(Term... others) {
    var begin = ins > 0 && use.has(1) ? Stream.of(use.in(1)) : Stream.<Term>empty();
    return Stream.concat(begin, Stream.of(others)).flatMap(term -> Leaves.inputs(term).stream()).distinct().toList();
  }

  /** What a turn has of a scanned input. */
  private Term row(Term x, int axis, boolean backwards, String name) {
    int place = Use.axis(axis, x.rank());
    var shape = new ArrayList<>(x.shape());
    shape.remove(place);
    return new Term(name, x.element(), shape, at(x, place, backwards ? sub(turns.count().minus(Dim.ONE), number()) : Formulas.of(number())));
  }

  /** What a turn has of the values that are carried; what no turn changes is what it was before the loop. */
  private List<Term> carried() {
    var arguments = new ArrayList<>(begins);
    for (int slot = 0; slot < changed.size(); slot++) {
      int i = changed.get(slot);
      arguments.set(i, new Term(body.inputs().get(ins + i).name(), begins.get(i).element(), begins.get(i).shape(), new Formula.Carried(turns, slot)));
    }
    return arguments;
  }

  /** Whether the body hands on what it is handed. */
  private boolean isKept(int i) {
    var name = body.outputs().get(outs + i).name();
    for (var node : body.nodes().reversed()) {
      if (node.operator().equals("Identity") && node.domain().isEmpty() && !node.inputs().isEmpty() && node.outputs().contains(name)) {
        name = node.inputs().getFirst();
      }
    }
    return name.equals(body.inputs().get(ins + i).name());
  }

  /** The values behind the loop, of what a turn makes. */
  private List<Term> results(List<Term> made, Formula.While going, int[] axes, int[] directions) {
    var carried = changed.stream().map(i -> next(begins.get(i), made.get(outs + i))).toList();
    var rows = new ArrayList<Formula.Row>();
    for (int i = 0; i < axes.length; i++) {
      rows.add(new Formula.Row(made.get(outs + begins.size() + i), directions[i] != 0));
    }
    var loop = new Term("", ElementType.FLOAT, List.of(), new Formula.Loop(turns, changed.stream().map(begins::get).toList(), carried, rows, going));
    var results = new ArrayList<>(begins);
    for (int slot = 0; slot < changed.size(); slot++) {
      var begin = begins.get(changed.get(slot));
      results.set(changed.get(slot), new Term("", begin.element(), begin.shape(), new Formula.Result(loop, slot)));
    }
    for (int i = 0; i < rows.size(); i++) {
      var item = rows.get(i).item();
      var list = new Term("", item.element(), Stream.concat(Stream.of(turns.count()), item.shape().stream()).toList(), new Formula.Result(loop, changed.size() + i));
      int axis = Use.axis(axes[i], list.rank());
      var shape = new ArrayList<>(item.shape());
      shape.add(axis, turns.count());
      results.add(new Term("", item.element(), shape, apply("stack", list, "axis", axis)));
    }
    return results;
  }

  private Term next(Term before, Term after) {
    if (!before.shape().equals(after.shape())) {
      throw new Untranslatable("it carries " + before.type() + ", of which a turn makes " + after.type() + ", and what a loop carries keeps its type" + unrolled(), deciding());
    }
    return before.element().kind() == after.element().kind() ? after : use.let(Formulas.cast(after, before.element().kind().toString()), before.element());
  }
}
