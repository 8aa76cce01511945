package nnc.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.engine.Executor;
import nnc.runtime.engine.KernelSet;
import nnc.runtime.engine.Kernels;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.engine.WeightStore;
import nnc.runtime.files.ClassPathNetworks;
import nnc.runtime.files.Initializers;
import nnc.runtime.files.NetworkJar;
import nnc.runtime.files.NetworkPaths;
import nnc.runtime.files.Npz;
import nnc.runtime.files.StreamedNetwork;
import nnc.runtime.files.WeightFile;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.spec.ModelSpec.WeightKind;
import nnc.runtime.spec.Vocabulary;

/**
 * A compiled network and its weights. It may be shared between threads, each with {@link Context}s of its own.
 *
 * <pre>{@code
 * Model model = Model.load(Path.of("mlp.jar"), Path.of("mlp.npz"));
 * Context context = model.context("predict", 64);
 * context.input("image").set(pixels);
 * context.run();
 * context.output("probability").copyTo(probabilities, 0);
 * }</pre>
 */
public final class Model {
  private final ModelSpec spec;
  private final Map<String, KernelSet> codes;
  private final Map<String, Model> formulas;
  private final WeightStore store;

  private Model(ModelSpec spec, Map<String, KernelSet> codes, Map<String, Model> formulas, Object weights, Vocabulary vocabulary) {
    this.spec = spec;
    this.codes = codes;
    this.formulas = formulas;
    store = new WeightStore(weights, vocabulary);
  }

  /**
   * A network compiled in memory, without weights.
   *
   * @param kernels by class name without package, e.g. {@code Predict512}; null for those that there are not. {@code Scalar} there must be
   */
  public static Model of(ModelSpec spec, Function<String, Kernels> kernels) {
    Map<String, KernelSet> codes = new LinkedHashMap<>();
    for (Plan plan : spec.plans()) {
      codes.put(plan.name(), new KernelSet(plan, kernels));
    }
    Map<String, Model> formulas = new LinkedHashMap<>();
    for (var plan : spec.formulas().entrySet()) {
      formulas.put(plan.getKey(), of(plan.getValue(), kernels));
    }
    return new Model(spec, codes, formulas, learns(spec) ? null : Initializers.tables(spec), new Vocabulary());
  }

  private static boolean learns(ModelSpec spec) {
    for (Weight weight : spec.weights()) {
      if (weight.kind() != WeightKind.TABLE) {
        return true;
      }
    }
    return false;
  }

  /** The network of the jar that this runtime itself was loaded from; cheaper than by its class path. */
  public static Model ofOwn(Path jar) {
    return of(NetworkJar.readOwn(jar));
  }

  /**
   * The network of the class path, with its weights if it was bundled with them.
   *
   * @throws Fault if there is none; or if there are several, which it names: then {@link #load(String)} has to say which
   */
  public static Model load() {
    return of(ClassPathNetworks.only());
  }

  /**
   * A network of the class path by its name, which is that of its program's file without the end: {@code iris} of {@code iris.nn}. Any number of networks may share a
   * class path. It is looked for where the runtime is loaded from, and then where the running thread's classes are.
   *
   * @throws Fault if there is none of that name, or there are several
   */
  public static Model load(String name) {
    return of(ClassPathNetworks.named(name));
  }

  /** A network by its name, as {@link #load(String)} finds it, among what a loader of classes sees. */
  public static Model load(String name, ClassLoader loader) {
    return of(ClassPathNetworks.named(name, loader));
  }

  /**
   * The network of a jar, with its weights if it was bundled with them.
   *
   * @throws Fault if there is none; or if there are several, which it names: then {@link #load(Path, String)} has to say which
   */
  public static Model load(Path jar) {
    return of(NetworkJar.read(jar));
  }

  /** A network by its name, of a jar that has several. */
  public static Model load(Path jar, String name) {
    return of(NetworkJar.read(jar, name));
  }

  /**
   * The network of a jar that is read from a stream, as of a resource beside a class: that of a {@linkplain Class#getResourceAsStream class} that
   * {@code nnc java} has written is. The stream is closed.
   *
   * @param network may be null, as is a resource that is not there
   * @param origin  names it in messages
   * @throws Fault if it is null or no compiled network
   */
  public static Model load(InputStream network, String origin) {
    if (network == null) {
      throw new Fault(origin + ": there is no such resource", "put what nnc java has written beside the class that it has written");
    }
    return of(StreamedNetwork.read(network, origin));
  }

