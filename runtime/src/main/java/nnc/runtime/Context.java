package nnc.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.engine.Executor;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Place;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.Polynomials;
import nnc.runtime.spec.Vocabulary;

/**
 * One plan of a model with memory of its own, made for a largest batch and ready for any smaller one; for one thread at a time. A run
 * allocates nothing. Feed every input before each run: a run may use an input's memory for other things once it is read.
 */
public final class Context {
  private final Model model;
  private final Executor executor;
  private final Plan plan;
  private final Input[] binders;
  private final Map<String, Input> inputs = new LinkedHashMap<>();
  private final Map<String, Input> unread = new LinkedHashMap<>();
  private final Input[] fed;
  private final List<Output> results = new ArrayList<>();
  private final IndexCheck[] checks;
  private final ContextUse use = new ContextUse();
  private Carry[] carries = new Carry[0];

  Context(Model model, Executor executor) {
    this.model = model;
    this.executor = executor;
    plan = executor.plan();
    binders = new Input[executor.dims().length];
    for (var feed : model.spec().inputs()) {
      Place place = plan.inputs().get(feed.name());
      if (place != null) {
        inputs.put(feed.name(), new Input(this, feed, place));
      } else if (plan.unread().containsKey(feed.name())) {
        unread.put(feed.name(), new Input(this, feed, new Place(Input.UNREAD, plan.unread().get(feed.name()))));
      }
    }
    List<Input> all = new ArrayList<>(inputs.values());
    all.addAll(unread.values());
    fed = all.toArray(new Input[0]);
    for (var result : plan.results()) {
      results.add(new Output(this, result));
    }
    checks = IndexCheck.of(this, results(Role.CHECK));
    evaluate();
    carryRows();
  }

  /** What rows leave in a plan that carries it, they are fed in the next run. */
  private void carryRows() {
    for (int i = 0; i < results.size(); i++) {
      Output left = results.get(i);
      Place place = left.role() == Role.CARRIED ? plan.inputs().get(left.name()) : null;
      if (place != null) {
        Input input = new Input(this, new Feed(left.name(), "", false, ElementKind.FLOAT, plan.dims(), place.shape(), 0, 0, ColumnType.NUMBERS), place);
        input.evaluate(executor.dims());
        add(new Carry(left, input, input.shape()[0], NumericArrays.allocate(model.spec().precision(), input.size(), "the state " + left.name(), "use a smaller batch")));
      }
    }
  }

  /** Brings the shapes of what goes in and comes out up to date. */
  private void evaluate() {
    for (Input input : fed) {
      input.evaluate(executor.dims());
    }
    for (int i = 0; i < results.size(); i++) {
      results.get(i).evaluate(executor.dims());
    }
    for (int i = 0; i < carries.length; i++) {
      carries[i].to.evaluate(executor.dims());
    }
  }

  /** What runs the plan. */
  public Executor executor() {
    return executor;
  }

  // ---- dimensions

  /**
   * Sets the open dimension that counts examples for the runs that follow.
   *
   * @throws Fault if it is larger than what the context was made for
   */
  public void batch(int size) {
    if (plan.batch() >= 0) {
      dim(plan.batch(), size);
    }
  }

  /** Sets an open dimension by its name in the source. */
  public void dim(String name, int size) {
    int place = plan.dims().indexOf(name);
    if (place < 0) {
      throw new Fault("plan " + plan.name() + " has no open dimension " + name + "; it has " + plan.dims());
    }
    dim(place, size);
  }

  /** Sets open dimension {@code place}. */
  public void dim(int place, int size) {
    if (executor.dim(place, size)) {
      evaluate();
    }
  }

  /** The size of open dimension {@code place} at present. */
  public int size(int place) {
    return executor.dims()[place];
  }

  /** Sets a dimension because {@code input} has it; false if another input of the same run has another size there. */
  boolean bind(int place, int size, Input input) {
    if (executor.dims()[place] != size && binders[place] != null && binders[place] != input) {
      return false;
    }
    dim(place, size);
    binders[place] = binders[place] == null ? input : binders[place];
    return true;
  }

  /** Whether {@code input} may choose a dimension's size. */
  boolean free(int place, Input input) {
    return binders[place] == null || binders[place] == input;
  }

  /** Forgets what {@code input}, which was refused, has chosen. */
  void release(Input input) {
    for (int i = 0; i < binders.length; i++) {
      binders[i] = binders[i] == input ? null : binders[i];
    }
  }

  /** Begins to feed an input. Who takes the context over from another thread has to feed all of them. */
  void feeds(Input input) {
    if (use.feeds()) {
      for (int i = 0; i < fed.length; i++) {
        fed[i].fed(false);
      }
      unfeed();
    }
    input.fed(false);
  }

  /** As {@link ContextUse#isOwn}. */
  boolean isOwn() {
    return use.isOwn();
  }

  /** Ends feeding an input. */
  void fed() {
    use.ends();
  }

