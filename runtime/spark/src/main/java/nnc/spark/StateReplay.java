package nnc.spark;

import java.util.ArrayList;
import java.util.List;
import nnc.runtime.Context;
import nnc.runtime.Input;
import nnc.runtime.Model;
import nnc.runtime.Output;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.ModelSpec.Training;

/**
 * How what layers keep from batch to batch, as running means, goes on by a block that was computed elsewhere. The compiler has cut it where it reads the block ({@code KeptStates}):
 * a task leaves the values that are read, and whoever has the states of before applies the formulas to both, block after block as one machine does.
 */
final class StateReplay {
  private final Context formulas;
  private final Output[] read;
  private final Output[] next;
  private final Input[] values;
  private final Input[] states;
  private final boolean wide;
  private final int width;

  /** @param gradient where a block's values come from */
  StateReplay(Model model, Context gradient, Threads threads) {
    Model own = model.formulas(Training.GRADIENT);
    wide = model.weights() instanceof double[];
    formulas = own == null ? null : own.context(ModelSpec.MEASURES, 1, threads);
    next = formulas == null ? new Output[0] : formulas.results(Role.OUTPUT).toArray(new Output[0]);
    read = gradient.results(Role.OUTPUT).toArray(new Output[0]);
    states = new Input[next.length];
    values = new Input[read.length];
    for (int i = 0; i < states.length; i++) {
      states[i] = input(next[i].name());
    }
    int all = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = input(read[i].name());
      all += read[i].size();
    }
    width = all;
  }

  /** That of a name; null of a state whose next value does not follow from the one before. */
  private Input input(String name) {
    return formulas.inputs().stream().filter(input -> input.name().equals(name)).findFirst().orElse(null);
  }

  /** Paths of the states that go on, in the order in which {@link #advance} has them. */
  static List<String> paths(Model model) {
    Model own = model.formulas(Training.GRADIENT);
    List<String> paths = new ArrayList<>();
    if (own != null) {
      own.spec().plans().get(0).results().forEach(result -> paths.add(result.name()));
    }
    return paths;
  }

  /** What states go on by, as the block has left it that was computed last. */
  Object values() {
    Object all = NumberArrays.of(width, wide);
    int at = 0;
    for (Output output : read) {
      copy(output, all, at);
      at += output.size();
    }
    return all;
  }

  /**
   * Replaces states by their next ones.
   *
   * @param array  where they lie one behind the other from a place on
   * @param values of the block
   */
  void advance(Object array, int from, Object values, int step, int epoch) {
    int at = 0;
    for (int i = 0; i < read.length; i++) {
      set(this.values[i], values, at, read[i].size());
      at += read[i].size();
    }
    at = from;
    for (int i = 0; i < next.length; i++) {
      set(states[i], array, at, next[i].size());
      at += next[i].size();
    }
    formulas.counters(step, epoch);
    formulas.run();
    at = from;
    for (Output output : next) {
      copy(output, array, at);
      at += output.size();
    }
  }

  private static void copy(Output output, Object array, int at) {
    if (array instanceof float[] floats) {
      output.copyTo(floats, at);
    } else {
      output.copyTo((double[]) array, at);
    }
  }

  private static void set(Input input, Object array, int at, int size) {
    if (input == null) {
      return;
    }
    Object part = NumberArrays.of(size, array instanceof double[]);
    System.arraycopy(array, at, part, 0, size);
    if (part instanceof float[] floats) {
      input.set(floats);
    } else {
      input.set((double[]) part);
    }
  }
}
