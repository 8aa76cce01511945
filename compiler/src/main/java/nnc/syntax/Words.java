package nnc.syntax;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The words of the language. */
public final class Words {
  private Words() {}

  /** Never names. */
  public static final Set<String> RESERVED =
      Set.of("if", "then", "else", "for", "in", "return", "fn", "and", "or", "not", "true", "false", "none");

  /** Start a statement or stand in one; names wherever no statement can be meant. */
  public static final List<String> SOFT = List.of("import", "const", "input", "target", "layer", "optimizer", "output", "loss",
      "metric", "regularize", "constrain", "freeze", "data", "train", "param", "state", "on", "step", "while");

  /** Element types. */
  public static final List<String> KINDS = List.of("float", "int", "bool");

  /** What parameters of functions and layers may be that are no tensors. */
  public static final List<String> ARGUMENTS = List.of("number", "whole", "flag", "word");

  /** What inputs and targets may be besides: texts. */
  public static final List<String> TEXTS = List.of("category", "hashed", "date");

  /** Words of other languages that start something there, and how it is written here. */
  static final Map<String, String> ELSEWHERE = Map.ofEntries(
      Map.entry("def", "a function is 'fn name(parameters) = value'"),
      Map.entry("func", "a function is 'fn name(parameters) = value'"),
      Map.entry("function", "a function is 'fn name(parameters) = value'"),
      Map.entry("lambda", "an unnamed function is 'x => value'"),
      Map.entry("class", "a layer is 'layer name(hyperparameters)(tensors) { ... }'"),
      Map.entry("model", "a program is the model: declare its 'input', bind values, name an 'output'"),
      Map.entry("let", "a binding is 'name = value'"),
      Map.entry("var", "a binding is 'name = value'; a name may be bound again"),
      Map.entry("val", "a binding is 'name = value'"),
      Map.entry("while", "a loop is 'for i in 0..n { ... }'; with a condition, 'for i in 0..n while going { ... }'"),
      Map.entry("elif", "write 'else if condition { ... }'"),
      Map.entry("elseif", "write 'else if condition { ... }'"),
      Map.entry("from", "a file is taken in by 'import \"file.nn\"'"),
      Map.entry("include", "a file is taken in by 'import \"file.nn\"'"),
      Map.entry("print", "a value is seen by 'output name = value'"),
      Map.entry("try", "there are no exceptions: a fault of the program is told when it is compiled"),
      Map.entry("with", "what shall have no gradient is stop_gradient(x)"),
      Map.entry("switch", "a choice is 'if condition { ... } else { ... }'"),
      Map.entry("match", "a choice is 'if condition { ... } else { ... }'"),
      Map.entry("assert", "sizes are checked where they are declared: input x: float[N, 8]"),
      Map.entry("super", "a layer has nothing to be called first: its parts are bound where they are used, h = dense(8)(x)"),
      Map.entry("self", "a layer has no self: its parts are bound where they are used, h = dense(8)(x)"));

  /** Element types of other tools, and which one they are here. */
  static final Map<String, String> KINDS_ELSEWHERE = kinds(Map.of(
      "float", "float16 float32 float64 bfloat16 half double real number Float Double Tensor tensor Matrix matrix Array array ndarray FloatTensor",
      "int", "int8 int16 int32 int64 uint8 uint16 uint32 long short byte integer Integer Int Long LongTensor label index",
      "bool", "boolean Boolean Bool bit mask", "category", "string str String text Text char enum class"));

  private static Map<String, String> kinds(Map<String, String> elsewhere) {
    var kinds = new java.util.HashMap<String, String>();
    elsewhere.forEach((own, others) -> java.util.Arrays.stream(others.split(" ")).forEach(other -> kinds.put(other, own)));
    return Map.copyOf(kinds);
  }

  /** How the statement that a word starts is written; empty if the word starts none. */
  static String form(String word) {
    return switch (word) {
      case "import" -> "import \"file.nn\"";
      case "const" -> "const name = value";
      case "input", "target" -> word + " name: type";
      case "fn" -> "fn name(parameters) = value";
      case "layer" -> "layer name(hyperparameters)(tensors) { ... }";
      case "optimizer" -> "optimizer name(hyperparameters)(w, g) { ... }";
      case "output" -> "output name = value";
      case "loss" -> "loss value";
      case "metric" -> "metric name = value";
      case "regularize", "constrain" -> word + " function on \"pattern\"";
      case "freeze" -> "freeze \"pattern\"";
      case "data", "train" -> word + " { name = value ... }";
      case "param" -> "param name: type = initialiser";
      case "state" -> "state name = value";
      case "for" -> "for name in range { ... }";
      default -> "";
    };
  }
}
