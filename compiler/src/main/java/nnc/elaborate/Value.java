package nnc.elaborate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.runtime.spec.ModelSpec;
import nnc.syntax.Ast;

/** What an expression means at compile time. */
sealed interface Value {

  /** A number. */
  record Num(double value) implements Value {
    boolean whole() {
      return value == Math.rint(value) && Math.abs(value) < 1L << 53;
    }
  }

  /** A size in which an open dimension occurs; constant sizes are {@link Num}. */
  record Size(Dim dim) implements Value {}

  record Bool(boolean value) implements Value {}

  record Text(String value) implements Value {}

  record None() implements Value {}

  record Items(List<Value> items) implements Value {}

  /** Several results of one call. */
  record Tuple(List<Value> items) implements Value {}

  /** A value of the graph. */
  record Tensor(Node node) implements Value {}

  /** An input of which numbers may be missing: nothing is computed of it before something stands there in their place. */
  record Gaps(Node node) implements Value {}

  /** A function of the language. */
  record Function(Ast.Fn declaration, Scope closure) implements Value {}

  /** A function of the compiler. */
  record Primitive(Builtin builtin) implements Value {}

  /** A declared layer; called with hyperparameters it makes an {@link Instance}. */
  record LayerClass(Ast.Layer declaration, Scope closure) implements Value {}

  /** A layer with its parameters. */
  final class Instance implements Value {
    final LayerClass layer;
    final Scope hyper;
    final Frame frame;
    final Map<String, Node> parameters = new LinkedHashMap<>();
    final Map<String, Node> states = new LinkedHashMap<>();
    String outputShape = "";
    /** What it was applied to last, and what it gave; null if that is no single tensor. */
    Node input;
    Node output;

    Instance(LayerClass layer, Scope hyper, Frame frame) {
      this.layer = layer;
      this.hyper = hyper;
      this.frame = frame;
    }
  }

  /** {@code compose(f, g, ...)}: applied one after the other. */
  record Chain(List<Value> parts, Frame frame) implements Value {}

  record OptimizerClass(Ast.Optimizer declaration, Scope closure) implements Value {}

  record OptimizerInstance(OptimizerClass type, Scope hyper) implements Value {}

  /**
   * How a parameter starts.
   *
   * @param otherwise what it is where no start is meant: the draw that {@code normal(0, 1)} is too, the penalty that {@code orthogonal(1)} is; or none
   */
  record Start(ModelSpec.Initialiser initialiser, Supplier<Value> otherwise) implements Value {
    Start(ModelSpec.Initialiser initialiser) {
      this(initialiser, None::new);
    }
  }

  /** How a parameter starts, what is added to the loss for it, and what it is projected to after each update: functions of it. */
  record Held(Value start, List<Value> penalties, List<Value> constraints) implements Value {}

  /**
   * What a loop over an open length leaves of a name, which cannot be read.
   *
   * @param why  what it is
   * @param loop one over a range of numbers, of which the name would be known if it were unrolled; null of others
   */
  record OfTurns(String why, Rolling.Site loop) implements Value {
    OfTurns(String why) {
      this(why, null);
    }
  }

  /** What stands for a value whose computation failed: what depends on it is silent. */
  record Unknown() implements Value {}

  /** A number as messages write it. */
  static String text(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15 ? Long.toString((long) number) : Double.toString(number);
  }

  /** What kind of value it is, for messages. */
  default String describe() {
    return switch (this) {
      case Num n -> "the number " + (n.whole() ? Long.toString((long) n.value()) : Double.toString(n.value()));
      case Size s -> "the size " + s.dim();
      case Bool b -> Boolean.toString(b.value());
      case Text t -> "the text \"" + t.value() + "\"";
      case None _ -> "none";
      case Items l -> "a list of " + l.items().size();
      case Tuple t -> t.items().size() + " results";
      case Tensor t -> t.node().type().toString();
      case Gaps g -> g.node().type() + " of which numbers may be missing (first apply fill to it, or missing)";
      case Function f -> "the function " + f.declaration().name();
      case Primitive p -> "the function " + p.builtin().name();
      case LayerClass l -> "the layer " + l.declaration().name();
      case Instance i -> "the layer " + i.frame.path();
      case Chain _ -> "a chain of layers";
      case OptimizerClass o -> "the optimizer " + o.declaration().name();
      case OptimizerInstance o -> "the optimizer " + o.type().declaration().name();
      case Start s -> "the initialiser " + s.initialiser().kind();
      case Held _ -> "what starts a parameter and holds for it";
      case OfTurns of -> of.why();
      case Unknown _ -> "unknown";
    };
  }
}
