package nnc.onnx.translate;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.onnx.model.ElementType;
import nnc.onnx.model.OnnxAttribute;
import nnc.onnx.model.OnnxNode;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;
import nnc.onnx.term.Typing;

/** A node with what goes into it: what an {@link Operator} asks. */
final class Use {
  private final GraphTranslator graph;
  private final OnnxNode node;
  private final List<Term> inputs;

  /** @param inputs terms; null where one is left out */
  Use(GraphTranslator graph, OnnxNode node, List<Term> inputs) {
    this.graph = graph;
    this.node = node;
    this.inputs = inputs;
  }

  OnnxNode node() {
    return node;
  }

  GraphTranslator graph() {
    return graph;
  }

  int opset() {
    return graph.opset();
  }

  // ---- inputs

  int count() {
    return inputs.size();
  }

  boolean has(int i) {
    return i < inputs.size() && inputs.get(i) != null;
  }

  Term in(int i) {
    if (!has(i)) {
      throw new Untranslatable("its input " + (i + 1) + " is missing");
    }
    return inputs.get(i);
  }

  /** All that are there. */
  List<Term> all() {
    return inputs.stream().filter(term -> term != null).toList();
  }

  /** The constant that an input has to be. */
  OnnxTensor constant(int i, String what) {
    return in(i).constant().orElseThrow(() -> unknown(i, what));
  }

  /** The one number that an input has to be. */
  double number(int i, String what) {
    return in(i).number().orElseThrow(() -> unknown(i, what));
  }

  /** The whole numbers that an input has to be, but for open sizes. */
  List<Dim> sizes(int i, String what) {
    return in(i).extent().orElseThrow(() -> unknown(i, what)).numbers();
  }

  private Untranslatable unknown(int i, String what) {
    var wanted = Leaves.inputs(in(i));
    return new Untranslatable(what + " is known only when it runs" + (wanted.isEmpty() ? "" : ": it follows from " + String.join(", ", wanted)), wanted);
  }

  // ---- attributes

  private Optional<OnnxAttribute> attribute(String name) {
    return Optional.ofNullable(node.attributes().get(name));
  }

  boolean given(String name) {
    return node.attributes().containsKey(name);
  }

  private Untranslatable odd(String name) {
    return new Untranslatable("its attribute " + name + " is of another kind than the specification says");
  }

  long whole(String name, long otherwise) {
    return attribute(name).map(a -> {
      if (a instanceof OnnxAttribute.Whole(var value)) {
        return value;
      }
      throw odd(name);
    }).orElse(otherwise);
  }

  int small(String name, int otherwise) {
    long value = whole(name, otherwise);
    if (Math.abs(value) > Integer.MAX_VALUE) {
      throw new Untranslatable("its attribute " + name + " is " + value);
    }
    return (int) value;
  }

  boolean flag(String name, boolean otherwise) {
    return whole(name, otherwise ? 1 : 0) != 0;
  }

  /** As it is written: 0.1f is 0.1. */
  double real(String name, double otherwise) {
    return attribute(name).map(a -> {
      if (a instanceof OnnxAttribute.Real(var value)) {
        return Double.parseDouble(Float.toString(value));
      }
      throw odd(name);
    }).orElse(otherwise);
  }

  String text(String name, String otherwise) {
    return attribute(name).map(a -> {
      if (a instanceof OnnxAttribute.Text(var value)) {
        return value;
      }
      throw odd(name);
    }).orElse(otherwise);
  }

