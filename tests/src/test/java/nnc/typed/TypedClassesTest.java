package nnc.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.runtime.Model;
import nnc.runtime.Prediction;
import nnc.runtime.Predictor;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.learn.Training;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources that are written compile on Java 17 without a warning, and their classes give the bits that a predictor gives that is asked by names. */
class TypedClassesTest {
  @TempDir
  Path folder;

  private static final CompilerOptions OPTIONS = CompilerOptions.standard();

  private final Map<String, DrawnProgram> programs = new LinkedHashMap<>();

  /** Several are compiled by one run of javac. */
  private void write(int count, Random random, int precision) throws Exception {
    var options = new CompilerOptions(Map.of(), precision, List.of(), List.of(), _ -> { });
    for (int i = 0; i < count; i++) {
      var drawn = DrawnProgram.of(random);
      var file = Files.writeString(folder.resolve("drawn_" + i + ".nn"), drawn.text());
      var place = new TypedClasses.Place(folder, folder, "drawn.in_test", Optional.empty(), i % 2 == 0 ? StandardCharsets.UTF_8 : StandardCharsets.US_ASCII);
      TypedClasses.write(file, place, Optional.empty(), options);
      programs.put("drawn.in_test.Drawn" + i, drawn);
    }
    assertThat(JavaCompiler.compile(folder)).isEmpty();
  }

  private void check(int count, Random random, int precision) throws Exception {
    write(count, random, precision);
    try (var loader = JavaCompiler.loader(folder)) {
      int i = 0;
      for (var one : programs.entrySet()) {
        var options = new CompilerOptions(Map.of(), precision, List.of(), List.of(), _ -> { });
        var model = Compiler.load(Compiler.compile(folder.resolve("drawn_" + i++ + ".nn"), options)).initialised(3);
        compare(loader.loadClass(one.getKey()), one.getValue(), model, random);
      }
    }
  }

  @Test
  void whateverAProgramHasTheySayWhatAPredictorSays() throws Exception {
    check(12, new Random(1), 32);
  }

  @Test
  @Tag("slow")
  void soDoManyMore() throws Exception {
    check(60, new Random(2), 32);
  }

  @Test
  @Tag("slow")
  void inDoubleToo() throws Exception {
    check(20, new Random(3), 64);
  }

  private Class<?> single(String name, String program, Optional<Path> weights, URLClassLoader[] loader) throws Exception {
    var file = Files.writeString(folder.resolve(name + ".nn"), program);
    var place = new TypedClasses.Place(folder, folder, "", Optional.empty(), StandardCharsets.UTF_8);
    TypedClasses.write(file, place, weights, OPTIONS);
    assertThat(JavaCompiler.compile(folder)).isEmpty();
    loader[0] = JavaCompiler.loader(folder);
    return loader[0].loadClass(place.classOf(file));
  }

  /** Classes that only training knows are texts, and their order is nobody's business. */
  @Test
  void learnedNamesAreTexts() throws Exception {
    Files.copy(Path.of("../samples/tables/iris.data"), folder.resolve("iris.data"));
    var program = Files.readString(Path.of("../samples/tables/iris.nn"));
    var file = Files.writeString(folder.resolve("kinds.nn"), program);
    var model = Training.of(Compiler.load(Compiler.compile(file, OPTIONS))).folder(folder).epochs(2).run().model();
    model.save(folder.resolve("w.npz"));
    var loader = new URLClassLoader[1];
    var type = single("kinds", program, Optional.of(folder.resolve("w.npz")), loader);
    try (var opened = loader[0]) {
      var typed = type.getMethod("load").invoke(null);
      var measures = new float[] {5.1f, 3.5f, 1.4f, 0.2f};
      var said = type.getMethod("predict", float[].class).invoke(typed, (Object) measures);
      var expected = Predictor.of(model).predict(Map.of("measures", measures));
      assertThat(component(said, "chance")).isEqualTo(expected.byClass("chance"));
      assertThat(component(said, "chosen")).isEqualTo(expected.text("chosen"));
      assertThat(said.getClass().getRecordComponents()).hasSize(2);
      assertThat(opened.getResource("kinds.npz")).isNotNull();
    }
  }

