package nnc.runtime.train;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import nnc.runtime.Context;
import nnc.runtime.Input;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Categories;
import nnc.runtime.data.Column;
import nnc.runtime.data.Table;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.engine.WholeNumbers;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.Polynomials;

/** Feeds a context from a table: columns are matched with inputs and targets by name, and rows gathered straight into the arena. */
public final class BatchFeeder {
  private final Context context;
  /** The places of the open dimensions that count rows. */
  private final int[] batchDims;
  private final Input[] inputs;
  private final Column[] columns;
  private final Gather gather = new Gather();
  private final String origin;
  /** Elements of a row. */
  private final int width;
  private final int precision;
  /** Reads rows that are not in memory, one by one and all of their columns together; null if all are in memory. */
  private final ReadAhead ahead;
  /** Room for a row of each input that takes whole numbers, which are looked at as they are read. */
  private final double[][] exact;

  /**
   * A context large enough for {@code batch} rows of a table, and what feeds it.
   *
   * @throws Fault if a column is missing, of another shape than its input, or has numbers that the input does not allow
   */
  public BatchFeeder(Model model, String planName, Table table, int batch, Threads threads) {
    origin = table.origin();
    Plan plan = model.code(planName).plan;
    Map<String, Integer> sizes = new HashMap<>();
    Map<String, Column> coded = new HashMap<>();
    Set<Integer> batchDims = new TreeSet<>();
    for (Feed feed : model.spec().inputs()) {
      if (plan.inputs().containsKey(feed.name())) {
        batchDims.add(measure(plan, feed, plan.inputs().get(feed.name()).shape(), table, batch, sizes));
        Column column = Categories.coded(table.required(feed), feed, model.vocabulary(), table);
        check(feed, column, table);
        coded.put(feed.name(), column);
      } else if (plan.unread().containsKey(feed.name()) && table.column(feed) != null) {
        batchDims.add(measure(plan, feed, plan.unread().get(feed.name()), table, batch, sizes));
      }
    }
    if (plan.batch() >= 0 && sizes.putIfAbsent(plan.dims().get(plan.batch()), batch) == null) {
      batchDims.add(plan.batch());
    }
    for (int dim = 0; dim < plan.dims().size(); dim++) {
      if (!sizes.containsKey(plan.dims().get(dim)) && model.code(planName).needs(dim)) {
        throw new Fault("the size of the open dimension " + plan.dims().get(dim) + " does not follow from the columns of " + table.origin());
      }
    }
    this.batchDims = new int[batchDims.size()];
    int next = 0;
    for (int dim : batchDims) {
      this.batchDims[next++] = dim;
    }
    context = model.context(planName, sizes, threads);
    List<Input> fed = context.inputs();
    inputs = fed.toArray(new Input[0]);
    columns = new Column[inputs.length];
    int all = 0;
    exact = new double[inputs.length][];
    boolean read = false;
    for (int i = 0; i < inputs.length; i++) {
      columns[i] = coded.get(inputs[i].name());
      all += columns[i].width();
      read |= columns[i].isStreamed();
      exact[i] = inputs[i].feed().kind() == ElementKind.FLOAT ? null : new double[columns[i].width()];
    }
    width = all;
    precision = model.spec().precision();
    ahead = read ? new ReadAhead(this::readRow, batch, room(batch), room(table.size() > batch ? batch : 0)) : null;
  }

  /** Arrays for so many rows of each input. */
  private Object[] room(int rows) {
    Object[] room = new Object[inputs.length];
    for (int i = 0; i < room.length; i++) {
      room[i] = NumericArrays.allocate(precision, (long) rows * columns[i].width(), "a batch of " + inputs[i].name() + " that is read ahead", "use a smaller batch");
    }
    return room;
  }

  public Context context() {
    return context;
  }

  /** What so many rows leave unmet; null if they can be fed. */
  ModelSpec.Need unmet(int count) {
    return context.executor().needs().unmet(batchDims, count);
  }

  /** Feeds rows {@code rows[from]} to {@code rows[from + count - 1]}. */
  public void feed(int[] rows, int from, int count) {
    for (int i = 0; i < batchDims.length; i++) {
      context.dim(batchDims[i], count);
    }
    gather.rows = rows;
    gather.from = from;
    gather.read = ahead == null ? null : ahead.take(rows, from, count);
    if (context.executor().shares(count * width)) {
      context.executor().share(gather, count);
    } else {
      gather.run(0, 0, count);
    }
  }

