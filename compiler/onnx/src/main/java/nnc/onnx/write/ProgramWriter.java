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
import nnc.graph.Kind;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.pattern.Patterns;
import nnc.onnx.term.Formula;
import nnc.onnx.term.FormulaPrinter;
import nnc.onnx.term.Helpers;
import nnc.onnx.term.Term;
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
  private final FormulaPrinter printer = new FormulaPrinter(term -> places.getOrDefault(ProgramTerms.target(term), ""), this::layer);
  private int count;

  private ProgramWriter(Translation translation) {
    this.translation = translation;
    this.identifiers = translation.identifiers();
  }

  /** @param comment lines that tell of the origin */
  public static ImportedProgram write(Translation translation, List<String> comment) {
    var recognised = translation.with(Patterns.recognised(translation.outputs().stream().map(Translation.Told::term).toList()));
    return new ProgramWriter(recognised).run(comment);
  }

  private ImportedProgram run(List<String> comment) {
    for (var term : new ProgramTerms(translation.outputs().stream().map(Translation.Told::term).toList()).lines()) {
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
      return;
    }
    var text = printer.text(term.formula());
    int id = count++;
    lines.add(new ProgramLine(id, text, null));
    places.put(term, ProgramLine.name(id));
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
