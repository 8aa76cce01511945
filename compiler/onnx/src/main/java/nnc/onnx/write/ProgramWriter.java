package nnc.onnx.write;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.pattern.Patterns;
import nnc.onnx.term.Formula;
import nnc.onnx.term.FormulaPrinter;
import nnc.onnx.term.Helpers;
import nnc.onnx.term.Term;
import nnc.onnx.term.Turns;
import nnc.onnx.translate.Identifiers;
import nnc.onnx.translate.Translation;
import nnc.runtime.base.Fault;
import nnc.syntax.AstPrinter;

/** Writes a program and lists its weights: layers before their first use, a loop where lines repeat. */
public final class ProgramWriter {
  /** Floats tell whole numbers apart up to this. */
  private static final int MOST_EXACT = 1 << 24;

  private final Translation translation;
  private final Identifiers identifiers;
  private final Map<Term, String> places = new IdentityHashMap<>();
  private final Map<Formula.Made, String> layers = new IdentityHashMap<>();
  private final Map<Integer, String> names = new HashMap<>();
  private final SequencedMap<String, OnnxTensor> weights = new LinkedHashMap<>();
  private final List<String> parameters = new ArrayList<>();
  private final List<ProgramLine> lines = new ArrayList<>();
  private final FormulaPrinter printer = new FormulaPrinter(this::place, this::layer);
  /** By a loop's turns, the number of the name of what counts them; those of its results come after it, by their slots, and that of its condition at last. */
  private final Map<Turns, Integer> loops = new IdentityHashMap<>();
  /** By number, what a name in a loop is like. */
  private final Map<Integer, String> likes = new HashMap<>();
  private final ProgramTerms terms;
  private int count;

  private ProgramWriter(Translation translation) {
    this.translation = translation;
    this.identifiers = translation.identifiers();
    this.terms = new ProgramTerms(translation.outputs().stream().map(Translation.Told::term).toList());
  }

  /** @param comment lines that tell of the origin */
  public static ImportedProgram write(Translation translation, List<String> comment) {
    var recognised = translation.with(Patterns.recognised(translation.outputs().stream().map(Translation.Told::term).toList()));
    return new ProgramWriter(recognised).run(comment);
  }

  private ImportedProgram run(List<String> comment) {
    for (var term : terms.lines(null)) {
      line(term);
    }
    var told = new ArrayList<String>();
    Set<Integer> needed = new HashSet<>();
    for (var output : translation.outputs()) {
      var text = whole(output.term(), printer.text(new Formula.Of(output.term())));
      needed.addAll(new ProgramLine(-1, text, null).names());
      told.add(text);
    }
    var body = body(RepeatedLines.of(lines, needed));
    for (int i = 0; i < told.size(); i++) {
      var output = translation.outputs().get(i);
      body.add("output " + names(output.name(), output.original()) + " = " + ProgramLine.filled(told.get(i), names::get));
    }
    return new ImportedProgram(text(comment, body), weights, identifiers.changed());
  }

  private String text(List<String> comment, List<String> body) {
    var text = new ArrayList<String>();
    comment.forEach(line -> text.add("# " + line));
    text.add("");
    for (var input : translation.inputs()) {
      text.add("input " + names(input.name(), input.original()) + ": " + new Term("", input.element(), input.shape(), new Formula.Given(input.name())).type());
    }
    var helpers = Helpers.of(String.join("\n", body));
    if (!helpers.isEmpty()) {
      text.add("");
      text.add(helpers.strip());
    }
    text.add("");
    text.addAll(parameters);
    text.addAll(body);
    return String.join("\n", text) + "\n";
  }

  /** The name in the program, and the model's own where that is another, by which it is fed or asked for too. */
  private static String names(String name, String original) {
    return name.equals(original) || original.isBlank() || original.chars().anyMatch(Character::isISOControl) ? name : name + " " + AstPrinter.quoted(original);
  }

  // ---- lines, in which names are numbers

  private void line(Term term) {
    if (term.formula() instanceof Formula.Table(var tensor)) {
      parameter(term, tensor);
    } else if (term.formula() instanceof Formula.Loop loop) {
      var text = String.join("\n", statement(loop));
      lines.add(new ProgramLine(count++, text, null, true));
    } else {
      var text = printer.text(term.formula());
      lines.add(new ProgramLine(bound(term), text, null));
    }
  }

