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

  /** Start a statement; names wherever no statement can be meant. */
  public static final List<String> SOFT = List.of("import", "const", "input", "target", "layer", "optimizer", "output", "loss",
      "metric", "regularize", "constrain", "freeze", "data", "train", "param", "state", "on", "step");

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
      Map.entry("while", "the only loop is 'for i in 0..n { ... }', which is unrolled"),
      Map.entry("elif", "write 'else if condition { ... }'"),
      Map.entry("elseif", "write 'else if condition { ... }'"),
      Map.entry("from", "a file is taken in by 'import \"file.nn\"'"),
      Map.entry("include", "a file is taken in by 'import \"file.nn\"'"),
      Map.entry("print", "a value is seen by 'output name = value'"));
}
