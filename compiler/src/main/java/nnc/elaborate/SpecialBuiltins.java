package nnc.elaborate;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nnc.differentiate.Gradients;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.UnaryFn;
import nnc.runtime.spec.ModelSpec.InitialiserKind;
import nnc.source.Limit;

/** Convolution and windows, randomness, gradients, and questions about values. */
final class SpecialBuiltins {
  private SpecialBuiltins() {}

  private static List<Integer> each(CallArguments a, String name, int axes, int otherwise) {
    if (!a.has(name)) {
      return java.util.Collections.nCopies(axes, otherwise);
    }
    var given = positive(a, name);
    if (given.size() != 1 && given.size() != axes) {
      throw a.fault("'" + name + "' is a number or a list of " + axes + ", and has " + given.size());
    }
    return given.size() == 1 ? java.util.Collections.nCopies(axes, given.getFirst()) : given;
  }

  private static List<Integer> positive(CallArguments a, String name) {
    var given = a.wholes(name);
    if (given.stream().anyMatch(number -> number < 1)) {
      throw a.fault("'" + name + "' is at least 1, and this is " + given.stream().filter(number -> number < 1).findFirst().orElseThrow());
    }
    return given;
  }

  /** A size that training needs, known now or when the batch is: {@code needs(count, least, why)}. */
  private static Value needs(CallArguments a) {
    var g = a.graph();
    if (a.elaborator().training()) {
      a.elaborator().leastBatch.needs(a.dim(a.value("count"), "count"), a.whole("least", 1), a.text("why"), g.constant(0).span());
    }
    return a.value("count");
  }

  private static Op.Window window(CallArguments a, int axes) {
    var low = new ArrayList<Integer>();
    var high = new ArrayList<Integer>();
    if (a.has("padding")) {
      for (var item : a.list("padding")) {
        if (!(item instanceof Value.Items(var pair)) || pair.size() != 2) {
          throw a.fault("'padding' is a list of [before, after], one an axis");
        }
        low.add(a.whole(pair.get(0), "padding"));
        high.add(a.whole(pair.get(1), "padding"));
      }
    } else {
      low.addAll(java.util.Collections.nCopies(axes, 0));
      high.addAll(low);
    }
    return new Op.Window(each(a, "stride", axes, 1), low, high, each(a, "dilation", axes, 1), a.whole("groups", 1));
  }

  private static Value conv(CallArguments a) {
    var x = a.floats("x");
    var w = a.floats("W");
    return new Value.Tensor(a.graph().conv(x, w, window(a, x.type().rank() - 2), Op.ConvRole.FORWARD, List.of()));
  }

  private static Value convInput(CallArguments a) {
    var y = a.floats("y");
    var w = a.floats("W");
    return new Value.Tensor(a.graph().conv(y, w, window(a, y.type().rank() - 2), Op.ConvRole.INPUT, a.dims("space")));
  }

  private static Value windows(CallArguments a) {
    var size = positive(a, "size");
    return new Value.Tensor(a.graph().windows(a.tensor("x"), size, each(a, "stride", size.size(), 1), each(a, "dilation", size.size(), 1)));
  }

  private static List<Dim> shape(CallArguments a) {
    return a.has("shape") ? a.dims("shape") : List.of();
  }

  /** Box and Muller: two uniform draws make a normal one. */
  private static Node normal(CallArguments a) {
    var g = a.graph();
    var shape = shape(a);
    var radius = g.sqrt(g.mul(g.constant(-2), g.unary(UnaryFn.LOG, g.sub(g.constant(1), uniform(a, shape)))));
    return g.mul(radius, g.unary(UnaryFn.COS, g.mul(g.constant(2 * Math.PI), uniform(a, shape))));
  }

  /** Draws; where nothing is trained, those of an example are the same in whatever batch it comes. */
  private static Node uniform(CallArguments a, List<Dim> shape) {
    return a.graph().uniform(shape, a.elaborator().training() ? "" : rows(a, shape));
  }

  /** The open dimension that inputs begin with and a shape too, and which occurs nowhere else in it; empty if there is none. */
  private static String rows(CallArguments a, List<Dim> shape) {
    for (var input : a.elaborator().inputs().values()) {
      var names = input.type().rank() == 0 ? Set.<String>of() : input.type().dim(0).variables();
      if (names.size() == 1 && input.type().dim(0).equals(Dim.open(names.iterator().next())) && isByRow(shape, names.iterator().next())) {
        return names.iterator().next();
      }
    }
    return "";
  }

  private static boolean isByRow(List<Dim> shape, String name) {
    return !shape.isEmpty() && shape.getFirst().dividedBy(Dim.open(name)).filter(rest -> !rest.variables().contains(name)).isPresent()
        && shape.stream().skip(1).noneMatch(dim -> dim.variables().contains(name));
  }

  /** The same; as an output it is told with the names of a category's classes: of whole numbers that are such, or of an axis that has a place for each. */
  private static Value named(CallArguments a) {
    var x = a.tensor("x");
    var category = a.tensor("category");
    int classes = ColumnTypes.classes(a.elaborator(), category, a.span(), "named");
    if (x.type().kind() != Kind.INT && (x.type().rank() == 0 || !x.type().dim(-1 + x.type().rank()).equals(Dim.of(classes)))) {
      throw a.fault("'x' is the classes themselves, of int, or has " + classes + " places on its last axis, and is " + x.type());
    }
    a.elaborator().names.put(x, ColumnTypes.input(category));
    return new Value.Tensor(x);
  }

