package nnc.runtime;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;

/**
 * What a network says of one example.
 *
 * @param outputs arrays by the outputs' names, in the order of the source, without the axis of examples
 * @param classes what the classes are called that an output's whole numbers, or the places of its last axis, stand for; none if it speaks of no category
 * @param aliases by what an output is called outside the program, its name; of those alone that are called otherwise there
 */
public record Prediction(Map<String, Tensor> outputs, Map<String, List<String>> classes, Map<String, String> aliases) {

  /** Of outputs that have the same names everywhere. */
  public Prediction(Map<String, Tensor> outputs, Map<String, List<String>> classes) {
    this(outputs, classes, Map.of());
  }

  /**
   * An output's array, by its name in the program or outside.
   *
   * @throws Fault if there is no output of that name
   */
  public Tensor tensor(String output) {
    Tensor tensor = outputs.get(name(output));
    if (tensor == null) {
      throw new Fault("no output " + output + "; there are " + String.join(", ", outputs.keySet()));
    }
    return tensor;
  }

  /**
   * An output that is one number, truth values as 0 and 1.
   *
   * @throws Fault if there is none of that name, or it has several elements
   */
  public double number(String output) {
    Tensor tensor = tensor(output);
    if (tensor.size() != 1) {
      throw new Fault("output " + output + " has " + tensor.size() + " elements, not one", "tensor(\"" + output + "\") gives them");
    }
    return tensor.get(0);
  }

  /**
   * The name of a class: of the one whose number an output is, or of that which has the largest of an output's elements.
   *
   * @throws Fault if there is no such output, or its classes have no names
   */
  public String text(String output) {
    Tensor tensor = tensor(output);
    List<String> names = names(output);
    int place = 0;
    if (tensor.size() == 1 && names.size() > 1) {
      place = (int) tensor.get(0);
    } else {
      for (int i = 1; i < tensor.size(); i++) {
        place = tensor.get(i) > tensor.get(place) ? i : place;
      }
    }
    if (place < 0 || place >= names.size()) {
      throw new Fault("output " + output + " is class " + place + ", and there are names of " + names.size());
    }
    return names.get(place);
  }

  /**
   * An output's elements by the names of their classes.
   *
   * @throws Fault if there is no such output, or it has not one element a named class
   */
  public Map<String, Double> byClass(String output) {
    Tensor tensor = tensor(output);
    List<String> names = names(output);
    if (tensor.size() != names.size()) {
      throw new Fault("output " + output + " has " + tensor.size() + " elements for " + names.size() + " classes");
    }
    Map<String, Double> all = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      all.put(names.get(i), tensor.get(i));
    }
    return all;
  }

  private String name(String output) {
    return outputs.containsKey(output) ? output : aliases.getOrDefault(output, output);
  }

  private List<String> names(String output) {
    List<String> names = classes.getOrDefault(name(output), List.of());
    if (names.isEmpty()) {
      throw new Fault("output " + output + " speaks of no category, so its classes have no names", "declare the target as category(...)");
    }
    return names;
  }
}
