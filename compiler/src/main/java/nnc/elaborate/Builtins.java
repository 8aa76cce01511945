package nnc.elaborate;

import java.util.ArrayList;
import java.util.List;

/** All functions of the compiler; everything else of the library is in the prelude. */
final class Builtins {
  private Builtins() {}

  static List<Builtin> all() {
    var all = new ArrayList<Builtin>();
    all.addAll(PointwiseBuiltins.ALL);
    all.addAll(WholeBuiltins.ALL);
    all.addAll(ReduceBuiltins.ALL);
    all.addAll(ShapeBuiltins.ALL);
    all.addAll(SpecialBuiltins.ALL);
    all.addAll(Initialisers.builtins());
    return all;
  }
}
