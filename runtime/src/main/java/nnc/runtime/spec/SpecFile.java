package nnc.runtime.spec;

import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec.Argument;
import nnc.runtime.spec.ModelSpec.Call;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Initialiser;
import nnc.runtime.spec.ModelSpec.Layer;
import nnc.runtime.spec.ModelSpec.Need;
import nnc.runtime.spec.ModelSpec.Place;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.ModelSpec.Result;
import nnc.runtime.spec.ModelSpec.Slices;
import nnc.runtime.spec.ModelSpec.Source;
import nnc.runtime.spec.ModelSpec.Training;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.spec.ModelSpec.WeightKind;

/**
 * A {@link ModelSpec} as bytes: the letters NNCM, the format's version, then the record's components in order. Whole numbers are
 * zigzag LEB128, a text is its place in the table of those met so far or, when new, the next place and the text itself.
 */
public final class SpecFile {
  private SpecFile() {}

  /** Where a jar keeps it. */
  public static final String RESOURCE = "META-INF/nnc/model.bin";

  private static final int MAGIC = 0x4e4e434d;
  private static final int VERSION = 10;

  /** Writes {@code spec}; does not close {@code out}. */
  public static void write(ModelSpec spec, OutputStream out) throws IOException {
    var data = new DataOutputStream(out);
    data.writeInt(MAGIC);
    data.writeInt(VERSION);
    new Writer(data).spec(spec);
    data.flush();
  }

  /**
   * Reads a spec.
   *
   * @param origin what to call the source in messages
   * @throws Fault if the bytes are no spec, damaged, or of another version
   */
  public static ModelSpec read(InputStream in, String origin) throws IOException {
    var data = new DataInputStream(in);
    try {
      if (data.readInt() != MAGIC) {
        throw new Fault(origin + ": not a compiled network");
      }
      int version = data.readInt();
      if (version > VERSION) {
        throw new Fault(origin + ": made by a newer nnc (format " + version + ", this runtime reads up to " + VERSION + ")",
            "compile the network with this version of nnc, or run it with the newer one");
      }
      if (version < VERSION) {
        throw new Fault(origin + ": made by an older nnc (format " + version + ", this runtime reads " + VERSION + ")", "compile it again");
      }
      return new Reader(data).spec();
    } catch (EOFException | IndexOutOfBoundsException | NegativeArraySizeException | IllegalStateException e) {
      throw new Fault(origin + ": the compiled network is damaged", "compile it again", e);
    }
  }

  private static final class Writer {
    private final DataOutput out;
    private final Map<String, Integer> texts = new HashMap<>();

    Writer(DataOutput out) {
      this.out = out;
    }

    void spec(ModelSpec spec) throws IOException {
      text(spec.name());
      number(spec.precision());
      text(spec.source());
      number(spec.inputs().size());
      for (var feed : spec.inputs()) {
        feed(feed);
      }
      number(spec.weights().size());
      for (var weight : spec.weights()) {
        weight(weight);
      }
      number(spec.weightCount());
      number(spec.plans().size());
      for (var plan : spec.plans()) {
        plan(plan);
      }
      sources(spec.data());
      number(spec.training().settings().size());
      for (var setting : spec.training().settings().entrySet()) {
        text(setting.getKey());
        value(setting.getValue());
      }
      texts(spec.training().figures());
      number(spec.layers().size());
      for (var layer : spec.layers()) {
        text(layer.path());
        text(layer.kind());
        text(layer.shape());
        number(layer.parameters());
      }
      number(spec.formulas().size());
      for (var formulas : spec.formulas().entrySet()) {
        text(formulas.getKey());
        spec(formulas.getValue());
      }
    }

    private void feed(Feed feed) throws IOException {
      text(feed.name());
      out.writeBoolean(feed.target());
      text(feed.kind());
      texts(feed.dims());
      polys(feed.shape());
      number(feed.low());
      number(feed.high());
    }

    private void weight(Weight weight) throws IOException {
      text(weight.path());
      number(weight.kind().ordinal());
      ints(weight.shape());
      number(weight.offset());
      text(weight.initialiser().name());
      number(weight.initialiser().arguments().size());
      for (double argument : weight.initialiser().arguments()) {
        out.writeDouble(argument);
      }
      out.writeBoolean(weight.frozen());
    }

    private void plan(Plan plan) throws IOException {
      text(plan.name());
      text(plan.kernels());
      texts(plan.dims());
      number(plan.batch());
      polys(plan.slots());
      poly(plan.scratch());
      number(plan.calls().size());
      for (var call : plan.calls()) {
        call(call);
      }
      number(plan.prepared());
      slices(plan.slices());
      out.writeBoolean(plan.learns());
      places(plan.inputs());
      number(plan.unread().size());
      for (var input : plan.unread().entrySet()) {
        text(input.getKey());
        polys(input.getValue());
      }
      number(plan.results().size());
      for (var result : plan.results()) {
        text(result.role());
        text(result.name());
        text(result.kind());
        place(result.place());
        number(result.rows());
      }
      places(plan.counters());
      number(plan.needs().size());
      for (var need : plan.needs()) {
        poly(need.number());
        text(need.text());
      }
    }