  /** Reads a row of all inputs; it may have whole numbers that one does not allow. */
  private void readRow(int row, int place, Object[] into) {
    for (int i = 0; i < inputs.length; i++) {
      int at = place * columns[i].width();
      if (exact[i] == null) {
        columns[i].read(row, into[i], at);
        continue;
      }
      columns[i].read(row, exact[i], 0);
      for (int k = 0; k < exact[i].length; k++) {
        String fault = WholeNumbers.fault(inputs[i].feed(), exact[i][k]);
        if (fault != null) {
          throw new Fault(label(inputs[i].feed()) + ": " + fault + " in " + columns[i].place(row, k, origin));
        }
        NumericArrays.set(inputs[i].feed().kind(), into[i], at + k, exact[i][k]);
      }
    }
  }

  /** An element of an input as the last batch's data has it, which may be more than the network's numbers can hold. */
  double value(int input, int element) {
    return columns[input].get(row(input, element), element % columns[input].width());
  }

  /** Where that element was read. */
  String place(int input, int element) {
    return columns[input].place(row(input, element), element % columns[input].width(), origin);
  }

  private int row(int input, int element) {
    return gather.rows[gather.from + element / columns[input].width()];
  }

  /** Brings some of the rows that are fed into place. */
  private final class Gather implements Threads.Task {
    private int[] rows;
    private int from;
    /** What was read of them; null if they are in memory. */
    private Object[] read;

    @Override
    public void run(int thread, int first, int end) {
      Object memory = context.executor().memory();
      for (int i = 0; i < inputs.length; i++) {
        int width = columns[i].width();
        if (read != null) {
          System.arraycopy(read[i], first * width, memory, inputs[i].base() + first * width, (end - first) * width);
        } else if (inputs[i].feed().kind() == ElementKind.INT) {
          columns[i].gatherWhole(rows, from + first, end - first, memory, inputs[i].base() + first * width);
        } else {
          columns[i].gather(rows, from + first, end - first, memory, inputs[i].base() + first * width);
        }
      }
    }
  }

  private static String label(Feed feed) {
    return (feed.target() ? "target " : "input ") + feed.name();
  }

  /** Finds the sizes of the open dimensions of an input; gives the place of the batch's. */
  private static int measure(Plan plan, Feed feed, List<Poly> declared, Table table, int batch, Map<String, Integer> sizes) {
    Column column = table.required(feed);
    String type = Polynomials.text(feed.kind(), declared, plan.dims());
    int batchDim = declared.isEmpty() ? -1 : Polynomials.dimension(declared.get(0));
    if (batchDim < 0) {
      throw new Fault(label(feed) + ": " + type + " has no open first dimension for the examples of " + table.origin(),
          "declare it with one more dimension: " + feed.kind() + "[N, ...]");
    }
    int[] given = new int[column.shape().length + 1];
    given[0] = batch;
    System.arraycopy(column.shape(), 0, given, 1, column.shape().length);
    int[] fitted = Polynomials.fitRank(declared, given);
    boolean fits = fitted != null;
    for (int axis = 0; fits && axis < fitted.length; axis++) {
      int dim = Polynomials.dimension(declared.get(axis));
      if (dim >= 0) {
        Integer known = sizes.putIfAbsent(plan.dims().get(dim), fitted[axis]);
        fits = known == null || known == fitted[axis];
      } else if (Polynomials.isConstant(declared.get(axis))) {
        fits = Polynomials.value(declared.get(axis), new int[0]) == fitted[axis];
      }
    }
    if (!fits) {
      throw new Fault(label(feed) + ": " + type + " declared, but column " + column.name() + " of " + table.origin() + " has "
          + (column.shape().length == 0 ? "one number" : Arrays.toString(column.shape())) + " a row");
    }
    return batchDim;
  }

  /**
   * Looks through the rows of a table for whole numbers that an input does not allow.
   *
   * @param column what feeds it
   * @throws Fault if there is one, saying where it was read
   */
  public static void check(Feed feed, Column column, Table table) {
    if (feed.kind() == ElementKind.FLOAT || column.isStreamed() || feed.kind() == ElementKind.INT && column.data() instanceof byte[] && feed.low() >= feed.high()) {
      return;
    }
    int width = column.width();
    for (int row : table.rows()) {
      for (int i = row * width; i < (row + 1) * width; i++) {
        String fault = WholeNumbers.fault(feed, column.get(i));
        if (fault != null) {
          throw new Fault(label(feed) + ": " + fault + " in " + column.place(i, table.origin()));
        }
      }
    }
  }
}
