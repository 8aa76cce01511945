package nnc.runtime.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.spec.ModelSpec.WeightKind;
import nnc.runtime.spec.Vocabulary;

/**
 * Weight files: an npz archive whose arrays are named by the weights' paths, in the language's layout. Optimizer memory stands beside
 * them under {@code optimizer.}, what else training needs to go on under {@code nnc.}, and with it the names of categories.
 */
public final class WeightFile {
  private WeightFile() {}

  private static final String OPTIMIZER = "optimizer.";
  public static final String OWN = "nnc.";

  /** The array of a file whose weights have their names by somebody's word: these are not in doubt. */
  public static final String NAMED = OWN + "named";

  /** Begins the name of an array of texts: the names of an input's categories, in the order of their classes. */
  static final String CATEGORIES = OWN + "categories.";

  /** Arrays of whole numbers that tell of the training: how far it was, and, of each column of its data, a check sum. */
  public static final String POSITION = OWN + "position", DATA = OWN + "data.";

  /** What prediction needs of a file: all but what is for training. */
  private static final Predicate<String> NOT_FOR_TRAINING = new Predicate<>() {
    @Override
    public boolean test(String name) {
      return name.startsWith(CATEGORIES) || isRecord(name) || !name.startsWith(OPTIMIZER) && !name.startsWith(OWN);
    }
  };

  private static boolean isRecord(String name) {
    return name.equals(POSITION) || name.startsWith(DATA);
  }

  /** A new weights array with parameters and states from a file, and what was learned of categories. */
  public static Object load(ModelSpec spec, Path npz, Vocabulary vocabulary) {
    try (ZipArchive archive = Npz.open(npz)) {
      return load(spec, archive, npz.toString(), vocabulary);
    } catch (IOException e) {
      throw unreadable(npz.toString(), e);
    }
  }

  /** A new weights array with parameters and states from a stream, whose bytes are in memory meanwhile. */
  public static Object load(ModelSpec spec, InputStream npz, String origin, Vocabulary vocabulary) {
    try {
      return load(spec, Npz.archive(Bytes.of(npz.readAllBytes()), origin), origin, vocabulary);
    } catch (IOException e) {
      throw unreadable(origin, e);
    }
  }

  /**
   * Refuses to put weights into a file that is there already and holds none: neither of this network, nor of a training of another one; or to put something
   * else into one that training has saved.
   *
   * @param spec of the network; null if what is to be written is no weights
   * @throws Fault if the file is to stay as it is
   */
  public static void keepOthers(Path file, ModelSpec spec) {
    if (!Files.isRegularFile(file) || file.toFile().length() == 0) {
      return;
    }
    Map<String, Weight> weights = spec == null ? Map.of() : byName(spec, false);
    boolean own = false;
    for (String name : arrays(file)) {
      own |= name.startsWith(OWN) || weights.containsKey(name);
    }
    if (own == (spec == null)) {
      throw new Fault(file + ": this file is " + (own ? "" : "not ") + "a weight file, and stays as it is", "choose another name, or remove the file first; --force replaces it");
    }
  }

  /** The names of a file's arrays; none if it is no archive of such. */
  private static List<String> arrays(Path file) {
    List<String> names = new ArrayList<>();
    try (ZipArchive archive = Npz.open(file)) {
      for (ZipArchive.Entry entry : archive.entries()) {
        if (entry.name().endsWith(Npz.END)) {
          names.add(entry.name().substring(0, entry.name().length() - Npz.END.length()));
        }
      }
    } catch (IOException | Fault e) {
      return List.of();
    }
    return names;
  }

  private static Fault unreadable(String origin, IOException e) {
    return new Fault(origin + ": cannot be read: " + e.getMessage(), "", e);
  }

  /** Each array is read to its place: it is in memory once. */
  static Object load(ModelSpec spec, ZipArchive archive, String origin, Vocabulary vocabulary) throws IOException {
    var filling = new Filling(spec, false, Initializers.tables(spec), vocabulary);
    Npz.read(archive, origin, NOT_FOR_TRAINING, filling);
    filling.requireAll(origin);
    return filling.weights;
  }

  /** Copies arrays to where the spec has them; every parameter, state and memory of the optimizer must be there and of its shape. */
  public static void resume(ModelSpec spec, Map<String, Tensor> arrays, Object weights, Vocabulary vocabulary, String origin) {
    var filling = new Filling(spec, true, weights, vocabulary);
    for (var array : arrays.entrySet()) {
      Tensor tensor = array.getValue();
      if (tensor.data() instanceof String[] texts) {
        learn(spec, array.getKey(), texts, vocabulary, origin);
        continue;
      }
      Weight weight = filling.fitting(array.getKey(), tensor.shape(), tensor);
      if (weight != null) {
        copy(tensor, weight, weights, origin);
      }
    }
    filling.requireAll(origin);
  }