    private void slices(Slices slices) throws IOException {
      number(slices.dim());
      number(slices.size());
      number(slices.from());
      number(slices.to());
      ints(slices.own());
      polys(slices.rows());
    }

    private void call(Call call) throws IOException {
      number(call.kernel());
      number(call.arguments().size());
      for (var argument : call.arguments()) {
        if (argument instanceof Argument.Slot slot) {
          number(0);
          number(slot.slot());
          poly(slot.offset());
        } else if (argument instanceof Argument.Offset offset) {
          number(1);
          number(offset.offset());
        } else if (argument instanceof Argument.Value value) {
          number(2);
          poly(value.value());
        } else if (argument instanceof Argument.Drawn drawn) {
          number(3);
          number(drawn.dim());
          poly(drawn.row());
          out.writeBoolean(drawn.high());
        }
      }
      poly(call.blocks());
      out.writeBoolean(call.parallel());
      poly(call.work());
      text(call.label());
      number(call.line());
    }

    private void places(Map<String, Place> places) throws IOException {
      number(places.size());
      for (var entry : places.entrySet()) {
        text(entry.getKey());
        place(entry.getValue());
      }
    }

    private void place(Place place) throws IOException {
      number(place.slot());
      polys(place.shape());
    }

    private void sources(Map<String, Source> sources) throws IOException {
      number(sources.size());
      for (var entry : sources.entrySet()) {
        text(entry.getKey());
        source(entry.getValue());
      }
    }

    private void source(Source source) throws IOException {
      text(source.name());
      number(source.arguments().size());
      for (var argument : source.arguments()) {
        source(argument);
      }
      sources(source.named());
      value(source.value());
      number(source.line());
    }

    /** No switch: the JVM would make a class for it at every start, which takes longer than to write a spec. */
    private void value(Object value) throws IOException {
      if (value == null) {
        number(0);
      } else if (value instanceof Boolean bool) {
        number(1);
        out.writeBoolean(bool);
      } else if (value instanceof String text) {
        number(2);
        text(text);
      } else if (value instanceof Number any) {
        number(3);
        out.writeDouble(any.doubleValue());
      } else if (value instanceof List<?> list) {
        number(4);
        number(list.size());
        for (var item : list) {
          value(item);
        }
      } else {
        throw new IllegalArgumentException("no format for a value of " + value.getClass());
      }
    }

    private void polys(List<Poly> polys) throws IOException {
      number(polys.size());
      for (var poly : polys) {
        poly(poly);
      }
    }

    private void poly(Poly poly) throws IOException {
      number(poly.factors().size());
      for (int i = 0; i < poly.factors().size(); i++) {
        number(poly.factors().get(i));
        ints(poly.places().get(i));
      }
    }

    private void ints(List<Integer> values) throws IOException {
      number(values.size());
      for (int value : values) {
        number(value);
      }
    }

    private void texts(List<String> values) throws IOException {
      number(values.size());
      for (var value : values) {
        text(value);
      }
    }

    private void text(String text) throws IOException {
      Integer place = texts.putIfAbsent(text, texts.size());
      number(place == null ? texts.size() - 1 : place);
      if (place == null) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        out.write(bytes);
      }
    }

