package nnc.elaborate;

import java.util.List;

/**
 * A function of the compiler.
 *
 * @param parameters names in order; {@code name?} may be left out, {@code name...} takes the rest
 */
record Builtin(String name, List<String> parameters, Body body) {

  interface Body {
    Value call(Arguments arguments);
  }

  static Builtin of(String name, String parameters, Body body) {
    return new Builtin(name, parameters.isEmpty() ? List.of() : List.of(parameters.split(", ")), body);
  }
}
