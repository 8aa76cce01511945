package nnc.runtime;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Categories;
import nnc.runtime.data.Column;
import nnc.runtime.data.Table;
import nnc.runtime.data.TextInputs;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Place;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.Polynomials;

/**
 * Predicts for whoever asks, on any thread: what a program uses that wants answers and no {@link Context}s of its own.
 *
 * <pre>{@code
 * Predictor iris = Predictor.of(Model.load(Path.of("iris.jar"), Path.of("iris.npz")));
 * String name = iris.predict(Map.of("sepal_length", 5.1, "sepal_width", 3.5, "petal_length", 1.4, "petal_width", 0.2)).text("probability");
 * }</pre>
 *
 * <p>Each request has a context to itself while it lasts; those that are free are kept. What is missing, unknown, NaN where numbers may not be missing, or
 * of another shape is a {@link Fault} that names the input, and does nothing to other requests.
 */
public final class Predictor {
  /** Contexts for more examples are not kept: they would hold their memory for ever. */
  private static final int KEPT_EXAMPLES = 256;

  private static final String PLAN = "predict";

  /** A context, and the sizes of open dimensions that it was made for. */
  private record Slot(Context context, int[] largest) {}

  /** A model with the contexts of it that are free. */
  private record Served(Model model, Map<String, Feed> feeds, ConcurrentLinkedQueue<Slot> free) {
    Plan plan() {
      return model.code(PLAN).plan;
    }
  }

  private final Threads threads;
  private volatile Served served;

  private Predictor(Model model, Threads threads) {
    this.threads = threads;
    served = served(model);
  }

  /**
   * A predictor that answers each request on the thread that asks.
   *
   * @throws Fault if the model has no weights, or no outputs
   */
  public static Predictor of(Model model) {
    return new Predictor(model, new Threads(1));
  }

  /**
   * A predictor of a network of the class path that is bundled with its weights, by its name ({@link Model#load(String)}).
   *
   * @throws Fault if there is none of that name, or it has no weights, or no outputs
   */
  public static Predictor of(String name) {
    return of(Model.load(name));
  }

  /** A predictor of which one request at a time has a team's help. */
  public static Predictor of(Model model, Threads threads) {
    return new Predictor(model, threads);
  }

  private static Served served(Model model) {
    model.requireWeights();
    if (!model.has(PLAN)) {
      throw new Fault("the network has no outputs to predict");
    }
    Plan plan = model.code(PLAN).plan;
    Map<String, Feed> feeds = new LinkedHashMap<>();
    for (Feed feed : model.spec().inputs()) {
      if (plan.inputs().containsKey(feed.name())) {
        feeds.put(feed.name(), feed);
      }
    }
    return new Served(model, feeds, new ConcurrentLinkedQueue<>());
  }

  /** The model that answers at present. */
  public Model model() {
    return served.model;
  }

  /**
   * Has requests that begin from now on answered by the weights of a file; those that have begun end with the earlier ones.
   *
   * @throws Fault if the file does not fit; then nothing changes
   */
  public void reload(Path weights) {
    replace(served.model.withWeights(weights));
  }

  /** Has requests that begin from now on answered by another model. */
  public void replace(Model model) {
    served = served(model);
  }

  /** Waits until vector code serves, for so many seconds at most ({@link Context#warmUp}): before a service says that it is ready. */
  public void warmUp(double seconds) {
    Served by = served;
    int[] largest = new int[by.plan().dims().size()];
    Arrays.fill(largest, 1);
    Slot slot = slot(by, largest);
    slot.context.warmUp(seconds);
    by.free.offer(slot);
  }

  // ---- one example

  /**
   * What the network says of an example.
   *
   * @param example values by the inputs' names, in the program or outside: numbers, truth values, names of categories, arrays, nested arrays and lists of them, or {@link Tensor}s, without
   *                the axis of examples
   * @throws Fault if an input is missing or unknown, or a value does not fit
   */
  public Prediction predict(Map<String, ?> example) {
    Served by = served;
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    requireKnown(by, example.keySet());
    for (Feed feed : by.feeds.values()) {
      arrays.put(feed.name(), withExamples(by, feed, ExampleValues.of(feed, example.get(required(feed, by, example.keySet())), by.model.vocabulary())));
    }
    return run(by, arrays, Predictor::single);
  }

