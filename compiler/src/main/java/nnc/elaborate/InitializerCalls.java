package nnc.elaborate;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import nnc.runtime.spec.ModelSpec;
import nnc.source.Span;
import nnc.source.Suggestion;

/** How parameters may start: names, and the numbers that each takes. */
final class InitializerCalls {
  private InitializerCalls() {}

  private record Number(String name, double otherwise) {}

  /** @param least how many numbers must be given */
  private record Numbers(int least, List<Number> all) {}

  private static final Numbers NONE = new Numbers(0, List.of());
  private static final Numbers SPREAD = new Numbers(0, List.of(new Number("mean", 0), new Number("sd", 1)));

  private static final Map<String, Numbers> ALL = Map.ofEntries(
      Map.entry("zeros", NONE), Map.entry("ones", NONE), Map.entry("constant", new Numbers(1, List.of(new Number("value", 0)))),
      Map.entry("uniform", new Numbers(2, List.of(new Number("low", 0), new Number("high", 1)))), Map.entry("normal", SPREAD),
      Map.entry("truncated_normal", SPREAD), Map.entry("glorot_uniform", NONE), Map.entry("glorot_normal", NONE), Map.entry("he_uniform", NONE),
      Map.entry("he_normal", NONE), Map.entry("lecun_normal", NONE), Map.entry("orthogonal", new Numbers(0, List.of(new Number("gain", 1)))),
      Map.entry("sparse", new Numbers(1, List.of(new Number("count", 15)))), Map.entry("identity", NONE));

  static final Set<String> NAMES = ALL.keySet();

  /** The initialiser with its numbers in order, those by name put in their places. */
  static ModelSpec.Initialiser of(String name, List<Calls.Actual> arguments, Span span) {
    var numbers = ALL.get(name);
    var given = new Double[numbers.all.size()];
    int next = 0;
    int count = 0;
    for (var argument : arguments) {
      if (!(argument.value() instanceof Value.Num(var number))) {
        throw new ElaborationFault(argument.span(), "an initialiser takes numbers, and this is " + argument.value().describe());
      }
      int place = argument.name() == null ? next++ : place(name, argument);
      if (place >= given.length) {
        throw new ElaborationFault(argument.span(), "the initialiser " + name + " takes " + expected(numbers) + ", and has " + arguments.size());
      } else if (given[place] != null) {
        throw new ElaborationFault(argument.span(), "the initialiser " + name + ": '" + numbers.all.get(place).name + "' is given twice");
      }
      given[place] = number;
      count = Math.max(count, place + 1);
    }
    for (int i = 0; i < numbers.least; i++) {
      if (given[i] == null) {
        throw new ElaborationFault(span, "the initialiser " + name + " takes " + expected(numbers) + ", and has " + arguments.size());
      }
    }
    return new ModelSpec.Initialiser(name, IntStream.range(0, count).mapToObj(i -> given[i] != null ? given[i] : numbers.all.get(i).otherwise).toList());
  }

  private static int place(String name, Calls.Actual argument) {
    var names = ALL.get(name).all.stream().map(Number::name).toList();
    if (!names.contains(argument.name())) {
      throw new ElaborationFault(argument.span(), "the initialiser " + name + " has no '" + argument.name() + "'" + Suggestion.sentence(argument.name(), names))
          .note("it is " + name + "(" + String.join(", ", names) + ")");
    }
    return names.indexOf(argument.name());
  }

  private static String expected(Numbers numbers) {
    int most = numbers.all.size();
    return (numbers.least == most ? "" : numbers.least + " to ") + most + (most == 1 ? " number" : " numbers");
  }
}