  private static Object component(Object record, String name) throws Exception {
    var accessor = record.getClass().getMethod(name);
    accessor.setAccessible(true);
    return accessor.invoke(record);
  }

  @Test
  void whatIsMissingOrDamagedIsTold() throws Exception {
    var loader = new URLClassLoader[1];
    var type = single("list", "input map: float[N, 2]\noutput string = dense(1)(map)\n", Optional.empty(), loader);
    try (var opened = loader[0]) {
      assertThat(type.getName()).isEqualTo("ListNetwork");
      assertThatThrownBy(() -> type.getMethod("load").invoke(null)).cause().isInstanceOf(Fault.class).hasMessageContaining("there are no weights beside ListNetwork, where list.npz would be");
      var typed = type.getMethod("of", Model.class).invoke(null, ((Model) type.getMethod("network").invoke(null)).initialised(1));
      assertThatThrownBy(() -> type.getMethod("predict", float[].class).invoke(typed, (Object) new float[] {1})).cause().isInstanceOf(Fault.class).hasMessageContaining("input map");
      assertThatThrownBy(() -> type.getMethod("reload", Path.class).invoke(typed, folder.resolve("none.npz"))).cause().isInstanceOf(Fault.class);
      Files.writeString(folder.resolve("list.nnc"), "damaged");
    }
    try (var again = JavaCompiler.loader(folder)) {
      assertThatThrownBy(() -> again.loadClass("ListNetwork").getMethod("network").invoke(null)).cause().isInstanceOf(Fault.class).hasMessageContaining("list.nnc: not a compiled network, or damaged");
      Files.delete(folder.resolve("list.nnc"));
      assertThatThrownBy(() -> again.loadClass("ListNetwork").getMethod("network").invoke(null)).cause().isInstanceOf(Fault.class).hasMessageContaining("there is no such resource");
    }
  }

  /** A network that learns nothing, and one without examples. */
  @Test
  void whatHasNoWeightsNeedsNone() throws Exception {
    var loader = new URLClassLoader[1];
    var type = single("twice_as", "input x: float[2]\noutput y = 2.0 * x\n", Optional.empty(), loader);
    try (var opened = loader[0]) {
      var said = type.getMethod("predict", float[].class).invoke(type.getMethod("load").invoke(null), (Object) new float[] {1, 2});
      assertThat(component(said, "y")).isEqualTo(new float[] {2, 4});
    }
  }

  private static void compare(Class<?> type, DrawnProgram drawn, Model model, Random random) throws Exception {
    var network = (Model) type.getMethod("network").invoke(null);
    var typed = type.getMethod("of", Model.class).invoke(null, network.initialised(3));
    var predictor = Predictor.of(model);
    var input = type.getClassLoader().loadClass(type.getName() + "$Input");
    var components = input.getRecordComponents();
    assertThat(components).as(drawn.text()).hasSameSizeAs(drawn.inputs().keySet());
    var examples = new ArrayList<>();
    var singles = new ArrayList<>();
    for (int n = 0; n < 5; n++) {
      var asked = new LinkedHashMap<String, Object>();
      var values = new ArrayList<>();
      int i = 0;
      for (var one : drawn.inputs().entrySet()) {
        var value = value(one.getValue(), components[i++], random);
        values.add(value);
        asked.put(one.getKey(), value instanceof Enum<?> named ? named.toString() : value);
      }
      var example = input.getDeclaredConstructors()[0].newInstance(values.toArray());
      var said = type.getMethod("predict", input).invoke(typed, example);
      var spread = type.getMethod("predict", types(components)).invoke(typed, values.toArray());
      var expected = predictor.predict(asked);
      same(said, expected, drawn);
      same(spread, expected, drawn);
      examples.add(example);
      singles.add(expected);
    }
    var listed = (List<?>) type.getMethod("predict", List.class).invoke(typed, examples);
    var array = Array.newInstance(input, examples.size());
    for (int n = 0; n < examples.size(); n++) {
      Array.set(array, n, examples.get(n));
      same(listed.get(n), (Prediction) singles.get(n), drawn);
    }
    var many = (Object[]) type.getMethod("predict", array.getClass()).invoke(typed, array);
    for (int n = 0; n < many.length; n++) {
      same(many[n], (Prediction) singles.get(n), drawn);
    }
    assertThat((List<?>) type.getMethod("predict", List.class).invoke(typed, List.of())).isEmpty();
  }