  /** As {@link ContextUse#requireUser}. */
  void requireUser() {
    use.requireUser();
  }

  /** Forgets what has been fed since the last run. */
  void unfeed() {
    for (int i = 0; i < binders.length; i++) {
      binders[i] = null;
    }
  }

  // ---- what goes in and comes out

  /**
   * The input or target of that name, in the program or outside. One that nothing depends on may be set all the same: the sizes of open dimensions follow from it.
   *
   * @throws Fault if this plan has no such input
   */
  public Input input(String name) {
    Input input = inputs.containsKey(name) ? inputs.get(name) : unread.get(name);
    for (int i = 0; input == null && i < fed.length; i++) {
      input = fed[i].isCalled(name) ? fed[i] : null;
    }
    if (input == null) {
      throw new Fault("plan " + plan.name() + " has no input " + name + "; it has " + String.join(", ", inputs.keySet()));
    }
    return input;
  }

  /** What the classes of an input or target are called; none if there is no category of that name. */
  List<String> classes(String name) {
    for (Feed feed : model.spec().inputs()) {
      if (feed.name().equals(name)) {
        return model.vocabulary().titles(feed);
      }
    }
    return List.of();
  }

  /** The categories that inputs know. */
  Vocabulary vocabulary() {
    return model.vocabulary();
  }

  /** All inputs and targets that this plan reads, in the order of the source. */
  public List<Input> inputs() {
    return List.copyOf(inputs.values());
  }

  /**
   * The output of that name, in the program or outside.
   *
   * @throws Fault if there is none
   */
  public Output output(String name) {
    return result(Role.OUTPUT, name);
  }

  /** A result by role and name, e.g. {@code GRADIENT} of a parameter's path. */
  public Output result(Role role, String name) {
    for (int i = 0; i < results.size(); i++) {
      Output output = results.get(i);
      if (output.role() == role && output.isCalled(name)) {
        return output;
      }
    }
    List<String> names = new ArrayList<>();
    for (var output : results(role)) {
      names.add(output.name());
    }
    throw new Fault("plan " + plan.name() + " has no " + role.name().toLowerCase(Locale.ROOT) + " " + name + "; it has " + String.join(", ", names));
  }

  /** The results of a role, in order. */
  public List<Output> results(Role role) {
    List<Output> found = new ArrayList<>();
    for (var output : results) {
      if (output.role() == role) {
        found.add(output);
      }
    }
    return found;
  }

  /** The seed of the random draws in the runs that follow. */
  public void seed(long seed) {
    executor.seed(seed);
  }

  /**
   * Which of all rows is the first one in the runs that follow; 0 at the beginning. Where a plan predicts or evaluates, what is drawn at random for
   * a row follows from the seed and the row's number, so that batches which go on where the last one ended draw what one batch of all rows would.
   *
   * @throws IllegalArgumentException if it is negative or beyond 2^40
   */
  public void firstRow(long row) {
    executor.firstRow(row);
  }

  public long firstRow() {
    return executor.firstRow();
  }

  /** Counts for schedules and random draws: {@code step} from 1, {@code epoch} from 0. */
  public void counters(int step, int epoch) {
    executor.counters(step, epoch);
  }

  // ---- steps

  /** What a run gives and the next one is fed. */
  private static final class Carry {
    private final Output from;
    private final Input to;
    /** Of a state of rows, how many there may be: fewer may go on than have been there. Of other things -1. */
    private final int rows;
    /** The sizes that it was handed on with. */
    private final int[] shape;
    private boolean begun;
    /** What rows have left, which a run that is refused leaves as it is; null of other things. */
    private final Object left;

    Carry(Output from, Input to, int rows, Object left) {
      this.from = from;
      this.to = to;
      this.rows = rows;
      this.left = left;
      shape = to.shape();
    }

    /** Whether what was handed on is of the sizes of the run that begins. */
    boolean fits() {
      for (int axis = 0; axis < shape.length; axis++) {
        int size = to.size(axis);
        if (rows >= 0 && axis == 0 ? size > shape[axis] : size != shape[axis]) {
          return false;
        }
      }
      return true;
    }

    void handOn(Object memory) {
      if (left == null) {
        to.take(from);
      } else {
        System.arraycopy(memory, from.base(), left, 0, to.size());
      }
      begun = true;
      for (int axis = 0; axis < shape.length; axis++) {
        shape[axis] = to.size(axis);
      }
    }

    /** A copy of what rows have left. */
    Tensor state() {
      int elements = 1;
      for (int axis : shape) {
        elements *= axis;
      }
      return new Tensor(shape.clone(), NumericArrays.copy(left, 0, elements));
    }