  /** A weights array into which arrays are put by their names. */
  private static final class Filling extends Npz.Reading {
    private final ModelSpec spec;
    private final Object weights;
    private final Vocabulary vocabulary;
    /** Those whose array has not yet come. */
    private final Map<String, Weight> missing;
    /** Of the arrays that have come. */
    private final Map<String, String> shapes = new LinkedHashMap<>();
    private final List<String> faults = new ArrayList<>();

    Filling(ModelSpec spec, boolean optimizer, Object weights, Vocabulary vocabulary) {
      this.spec = spec;
      this.weights = weights;
      this.vocabulary = vocabulary;
      missing = byName(spec, optimizer);
    }

    @Override
    void read(String name, Npy.Incoming array, long present) throws IOException {
      if (array.isOfTexts()) {
        learn(spec, name, (String[]) Npy.tensor(array, present).data(), vocabulary, array.label());
        return;
      }
      if (isRecord(name)) {
        if (Npy.tensor(array, present).data() instanceof long[] numbers) {
          vocabulary.record().put(name, numbers);
        }
        return;
      }
      Weight weight = fitting(name, array.shape(), array);
      if (weight != null && weight.elements() == ElementKind.INT) {
        copy(Npy.tensor(array, present), weight, weights, array.label());
      } else if (weight != null) {
        Npy.copy(array, weights, weight.offset());
      }
    }

    /** The weight of that name, if there is one and it has that shape. */
    Weight fitting(String name, int[] shape, Object array) {
      shapes.put(name, Arrays.toString(shape));
      Weight weight = missing.remove(name);
      if (weight != null && !fits(weight, shape)) {
        faults.add("array " + name + " is " + array + ", the network's is " + weight.shape());
        return null;
      }
      return weight;
    }

    void requireAll(String origin) {
      for (var weight : missing.entrySet()) {
        faults.add("no array " + weight.getKey() + " (" + weight.getValue().shape() + ")");
      }
      if (!faults.isEmpty()) {
        throw new Fault(origin + " does not fit the network " + spec.name() + ": " + listed(faults), "the file has " + listed(unknown(spec, shapes)));
      }
    }
  }

  /** Takes the names of an input's categories; those of what is no input that learns them are not wanted. */
  private static void learn(ModelSpec spec, String array, String[] texts, Vocabulary vocabulary, String label) {
    for (ModelSpec.Feed feed : spec.inputs()) {
      if (array.equals(CATEGORIES + feed.name()) && feed.column() instanceof ColumnType.Learned learned) {
        if (texts.length > learned.most()) {
          throw new Fault(label + ": " + texts.length + " categories of " + feed.name() + ", and the network has " + learned.most(), "train it anew");
        }
        vocabulary.learn(feed.name(), List.of(texts));
      }
    }
  }

  /** Takes the names of categories from a file's arrays. */
  public static void learn(ModelSpec spec, Map<String, Tensor> arrays, Vocabulary vocabulary, String origin) {
    for (var array : arrays.entrySet()) {
      if (array.getValue().data() instanceof String[] texts) {
        learn(spec, array.getKey(), texts, vocabulary, origin);
      }
    }
  }

  /** Parameters, states and perhaps the optimizer's memory, by their names in a file. */
  private static Map<String, Weight> byName(ModelSpec spec, boolean optimizer) {
    Map<String, Weight> weights = new LinkedHashMap<>();
    for (Weight weight : spec.weights()) {
      if (weight.kind() != WeightKind.TABLE && (optimizer || weight.kind() != WeightKind.OPTIMIZER)) {
        weights.put(key(weight), weight);
      }
    }
    return weights;
  }

  /**
   * What came of taking what fits from a file.
   *
   * @param taken   paths of the weights that were in the file
   * @param missing paths of those that were not
   * @param other   those of another shape there, with both shapes
   * @param unused  arrays of the file that the network has no use for
   */
  public record Fit(List<String> taken, List<String> missing, List<String> other, List<String> unused) {}

