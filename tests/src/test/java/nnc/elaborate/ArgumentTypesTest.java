package nnc.elaborate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.endtoend.Programs;
import nnc.syntax.Ast;
import org.junit.jupiter.api.Test;

/** The numbers, flags and words that the library takes: each says what it may be, and what it may not be is refused where it is given. */
class ArgumentTypesTest {
  /** Parameters of other sorts, by name: arrays, functions, how weights start and what they are held to. */
  private static final Set<String> OTHERS = Set.of("index", "values", "x", "y", "v", "u", "w", "a", "b", "p", "q", "h", "activation", "activity", "layer", "prediction", "truth", "labels",
      "logits", "score", "scores", "guess", "probability", "anchor", "positive", "negative", "same", "count", "center", "log_rate", "log_variance", "mask", "length", "symbols", "frames", "lengths", "row",
      "column", "next", "state", "choose");

  /** What the library's own functions are made of: who calls them knows. */
  private static final Set<String> PARTS = Set.of("begun_with", "ones_of", "at_least", "within", "each", "prod_of", "paddings", "groups_divide", "transposed", "pool_windows", "max_pool", "avg_pool",
      "adaptive", "split_axis", "space_axes", "along", "sequence", "steps_of", "along_axes", "weighing", "label_of", "of_two", "counted", "weighted_mean", "or_one",
      "difference", "of_classes", "binary_weighing", "counted_rows", "rows_mean", "hinge_terms", "ctc_step", "same_sizes", "fixed_count", "units_of", "unit_axes", "toward_norm",
      "faded", "faded_square", "mixed", "begun", "over_root", "cubic_least", "line_from", "line_search", "chosen", "searchable", "swa_of", "extent", "drawn", "above_zero",
      "pictures", "by_example", "some_examples", "rows_of", "columns_of", "held_to", "channels_of", "luma", "colours", "factor_of", "jittered", "in_pictures",
      "log_gamma_draw", "beta_draw", "label_shares", "tamed", "tamed_along", "centred", "root", "rising", "marked", "part_of", "penalised", "place_among", "same_padding", "convolved", "last_axes", "scaled_size",
      "resized_places", "resize_nearest", "resize_between", "along_axis", "cubic_weight");

  private record Parameter(String callee, Ast.Parameter declared) {
    Ast.TypeExpr type() {
      return declared.type().orElseThrow();
    }
  }

  private static Stream<Parameter> parameters() {
    var library = Prelude.program().statements().stream().flatMap(statement -> switch (statement) {
      case Ast.Fn f -> f.parameters().stream().map(parameter -> new Parameter(f.name(), parameter));
      case Ast.Layer l -> l.hyper().stream().map(parameter -> new Parameter(l.name(), parameter));
      case Ast.Optimizer o -> o.hyper().stream().map(parameter -> new Parameter(o.name(), parameter));
      default -> Stream.<Parameter>empty();
    });
    var builtins = Builtins.all().stream().flatMap(builtin -> builtin.parameters().stream().map(parameter -> new Parameter(builtin.name(), parameter)));
    return Stream.concat(library, builtins);
  }

  private static boolean isArgument(Parameter parameter) {
    return parameter.declared.type().filter(ArgumentType::is).isPresent();
  }

  /** Who adds a parameter says what it may be, or that it is none of these. */
  @Test
  void everyParameterOfTheLibrarySaysWhatItMayBe() {
    var builtins = Builtins.all().stream().map(Builtin::name).toList();
    var silent = parameters().filter(parameter -> !PARTS.contains(parameter.callee) && !builtins.contains(parameter.callee) && parameter.declared.type().isEmpty())
        .filter(parameter -> !OTHERS.contains(parameter.declared.name()) && !parameter.declared.name().matches("(.*_)?(init|regularize|constrain)"))
        .map(parameter -> parameter.callee + "(" + parameter.declared.name() + ")").toList();
    assertThat(silent).isEmpty();
  }

  private static Optional<Double> bound(Parameter parameter, String name) {
    return parameter.type().arguments().stream().filter(argument -> argument.name().equals(Optional.of(name))).map(argument -> switch (argument.value()) {
      case Ast.Number number -> number.value();
      default -> Double.POSITIVE_INFINITY;
    }).findFirst();
  }

  /** Values that a parameter may not have. */
  private static List<String> outside(Parameter parameter) {
    var values = new ArrayList<String>();
    var kind = parameter.type().kind();
    boolean number = kind.equals("number") || kind.equals("whole");
    if (number) {
      bound(parameter, "from").ifPresent(low -> values.add(kind.equals("whole") ? low - 1 + "" : low - 1e-6 + ""));
      bound(parameter, "above").ifPresent(low -> values.add(low + ""));
      bound(parameter, "to").filter(Double::isFinite).ifPresent(high -> values.add(high + 1 + ""));
      bound(parameter, "below").ifPresent(high -> values.add(high + ""));
      if (bound(parameter, "to").filter(high -> high.isInfinite()).isEmpty()) {
        values.add("infinity");
      }
      values.add("infinity - infinity");
      values.add("true");
    }
    if (kind.equals("whole")) {
      values.add("1.5");
    } else if (kind.equals("flag")) {
      values.addAll(List.of("1", "0.5"));
    } else if (kind.equals("word")) {
      values.addAll(List.of("2", "false"));
    }
    values.addAll(List.of("\"other\"", "relu"));
    boolean list = !parameter.type().dims().isEmpty();
    values.add(list ? "[1, \"other\"]" : "[1, 1]");
    if (!parameter.type().gaps() && parameter.declared.defaultValue().filter(Ast.None.class::isInstance).isEmpty()) {
      values.add("none");
    }
    return values;
  }