  private static Value grad(CallArguments a) {
    var y = a.tensor("y");
    if (y.type().rank() != 0) {
      throw a.fault("the gradient of a scalar is needed, and this is " + y.type() + "; sum it first");
    }
    // what was made so far is walked through: a loop of gradients takes its square
    a.elaborator().budget.spend(Limit.EXPRESSIONS, a.graph().nodes().size() / 4);
    var several = a.value("x") instanceof Value.Items;
    var xs = a.tensors("x");
    var flat = xs.stream().map(a.elaborator().weights::partsOf).toList();
    var parts = IntStream.range(0, xs.size()).boxed().flatMap(i -> flat.get(i).map(FlatWeights::parts).orElse(List.of(xs.get(i))).stream()).toList();
    var found = Gradients.of(a.graph().cast(y, Kind.FLOAT), parts, a.graph()).iterator();
    var gradients = parts.stream().map(x -> found.next().orElseGet(() -> a.graph().full(x.type().shape(), 0, Kind.FLOAT))).iterator();
    var results = new ArrayList<Value>();
    for (var vector : flat) {
      results.add(new Value.Tensor(vector.map(all -> all.vector(all.parts().stream().map(_ -> gradients.next()).toList())).orElseGet(gradients::next)));
    }
    return several ? a.elaborator().budget.list(results) : results.getFirst();
  }

  /** A value within a message. */
  private static String text(Value value) {
    return switch (value) {
      case Value.Text(var text) -> text;
      case Value.Items(var items) -> items.stream().map(SpecialBuiltins::text).collect(Collectors.joining(", ", "[", "]"));
      default -> value.describe().replaceFirst("^the (number|size) ", "");
    };
  }

  static final List<Builtin> ALL = List.of(
      Builtin.of("conv", "x, W, stride?, padding?, dilation?, groups?", SpecialBuiltins::conv).where(ArgumentType.wholes(1), "stride", "dilation").where(ArgumentType.whole(1), "groups"),
      Builtin.of("conv_input", "y, W, space, stride?, padding?, dilation?, groups?", SpecialBuiltins::convInput).where(ArgumentType.wholes(1), "stride", "dilation").where(ArgumentType.whole(1), "groups"),
      Builtin.of("windows", "x, size, stride?, dilation?", SpecialBuiltins::windows).where(ArgumentType.wholes(1), "size", "stride", "dilation"),
      Builtin.of("einsum", "equation, tensors...", a -> new Value.Tensor(Einsum.of(a.text("equation"), a.tensors("tensors"), a))),
      Builtin.of("bernoulli", "p, shape?", a -> {
        var g = a.graph();
        return new Value.Tensor(g.cast(g.less(uniform(a, shape(a)), a.floats("p")), Kind.FLOAT));
      }).where(ArgumentType.number(0, 1), "p"),
      Builtin.of("uniform", "low, high, shape?", a -> Initialisers.orElse(InitialiserKind.UNIFORM, a, () -> {
        var g = a.graph();
        a.requireOrder("low", "high");
        var low = a.floats("low");
        return new Value.Tensor(g.add(low, g.mul(g.sub(a.floats("high"), low), uniform(a, shape(a)))));
      })),
      Builtin.of("normal", "mean?, sd?, shape?", a -> Initialisers.orElse(InitialiserKind.NORMAL, a, () -> {
        var g = a.graph();
        var mean = a.has("mean") ? a.floats("mean") : g.constant(0);
        return new Value.Tensor(g.add(mean, g.mul(a.has("sd") ? a.floats("sd") : g.constant(1), normal(a))));
      })).where(ArgumentType.number(0), "sd"),
      Builtin.of("grad", "y, x", SpecialBuiltins::grad),
      Builtin.of("activity", "x, penalty", Penalties::activity),
      Builtin.of("validation_loss", "", a -> new Value.Tensor(a.elaborator().weights.validationLoss())),
      Builtin.of("compose", "parts...", a -> new Value.Chain(a.list("parts"), null)),
      Builtin.of("shape", "x", a -> new Value.Items(a.fed("x").type().shape().stream().map(Convert::of).toList())),
      Builtin.of("rank", "x", a -> new Value.Num(a.fed("x").type().rank())),
      Builtin.of("len", "list", a -> new Value.Num(a.list("list").size())),
      Builtin.of("is_list", "x", a -> new Value.Bool(a.value("x") instanceof Value.Items)),
      Builtin.of("is_text", "x", a -> new Value.Bool(a.value("x") instanceof Value.Text)),
      Builtin.of("is_none", "x", a -> new Value.Bool(a.value("x") instanceof Value.None)),
      Builtin.of("is_number", "x", a -> new Value.Bool(a.value("x") instanceof Value.Num)),
      Builtin.of("kind", "x", a -> new Value.Text(a.tensor("x").type().kind().toString())),
      Builtin.of("named", "x, category", SpecialBuiltins::named),
      Builtin.of("class_count", "x", a -> new Value.Num(ColumnTypes.classes(a.elaborator(), a.tensor("x"), a.span(), "class_count"))),
      Builtin.of("text", "x", a -> {
        a.elaborator().budget.walk(a.value("x"));
        var text = text(a.value("x"));
        a.elaborator().budget.text(text.length());
        return new Value.Text(text);
      }),
      Builtin.of("needs", "count, least, why", SpecialBuiltins::needs),
      Builtin.of("error", "message", a -> {
        throw new ElaborationFault(a.span(), a.text("message"));
      }));
}