    private void number(long value) throws IOException {
      long rest = value << 1 ^ value >> 63;
      while ((rest & ~0x7fL) != 0) {
        out.writeByte((int) (rest & 0x7f | 0x80));
        rest >>>= 7;
      }
      out.writeByte((int) rest);
    }
  }

  private static final class Reader {
    private final DataInput in;
    private final List<String> texts = new ArrayList<>();

    Reader(DataInput in) {
      this.in = in;
    }

    ModelSpec spec() throws IOException {
      String name = text();
      int precision = integer();
      String source = text();
      List<Feed> inputs = new ArrayList<>();
      for (int n = integer(); n > 0; n--) {
        inputs.add(new Feed(text(), in.readBoolean(), text(), texts(), polys(), number(), number()));
      }
      List<Weight> weights = new ArrayList<>();
      for (int n = integer(); n > 0; n--) {
        weights.add(weight());
      }
      int weightCount = integer();
      List<Plan> plans = new ArrayList<>();
      for (int n = integer(); n > 0; n--) {
        plans.add(plan());
      }
      Map<String, Source> data = sources();
      Map<String, Object> settings = new LinkedHashMap<>();
      for (int n = integer(); n > 0; n--) {
        String key = text();
        settings.put(key, value());
      }
      var training = new Training(settings, texts());
      List<Layer> layers = new ArrayList<>();
      for (int n = integer(); n > 0; n--) {
        layers.add(new Layer(text(), text(), text(), number()));
      }
      Map<String, ModelSpec> formulas = new LinkedHashMap<>();
      for (int n = integer(); n > 0; n--) {
        String key = text();
        formulas.put(key, spec());
      }
      return new ModelSpec(name, precision, source, inputs, weights, weightCount, plans, data, training, layers, formulas);
    }

    private Weight weight() throws IOException {
      String path = text();
      WeightKind kind = WeightKind.values()[integer()];
      List<Integer> shape = ints();
      int offset = integer();
      String initialiser = text();
      double[] arguments = new double[integer()];
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] = in.readDouble();
      }
      return new Weight(path, kind, shape, offset, new Initialiser(initialiser, new Doubles(arguments)), in.readBoolean());
    }

    private Plan plan() throws IOException {
      String name = text();
      String kernels = text();
      List<String> dims = texts();
      int batch = integer();
      List<Poly> slots = polys();
      Poly scratch = poly();
      int count = integer();
      List<Call> calls = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        calls.add(call());
      }
      int prepared = integer();
      Slices slices = new Slices(integer(), integer(), integer(), integer(), ints(), polys());
      boolean learns = in.readBoolean();
      Map<String, Place> inputs = places();
      Map<String, List<Poly>> unread = new LinkedHashMap<>();
      for (int n = integer(); n > 0; n--) {
        unread.put(text(), polys());
      }
      List<Result> results = new ArrayList<>();
      for (int n = integer(); n > 0; n--) {
        results.add(new Result(text(), text(), text(), place(), integer()));
      }
      Map<String, Place> counters = places();
      List<Need> needs = new ArrayList<>();
      for (int n = integer(); n > 0; n--) {
        needs.add(new Need(poly(), text()));
      }
      return new Plan(name, kernels, dims, batch, slots, scratch, calls, prepared, slices, learns, inputs, unread, results, counters, needs);
    }

    private Call call() throws IOException {
      int kernel = integer();
      int count = integer();
      List<Argument> arguments = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        arguments.add(argument());
      }
      return new Call(kernel, arguments, poly(), in.readBoolean(), poly(), text(), integer());
    }

    private Argument argument() throws IOException {
      int tag = integer();
      return tag == 0 ? new Argument.Slot(integer(), poly()) : tag == 1 ? new Argument.Offset(integer()) : tag == 2 ? new Argument.Value(poly())
          : new Argument.Drawn(integer(), poly(), in.readBoolean());
    }

    private Map<String, Place> places() throws IOException {
      Map<String, Place> places = new LinkedHashMap<>();
      for (int n = integer(); n > 0; n--) {
        String key = text();
        places.put(key, place());
      }
      return places;
    }

    private Place place() throws IOException {
      return new Place(integer(), polys());
    }

    private Map<String, Source> sources() throws IOException {
      Map<String, Source> sources = new LinkedHashMap<>();
      for (int n = integer(); n > 0; n--) {
        String key = text();
        sources.put(key, source());
      }
      return sources;
    }

    private Source source() throws IOException {
      String name = text();
      List<Source> arguments = new ArrayList<>();
      for (int n = integer(); n > 0; n--) {
        arguments.add(source());
      }
      Map<String, Source> named = sources();
      Object value = value();
      return new Source(name, arguments, named, value, integer());
    }

    private Object value() throws IOException {
      int tag = integer();
      switch (tag) {
        case 0:
          return null;
        case 1:
          return in.readBoolean();
        case 2:
          return text();
        case 3:
          return in.readDouble();
        case 4:
          List<Object> list = new ArrayList<>();
          for (int n = integer(); n > 0; n--) {
            list.add(value());
          }
          return list;
        default:
          throw new IllegalStateException("value of sort " + tag);
      }
    }

    private List<Poly> polys() throws IOException {
      int count = integer();
      List<Poly> polys = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        polys.add(poly());
      }
      return polys;
    }

    private Poly poly() throws IOException {
      int count = integer();
      if (count == 0) {
        return new Poly(List.of(), List.of());
      }
      if (count == 1) {
        return new Poly(List.of(number()), List.of(ints()));
      }
      List<Long> factors = new ArrayList<>(count);
      List<List<Integer>> places = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        factors.add(number());
        places.add(ints());
      }
      return new Poly(factors, places);
    }

    private List<Integer> ints() throws IOException {
      int count = integer();
      if (count == 0) {
        return List.of();
      }
      List<Integer> values = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        values.add(integer());
      }
      return values;
    }

    private List<String> texts() throws IOException {
      int count = integer();
      List<String> values = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        values.add(text());
      }
      return values;
    }

    private String text() throws IOException {
      int place = integer();
      if (place == texts.size()) {
        byte[] bytes = new byte[integer()];
        in.readFully(bytes);
        texts.add(new String(bytes, StandardCharsets.UTF_8));
      }
      return texts.get(place);
    }

    private int integer() throws IOException {
      return (int) number();
    }

    private long number() throws IOException {
      long rest = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        int next = in.readByte();
        rest |= (next & 0x7fL) << shift;
        if (next >= 0) {
          return rest >>> 1 ^ -(rest & 1);
        }
      }
      throw new IllegalStateException("a number longer than 64 bits");
    }
  }

  /** Many numbers without an object each: a table's values. */
  private static final class Doubles extends AbstractList<Double> implements RandomAccess {
    private final double[] values;

    Doubles(double[] values) {
      this.values = values;
    }

    @Override
    public Double get(int index) {
      return values[index];
    }

    @Override
    public int size() {
      return values.length;
    }
  }
}