  /** As above, by the components of a record, which are called as the inputs are; others are not looked at. */
  public Prediction predict(Record example) {
    Served by = served;
    Map<String, Object> values = new LinkedHashMap<>();
    for (RecordComponent component : example.getClass().getRecordComponents()) {
      if (by.feeds.containsKey(component.getName())) {
        values.put(component.getName(), value(component, example));
      }
    }
    return predict(values);
  }

  private static Object value(RecordComponent component, Record example) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(example);
    } catch (InvocationTargetException e) {
      throw new Fault("component " + component.getName() + " of the record cannot be read: " + e.getCause(), "", e);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new Fault("component " + component.getName() + " of the record cannot be read: " + e.getMessage(),
          "let its module open its package to nnc.runtime, or give a map", e);
    }
  }

  /**
   * As above, by values in the order in which the program declares the inputs.
   *
   * @throws Fault if there are more or fewer
   */
  public Prediction predict(Object... values) {
    List<String> names = List.copyOf(served.feeds.keySet());
    if (names.size() != values.length) {
      throw new Fault(values.length + " values given for " + names.size() + " inputs: " + String.join(", ", names));
    }
    Map<String, Object> example = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      example.put(names.get(i), values[i]);
    }
    return predict(example);
  }

  // ---- several

  /**
   * What the network says of the rows of CSV text, whose first line names columns: read as the program's own {@code csv} reads its files, so with its
   * names of columns, separator, categories and dates.
   */
  public List<Prediction> predictCsv(String text) {
    Served by = served;
    List<Prediction> all = new ArrayList<>();
    new TextInputs(by.model.spec(), by.feeds).readText(text, KEPT_EXAMPLES, table -> all.addAll(run(by, arrays(by, table), Predictor::each)));
    return all;
  }

  /**
   * What the network says of several examples: of a few hundred at a time where no output of one depends on others, else of all at once.
   *
   * @param examples each as {@link #predict(Map)} takes it
   * @return a prediction an example, in their order
   * @throws Fault as there, saying which example it is (from 0 on), or if an input's sizes are not the same in all
   */
  public List<Prediction> predictAll(List<? extends Map<String, ?>> examples) {
    Served by = served;
    List<Prediction> all = new ArrayList<>(examples.size());
    if (!isByRow(by)) {
      for (Map<String, ?> example : examples) {
        all.add(predict(example));
      }
      return all;
    }
    int part = isApart(by.plan()) ? KEPT_EXAMPLES : Math.max(1, examples.size());
    for (int from = 0; from < examples.size(); from += part) {
      all.addAll(run(by, joined(by, examples, from, Math.min(part, examples.size() - from)), from, Predictor::each));
    }
    return all;
  }

  /** Whether each input has an axis that counts examples. */
  private static boolean isByRow(Served by) {
    for (String name : by.feeds.keySet()) {
      if (!counts(by, by.plan().inputs().get(name))) {
        return false;
      }
    }
    return !by.feeds.isEmpty();
  }

  private static boolean counts(Served by, Place place) {
    return by.plan().batch() >= 0 && !place.shape().isEmpty() && Polynomials.dimension(place.shape().get(0)) == by.plan().batch();
  }

  /** Whether what is said of an example does not depend on those beside it. */
  private static boolean isApart(Plan plan) {
    for (Result result : plan.results()) {
      if (result.role() == Role.OUTPUT && (result.rows() == Result.MIXED || result.rows() == Result.JOINED)) {
        return false;
      }
    }
    return true;
  }

  private static Map<String, Tensor> joined(Served by, List<? extends Map<String, ?>> examples, int from, int count) {
    Map<String, double[]> numbers = new LinkedHashMap<>();
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      try {
        Map<String, ?> example = examples.get(from + i);
        requireKnown(by, example.keySet());
        for (Feed feed : by.feeds.values()) {
          Tensor value = withExamples(by, feed, ExampleValues.of(feed, example.get(required(feed, by, example.keySet())), by.model.vocabulary()));
          Tensor first = arrays.get(feed.name());
          int[] shape = value.shape().clone();
          if (first == null) {
            shape[0] = count;
            numbers.put(feed.name(), new double[Math.multiplyExact(count, value.size())]);
            arrays.put(feed.name(), new Tensor(shape, numbers.get(feed.name())));
          } else if (!Arrays.equals(first.shape(), 1, first.shape().length, shape, 1, shape.length)) {
            throw new Fault("input " + feed.name() + " has other sizes than in the examples before: " + value, "give those of one size together");
          }
          value.copy(0, value.size(), numbers.get(feed.name()), i * value.size());
        }
      } catch (Fault e) {
        throw new Fault("example " + (from + i) + ": " + e.getMessage(), e.hint(), e);
      }
    }
    return arrays;
  }

  private static Map<String, Tensor> arrays(Served by, Table table) {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    for (Feed feed : by.feeds.values()) {
      Column column = Categories.coded(table.column(feed.name()), feed, by.model.vocabulary(), table);
      int[] shape = new int[column.shape().length + 1];
      shape[0] = column.rows();
      System.arraycopy(column.shape(), 0, shape, 1, column.shape().length);
      arrays.put(feed.name(), ExampleValues.of(feed, new Tensor(shape, column.data(), column.data() instanceof byte[]), by.model.vocabulary()));
    }
    return arrays;
  }

  /**
   * What the network says of a batch, all at once.
   *
   * @param batch arrays by the inputs' names, in the program or outside, whose first axis counts examples; of an input that nothing depends on the sizes are taken
   * @return arrays by the outputs' names in the program
   */
  public Map<String, Tensor> predictBatch(Map<String, Tensor> batch) {
    Served by = served;
    requireKnown(by, batch.keySet());
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    for (Feed feed : by.feeds.values()) {
      arrays.put(feed.name(), ExampleValues.of(feed, batch.get(required(feed, by, batch.keySet())), by.model.vocabulary()));
    }
    for (Feed feed : by.model.spec().inputs()) {
      String name = by.plan().unread().containsKey(feed.name()) ? feed.among(batch.keySet(), "what is given") : null;
      if (name != null) {
        arrays.put(feed.name(), batch.get(name));
      }
    }
    return run(by, arrays, Predictor::whole);
  }

  // ---- running

  private static void requireKnown(Served by, Set<String> given) {
    for (String name : given) {
      boolean known = false;
      for (Feed feed : by.model.spec().inputs()) {
        known |= feed.isCalled(name) && (by.feeds.containsKey(feed.name()) || by.plan().unread().containsKey(feed.name()));
      }
      if (!known) {
        throw new Fault("no input " + name + "; the network takes " + String.join(", ", by.feeds.keySet()));
      }
    }
  }

  /** The name that an input is given by. */
  private static String required(Feed feed, Served by, Set<String> given) {
    String name = feed.among(given, "what is given");
    if (name == null) {
      List<String> missing = new ArrayList<>();
      for (Feed one : by.feeds.values()) {
        if (!given.contains(one.name()) && !given.contains(one.alias())) {
          missing.add(one.name());
        }
      }
      throw new Fault("not given: input " + String.join(", input ", missing));
    }
    return name;
  }

  /** With an axis of one example where the input has one, and as many axes as the input has where the array is flat. */
  private static Tensor withExamples(Served by, Feed feed, Tensor value) {
    Place place = by.plan().inputs().get(feed.name());
    boolean counts = counts(by, place);
    int own = place.shape().size() - (counts ? 1 : 0);
    int[] shape = value.shape().length == 1 && own != 1 ? unfolded(place, counts ? 1 : 0, value) : value.shape();
    if (!counts) {
      return new Tensor(shape, value.data(), value.unsigned());
    }
    int[] all = new int[shape.length + 1];
    all[0] = 1;
    System.arraycopy(shape, 0, all, 1, shape.length);
    return new Tensor(all, value.data(), value.unsigned());
  }

  /** The declared sizes, if all are numbers and the elements are as many; else the value's own. */
  private static int[] unfolded(Place place, int from, Tensor value) {
    int[] shape = new int[place.shape().size() - from];
    int[] none = new int[0];
    for (int i = 0; i < shape.length; i++) {
      if (!Polynomials.isConstant(place.shape().get(i + from))) {
        return value.shape();
      }
      shape[i] = (int) Polynomials.value(place.shape().get(i + from), none);
    }
    return Tensor.elements(shape) == value.size() ? shape : value.shape();
  }

  /** What is made of a context after its run. */
  private interface Reading<T> {
    T of(Context context);
  }

  private <T> T run(Served by, Map<String, Tensor> arrays, Reading<T> reading) {
    return run(by, arrays, 0, reading);
  }

  /** @param first how many examples were before these: draws go on from there */
  private <T> T run(Served by, Map<String, Tensor> arrays, int first, Reading<T> reading) {
    int[] needed = needed(by, arrays);
    Slot slot = slot(by, needed);
    try {
      for (var array : arrays.entrySet()) {
        slot.context.input(array.getKey()).set(array.getValue());
      }
      slot.context.firstRow(first);
      slot.context.run();
      return reading.of(slot.context);
    } finally {
      slot.context.unfeed();
      int batch = by.plan().batch();
      if (batch < 0 || slot.largest[batch] <= KEPT_EXAMPLES) {
        by.free.offer(slot);
      }
    }
  }

  /** How large each open dimension is in a request. */
  private static int[] needed(Served by, Map<String, Tensor> arrays) {
    int[] needed = new int[by.plan().dims().size()];
    Arrays.fill(needed, 1);
    for (var array : arrays.entrySet()) {
      Place place = by.plan().inputs().get(array.getKey());
      List<Poly> shape = place == null ? by.plan().unread().get(array.getKey()) : place.shape();
      int[] fitted = Polynomials.fitRank(shape, array.getValue().shape());
      for (int axis = 0; fitted != null && axis < fitted.length; axis++) {
        int dim = Polynomials.dimension(shape.get(axis));
        if (dim >= 0) {
          needed[dim] = Math.max(needed[dim], fitted[axis]);
        }
      }
    }
    return needed;
  }

  /** A free context that is large enough, or one that is made: no smaller than what it takes the place of. */
  private Slot slot(Served by, int[] needed) {
    Slot free = by.free.poll();
    int[] largest = needed.clone();
    boolean fits = free != null;
    for (int i = 0; free != null && i < largest.length; i++) {
      fits &= needed[i] <= free.largest[i];
      largest[i] = Math.max(needed[i], free.largest[i]);
    }
    if (fits) {
      return free;
    }
    Map<String, Integer> sizes = new LinkedHashMap<>();
    for (int i = 0; i < largest.length; i++) {
      sizes.put(by.plan().dims().get(i), largest[i]);
    }
    return new Slot(by.model.context(PLAN, sizes, threads), largest);
  }

  // ---- reading

  private static Map<String, Tensor> whole(Context context) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    for (Output output : context.results(Role.OUTPUT)) {
      all.put(output.name(), output.tensor());
    }
    return all;
  }

  private static Prediction single(Context context) {
    return each(context).get(0);
  }

  /** A prediction an example; what is not one an example is in each of them. */
  private static List<Prediction> each(Context context) {
    List<Output> outputs = context.results(Role.OUTPUT);
    Map<String, List<String>> classes = new LinkedHashMap<>();
    Map<String, String> aliases = new LinkedHashMap<>();
    int count = 1;
    for (Output output : outputs) {
      if (!output.alias().isEmpty()) {
        aliases.put(output.alias(), output.name());
      }
      classes.put(output.name(), output.classes());
      count = output.isByRow() ? output.shape()[0] : count;
    }
    List<Map<String, Tensor>> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      rows.add(new LinkedHashMap<>());
    }
    for (Output output : outputs) {
      Tensor all = output.tensor();
      for (int row = 0; row < count; row++) {
        rows.get(row).put(output.name(), output.isByRow() ? all.row(row) : all);
      }
    }
    List<Prediction> predictions = new ArrayList<>();
    for (Map<String, Tensor> row : rows) {
      predictions.add(new Prediction(row, classes, aliases));
    }
    return predictions;
  }
}
