package nnc.runtime.spec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Integers;

/**
 * What the compiler tells the runtime of a model: everything but the kernels' code. Written into the jar as one binary
 * resource, so that a start needs no parser.
 *
 * @param name        the model's name: the source file's without extension
 * @param precision   bits of an element: 32 or 64
 * @param source      the text of the program, for messages and the record
 * @param inputs      what is fed, targets included
 * @param weights     parameters, states and tables in the order of their offsets
 * @param weightCount elements of the weights array
 * @param plans       one a purpose: {@code predict}, {@code evaluate}, {@code train}, {@code gradient}; of the last two, one a step ({@link Training#plan})
 * @param data        sources by role: {@code train}, {@code validate}, {@code test}
 * @param training    settings of the train block
 * @param layers      rows of the summary
 * @param formulas    what losses and metrics of several batches come to, by the plan that gives what they read: models in double, whose inputs
 *                    are called as results of that plan, whose open dimensions are that plan's, and whose only plan is {@link #MEASURES}; and in the network's precision what
 *                    layers keep after a batch, by {@link Training#GRADIENT}: from results of that plan, and from what they kept before, by its paths
 */
public record ModelSpec(String name, int precision, String source, List<Feed> inputs, List<Weight> weights, int weightCount,
    List<Plan> plans, Map<String, Source> data, Training training, List<Layer> layers, Map<String, ModelSpec> formulas) {

  /** The path of a state that holds the validation loss of the last epoch, where the program asks for it; zero before. */
  public static final String VALIDATION_LOSS = "monitor.validation_loss";

  /** The plan of formulas. */
  public static final String MEASURES = "measures";

  /** A polynomial in a plan's open dimensions: the sum of {@code factors[i]} times the dimensions {@code places[i]} (with repeats). */
  public record Poly(List<Long> factors, List<List<Integer>> places) {}

  /**
   * An array that is fed.
   *
   * @param alias  what it is called outside the program, where that is another name; else empty
   * @param dims   names of the open dimensions that {@code shape} speaks of
   * @param low    smallest whole number allowed (of an {@code int}); {@code high} the first not allowed; equal if unbounded
   * @param column what it takes from a column of data
   */
  public record Feed(String name, String alias, boolean target, ElementKind kind, List<String> dims, List<Poly> shape, long low, long high, ColumnType column) {
    /** Whether it has this name in the program or outside. */
    public boolean isCalled(String said) {
      return said.equals(name) || !alias.isEmpty() && said.equals(alias);
    }

    /**
     * Which of some names is this one's: its name in the program, or the other; null if none is.
     *
     * @param origin what has these names, for messages
     * @throws Fault if both are there
     */
    public String among(Collection<String> names, String origin) {
      boolean inside = names.contains(name);
      boolean outside = !alias.isEmpty() && names.contains(alias);
      if (inside && outside) {
        throw new Fault(origin + ": " + name + " and " + alias + " are both the " + (target ? "target " : "input ") + name, "give one of them");
      }
      return inside ? name : outside ? alias : null;
    }

    /** Whether examples may differ in length: the second dimension is open by itself, and another one than counts examples. */
    public boolean isOfAnyLength() {
      int dim = shape.size() < 2 ? -1 : Polynomials.dimension(shape.get(1));
      return dim >= 0 && dim != Polynomials.dimension(shape.get(0));
    }

    /** Its names as the program declares them: {@code x_1 "x.1"}. */
    public String names() {
      return alias.isEmpty() ? name : name + " \"" + alias + '"';
    }
  }

  /** What elements are. */
  public enum ElementKind {
    FLOAT, INT, BOOL;

    /** As programs write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public enum WeightKind { PARAMETER, STATE, OPTIMIZER, TABLE }

  /**
   * A stretch of the weights array.
   *
   * @param path        unique key, as in weight files
   * @param elements    what its elements are
   * @param initialiser how it starts
   * @param frozen      not learned
   */
  public record Weight(String path, WeightKind kind, ElementKind elements, List<Integer> shape, int offset, Initialiser initialiser, boolean frozen) {
    /** The number of elements. */
    public int size() {
      int size = 1;
      for (int axis : shape) {
        size = Math.multiplyExact(size, axis);
      }
      return size;
    }
  }

  /** Where first values come from: each is called in the language as here, but for a table, which is written out. */
  public enum InitialiserKind {
    ZEROS, ONES, CONSTANT, UNIFORM, NORMAL, TRUNCATED_NORMAL, GLOROT_UNIFORM, GLOROT_NORMAL, HE_UNIFORM, HE_NORMAL, LECUN_UNIFORM, LECUN_NORMAL, ORTHOGONAL,
    SPARSE, IDENTITY, TABLE, DATA_MEAN, DATA_DEVIATION, DATA_MEDIAN, DATA_MODE, DATA_CENTRE, DATA_ZCA, DATA_PCA, DATA_IDF;

    /** Whether it is a statistic of the training data. */
    public boolean fitted() {
      return compareTo(DATA_MEAN) >= 0;
    }

    /** As programs write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * How a weight starts.
   *
   * @param arguments the numbers it was given, those that are left out at the end being the usual ones; of a table the values; of a statistic of
   *                  single numbers the axis at whose places it is taken, if not over all, of whitening what is added to variances, of texts how many classes
   *                  their tokens have
   * @param input     the input that a statistic is of; otherwise empty
   */
  public record Initialiser(InitialiserKind kind, List<Double> arguments, String input) {
    public Initialiser(InitialiserKind kind, List<Double> arguments) {
      this(kind, arguments, "");
    }
  }

  /**
   * A purpose, ready to run but for the sizes of the open dimensions.
   *
   * @param kernels  the emitted class's name without width and within the package of all networks, e.g. {@code iris.Train}; the class is {@code nnc.model.iris.Train512}
   * @param dims     names of the open dimensions, which all polynomials of this plan refer to by place; those behind that unread inputs alone have
   * @param quotients of dimensions, which polynomials refer to by the places behind those of the dimensions; each is made of what is before it
   * @param batch    the place of the one that counts examples; -1 if there is none
   * @param slots    sizes of the arena's slots in elements; bases are running sums at the largest batch, aligned by the runtime
   * @param bits     slots that hold whole numbers, whose bits are no floats
   * @param scratch  elements of scratch a thread
   * @param calls    in order
   * @param prepared how many of the first of them depend on the weights alone, and need be made again only when these change
   * @param tiling   over which parts of a batch calls run
   * @param learns   whether a run replaces weights, or computes gradients to do so; a run of another plan changes nothing but a context's memory
   * @param inputs   input name to where it is copied
   * @param unread   the shapes of inputs that nothing depends on but the sizes of open dimensions
   * @param results  what comes out
   * @param counters scalars to fill before a run: {@code step}, {@code epoch} to their slot
   * @param needs    what the open dimensions have to be
   * @param repeats  stretches of calls that are made turn by turn, outer ones before those that lie in them; polynomials refer to what counts their turns by the places behind
   *                 those of the quotients
   * @param branches calls that may run side by side: of each of several branches the first one, and behind these the first that is in none. Those of a branch follow one another,
   *                 and read nothing that those of another one write, nor write what these read or write
   */
  public record Plan(String name, String kernels, List<String> dims, List<Quotient> quotients, int batch, List<Poly> slots, List<Integer> bits, Poly scratch, List<Call> calls,
      int prepared, Tiling tiling, boolean learns, Map<String, Place> inputs,
      Map<String, List<Poly>> unread, List<Result> results, Map<String, Place> counters, List<Need> needs, List<Repeat> repeats,
      List<List<Integer>> branches) {
    /** Whether rows of a batch go on where the same rows of the one before it have ended. */
    public boolean carries() {
      for (Result result : results) {
        if (result.role() == Role.CARRIED) {
          return true;
        }
      }
      return false;
    }

    /** A call that draws at random for each row, by the row's number; null if none does. */
    public Call drawing() {
      for (Call call : calls) {
        for (Argument argument : call.arguments()) {
          if (argument instanceof Argument.Drawn) {
            return call;
          }
        }
      }
      return null;
    }
  }

  /**
   * Calls from one to before another, as often as a polynomial says.
   *
   * @param turn  names what counts the turns, from 1
   * @param going of whose elements none is true once further turns change nothing; null if all turns are run
   */
  public record Repeat(String turn, Poly turns, int from, int to, Place going) {}

  /**
   * What a polynomial of the dimensions comes to when it is divided and rounded down, by a name that tells it.
   *
   * @param by the divisor; 0 for the polynomial's root, rounded down
   */
  public record Quotient(String name, Poly of, int by) {
    /** What it comes to of a number. */
    long value(long dividend) {
      return by == 0 ? Integers.root(dividend) : Math.floorDiv(dividend, by);
    }
  }

  /** A number that must not be negative for a run, and what it is that needs that, with its place in the source. */
  public record Need(Poly number, String text) {}

  /**
   * How calls go through a large batch: some of them, all over a few examples, then over the next few, so that what they hand on to each
   * other stays in the cache. Calls before and behind them run over the whole batch.
   *
   * @param dim  the place of the open dimension that counts examples
   * @param size how many of them a tile has at most; 0 if nothing is cut
   * @param from the number of the first call over tiles of the batch
   * @param to   the number of the first call behind them
   * @param own  slots that hold a tile alone: each thread that runs over tiles has its own
   * @param rows by slot: of one that holds the whole batch meanwhile, the elements of an example; of others zero. Slots behind are such others
   */
  public record Tiling(int dim, int size, int from, int to, List<Integer> own, List<Poly> rows) {
    /** All calls run over the whole batch. */
    public static final Tiling NONE = new Tiling(0, 0, 0, 0, List.of(), List.of());

    /** Whether a batch is cut at all. */
    public boolean cut() {
      return size > 0;
    }
  }

  /** An array in the arena. */
  public record Place(int slot, List<Poly> shape) {}

  /** What a result is for. */
  public enum Role {
    OUTPUT, LOSS, TERM, METRIC, GRADIENT, CHECK,
    /** What formulas of several batches read: numbers joined from batch to batch, and one of each example. */
    SUM, PROD, MAX, MIN, ROWS,
    /** A gradient in which one has part that the program declares. */
    DECLARED_GRADIENT,
    /** What a layer gives, by its path, or a name of the program stands for; only of programs that were compiled to be looked into. */
    VALUE,
    /** The state that each row of a batch leaves, by its path: the plan's input of that name in the next run. */
    CARRIED
  }

  /**
   * What comes out; updates are written in place.
   *
   * @param rows the axis that counts examples, where what stands there for an example follows from that example alone, so that a batch may be
   *             computed in parts; or {@link #ALIKE}, {@link #MIXED} or {@link #JOINED}
   * @param names the input or target of whose classes it speaks; of a {@code VALUE} the value or input that it was made of; empty if of none
   * @param alias what an output is called outside the program, where that is another name; else empty
   */
  public record Result(Role role, String name, ElementKind kind, Place place, int rows, String names, String alias) {
    /** One that has the same name everywhere. */
    public Result(Role role, String name, ElementKind kind, Place place, int rows, String names) {
      this(role, name, kind, place, rows, names, "");
    }

    /** Whether it has this name in the program or outside. */
    public boolean isCalled(String said) {
      return said.equals(name) || !alias.isEmpty() && said.equals(alias);
    }

    /**
     * In place of an axis: of what is the same for all examples, of what depends on several of them at once, and of what follows from its values
     * for parts of a batch by its role: as the mean that counts examples, unless the role's name says something else.
     */
    public static final int ALIKE = -1, MIXED = -2, JOINED = -3;
  }

  /**
   * A kernel call.
   *
   * @param kernel   its number in the emitted class
   * @param blocks   how many blocks there are
   * @param parallel whether blocks may run on several threads
   * @param work     rough number of elementary operations in all blocks, for deciding whether to fork
   * @param label    for profiles: what it computes
   * @param line     of the source
   */
  public record Call(int kernel, List<Argument> arguments, Poly blocks, boolean parallel, Poly work, String label, int line) {
    /** Work from which a call of vector code is worth a fork: two microseconds or more. */
    public static final long FORK = 80_000;
  }

  /** A kernel's integer argument. */
  public sealed interface Argument {
    /** A place in an arena slot: its base, or so many elements behind it. */
    record Slot(int slot, Poly offset) implements Argument {
      public Slot(int slot) {
        this(slot, Polynomials.constant(0));
      }
    }

    /** A constant offset in the weights array. */
    record Offset(int offset) implements Argument {}

    /** The value of a polynomial. */
    record Value(Poly value) implements Argument {}

    /**
     * Half of the 64-bit number of the first element that a run draws: the number of the first example that an open dimension counts, times the
     * elements of an example.
     *
     * @param high whether these are the upper 32 bits
     */
    record Drawn(int dim, Poly row, boolean high) implements Argument {}
  }

  /**
   * A data source or one of its arguments, as written: {@code mnist("train")}, {@code split(train, 0.1)}.
   *
   * @param name      the source's name; {@code number}, {@code text}, {@code bool}, {@code list} or {@code name} for a plain argument
   * @param arguments positional
   * @param named     by name
   * @param value     of a number, text, bool or name
   */
  public record Source(String name, List<Source> arguments, Map<String, Source> named, Object value, int line) {}

  /**
   * The train block.
   *
   * @param settings what it says, numbers, bools and texts
   * @param least    how many examples a step must have
   * @param reason   the layer that needs as many, with its place in the source; empty if one will do
   * @param figures  what is told of an epoch, by name and in order: the loss, its terms, the penalty, metrics
   * @param every    of each step that a batch is trained by: it runs on batches whose number, from 1 on, is a multiple of this
   */
  public record Training(Map<Setting, Object> settings, int least, String reason, List<String> figures, List<Integer> every) {
    /** Of what is not trained. */
    public static final Training NONE = new Training(Map.of(), 1, "", List.of(), List.of());

    /** The plan of a step, from 0 on: {@code train}, {@code train.2}, {@code train.3}; so also of {@code gradient}. */
    public static String plan(String purpose, int step) {
      return step == 0 ? purpose : purpose + "." + (step + 1);
    }

    /** What the paths begin with of what an optimizer keeps of a step, from 0 on, as a whole. */
    public static String memory(int step) {
      return step == 0 ? "optimizer." : "optimizer.step" + (step + 1) + ".";
    }

    /** What the path of a sum of gradients has before that of its parameter, in a program that accumulates; and what it begins with where a batch is trained by one step. */
    public static final String SUM = "accumulated_gradient.", SUMS = memory(0) + SUM;

    /** The plan that leaves a batch's share of such sums, and what the name of the one begins with that changes weights by them; the number of batches ends it. */
    public static final String GRADIENT = "train.gradient", UPDATE = "train.update.";

    /** The path of a number that is not zero while the optimizer wants a step to be run again with the same batch; not all optimizers have one. */
    public static String again(int step) {
      return memory(step) + "again";
    }

    /** The plans of all steps, in turn: of {@code train} or {@code gradient}. */
    public List<String> plans(String purpose) {
      List<String> plans = new ArrayList<>();
      for (int step = 0; step < Math.max(1, every.size()); step++) {
        plans.add(plan(purpose, step));
      }
      return plans;
    }
  }

  /** A row of the summary: a layer's path, its kind, output shape and the number of its parameters. */
  public record Layer(String path, String kind, String shape, long parameters) {}
}
