package nnc.loops.expand;

import java.util.ArrayList;
import java.util.List;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.Stmt;

/** Integers that an outlined method takes as arguments; constants stand for themselves. */
public final class OutlineArguments {
  public final List<Stmt.Argument> list = new ArrayList<>();

  public Int of(String name, Int value) {
    if (value instanceof Int.Number) {
      return value;
    }
    list.add(new Stmt.Argument(name, value));
    return new Int.Var(name);
  }
}
