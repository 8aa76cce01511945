package nnc.runtime.engine;

import java.util.ArrayList;
import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec.Argument;
import nnc.runtime.spec.ModelSpec.Call;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.Polynomials;

/** Arguments of a plan's calls that number random draws, so that an example has the same ones in whatever batch, or tile of it, it comes. */
final class DrawNumbers {
  /** Elements that a run may number: kernels count them in 32 bits. */
  private static final long MOST = 1L << 32;

  private final Plan plan;
  private final int[] places;
  private final Argument.Drawn[] drawn;
  private final long[] rows;

  /**
   * Those of some calls.
   *
   * @param at where the arguments of each call begin
   */
  DrawNumbers(Plan plan, int[] at, int from, int to) {
    this.plan = plan;
    List<Integer> found = new ArrayList<>();
    List<Argument.Drawn> numbers = new ArrayList<>();
    for (int i = from; i < to; i++) {
      Call call = plan.calls().get(i);
      for (int k = 0; k < call.arguments().size(); k++) {
        if (call.arguments().get(k) instanceof Argument.Drawn number) {
          found.add(at[i] + k);
          numbers.add(number);
        }
      }
    }
    places = new int[found.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = found.get(i);
    }
    drawn = numbers.toArray(new Argument.Drawn[0]);
    rows = new long[places.length];
  }

  /**
   * Takes the dimensions of a run.
   *
   * @throws Fault if a run draws more numbers than can be told apart
   */
  void evaluate(int[] dims) {
    for (int i = 0; i < rows.length; i++) {
      Poly row = drawn[i].row();
      rows[i] = Polynomials.value(row, dims);
      if (rows[i] > 0 && dims[drawn[i].dim()] > MOST / rows[i]) {
        throw new Fault("a run over " + plan.dims().get(drawn[i].dim()) + " = " + dims[drawn[i].dim()] + " draws more than 2^32 numbers at once",
            "use a smaller batch");
      }
    }
  }

  /**
   * Sets the arguments.
   *
   * @param firstRow the number of the first row of the batch
   * @param dim      the index of a dimension of which the run is at a tile
   * @param first    of its examples, the first one of the tile
   */
  void set(int[] arguments, long firstRow, int dim, int first) {
    for (int i = 0; i < places.length; i++) {
      int counts = drawn[i].dim();
      long number = ((counts == plan.batch() ? firstRow : 0) + (counts == dim ? first : 0)) * rows[i];
      arguments[places[i]] = (int) (drawn[i].high() ? number >>> 32 : number);
    }
  }
}
