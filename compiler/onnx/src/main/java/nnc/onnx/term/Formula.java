package nnc.onnx.term;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;
import nnc.graph.Dim;
import nnc.onnx.model.OnnxTensor;

/** An expression of the language. */
public sealed interface Formula {
  /** Another value, which the text names or has in this place. */
  record Of(Term term) implements Formula {}

  /** What the program is fed, or a function of the library, by its name. */
  record Given(String name) implements Formula {}

  /** A constant array. */
  record Table(OnnxTensor tensor) implements Formula {}

  /** Whole numbers that are known at compile time, or follow from open sizes. */
  record Extent(int[] shape, List<Dim> numbers) implements Formula {}

  record Num(double value) implements Formula {}

  record Txt(String value) implements Formula {}

  record Flag(boolean value) implements Formula {}

  record Listed(List<Formula> items) implements Formula {}

  record Size(Dim dim) implements Formula {}

  /** A function's call. */
  record Apply(String function, List<Formula> arguments, SequencedMap<String, Formula> named) implements Formula {}

  /** An operator on one operand, before which it stands, or on two. */
  record Operate(String operator, List<Formula> operands) implements Formula {}

  /** {@code base[i, from:to, ...]}. */
  record At(Formula base, List<Subscript> subscripts) implements Formula {}

  /**
   * A layer of the library's with the weights it has in the model.
   *
   * @param hyper   its first list of arguments
   * @param inputs  its second
   * @param weights by their names in the layer
   * @param origin  the model's own name for it, perhaps empty
   */
  record Made(String layer, List<Formula> hyper, SequencedMap<String, Formula> named, List<Formula> inputs, SequencedMap<String, OnnxTensor> weights,
      String origin) implements Formula {

    /** With one more of the named arguments. */
    public Made with(String name, Formula value) {
      var more = new LinkedHashMap<>(named);
      more.put(name, value);
      return new Made(layer, hyper, more, inputs, weights, origin);
    }
  }

  /** The number of a turn within a loop, from 0: a place or a size, but no array. */
  record Turn(Turns turns) implements Formula {}

  /** What a turn has of the turn before it, within a loop. */
  record Carried(Turns turns, int slot) implements Formula {}

  /**
   * A {@code for} over an open number of turns: no value by itself, its {@link Result}s are.
   *
   * @param begins    what the first turn has
   * @param carried   by slot, what the next turn has in place of it
   * @param collected what each turn adds to a list
   * @param going     which turn is the last; null if all are run
   */
  record Loop(Turns turns, List<Term> begins, List<Term> carried, List<Row> collected, While going) implements Formula {}

  /** An item of a list that a loop collects: behind those of earlier turns, or in front of them. */
  record Row(Term item, boolean inFront) {}

  /** Conditions on which the first turn is run, and the next after a turn. */
  record While(Term begins, Term next) {}

  /** What is there behind a loop: what was carried, by its slot, and after that the lists. */
  record Result(Term loop, int slot) implements Formula {}

  /** What stands between the brackets of an index, for one axis. */
  sealed interface Subscript {
    record Place(Formula index) implements Subscript {}

    /** From, to and step of a slice; null where they are left out. */
    record Part(Formula from, Formula to, Formula step) implements Subscript {}
  }

  /** What an expression is made of, in the order of the text. */
  default Stream<Formula> parts() {
    return switch (this) {
      case Of _, Given _, Table _, Extent _, Num _, Txt _, Flag _, Size _, Turn _, Carried _ -> Stream.empty();
      case Loop loop -> Stream.of(loop.begins.stream(), loop.carried.stream(), loop.collected.stream().map(Row::item), loop.going == null ? Stream.<Term>empty() : Stream.of(loop.going.begins, loop.going.next))
          .flatMap(x -> x).map(Of::new);
      case Result(var loop, _) -> Stream.of(new Of(loop));
      case Listed(var items) -> items.stream();
      case Apply(_, var arguments, var named) -> Stream.concat(arguments.stream(), named.values().stream());
      case Operate(_, var operands) -> operands.stream();
      case At(var base, var subscripts) -> Stream.concat(Stream.of(base), subscripts.stream().flatMap(s -> switch (s) {
        case Subscript.Place(var index) -> Stream.of(index);
        case Subscript.Part(var from, var to, var step) -> Stream.of(from, to, step).filter(part -> part != null);
      }));
      case Made made -> Stream.of(made.hyper.stream(), made.named.values().stream(), made.inputs.stream()).flatMap(x -> x);
    };
  }

  /** The values that it is computed from directly. */
  default Stream<Term> terms() {
    return this instanceof Of(var term) ? Stream.of(term) : parts().flatMap(Formula::terms);
  }
}