  /** Copies the parameters and states that are there and of their shape. */
  public static Fit fillWhatFits(ModelSpec spec, Map<String, Tensor> arrays, Object weights) {
    var fit = new Fit(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    Map<String, Tensor> rest = new LinkedHashMap<>(arrays);
    for (Weight weight : spec.weights()) {
      if (weight.kind() != WeightKind.PARAMETER && weight.kind() != WeightKind.STATE) {
        continue;
      }
      Tensor tensor = rest.remove(weight.path());
      if (tensor == null) {
        fit.missing().add(weight.path() + (weight.frozen() ? " (frozen)" : ""));
      } else if (fits(weight, tensor.shape())) {
        copy(tensor, weight, weights, "the file");
        fit.taken().add(weight.path());
      } else {
        fit.other().add(weight.path() + " (" + Arrays.toString(tensor.shape()) + " there, " + weight.shape() + " here)");
      }
    }
    for (var array : rest.entrySet()) {
      if (!array.getKey().startsWith(OWN) && !array.getKey().startsWith(OPTIMIZER)) {
        fit.unused().add(array.getKey() + " (" + Arrays.toString(array.getValue().shape()) + ")");
      }
    }
    return fit;
  }

  /** Puts an array to its place; of whole numbers each has to be one that 32 bits hold. */
  private static void copy(Tensor tensor, Weight weight, Object weights, String origin) {
    if (weight.elements() != ElementKind.INT) {
      tensor.copy(0, tensor.size(), weights, weight.offset());
      return;
    }
    for (int i = 0; i < tensor.size(); i++) {
      double value = tensor.get(i);
      if (value != (int) value) {
        throw new Fault(origin + ": element " + i + " of " + weight.path() + " is " + value + ", which is no whole number of 32 bits");
      }
      NumericArrays.setWhole(weights, weight.offset() + i, (int) value);
    }
  }

  /** Whether an array of that shape can be its values. */
  public static boolean fits(Weight weight, int[] shape) {
    boolean fits = shape.length == weight.shape().size();
    for (int axis = 0; fits && axis < shape.length; axis++) {
      fits = shape[axis] == weight.shape().get(axis);
    }
    return fits;
  }

  /** The arrays that the network has no use for, or all if it has use for all. */
  private static List<String> unknown(ModelSpec spec, Map<String, String> shapes) {
    Map<String, String> rest = new LinkedHashMap<>(shapes);
    for (Weight weight : spec.weights()) {
      rest.remove(key(weight));
    }
    List<String> names = new ArrayList<>();
    for (var array : (rest.isEmpty() ? shapes : rest).entrySet()) {
      if (!array.getKey().startsWith(OWN) && !array.getKey().startsWith(OPTIMIZER)) {
        names.add(array.getKey() + " (" + array.getValue() + ")");
      }
    }
    return names;
  }

  /** The first few of some names. */
  public static String listed(List<String> items) {
    int shown = Math.min(items.size(), 6);
    String text = items.isEmpty() ? "no other arrays" : String.join("; ", items.subList(0, shown));
    return shown < items.size() ? text + "; and " + (items.size() - shown) + " more" : text;
  }

  /** The name in a weight file. */
  static String key(Weight weight) {
    boolean memory = weight.kind() == WeightKind.OPTIMIZER && !weight.path().startsWith(OPTIMIZER);
    return memory ? OPTIMIZER + weight.path() : weight.path();
  }

  /** The names of categories that were learned, by their names in a file. */
  public static Map<String, Tensor> categories(Vocabulary vocabulary) {
    Map<String, Tensor> arrays = new TreeMap<>();
    for (var input : vocabulary.learned().entrySet()) {
      arrays.put(CATEGORIES + input.getKey(), new Tensor(new int[] {input.getValue().size()}, input.getValue().toArray(new String[0])));
    }
    return arrays;
  }

  /** Parameters, states, the names of categories, and what is known of their training, by their names in a file. */
  public static Map<String, Tensor> arrays(ModelSpec spec, Object weights, Vocabulary vocabulary) {
    Map<String, Tensor> arrays = arrays(spec, weights, false);
    arrays.putAll(categories(vocabulary));
    for (var array : vocabulary.record().entrySet()) {
      arrays.put(array.getKey(), new Tensor(new int[] {array.getValue().length}, array.getValue()));
    }
    return arrays;
  }

  /** Parameters, states and the optimizer's memory, by their names in a file. */
  public static Map<String, Tensor> arraysOfTraining(ModelSpec spec, Object weights) {
    return arrays(spec, weights, true);
  }

  private static Map<String, Tensor> arrays(ModelSpec spec, Object weights, boolean optimizer) {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    for (var weight : byName(spec, optimizer).entrySet()) {
      arrays.put(weight.getKey(), tensor(weight.getValue(), weights));
    }
    return arrays;
  }

  /** A copy of one weight: an {@code int} as int32, others as the network's float type. */
  public static Tensor tensor(Weight weight, Object weights) {
    int[] shape = new int[weight.shape().size()];
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = weight.shape().get(axis);
    }
    if (weight.elements() == ElementKind.INT) {
      int[] values = new int[weight.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = NumericArrays.getWhole(weights, weight.offset() + i);
      }
      return new Tensor(shape, values);
    }
    int end = weight.offset() + weight.size();
    return new Tensor(shape, weights instanceof float[] floats ? Arrays.copyOfRange(floats, weight.offset(), end)
        : (Object) Arrays.copyOfRange((double[]) weights, weight.offset(), end));
  }
}