  /** A new name's number. */
  private int bound(Term term) {
    places.put(term, ProgramLine.name(count));
    return count++;
  }

  /** The name that a term has; empty if it is written where it is used. */
  private String place(Term term) {
    var target = ProgramTerms.target(term);
    return switch (target.formula()) {
      case Formula.Turn(var turns) -> ProgramLine.name(loops.get(turns));
      case Formula.Carried(var turns, var slot) -> ProgramLine.name(loops.get(turns) + 1 + slot);
      case Formula.Result(var loop, var slot) when ProgramTerms.target(loop).formula() instanceof Formula.Loop made -> ProgramLine.name(loops.get(made.turns()) + 1 + slot);
      default -> places.getOrDefault(target, "");
    };
  }

  // ---- loops over an open number of turns

  /** The lines of a loop: what it begins with, and turns that compute all that depends on them, add to lists, and bind anew what is carried. */
  private List<String> statement(Formula.Loop loop) {
    int first = names(loop);
    int states = loop.carried().size();
    var going = ProgramLine.name(first + 1 + states + loop.collected().size());
    var text = new ArrayList<String>();
    var next = new ArrayList<Term>(loop.carried());
    var left = new ArrayList<String>();
    for (int i = 0; i < states; i++) {
      left.add(ProgramLine.name(first + 1 + i));
      text.add(left.getLast() + " = " + array(loop.begins().get(i)));
    }
    for (int i = 0; i < loop.collected().size(); i++) {
      text.add(ProgramLine.name(first + 1 + states + i) + " = []");
    }
    if (loop.going() != null) {
      text.add(going + " = " + array(loop.going().begins()));
      left.add(going);
      next.add(loop.going().next());
    }
    text.add("for " + ProgramLine.name(first) + " in 0.." + range(loop.turns().count()) + (loop.going() == null ? "" : " while " + going) + " {");
    int inside = text.size();
    turn(loop).forEach(line -> text.add("  " + line));
    for (int i = 0; i < loop.collected().size(); i++) {
      var list = ProgramLine.name(first + 1 + states + i);
      var item = "[" + array(loop.collected().get(i).item()) + "]";
      text.add("  " + list + " = " + (loop.collected().get(i).inFront() ? item + " + " + list : list + " + " + item));
    }
    if (!left.isEmpty()) {
      var right = next.stream().map(this::array).collect(Collectors.joining(", "));
      text.add("  " + String.join(", ", left) + " = " + (left.size() == 1 ? right : "[" + right + "]"));
    }
    if (Helpers.of(String.join("\n", text.subList(inside, text.size()))).contains("gradient(")) {
      throw new Fault("numbers are rounded to 16 bits within a loop, and a loop over an open number of turns does not take functions that have a gradient of their own",
          loop.turns().count().isConstant() ? "" : "give the size " + loop.turns().count() + " with -D: the turns are unrolled");
    }
    text.add("}");
    return text;
  }

  private int names(Formula.Loop loop) {
    int first = count;
    loops.put(loop.turns(), first);
    likes.put(count++, "t");
    loop.carried().forEach(_ -> likes.put(count++, "h"));
    loop.collected().forEach(_ -> likes.put(count++, "steps"));
    likes.put(count++, "going");
    return first;
  }

  private static String range(Dim count) {
    var text = FormulaPrinter.size(count);
    return text.matches("\\w+") ? text : "(" + text + ")";
  }

  /** What depends on the number of a turn, or on what it is handed. */
  private List<String> turn(Formula.Loop loop) {
    var text = new ArrayList<String>();
    for (var term : terms.lines(loop.turns())) {
      if (term.formula() instanceof Formula.Loop inner) {
        text.addAll(statement(inner));
      } else {
        var right = printer.text(term.formula());
        text.add(ProgramLine.name(bound(term)) + " = " + right);
      }
    }
    return text;
  }

  /** A number alone is none of an array's elements: it is said what it is. */
  private String array(Term term) {
    var text = printer.text(new Formula.Of(term));
    boolean isNumber = term.rank() == 0 && ProgramTerms.target(term).formula() instanceof Formula.Table;
    return isNumber ? "cast(" + text + ", \"" + term.element().kind() + "\")" : text;
  }

