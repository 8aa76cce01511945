package nnc.runtime.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.Context;
import nnc.runtime.Input;
import nnc.runtime.Model;
import nnc.runtime.Output;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Role;

/**
 * What losses and metrics of several batches come to: means by the number of examples, and where that is not what they would be of all examples
 * at once, what formulas make of sums over the batches and of what was kept of each example. Adding a batch allocates nothing.
 */
public final class MetricTally {
  static final String LOSS = "loss";
  private static final List<Role> ROLES = List.of(Role.LOSS, Role.TERM, Role.METRIC, Role.SUM, Role.PROD, Role.MAX, Role.MIN, Role.ROWS);

  private final List<String> names;
  private final BatchResult[] parts;
  /** Null if there is nothing but means. */
  private final Context formulas;
  /** The place of the open dimension of the formulas that counts examples; -1 if they have none. */
  private final int all;
  /** Which other open dimensions of a batch formulas have; and the sizes of these, which all batches have alike. */
  private final int[] places;
  private final int[] sizes;
  private final Context context;
  private long examples;

  /**
   * @param context whose results are added
   * @param count   how many examples there are at most
   */
  public MetricTally(Model model, Context context, int count, Threads threads) {
    this.context = context;
    names = model.spec().training().figures();
    Plan plan = context.executor().plan();
    List<BatchResult> parts = new ArrayList<>();
    for (Role role : ROLES) {
      for (Output output : context.results(role)) {
        parts.add(new BatchResult(output, plan.batch() < 0 ? 1 : context.size(plan.batch()), count, model.spec().precision()));
      }
    }
    this.parts = parts.toArray(new BatchResult[0]);
    Model whole = model.formulas(plan.name());
    formulas = whole == null ? null : whole.context(ModelSpec.MEASURES, sizes(whole, context, count), threads);
    all = formulas == null ? -1 : formulas.executor().plan().dims().indexOf(plan.dims().get(plan.batch()));
    places = formulas == null ? new int[0] : others(formulas.executor().plan(), plan);
    sizes = new int[places.length];
    // a training that goes on has examples before its first batch, of which the sizes are these too
    for (int i = 0; i < places.length; i++) {
      sizes[i] = context.size(places[i]);
    }
  }

  /** The places in a plan of all open dimensions of formulas but that which counts examples. */
  private static int[] others(Plan formulas, Plan plan) {
    int[] places = new int[formulas.dims().size()];
    int count = 0;
    for (String dim : formulas.dims()) {
      int place = plan.dims().indexOf(dim);
      if (place != plan.batch()) {
        places[count++] = place;
      }
    }
    return Arrays.copyOf(places, count);
  }

  /** The open dimensions of formulas are those of the plan, but for the one that counts examples. */
  private static Map<String, Integer> sizes(Model whole, Context context, int count) {
    Map<String, Integer> sizes = new HashMap<>();
    for (String dim : whole.code(ModelSpec.MEASURES).plan.dims()) {
      int place = context.executor().plan().dims().indexOf(dim);
      sizes.put(dim, place == context.executor().plan().batch() ? count : context.size(place));
    }
    return sizes;
  }

  /** Adds what the last run has given, of {@code count} examples. */
  public void add(int count) {
    for (int i = 0; i < places.length; i++) {
      int size = context.size(places[i]);
      if (examples > 0 && size != sizes[i]) {
        throw differs(null);
      }
      sizes[i] = size;
    }
    for (BatchResult part : parts) {
      if (!part.fits(examples, count)) {
        throw differs(part);
      }
    }
    for (BatchResult part : parts) {
      part.add(examples, count);
    }
    examples += count;
  }

  /**
   * A formula that compares elements, or has one for each place, is none of rows that differ in length.
   *
   * @param part that has another size; null if a formula's own sizes differ
   */
  private Fault differs(BatchResult part) {
    var told = new StringBuilder(part != null && part.isMean() ? part.name() : "");
    for (Role role : told.isEmpty() && formulas != null ? ROLES : List.<Role>of()) {
      for (Output output : formulas.results(role)) {
        told.append(told.isEmpty() ? "" : ", ").append(output.name());
      }
    }
    return new Fault("rows differ in length, and what is told of all of them compares places with each other or has a number for each: " + told,
        "sums and means over places are told, under a mask: masked_mean(x, sequence_mask(length, shape(x)[1]))");
  }