  private static Class<?>[] types(RecordComponent[] components) {
    return List.of(components).stream().map(RecordComponent::getType).toArray(Class[]::new);
  }

  /** A value of an input's kind, which the component's type must take. */
  private static Object value(DrawnProgram.Kind kind, RecordComponent component, Random random) {
    return switch (kind) {
      case NUMBER, DAY -> random.nextGaussian();
      case MAYBE -> random.nextBoolean() ? null : (Object) random.nextGaussian();
      case WHOLE, MONTH -> 1 + random.nextInt(12);
      case TRUTH -> random.nextBoolean();
      case LISTED -> component.getType().getEnumConstants()[random.nextInt(5)];
      case OTHERS, HASHED -> List.of("a", "b", "c").get(random.nextInt(3));
      case ONE, VECTOR, MATRIX, IMAGE, WHOLES -> filled(component.getType(), switch (kind) {
        case ONE -> new int[] {1};
        case VECTOR -> new int[] {3};
        case MATRIX -> new int[] {2, 3};
        case IMAGE -> new int[] {1, 4, 2};
        default -> new int[] {2};
      }, 0, random);
    };
  }

  private static Object filled(Class<?> type, int[] sizes, int axis, Random random) {
    var array = Array.newInstance(type.getComponentType(), sizes[axis]);
    for (int i = 0; i < sizes[axis]; i++) {
      if (axis < sizes.length - 1) {
        Array.set(array, i, filled(type.getComponentType(), sizes, axis + 1, random));
      } else if (type.getComponentType() == int.class) {
        Array.setInt(array, i, random.nextInt(9));
      } else if (type.getComponentType() == float.class) {
        Array.setFloat(array, i, random.nextFloat());
      } else {
        Array.setDouble(array, i, random.nextDouble());
      }
    }
    return array;
  }

  /** Components come in the order of the outputs, and behind them the classes that these choose. */
  private static void same(Object output, Prediction expected, DrawnProgram drawn) throws Exception {
    var components = output.getClass().getRecordComponents();
    int i = 0;
    for (var one : expected.outputs().entrySet()) {
      var component = components[i++];
      component.getAccessor().setAccessible(true);
      var value = component.getAccessor().invoke(output);
      if (value instanceof Enum<?>) {
        assertThat(value).as(drawn.text()).hasToString(expected.text(one.getKey()));
      } else {
        assertThat(numbers(value)).as("%s of%n%s", component, drawn.text()).isEqualTo(one.getValue().toDoubles());
        assertThat(sizes(value)).isEqualTo(one.getValue().shape());
      }
    }
    for (; i < components.length; i++) {
      components[i].getAccessor().setAccessible(true);
      var chosen = components[i].getAccessor().invoke(output).toString();
      assertThat(expected.classes().keySet().stream().filter(name -> !expected.classes().get(name).isEmpty() && expected.tensor(name).size() == 3).map(expected::text)).as(drawn.text()).contains(chosen);
    }
  }

  private static double[] numbers(Object value) {
    return switch (value) {
      case Number number -> new double[] {number.doubleValue()};
      case Boolean truth -> new double[] {truth ? 1 : 0};
      case boolean[] truths -> new Tensor(new int[] {truths.length}, truths).toDoubles();
      case Object[] rows -> List.of(rows).stream().flatMapToDouble(row -> java.util.stream.DoubleStream.of(numbers(row))).toArray();
      default -> {
        var numbers = new double[Array.getLength(value)];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = Array.getDouble(value, i);
        }
        yield numbers;
      }
    };
  }

  private static int[] sizes(Object value) {
    var sizes = new ArrayList<Integer>();
    for (var at = value; at.getClass().isArray(); at = Array.get(at, 0)) {
      sizes.add(Array.getLength(at));
    }
    return sizes.stream().mapToInt(size -> size).toArray();
  }
}
