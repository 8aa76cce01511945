package nnc.runtime.spec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.spec.ModelSpec.Argument;
import nnc.runtime.spec.ModelSpec.Call;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Initialiser;
import nnc.runtime.spec.ModelSpec.InitialiserKind;
import nnc.runtime.spec.ModelSpec.Layer;
import nnc.runtime.spec.ModelSpec.Need;
import nnc.runtime.spec.ModelSpec.Place;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.ModelSpec.Quotient;
import nnc.runtime.spec.ModelSpec.Repeat;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.ModelSpec.Role;
import nnc.runtime.spec.ModelSpec.Source;
import nnc.runtime.spec.ModelSpec.Tiling;
import nnc.runtime.spec.ModelSpec.Training;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.spec.ModelSpec.WeightKind;

/** The records of a {@link SpecFile}, component by component. */
final class SpecReader {
  private static final ElementKind[] KINDS = ElementKind.values();
  private static final WeightKind[] WEIGHT_KINDS = WeightKind.values();
  private static final InitialiserKind[] INITIALISERS = InitialiserKind.values();
  private static final Role[] ROLES = Role.values();
  private static final Setting[] SETTINGS = Setting.values();

  private final SpecInput in;
  private final int version;

  SpecReader(SpecInput in, int version) {
    this.in = in;
    this.version = version;
  }

  private String alias() throws IOException {
    return version >= SpecFile.ALIASES ? in.text() : "";
  }

  ModelSpec spec() throws IOException {
    String name = in.text();
    int precision = in.integer();
    String source = in.text();
    List<Feed> inputs = new ArrayList<>();
    for (int n = in.count(); n > 0; n--) {
      inputs.add(new Feed(in.text(), alias(), in.flag(), KINDS[in.integer()], in.texts(), in.polys(), in.number(), in.number(), column()));
    }
    List<Weight> weights = new ArrayList<>();
    for (int n = in.count(); n > 0; n--) {
      weights.add(weight());
    }
    int weightCount = in.integer();
    List<Plan> plans = new ArrayList<>();
    for (int n = in.count(); n > 0; n--) {
      plans.add(plan());
    }
    Map<String, Source> data = sources();
    Training training = training();
    List<Layer> layers = new ArrayList<>();
    for (int n = in.count(); n > 0; n--) {
      layers.add(new Layer(in.text(), in.text(), in.text(), in.number()));
    }
    Map<String, ModelSpec> formulas = new LinkedHashMap<>();
    for (int n = in.count(); n > 0; n--) {
      String key = in.text();
      formulas.put(key, spec());
    }
    return new ModelSpec(name, precision, source, inputs, weights, weightCount, plans, data, training, layers, formulas);
  }

  private ColumnType column() throws IOException {
    int tag = in.integer();
    return tag == 0 ? new ColumnType.Numbers(in.flag()) : tag == 1 ? new ColumnType.Listed(in.texts(), in.flag())
        : tag == 2 ? new ColumnType.Learned(in.integer(), in.flag()) : tag == 3 ? new ColumnType.Hashed(in.integer())
        : new ColumnType.Dates(in.text(), in.text(), in.flag());
  }

  private Training training() throws IOException {
    Map<Setting, Object> settings = new LinkedHashMap<>();
    for (int n = in.count(); n > 0; n--) {
      Setting setting = SETTINGS[in.integer()];
      settings.put(setting, value());
    }
    return new Training(settings, in.integer(), in.text(), in.texts(), in.ints());
  }

  private Weight weight() throws IOException {
    String path = in.text();
    WeightKind kind = WEIGHT_KINDS[in.integer()];
    ElementKind elements = KINDS[in.integer()];
    List<Integer> shape = in.ints();
    int offset = in.integer();
    InitialiserKind initialiser = INITIALISERS[in.integer()];
    String input = initialiser.fitted() ? in.text() : "";
    return new Weight(path, kind, elements, shape, offset, new Initialiser(initialiser, in.decimals(), input), in.flag());
  }