  void clear() {
    for (BatchResult part : parts) {
      part.clear();
    }
    examples = 0;
  }

  // ---- what it comes to

  /** What has been added comes to, in the order of the source: the loss without penalties, where there is one, its terms, metrics. */
  public List<Figure> figures() {
    Map<String, Figure> figures = means();
    if (formulas != null) {
      compute();
      for (Role role : ROLES) {
        for (Output output : formulas.results(role)) {
          figures.put(output.name(), new Figure(output.name(), output.shape(), output.tensor().toDoubles()));
        }
      }
    }
    return inOrder(names, figures);
  }

  /** By name, the shapes of all that {@link #figures} tells of. */
  Map<String, int[]> shapes() {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    for (BatchResult part : parts) {
      if (part.isMean()) {
        shapes.put(part.name(), part.shape());
      }
    }
    for (Role role : ROLES) {
      for (Output output : formulas == null ? List.<Output>of() : formulas.results(role)) {
        shapes.put(output.name(), output.shape());
      }
    }
    return shapes;
  }

  /** As far as it is known without the formulas, which may take long. */
  List<Figure> soFar() {
    return inOrder(names, means());
  }

  private Map<String, Figure> means() {
    Map<String, Figure> figures = new LinkedHashMap<>();
    for (BatchResult part : parts) {
      if (part.isMean()) {
        double[] values = new double[part.size(examples)];
        for (int i = 0; i < values.length; i++) {
          values[i] = part.value(i, examples);
        }
        figures.put(part.name(), new Figure(part.name(), part.shape(), values));
      }
    }
    return figures;
  }

  /** Those figures that have one of the names, in the order of the names. */
  static List<Figure> inOrder(List<String> names, Map<String, Figure> figures) {
    List<Figure> list = new ArrayList<>();
    for (String name : names) {
      if (figures.containsKey(name)) {
        list.add(figures.get(name));
      }
    }
    return list;
  }

  private void compute() {
    if (all >= 0) {
      formulas.dim(all, (int) examples);
    }
    for (int i = 0; i < places.length; i++) {
      formulas.dim(context.executor().plan().dims().get(places[i]), sizes[i]);
    }
    for (Input input : formulas.inputs()) {
      for (BatchResult part : parts) {
        if (part.name().equals(input.name()) && !part.isMean()) {
          int size = part.size(examples);
          for (int i = 0; i < size; i++) {
            NumericArrays.set(input.feed().kind(), formulas.executor().memory(), input.base() + i, part.value(i, examples));
          }
        }
      }
    }
    formulas.run();
  }

  /** The loss among some figures; NaN if it is not. */
  static double loss(List<Figure> figures) {
    return !figures.isEmpty() && figures.get(0).name().equals(LOSS) ? figures.get(0).value() : Double.NaN;
  }

  // ---- going on later

  /** How long {@link #state} is. */
  int stateSize() {
    int size = 1;
    for (BatchResult part : parts) {
      size += part.state().length;
    }
    return size;
  }

  /** Writes what was joined, but for the rows that are kept, from a place on: the number of examples first. */
  void state(double[] all, int at) {
    all[at++] = examples;
    for (BatchResult part : parts) {
      System.arraycopy(part.state(), 0, all, at, part.state().length);
      at += part.state().length;
    }
  }

  /** Takes up what {@link #state} wrote, for rows that are still there. */
  void restore(double[] all, int at) {
    examples = (long) all[at++];
    for (BatchResult part : parts) {
      System.arraycopy(all, at, part.state(), 0, part.state().length);
      at += part.state().length;
    }
  }

  /** The rows that are kept of the examples added, by names for a file. */
  Map<String, Tensor> rows(String prefix) {
    Map<String, Tensor> rows = new LinkedHashMap<>();
    for (BatchResult part : parts) {
      if (part.collects() && examples > 0) {
        rows.put(prefix + part.name(), part.rows(examples));
      }
    }
    return rows;
  }

  /** Takes up what {@link #rows} gave, after {@link #restore}; false if it is not of this plan. */
  boolean restoreRows(Map<String, Tensor> arrays, String prefix) {
    for (BatchResult part : parts) {
      if (part.collects() && examples > 0 && !part.restore(arrays.get(prefix + part.name()), examples)) {
        return false;
      }
    }
    return true;
  }
}