  private static Model of(NetworkJar.Content content) {
    Model model = of(content.spec(), content.kernels());
    return content.weights() == null ? model : new Model(model.spec, model.codes, model.formulas, content.weights(), content.vocabulary());
  }

  /** The network of a jar with the weights of a file. */
  public static Model load(Path jar, Path weights) {
    return load(jar).withWeights(weights);
  }

  /** This network with the weights of a file that training has written. */
  public Model withWeights(Path npz) {
    var vocabulary = new Vocabulary();
    return new Model(spec, codes, formulas, WeightFile.load(spec, npz, vocabulary), vocabulary);
  }

  /** This network with the weights of an open file; {@code origin} names it in messages. */
  public Model withWeights(InputStream npz, String origin) {
    var vocabulary = new Vocabulary();
    return new Model(spec, codes, formulas, WeightFile.load(spec, npz, origin, vocabulary), vocabulary);
  }

  /** This network with a weights array of the caller's: a {@code float[]} or {@code double[]} laid out as the spec says. */
  Model withWeights(Object array) {
    return new Model(spec, codes, formulas, array, store.vocabulary());
  }

  /** This network with the weights that training would start from. */
  public Model initialised(long seed) {
    return new Model(spec, codes, formulas, Initializers.initialise(spec, seed), new Vocabulary());
  }

  /**
   * This network in double precision, with the weights that training would start from. Of one that was compiled for 32 bits it can compute the
   * gradients and nothing else.
   *
   * @throws Fault if it was compiled without them
   */
  public Model inDouble(long seed) {
    if (spec.precision() != 64 && !code("gradient").plan.kernels().endsWith(Kernels.DOUBLE)) {
      throw new Fault("the network " + spec.name() + " has its gradients in 32 bits, too few for differences", "compile it again with nnc compile");
    }
    code("gradient");
    var same = new ModelSpec(spec.name(), 64, spec.source(), spec.inputs(), spec.weights(), spec.weightCount(), spec.plans(), spec.data(),
        spec.training(), spec.layers(), spec.formulas());
    return new Model(same, codes, formulas, Initializers.initialise(same, seed), new Vocabulary());
  }

  /** What the compiler says of the network. */
  public ModelSpec spec() {
    return spec;
  }

