package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator.Purpose;
import nnc.graph.Graph;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.spec.ModelSpec.Role;

/** Examples of the reference: compiled in double and run, what they say of values and types compared with what comes out. */
final class LibraryExample {
  private LibraryExample() {}

  private static final int BATCH = 4;
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.([0-9]+))?");
  private static final Pattern TYPED = Pattern.compile("(?m)^ *output (\\w+).*# ((?:float|int|bool)(?:\\[.*])?)$");
  private static final String AROUND = """
      input  x: float[N, 3]
      target y: float[N]
      p = x |> dense(1) |> squeeze(1)
      output p
      loss error = mse(p, y)
      """;

  /** Whether it is a call with its value. */
  static boolean isCall(String example) {
    return !example.contains("\n") && example.contains(" = ") && !example.contains("{");
  }

  // ---- a call with its value

  /** Calls of a page, in one program. */
  static void checkCalls(List<String> examples) {
    var program = new StringBuilder();
    for (int i = 0; i < examples.size(); i++) {
      program.append("output e").append(i).append(" = ").append(call(examples.get(i))).append('\n');
    }
    var compiled = Programs.compile(program.toString(), 64);
    var context = Agreement.load(compiled, "Scalar").initialised(1).context("predict", 1);
    var results = compiled.stages().get("predict").elaborated().results().stream().filter(result -> result.role() == Graph.Role.OUTPUT).toList();
    for (int i = 0; i < examples.size(); i++) {
      int place = i;
      var type = results.stream().filter(result -> result.name().equals("e" + place)).findFirst().orElseThrow().node().type();
      check(examples.get(i), context, "e" + i, type.rank());
    }
  }

  private static String call(String example) {
    return example.substring(0, example.lastIndexOf(" = ")).split(" at ")[0];
  }

  private static void check(String example, Context context, String output, int rank) {
    var told = example.substring(example.lastIndexOf(" = ") + 3);
    var left = example.substring(0, example.lastIndexOf(" = "));
    var values = new ArrayList<Double>();
    if (left.contains(" at ")) {
      for (var step : left.split(" at ")[1].split(", ")) {
        context.counters(Integer.parseInt(step), 0);
        context.run();
        values.add(context.output(output).tensor().toDoubles()[0]);
      }
    } else {
      context.counters(1, 0);
      context.run();
      Stream.of(context.output(output).tensor().toDoubles()).forEach(all -> {
        for (double value : all) {
          values.add(value);
        }
      });
      assertThat(told.length() - told.replaceFirst("^\\[*", "").length()).as("%s: axes of the value", example).isEqualTo(rank);
    }
    compare(example, told, values);
  }

  /** Each number as exactly as it is written. */
  private static void compare(String example, String told, List<Double> values) {
    var written = NUMBER.matcher(told.replace("true", "1").replace("false", "0")).results().toList();
    assertThat(written).as("%s: it is %s", example, values).hasSameSizeAs(values);
    for (int i = 0; i < values.size(); i++) {
      int digits = written.get(i).group(2) == null ? 0 : written.get(i).group(2).length();
      double tolerance = digits == 0 ? 1e-9 : 0.501 * Math.pow(10, -digits);
      assertThat(Math.abs(values.get(i) - Double.parseDouble(written.get(i).group()))).as("%s: it is %s", example, values).isLessThanOrEqualTo(tolerance);
    }
  }

  // ---- a program

  private static String whole(String example) {
    return example.contains("input ") ? example : AROUND + example;
  }

  /** Elaborates a program, or a train block in one, for each purpose, and compares types. */
  static void checkTypes(String example) throws FaultyProgram {
    boolean trains = whole(example).contains("loss ") && example.contains("optimizer = ");
    var graphs = new Compilation("test.nn", whole(example), CompilerOptions.standard()).elaborate(trains ? List.of(Purpose.PREDICT, Purpose.TRAIN) : List.of(Purpose.PREDICT));
    var outputs = graphs.get(Purpose.PREDICT).graph().results();
    TYPED.matcher(example).results().forEach(type -> assertThat(outputs).as(example).anySatisfy(result -> {
      assertThat(result.name()).isEqualTo(type.group(1));
      assertThat(result.node().type()).hasToString(type.group(2));
    }));
    assertThat(graphs.values().stream().anyMatch(one -> !one.graph().results().isEmpty())).as("%s computes something", example).isTrue();
  }

  /** Compiles it; runs a prediction and a step of training on random numbers. */
  static void run(String example) {
    var compiled = Programs.compile(whole(example), 64);
    var model = Agreement.load(compiled, "Scalar").initialised(1);
    for (var plan : List.of("predict", "train")) {
      if (model.has(plan)) {
        run(model, plan);
      }
    }
  }

  private static void run(Model model, String plan) {
    var context = model.context(plan, BATCH);
    context.batch(BATCH);
    Map<String, double[]> fed = Agreement.feed(model, context, 1);
    assertThat(fed.keySet()).hasSize(context.inputs().size());
    context.seed(1);
    context.counters(1, 0);
    context.run();
    if (plan.equals("train")) {
      assertThat(context.result(Role.LOSS, "loss").get(0)).isNotNaN();
    }
  }
}