  private Plan plan() throws IOException {
    String name = in.text();
    String kernels = in.text();
    List<String> dims = in.texts();
    List<Quotient> quotients = new ArrayList<>();
    for (int n = in.count(); n > 0; n--) {
      quotients.add(new Quotient(in.text(), in.poly(), in.integer()));
    }
    int batch = in.integer();
    List<Poly> slots = in.polys();
    List<Integer> bits = in.ints();
    Poly scratch = in.poly();
    int count = in.count();
    List<Call> calls = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      calls.add(call());
    }
    int prepared = in.integer();
    Tiling tiling = new Tiling(in.integer(), in.integer(), in.integer(), in.integer(), in.ints(), in.polys());
    boolean learns = in.flag();
    Map<String, Place> inputs = places();
    Map<String, List<Poly>> unread = new LinkedHashMap<>();
    for (int n = in.count(); n > 0; n--) {
      unread.put(in.text(), in.polys());
    }
    List<Result> results = new ArrayList<>();
    for (int n = in.count(); n > 0; n--) {
      results.add(new Result(ROLES[in.integer()], in.text(), KINDS[in.integer()], place(), in.integer(), in.text(), alias()));
    }
    Map<String, Place> counters = places();
    List<Need> needs = new ArrayList<>();
    for (int n = in.count(); n > 0; n--) {
      needs.add(new Need(in.poly(), in.text()));
    }
    List<Repeat> repeats = new ArrayList<>();
    for (int n = version >= SpecFile.REPEATS ? in.count() : 0; n > 0; n--) {
      repeats.add(new Repeat(in.text(), in.poly(), in.integer(), in.integer(), version >= SpecFile.CONDITIONS && in.count() > 0 ? place() : null));
    }
    List<List<Integer>> branches = new ArrayList<>();
    for (int n = version >= SpecFile.BRANCHES ? in.count() : 0; n > 0; n--) {
      branches.add(in.ints());
    }
    return new Plan(name, kernels, dims, quotients, batch, slots, bits, scratch, calls, prepared, tiling, learns, inputs, unread, results, counters, needs, repeats, branches);
  }

  private Call call() throws IOException {
    int kernel = in.integer();
    int count = in.count();
    List<Argument> arguments = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      arguments.add(argument());
    }
    return new Call(kernel, arguments, in.poly(), in.flag(), in.poly(), in.text(), in.integer());
  }

  private Argument argument() throws IOException {
    int tag = in.integer();
    return tag == 0 ? new Argument.Slot(in.integer(), in.poly()) : tag == 1 ? new Argument.Offset(in.integer()) : tag == 2 ? new Argument.Value(in.poly())
        : new Argument.Drawn(in.integer(), in.poly(), in.flag());
  }

  private Map<String, Place> places() throws IOException {
    Map<String, Place> places = new LinkedHashMap<>();
    for (int n = in.count(); n > 0; n--) {
      String key = in.text();
      places.put(key, place());
    }
    return places;
  }

  private Place place() throws IOException {
    return new Place(in.integer(), in.polys());
  }

  private Map<String, Source> sources() throws IOException {
    Map<String, Source> sources = new LinkedHashMap<>();
    for (int n = in.count(); n > 0; n--) {
      String key = in.text();
      sources.put(key, source());
    }
    return sources;
  }

  private Source source() throws IOException {
    String name = in.text();
    List<Source> arguments = new ArrayList<>();
    for (int n = in.count(); n > 0; n--) {
      arguments.add(source());
    }
    Map<String, Source> named = sources();
    Object value = value();
    return new Source(name, arguments, named, value, in.integer());
  }

  private Object value() throws IOException {
    int tag = in.integer();
    switch (tag) {
      case 0:
        return null;
      case 1:
        return in.flag();
      case 2:
        return in.text();
      case 3:
        return in.decimal();
      default:
        throw new IllegalStateException("value of sort " + tag);
    }
  }
}