  /** A layer is made in a line before that of its first use. */
  private String layer(Formula.Made made) {
    var known = layers.get(made);
    if (known == null) {
      int id = count++;
      known = ProgramLine.name(id);
      layers.put(made, known);
      lines.add(new ProgramLine(id, printer.making(made), made));
    }
    return known;
  }

  /** Kept as floats; whole numbers are made such again. */
  private void parameter(Term term, OnnxTensor tensor) {
    var name = identifiers.fresh(term.origin().isEmpty() ? "table" : term.origin());
    if (tensor.type().kind() == Kind.INT && java.util.Arrays.stream(tensor.toDoubles()).anyMatch(value -> Math.abs(value) > MOST_EXACT)) {
      throw new Fault("the constant '" + term.origin() + "' has whole numbers beyond " + MOST_EXACT + ", and weights are floats of 32 bits, which tell those apart up to that", "");
    }
    weights.put(name, tensor);
    var shape = java.util.Arrays.stream(tensor.shape()).mapToObj(Integer::toString).toList();
    parameters.add("param " + name + ": float[" + String.join(", ", shape) + "] = zeros");
    places.put(term, tensor.type().kind() == Kind.FLOAT ? name : "cast(" + name + ", \"" + tensor.type().kind() + "\")");
  }

  /** A number alone is a float: a whole number says what it is. */
  private static String whole(Term output, String text) {
    boolean isNumber = output.rank() == 0 && ProgramTerms.target(output).formula() instanceof Formula.Table;
    return isNumber && output.element().kind() == Kind.INT ? "cast(" + text + ", \"int\")" : text;
  }

  // ---- names, and loops

  private List<String> body(List<RepeatedLines> loops) {
    var first = new ArrayList<Formula.Made>();
    for (int i = 0; i < lines.size(); i++) {
      int place = i;
      if (lines.get(i).made() != null && loops.stream().noneMatch(loop -> place >= loop.from() + loop.period() && place < loop.to())) {
        first.add(lines.get(i).made());
      }
    }
    var layerNames = new LayerNames(first);
    loops.forEach(loop -> loop.carried().forEach((before, after) -> rename(loop, before, after)));
    var body = new ArrayList<String>();
    int place = 0;
    for (var loop : loops) {
      plain(place, loop.from(), layerNames, body);
      body.add("for i in 0.." + loop.turns() + " {");
      turn(loop, layerNames, body);
      body.add("}");
      place = loop.to();
    }
    plain(place, lines.size(), layerNames, body);
    return body;
  }

  /** What a turn hands on has one name, before, in and after the loop. */
  private void rename(RepeatedLines loop, int before, int after) {
    var name = names.computeIfAbsent(before, _ -> identifiers.free("x"));
    int place = 0;
    while (lines.get(loop.from() + place).id() != after) {
      place++;
    }
    for (int turn = 0; turn < loop.turns(); turn++) {
      names.put(lines.get(loop.from() + turn * loop.period() + place).id(), name);
    }
  }

  private void plain(int from, int to, LayerNames layerNames, List<String> body) {
    for (var line : lines.subList(from, to)) {
      if (line.loop()) {
        line.names().forEach(id -> names.computeIfAbsent(id, _ -> identifiers.free(likes.getOrDefault(id, "h"))));
        ProgramLine.filled(line.text(), names::get).lines().forEach(body::add);
        continue;
      }
      body.add(name(line, layerNames) + " = " + ProgramLine.filled(line.text(), names::get));
      if (line.made() != null) {
        line.made().weights().forEach((weight, tensor) -> weights.put(names.get(line.id()) + "." + weight, tensor));
      }
    }
  }

  private void turn(RepeatedLines loop, LayerNames layerNames, List<String> body) {
    for (int i = 0; i < loop.period(); i++) {
      var line = lines.get(loop.from() + i);
      var name = name(line, layerNames);
      body.add("  " + name + " = " + ProgramLine.filled(line.text(), names::get));
      for (int turn = 0; turn < loop.turns(); turn++) {
        var same = lines.get(loop.from() + turn * loop.period() + i);
        names.put(same.id(), name);
        if (same.made() != null) {
          var path = name + "." + turn + ".";
          same.made().weights().forEach((weight, tensor) -> weights.put(path + weight, tensor));
        }
      }
    }
  }

  private String name(ProgramLine line, LayerNames layerNames) {
    return names.computeIfAbsent(line.id(), _ -> identifiers.free(line.made() == null ? "h" : layerNames.of(line.made())));
  }
}