    /** Goes on from what rows had left. */
    void resume(Tensor state) {
      int[] given = state.shape();
      boolean fits = given.length == shape.length && given[0] <= rows;
      for (int axis = 1; fits && axis < shape.length; axis++) {
        fits = given[axis] == shape[axis];
      }
      if (!fits) {
        throw new Fault("state " + to.name() + " is of at most " + rows + " rows and " + Arrays.toString(to.shape()) + ", and what is to go on is of " + Arrays.toString(given));
      }
      state.copy(0, state.size(), left, 0);
      System.arraycopy(given, 0, shape, 0, shape.length);
      begun = true;
    }
  }

  /**
   * From now on what an output comes to in a run is what an input is fed in the next one: the state of a network that reads a sequence a step a run. It begins with
   * zeros, or with what the input is set to before the first run; whoever sets it later goes on from there.
   *
   * @throws Fault if there is no such output or input, or one has another kind or shape than the other
   */
  public void carry(String output, String input) {
    Output from = output(output);
    Input to = input(input);
    to.requireLike(from);
    add(new Carry(from, to, -1, null));
  }

  private void add(Carry carry) {
    Carry[] more = Arrays.copyOf(carries, carries.length + 1);
    more[carries.length] = carry;
    carries = more;
  }

  /** Another sequence begins: what is carried is zero, states of rows too. */
  public void restart() {
    for (int i = 0; i < carries.length; i++) {
      carries[i].begun = false;
      carries[i].to.fed(false);
    }
  }

  /** Puts what is carried into place, as each run does by itself: inputs that were not set are zero at the beginning, and else what they were handed. */
  public void takeCarried() {
    for (int i = 0; i < carries.length; i++) {
      Carry carry = carries[i];
      if (!carry.begun) {
        if (carry.left != null || !carry.to.isFed()) {
          carry.to.clear();
        }
      } else if (!carry.fits()) {
        throw new Fault((carry.rows < 0 ? "input " : "state ") + carry.to.name() + " is carried from a run of " + Arrays.toString(carry.shape) + ", and this one is of " + Arrays.toString(carry.to.shape()),
            "restart() begins another sequence");
      } else if (carry.left != null) {
        System.arraycopy(carry.left, 0, executor.memory(), carry.to.base(), carry.to.size());
      }
    }
  }

  private void handOn() {
    for (int i = 0; i < carries.length; i++) {
      carries[i].handOn(executor.memory());
    }
  }

  /** What the rows of the last run have left of each state that they carry, by its path; nothing before the first run, or after {@link #restart}. */
  public Map<String, Tensor> carried() {
    Map<String, Tensor> states = new LinkedHashMap<>();
    for (int i = 0; i < carries.length; i++) {
      Carry carry = carries[i];
      if (carry.rows >= 0 && carry.begun) {
        states.put(carry.to.name(), carry.state());
      }
    }
    return states;
  }

  /**
   * Goes on from what rows had left, as {@link #carried} gave it; from zeros if that is nothing.
   *
   * @throws Fault if it is of other states, or of more rows than there is room for
   */
  public void carryOn(Map<String, Tensor> states) {
    restart();
    for (int i = 0; i < carries.length && !states.isEmpty(); i++) {
      Tensor state = states.get(carries[i].to.name());
      if (carries[i].rows >= 0 && state == null) {
        throw new Fault("there is no state " + carries[i].to.name() + " among " + states.keySet());
      } else if (carries[i].rows >= 0) {
        carries[i].resume(state);
      }
    }
  }

  // ---- running

  /**
   * Runs the plan on what was fed.
   *
   * @throws Fault if an input was not fed, another thread has fed the context meanwhile, open dimensions are not as large as the network needs, or an index that it computes is no place of what it points into;
   *               then the run has changed no weight
   */
  public void run() {
    model.requireWeights();
    use.runs();
    try {
      takeCarried();
      for (int i = 0; i < fed.length; i++) {
        fed[i].requireRight();
      }
      unfeed();
      executor.spend();
      executor.run();
      for (int i = 0; i < checks.length; i++) {
        checks[i].look();
      }
      handOn();
    } finally {
      use.ends();
    }
  }

  /**
   * Has the plan's vector code compiled, and returns when it serves: what a service does before it says that it is ready. Without, scalar
   * code serves at first, and vector code from when it is compiled on. Where there is no vector module, nothing happens.
   *
   * @param seconds how long to wait at most
   */
  public void warmUp(double seconds) {
    model.requireWeights();
    executor.warmUp((long) (seconds * 1e9));
  }

  // ---- for messages

  /** The dimensions by name, for messages. */
  String dimsText() {
    var text = new StringBuilder();
    for (int i = 0; i < plan.dims().size(); i++) {
      text.append(i == 0 ? "" : ", ").append(plan.dims().get(i)).append(" = ").append(executor.dims()[i]);
    }
    return text.toString();
  }

  /** A fed array's type as the source has it. */
  String text(Feed feed, Place place) {
    return Polynomials.text(feed.kind(), place.shape(), Polynomials.names(plan));
  }

  /** A result's type. */
  String text(Result result) {
    return Polynomials.text(result.kind(), result.place().shape(), Polynomials.names(plan));
  }
}