  /** An attribute of whole numbers; null if it is not given. */
  int[] wholes(String name) {
    return attribute(name).map(a -> {
      if (a instanceof OnnxAttribute.Wholes(var values)) {
        return values.stream().mapToInt(value -> Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE)).toArray();
      }
      throw odd(name);
    }).orElse(null);
  }

  /** An attribute of whole numbers, one for each of some axes. */
  int[] each(String name, int count, int otherwise) {
    var given = wholes(name);
    if (given != null && given.length != count) {
      throw new Untranslatable("its attribute " + name + " has " + given.length + " numbers, and not " + count);
    }
    return given == null ? IntStream.generate(() -> otherwise).limit(count).toArray() : given;
  }

  List<Float> reals(String name) {
    return attribute(name).map(a -> {
      if (a instanceof OnnxAttribute.Reals(var values)) {
        return values;
      }
      throw odd(name);
    }).orElse(null);
  }

  List<String> texts(String name) {
    return attribute(name).map(a -> {
      if (a instanceof OnnxAttribute.Texts(var values)) {
        return values;
      }
      throw odd(name);
    }).orElse(null);
  }

  Optional<OnnxAttribute> any(String name) {
    return attribute(name);
  }

  // ---- axes

  /** An axis counted from the front. */
  static int axis(long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw new Untranslatable("there is no axis " + axis + " in an array of " + rank);
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  int axis(String name, int otherwise, int rank) {
    return axis(whole(name, otherwise), rank);
  }

  /** Axes from an attribute or, in later versions, an input; null if neither is given. */
  List<Integer> axes(int input, int rank) {
    var attribute = wholes("axes");
    if (attribute != null) {
      return IntStream.of(attribute).map(axis -> axis(axis, rank)).boxed().toList();
    }
    return has(input) ? sizes(input, "which axes are meant").stream().map(dim -> axis(fixed(dim, "an axis"), rank)).toList() : null;
  }

  /** A size that must not be open. */
  static int fixed(Dim dim, String what) {
    if (!dim.isConstant()) {
      throw new Untranslatable(what + " is open, " + dim + ", and has to be known: give it a size with -D");
    }
    return Math.clamp(dim.constant().getAsLong(), Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** Larger tables are not computed at the import. */
  private static final long MOST_COMPUTED = 1 << 23;

  /** Zeros for what an operator computes at the import. */
  static double[] table(long... sizes) {
    long count = 1;
    for (long size : sizes) {
      count = Math.multiplyExact(count, size);
      if (count > MOST_COMPUTED) {
        throw new Untranslatable("it needs a table of " + java.util.Arrays.toString(sizes) + " numbers, and those of more than " + MOST_COMPUTED + " are not computed at the import");
      }
    }
    return new double[Math.toIntExact(count)];
  }

  // ---- results

  /** The value of a formula; its elements are those of the first input, where they are of its kind. */
  Term let(Formula formula) {
    return let(formula, inputs.isEmpty() || inputs.getFirst() == null ? ElementType.FLOAT : inputs.getFirst().element());
  }

  Term let(Formula formula, ElementType element) {
    try {
      return graph.typing().term(formula, element);
    } catch (Typing.IllTyped e) {
      throw new Untranslatable(e.getMessage());
    }
  }

  /** The value of a formula as elements of a type: of another kind it is cast. */
  Term as(Formula formula, ElementType element) {
    var term = let(formula, element);
    return term.element().kind() == element.kind() ? term : let(Formulas.cast(term, element.kind().toString()), element);
  }

  List<Term> one(Formula formula) {
    return List.of(let(formula));
  }

  /** An input as floats. */
  Term floats(int i) {
    return floats(in(i));
  }

  Term floats(Term term) {
    return term.element().kind() == Kind.FLOAT ? term : let(Formulas.cast(term, "float"), ElementType.FLOAT);
  }

  /** The model's own name of the node, by the weight it has or its own. */
  String origin(int weight) {
    var name = has(weight) ? in(weight).origin() : "";
    // names that exporters count themselves say nothing: the node's path says more
    boolean speaks = !name.startsWith("onnx::") && name.matches(".*[A-Za-z]{2}.*");
    return speaks || node.name().isEmpty() ? name : node.name();
  }

  Untranslatable not(String what) {
    return new Untranslatable(what);
  }
}