  /** What a jar holds beside the network so that it needs no weight file: parameters and states as one entry, by its name. */
  public Map<String, byte[]> bundled() {
    requireWeights();
    var bytes = new ByteArrayOutputStream();
    try {
      Npz.write(bytes, WeightFile.arrays(spec, store.weights(), store.vocabulary()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.of(NetworkPaths.weights(spec.name()), bytes.toByteArray());
  }

  /** Whether there are weights; a network that learns nothing always has. */
  public boolean hasWeights() {
    return store.weights() != null;
  }

  /** The categories that inputs and targets know: those of the program, and those that were learned with the weights. */
  public Vocabulary vocabulary() {
    return store.vocabulary();
  }

  /** The weights array, to be read. */
  public Object weights() {
    return store.weights();
  }

  /** The weights array for somebody who is going to change it. */
  public Object writable() {
    store.changed();
    return store.weights();
  }

  public void requireWeights() {
    if (!hasWeights()) {
      throw new Fault("the network " + spec.name() + " has no weights", "give the file that training has written: --weights FILE");
    }
  }

  /**
   * A parameter's or state's values at present.
   *
   * @throws Fault if there is none of that path
   */
  public Tensor weight(String path) {
    requireWeights();
    for (Weight weight : spec.weights()) {
      if (weight.path().equals(path)) {
        return WeightFile.tensor(weight, store.weights());
      }
    }
    throw new Fault("the network has no weight " + path);
  }

  /**
   * Sets a parameter or state.
   *
   * @throws Fault if there is none of that path, or it has another shape
   */
  public void set(String path, Tensor values) {
    requireWeights();
    for (Weight weight : spec.weights()) {
      if (weight.path().equals(path) && weight.kind() != WeightKind.TABLE) {
        if (!WeightFile.fits(weight, values.shape())) {
          throw new Fault(path + ": " + values + " given, the network's is " + weight.shape());
        }
        values.copy(0, weight.size(), writable(), weight.offset());
        return;
      }
    }
    throw new Fault("the network has no weight " + path);
  }

  /** This network with a copy of its weights as they are now: what changes one does not change the other. */
  public Model copy() {
    requireWeights();
    return withWeights(NumericArrays.copy(store.weights()));
  }

  /** Takes all parameters and states of another network, as a target network does now and then; see {@link #approach}. */
  public void take(Model other) {
    approach(other, 1);
  }

  /**
   * Moves each parameter and state to that of another network by a share of the way: of 0.005 after each step, for instance, so that a target network
   * follows slowly. No thread may run a context of this model meanwhile.
   *
   * @param other may be another network: each weight of this one is found there by its path
   * @param share 1 takes the other's values as they are
   * @throws Fault if one is not there or has another shape; then nothing has changed
   */
  public void approach(Model other, double share) {
    requireWeights();
    other.requireWeights();
    Mixing.mix(spec, writable(), other.spec, other.weights(), share);
  }

  /** Saves parameters and states to a file that {@link #withWeights(Path)} reads, as does {@code --weights}. */
  public void save(Path npz) {
    requireWeights();
    Npz.write(npz, WeightFile.arrays(spec, store.weights(), store.vocabulary()));
  }

  /** Whether the network was compiled for a purpose: {@code predict}, {@code evaluate}, {@code train}, {@code gradient}. */
  public boolean has(String plan) {
    return codes.containsKey(plan);
  }

  /** A context for up to {@code largest} examples a run that uses the process's team of threads. */
  public Context context(String plan, int largest) {
    return context(plan, largest, Threads.shared());
  }

  /** A context for up to {@code largest} of each open dimension. */
  public Context context(String plan, int largest, Threads threads) {
    KernelSet code = code(plan);
    int[] dims = new int[code.plan.dims().size()];
    if (largest < 0) {
      throw new Fault("a context is made for a largest size of each open dimension, and this is " + largest);
    }
    for (int i = 0; i < dims.length; i++) {
      dims[i] = largest;
    }
    return new Context(this, new Executor(store, code, spec.precision(), dims, threads));
  }

  /** A context for the given largest size of each open dimension by name; of those that nothing but inputs' shapes has none need be given. */
  public Context context(String plan, Map<String, Integer> largest, Threads threads) {
    KernelSet code = code(plan);
    int[] dims = new int[code.plan.dims().size()];
    for (int i = 0; i < dims.length; i++) {
      Integer size = largest.get(code.plan.dims().get(i));
      if (size == null && code.needs(i)) {
        throw new Fault("no largest size given for the open dimension " + code.plan.dims().get(i));
      }
      if (size != null && size < 0) {
        throw new Fault("the largest size of " + code.plan.dims().get(i) + " cannot be " + size);
      }
      dims[i] = size == null ? Executor.UNLIMITED : size;
    }
    return new Context(this, new Executor(store, code, spec.precision(), dims, threads));
  }

  /** The formulas of what several batches of a plan come to; null if it gives parts of none. */
  public Model formulas(String plan) {
    return formulas.get(plan);
  }

  /** Whether the weights are those of several trainings. */
  private boolean isEnsemble() {
    boolean first = false;
    boolean second = false;
    for (Weight weight : spec.weights()) {
      first |= weight.path().startsWith("member1.");
      second |= weight.path().startsWith("member2.");
    }
    return first && second;
  }

  public KernelSet code(String plan) {
    KernelSet code = codes.get(plan);
    if (code == null && isEnsemble()) {
      throw new Fault("this is an ensemble, the mean of several trainings of " + spec.name() + ", and there is nothing to " + plan + " in it",
          "train the program itself, with one seed after the other, and make another ensemble of what was learned: nnc ensemble");
    } else if (code == null) {
      throw new Fault("the network " + spec.name() + " was not compiled to " + plan, plan.equals("predict")
          ? "declare an output" : "declare a loss or a metric, and compile it again");
    }
    return code;
  }
}
