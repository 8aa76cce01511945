package nnc.interpret;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nnc.graph.Op;

/** The meaning of a loop: its body's, turn by turn. */
record LoopMeaning(Interpreter outside, Op.Loop loop) {

  /** All results of the loop, by its operands' values. */
  List<Array> run(List<Array> operands) {
    int turns = Math.max(0, outside.size(loop.turns()));
    var given = new ArrayList<>(operands);
    var collected = new ArrayList<List<Array>>();
    for (int turn = 1; turn <= turns; turn++) {
      boolean over = loop.going() >= 0 && Arrays.stream(given.get(loop.going()).values()).allMatch(value -> value == 0);
      var values = outside.within(loop.turn(), turn, List.copyOf(given)).run(loop.body());
      var results = loop.body().results().stream().map(result -> values.get(result.node())).toList();
      if (over) {
        requireIdle(given, results);
      }
      for (int i = 0; i < loop.carried(); i++) {
        given.set(i, results.get(i));
      }
      collected.add(results);
    }
    var all = new ArrayList<>(given.subList(0, loop.carried()));
    for (int i = loop.carried(); i < loop.body().results().size(); i++) {
      all.add(joined(i, collected));
    }
    return all;
  }

  /** All turns are run here: so it shows whether those that may be left out change anything. */
  private void requireIdle(List<Array> given, List<Array> results) {
    for (int i = 0; i < results.size(); i++) {
      var values = results.get(i).values();
      boolean saved = loop.saved() && i >= loop.saved(0);
      if (!saved && !Arrays.equals(values, i < loop.carried() ? given.get(i).values() : new double[values.length])) {
        throw new IllegalStateException("result " + i + " of a loop that is over changes");
      }
    }
  }

  private Array joined(int result, List<List<Array>> turns) {
    var type = loop.type(result);
    var shape = new int[type.rank()];
    shape[0] = turns.size();
    for (int axis = 1; axis < shape.length; axis++) {
      shape[axis] = turns.isEmpty() ? outside.size(type.dim(axis)) : turns.getFirst().get(result).shape()[axis - 1];
    }
    var values = new double[Array.size(shape)];
    for (int turn = 0; turn < turns.size(); turn++) {
      var part = turns.get(turn).get(result).values();
      System.arraycopy(part, 0, values, turn * part.length, part.length);
    }
    return new Array(shape, values);
  }
}