  @Test
  void noneTakesWhatItMayNotBe() {
    var wrong = parameters().filter(ArgumentTypesTest::isArgument).flatMap(parameter -> outside(parameter).stream()
        .map(value -> new String[] {parameter.callee, parameter.declared.name(), value})).toList();
    assertThat(wrong).hasSizeGreaterThan(1500);
    var program = new StringBuilder();
    for (int i = 0; i < wrong.size(); i++) {
      program.append("v").append(i).append(" = ").append(wrong.get(i)[0]).append("(").append(wrong.get(i)[1]).append(" = ").append(wrong.get(i)[2]).append(")\n");
    }
    try {
      Compiler.compile("test.nn", program.toString(), CompilerOptions.standard());
      fail("nothing was refused");
    } catch (FaultyProgram faulty) {
      var faults = faulty.diagnostics().faults();
      for (int i = 0; i < wrong.size(); i++) {
        int line = i + 1;
        var what = wrong.get(i);
        var told = faults.stream().filter(fault -> fault.span().line() == line).toList();
        assertThat(told).as(String.join(" ", what)).hasSize(1);
        assertThat(told.getFirst().message()).startsWith(what[0] + ": " + what[1] + " is ").contains(", and this ");
        assertThat(told.getFirst().span().column()).as("of %s = %s", what[1], what[2]).isEqualTo(("v" + i + " = " + what[0] + "(").length() + 1);
        assertThat(told.getFirst().span().file()).isEqualTo("test.nn");
      }
    }
  }

  /** Where nothing is given the library keeps to what it says itself. */
  @Test
  void usualValuesAreInside() {
    var usual = parameters().filter(ArgumentTypesTest::isArgument).filter(parameter -> parameter.declared.defaultValue().filter(value -> !(value instanceof Ast.None)).isPresent()).toList();
    assertThat(usual).hasSizeGreaterThan(150);
    for (var parameter : usual) {
      var value = switch (parameter.declared.defaultValue().get()) {
        case Ast.Number number -> new Value.Num(number.value());
        case Ast.Text text -> new Value.Text(text.value());
        case Ast.Bool flag -> new Value.Bool(flag.value());
        case Ast.ListExpr list -> new Value.Items(list.items().stream().<Value>map(item -> new Value.Num(((Ast.Number) item).value())).toList());
        case Ast.Unary(_, Ast.Number number, _) -> new Value.Num(-number.value());
        default -> throw new AssertionError(parameter.toString());
      };
      ArgumentType.of(parameter.type()).check(value, parameter.declared.name(), parameter.callee, parameter.declared.span());
    }
  }

  @Test
  void thePageIsRight() throws IOException {
    var page = Files.readString(Path.of("../docs/arguments.md"));
    var program = page.split("```")[1];
    assertThat(Programs.compile(program, 32).spec().plans()).hasSize(4);
    var told = page.lines().filter(line -> line.contains("error:")).findFirst().orElseThrow().strip().replaceFirst("^[^ ]+ ", "");
    assertThat(Programs.faults(program.replace("p = 0.2", "p = 1.5"))).contains(told).contains("left out, p is 0.5");
  }

  /** Programs say it of their own functions and layers as the library does. */
  @Test
  void ofTheProgramsOwn() {
    var own = """
        input x: float[N, 4]
        layer block(units: whole(from = 1, to = 64), p: number(from = 0, below = 1) = 0.5, kind: word("tall", "wide") = "tall", plain: flag = false,
            sizes: whole(from = 1)[...] = [1, 2], top: number(above = 0, "free")? = 1)(x: float[..., D]) {
          return x |> dense(units) |> dropout(p)
        }
        output y = x |> block(%s)
        """;
    assertThat(Programs.faults(own.formatted("8, p = 0.2, kind = \"wide\", plain = true, sizes = 3, top = none"))).isEmpty();
    assertThat(Programs.faults(own.formatted("8, top = \"free\""))).isEmpty();
    assertThat(Programs.faults(own.formatted("65"))).startsWith("test.nn:6:23: error: block: units is from 1 to 64, and this is 65");
    assertThat(Programs.faults(own.formatted("8, 1"))).startsWith("test.nn:6:26: error: block: p is from 0 up to but not 1, and this is 1").contains("left out, p is 0.5");
    assertThat(Programs.faults(own.formatted("8, kind = \"big\""))).contains("block: kind is \"tall\" or \"wide\", and this is the text \"big\"");
    assertThat(Programs.faults(own.formatted("8, sizes = [1, 0]"))).contains("block: sizes is at least 1, and this list has 0");
    assertThat(Programs.faults(own.formatted("8, top = 0"))).contains("block: top is a number of more than 0 or \"free\", and this is 0");
    assertThat(Programs.faults(own.replace("p: number(from = 0, below = 1) = 0.5", "p: number(from = 0) = -1").formatted("8"))).contains("block: p is at least 0, and this is -1");
    assertThat(Programs.faults("input x: number[N]\noutput y = x")).contains("only a parameter of a function or layer is a number");
    assertThat(Programs.faults("fn f(a: number(least = 0)) = a\noutput y = f(1) * ones(2)")).contains("a number has no 'least'");
    assertThat(Programs.faults("fn f(a: word()) = 1\noutput y = f(1) * ones(2)")).contains("a word is one of some, and there are none");
  }
}
