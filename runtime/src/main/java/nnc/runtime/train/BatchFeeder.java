package nnc.runtime.train;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

/**
 * Feeds a context from a table: columns are matched with inputs and targets by name, and rows gathered straight into the arena. Where rows differ in length,
 * a batch has that of the longest in it, and what is behind the others is 0, or the number nearest to it that the input allows.
 */
public final class BatchFeeder {
  private final Context context;
  /** The places of the open dimensions that count rows. */
  private final int[] batchDims;
  private final Input[] inputs;
  private final Column[] columns;
  private final Gather gather = new Gather();
  private final String origin;
  /** Elements of a row of each input, at present; and how many of them a place of a ragged column has, 0 of columns whose rows are alike. */
  private final int[] widths;
  private final int[] inner;
  /** The open dimensions that are lengths, and columns whose rows have these. */
  private final int[] lengthDims;
  private final Column[] measured;
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
    Set<Integer> batchDims = new TreeSet<>();
    var sizes = Sizes.of(model, plan, table, batch, batchDims);
    Map<String, Column> coded = new HashMap<>();
    for (Feed feed : model.spec().inputs()) {
      if (plan.inputs().containsKey(feed.name())) {
        Column column = Categories.coded(table.required(feed), feed, model.vocabulary(), table);
        check(feed, column, table);
        coded.put(feed.name(), column);
      }
    }
    for (int dim = 0; dim < plan.dims().size(); dim++) {
      if (!sizes.of.containsKey(plan.dims().get(dim)) && model.code(planName).needs(dim)) {
        throw new Fault("the size of the open dimension " + plan.dims().get(dim) + " does not follow from the columns of " + table.origin());
      }
    }
    this.batchDims = new int[batchDims.size()];
    int next = 0;
    for (int dim : batchDims) {
      this.batchDims[next++] = dim;
    }
    sizes.keepOpen(model.spec().inputs());
    measured = sizes.lengths.values().toArray(new Column[0]);
    lengthDims = new int[measured.length];
    next = 0;
    for (int dim : sizes.lengths.keySet()) {
      lengthDims[next++] = dim;
    }
    context = model.context(planName, sizes.of, threads);
    List<Input> fed = context.inputs();
    inputs = fed.toArray(new Input[0]);
    columns = new Column[inputs.length];
    widths = new int[inputs.length];
    inner = new int[inputs.length];
    exact = new double[inputs.length][];
    boolean read = false;
    for (int i = 0; i < inputs.length; i++) {
      columns[i] = coded.get(inputs[i].name());
      widths[i] = columns[i].width();
      inner[i] = columns[i].isRagged() ? columns[i].inner() : 0;
      read |= columns[i].isStreamed();
      exact[i] = inputs[i].feed().kind() == ElementKind.FLOAT ? null : new double[columns[i].width()];
    }
    precision = model.spec().precision();
    if (read && measured.length > 0) {
      throw new Fault(origin + ": column " + measured[0] + " has rows of different lengths, and those of another column are not in memory", "leave out stream = true");
    }
    ahead = read ? new ReadAhead(this::readRow, batch, room(batch), room(table.size() > batch ? batch : 0)) : null;
  }

  /**
   * The largest sizes of open dimensions, by name, of batches of so many rows of a table.
   *
   * @throws Fault if a column is missing or of another shape than its input
   */
  public static Map<String, Integer> largest(Model model, String planName, Table table, int batch) {
    return Sizes.of(model, model.code(planName).plan, table, batch, new TreeSet<>()).of;
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
    for (int i = 0; i < lengthDims.length; i++) {
      context.dim(lengthDims[i], longest(measured[i], rows, from, count));
    }
    int width = 0;
    for (int i = 0; i < inputs.length; i++) {
      widths[i] = inner[i] == 0 || count == 0 ? widths[i] : inputs[i].size() / count;
      width += widths[i];
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

  /** The length of the longest of some rows. */
  private static int longest(Column column, int[] rows, int from, int count) {
    int longest = 0;
    for (int i = 0; i < count; i++) {
      longest = Math.max(longest, column.length(rows[from + i]));
    }
    return longest;
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
    return columns[input].get(row(input, element), element % widths[input]);
  }

  /** Where that element was read. */
  String place(int input, int element) {
    return columns[input].place(row(input, element), element % widths[input], origin);
  }

  private int row(int input, int element) {
    return gather.rows[gather.from + element / widths[input]];
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
        int width = widths[i];
        if (inner[i] > 0) {
          for (int k = first; k < end; k++) {
            pad(i, rows[from + k], memory, inputs[i].base() + k * width);
          }
        } else if (read != null) {
          System.arraycopy(read[i], first * width, memory, inputs[i].base() + first * width, (end - first) * width);
        } else if (inputs[i].feed().kind() == ElementKind.INT) {
          columns[i].gatherWhole(rows, from + first, end - first, memory, inputs[i].base() + first * width);
        } else {
          columns[i].gather(rows, from + first, end - first, memory, inputs[i].base() + first * width);
        }
      }
    }
  }

  /** Brings a row into place that may be shorter than the batch's longest. */
  private void pad(int input, int row, Object memory, int at) {
    Column column = columns[input];
    Feed feed = inputs[input].feed();
    int own = column.size(row);
    if (feed.kind() != ElementKind.INT) {
      column.readOwn(row, memory, at);
      NumericArrays.fill(memory, at + own, at + widths[input], 0);
      return;
    }
    column.readWhole(row, memory, at);
    int nothing = feed.low() >= feed.high() ? 0 : (int) Math.max(feed.low(), Math.min(feed.high() - 1, 0));
    for (int i = own; i < widths[input]; i++) {
      NumericArrays.setWhole(memory, at + i, nothing);
    }
  }

  private static String label(Feed feed) {
    return (feed.target() ? "target " : "input ") + feed.name();
  }

  /**
   * What open dimensions come to.
   *
   * @param of      their largest sizes, by name
   * @param lengths columns whose rows have the length that a dimension is, by its place
   */
  private record Sizes(Plan plan, Table table, Map<String, Integer> of, Map<Integer, Column> lengths) {
    /** @param batchDims takes the places of dimensions that count rows */
    static Sizes of(Model model, Plan plan, Table table, int batch, Set<Integer> batchDims) {
      var sizes = new Sizes(plan, table, new HashMap<>(), new TreeMap<>());
      for (Feed feed : model.spec().inputs()) {
        if (plan.inputs().containsKey(feed.name())) {
          batchDims.add(sizes.measure(feed, plan.inputs().get(feed.name()).shape(), batch));
        } else if (plan.unread().containsKey(feed.name()) && table.column(feed) != null) {
          batchDims.add(sizes.measure(feed, plan.unread().get(feed.name()), batch));
        }
      }
      if (plan.batch() >= 0 && sizes.of.putIfAbsent(plan.dims().get(plan.batch()), batch) == null) {
        batchDims.add(plan.batch());
      }
      return sizes;
    }

    /** Finds those of an input; gives the place of the batch's. */
    int measure(Feed feed, List<Poly> declared, int batch) {
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
      if (column.isRagged()) {
        given[1] = longest(column, feed, declared);
      }
      int[] fitted = Polynomials.fitRank(declared, given);
      boolean fits = fitted != null;
      for (int axis = 0; fits && axis < fitted.length; axis++) {
        int dim = Polynomials.dimension(declared.get(axis));
        if (dim >= 0) {
          Integer known = of.putIfAbsent(plan.dims().get(dim), fitted[axis]);
          fits = known == null || known == fitted[axis];
        } else if (Polynomials.isConstant(declared.get(axis))) {
          fits = Polynomials.value(declared.get(axis), new int[0]) == fitted[axis];
        }
      }
      if (!fits) {
        throw new Fault(label(feed) + ": " + type + " declared, but column " + column.name() + " of " + table.origin() + " has "
            + (column.shape().length == 0 ? "one number" : column.form()) + " a row");
      } else if (column.differs(table.rows()) && (declared.size() != given.length || Polynomials.dimension(declared.get(1)) < 0)) {
        throw new Fault(label(feed) + ": " + type + " declared, but rows of column " + column.name() + " of " + table.origin() + " differ in length",
            "lengths that differ from row to row have a name of their own: [N, T]");
      }
      return batchDim;
    }

    /** The longest of a ragged column's rows. Those of several inputs that are declared to have one length have to have the same, row by row. */
    private int longest(Column column, Feed feed, List<Poly> declared) {
      int dim = declared.size() == column.shape().length + 1 ? Polynomials.dimension(declared.get(1)) : -1;
      Column other = dim < 0 ? null : lengths.putIfAbsent(dim, column);
      for (int row : table.rows()) {
        if (other != null && other.length(row) != column.length(row)) {
          throw new Fault(label(feed) + ": " + column.place(row, 0, table.origin()) + ": column " + column.name() + " has a length of " + column.length(row)
              + ", and column " + other.name() + ", which is declared to be as long, one of " + other.length(row));
        }
      }
      return BatchFeeder.longest(column, table.rows(), 0, table.size());
    }

    /** Leaves the lengths that differ from row to row, and refuses other axes that are declared to be as long. */
    void keepOpen(List<Feed> feeds) {
      lengths.values().removeIf(column -> !column.differs(table.rows()));
      for (Feed feed : feeds) {
        List<Poly> declared = plan.inputs().containsKey(feed.name()) ? plan.inputs().get(feed.name()).shape() : plan.unread().get(feed.name());
        Column column = declared == null ? null : table.column(feed);
        for (int axis = 1; column != null && axis < declared.size(); axis++) {
          for (int dim : lengths.keySet()) {
            if (Polynomials.mentions(declared.get(axis), dim) && (axis > 1 || !column.isRagged())) {
              throw new Fault(label(feed) + ": column " + column.name() + " of " + table.origin() + " has " + column.form() + " in each row, and column "
                  + lengths.get(dim).name() + ", which is declared to be as long on axis " + axis + ", has rows of different lengths");
            }
          }
        }
      }
    }
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
    for (int row : table.rows()) {
      int end = column.start(row) + column.size(row);
      for (int i = column.start(row); i < end; i++) {
        String fault = WholeNumbers.fault(feed, column.get(i));
        if (fault != null) {
          throw new Fault(label(feed) + ": " + fault + " in " + column.place(i, table.origin()));
        }
      }
    }
  }
}
