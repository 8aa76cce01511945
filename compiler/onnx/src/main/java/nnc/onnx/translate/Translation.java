package nnc.onnx.translate;

import java.util.List;
import java.util.Map;
import nnc.graph.Dim;
import nnc.onnx.model.ElementType;
import nnc.onnx.term.Term;

/**
 * A model in terms of the language.
 *
 * @param inputs   in the model's order
 * @param outputs  in the model's order, those that could be translated
 * @param problems nodes that could not
 * @param sizes    by their names in the model, the open sizes' names in the program
 * @param identifiers that are taken so far
 */
public record Translation(List<Fed> inputs, List<Told> outputs, List<Problem> problems, Map<String, String> sizes, Identifiers identifiers) {

  /** An input: its names in the model and in the program. */
  public record Fed(String original, String name, ElementType element, List<Dim> shape) {}

  /** An output: its names in the model and in the program. */
  public record Told(String original, String name, Term term) {}

  /** With other terms for the outputs, in their order. */
  public Translation with(List<Term> terms) {
    var others = new java.util.ArrayList<Told>();
    for (int i = 0; i < outputs.size(); i++) {
      others.add(new Told(outputs.get(i).original(), outputs.get(i).name(), terms.get(i)));
    }
    return new Translation(inputs, others, problems, sizes, identifiers);
  }
}
