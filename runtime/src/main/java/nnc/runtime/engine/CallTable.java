package nnc.runtime.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nnc.runtime.spec.ModelSpec.Argument;
import nnc.runtime.spec.ModelSpec.Call;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.ModelSpec.Repeat;
import nnc.runtime.spec.Polynomials;

/** The calls of a plan as numbers: what never changes is written down once, the rest whenever the dimensions change. */
public final class CallTable {
  /** What all calls share, then their own arguments, as {@link Kernels#run} takes them. */
  public final int[] arguments;
  /** Of each call, its kernel's number. */
  public final int[] kernels;
  /** Of each call, where its own arguments begin. */
  public final int[] at;
  /** Of each call, how many blocks there are at the present dimensions. */
  public final int[] blocks;
  /** Of each call whose blocks may run side by side, roughly how many elementary operations it takes at the present dimensions; 0 of others. */
  public final long[] work;

  private final List<Call> calls;
  /** Arguments that change with the dimensions: where they stand, what they are, and what is added to that. */
  private final int[] places;
  private final Poly[] values;
  private final int[] sums;
  private final DrawNumbers draws;
  private final long[] works;
  /** Of each call, how often it is made in a run, in turns of repeats. */
  private final double[] turns;
  private final List<Repeat> repeats;
  private double totalWork;

  /**
   * A table that {@link #evaluate} completes.
   *
   * @param bases of the plan's slots
   * @param dims  dimensions of any size
   */
  public CallTable(Plan plan, int[] bases, int[] dims) {
    calls = plan.calls();
    kernels = new int[calls.size()];
    at = new int[calls.size()];
    blocks = new int[calls.size()];
    work = new long[calls.size()];
    works = new long[calls.size()];
    turns = new double[calls.size()];
    repeats = plan.repeats();
    arguments = new int[argumentCount()];
    List<Integer> changing = new ArrayList<>();
    List<Poly> polys = new ArrayList<>();
    tabulate(bases, dims, changing, polys);
    values = polys.toArray(new Poly[0]);
    places = new int[values.length];
    sums = new int[values.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = changing.get(i);
      sums[i] = arguments[changing.get(i)];
    }
    draws = new DrawNumbers(plan, at, 0, at.length);
  }

  private int argumentCount() {
    int count = Kernels.FIRST;
    for (int i = 0; i < at.length; i++) {
      count += calls.get(i).arguments().size();
    }
    return count;
  }

  /** Writes down what never changes, and collects the arguments that change with the dimensions. */
  private void tabulate(int[] bases, int[] dims, List<Integer> changing, List<Poly> polys) {
    int next = Kernels.FIRST;
    for (int i = 0; i < at.length; i++) {
      Call call = calls.get(i);
      kernels[i] = call.kernel();
      at[i] = next;
      for (int k = 0; k < call.arguments().size(); k++, next++) {
        Argument argument = call.arguments().get(k);
        Poly value = null;
        if (argument instanceof Argument.Slot slot) {
          arguments[next] = bases[slot.slot()];
          value = slot.offset();
        } else if (argument instanceof Argument.Offset offset) {
          arguments[next] = offset.offset();
        } else if (argument instanceof Argument.Value own) {
          value = own.value();
        }
        if (value != null && Polynomials.isConstant(value)) {
          arguments[next] += (int) Polynomials.value(value, dims);
        } else if (value != null) {
          changing.add(next);
          polys.add(value);
        }
      }
    }
  }

  /** Brings everything up to date that depends on the dimensions, and on the number of the batch's first row. */
  public void evaluate(int[] dims, long firstRow) {
    draws.evaluate(dims);
    from(firstRow);
    for (int i = 0; i < values.length; i++) {
      arguments[places[i]] = sums[i] + (int) Polynomials.value(values[i], dims);
    }
    count(dims);
    totalWork = 0;
    for (int i = 0; i < blocks.length; i++) {
      Call call = calls.get(i);
      blocks[i] = (int) Polynomials.value(call.blocks(), dims);
      long all = Polynomials.value(call.work(), dims);
      work[i] = call.parallel() ? all : 0;
      works[i] = all;
      totalWork += turns[i] * all;
    }
  }

  /** Counts the turns of calls. */
  private void count(int[] dims) {
    Arrays.fill(turns, 1);
    for (int r = 0; r < repeats.size(); r++) {
      Repeat repeat = repeats.get(r);
      double count = Math.max(0, Polynomials.value(repeat.turns(), dims));
      for (int i = repeat.from(); i < repeat.to(); i++) {
        turns[i] *= count;
      }
    }
  }

  /** The changing arguments of some calls in which a dimension occurs, by their numbers among all that change. */
  int[] changing(int from, int to, int dim) {
    int first = from < at.length ? at[from] : arguments.length;
    int end = to < at.length ? at[to] : arguments.length;
    int[] found = new int[values.length];
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      if (places[i] >= first && places[i] < end && Polynomials.mentions(values[i], dim)) {
        found[count++] = i;
      }
    }
    return Arrays.copyOf(found, count);
  }

  /** Brings an argument up to date, by its number among those that change. */
  void evaluate(int changing, int[] dims) {
    arguments[places[changing]] = sums[changing] + (int) Polynomials.value(values[changing], dims);
  }

  /** Brings up to date how many blocks a call has. */
  void evaluateBlocks(int call, int[] dims) {
    blocks[call] = (int) Polynomials.value(calls.get(call).blocks(), dims);
  }

  /** Sets the number of the batch's first row. */
  public void from(long firstRow) {
    draws.set(arguments, firstRow, -1, 0);
  }

  /** Roughly how many elementary operations a call takes at the present dimensions, in one turn. */
  long work(int call) {
    return works[call];
  }

  /** How often a call is made in a run, if no condition ends repeats. */
  double turns(int call) {
    return turns[call];
  }

  /** Roughly how many elementary operations all calls take at the present dimensions, in all turns. */
  public double totalWork() {
    return totalWork;
  }
}
