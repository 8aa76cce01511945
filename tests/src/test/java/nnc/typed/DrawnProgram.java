package nnc.typed;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A program with inputs and outputs of all kinds, under names that Java has something against, drawn at random.
 *
 * @param text   of the program
 * @param inputs kinds by name, in their order
 */
record DrawnProgram(String text, Map<String, Kind> inputs) {
  /** What an input is, and the features that are made of it. */
  enum Kind {
    NUMBER("float[N]", "expand(X, 1)"), MAYBE("float?[N]", "expand(X |> fill(0.5), 1)"), ONE("float[N, 1]", "X"), VECTOR("float[N, 3]", "X"),
    MATRIX("float[N, 2, 3]", "X |> flatten"), IMAGE("float[N, 1, 4, 2]", "X |> flatten"), WHOLE("int[N]", "expand(1.0 * X, 1)"), WHOLES("int[N, 2]", "1.0 * X"),
    TRUTH("bool[N]", "expand(where(X, 1.0, 0.0), 1)"), LISTED("category(\"first one\", \"2nd\", \"+\", \"-\", \"\\\"*/\\\\\")[N]", "one_hot(X)"),
    OTHERS("category(\"a\", \"b\", other = true)[N]", "one_hot(X)"), HASHED("hashed(7)[N]", "one_hot(X)"), DAY("date[N]", "expand(0.001 * X, 1)"),
    MONTH("date(\"month\")[N]", "expand(1.0 * X, 1)");

    final String type;
    final String features;

    Kind(String type, String features) {
      this.type = type;
      this.features = features;
    }
  }

  private static final List<String> NAMES = List.of("sepal_length", "class", "new", "public", "x_1", "x1", "X1", "to_string", "toString", "hashCode", "java", "nnc", "values",
      "prediction", "example", "predictor", "θ_0", "List", "String", "Input", "Output", "Map", "label", "Label", "W", "SibSp", "yield", "record", "model", "WEIGHTS", "__", "int_",
      "network", "Fault", "output_of", "équipe", "Arrays");

  /** Draws one, with at least one input. */
  static DrawnProgram of(Random random) {
    var names = new ArrayList<>(NAMES);
    Collections.shuffle(names, random);
    var inputs = new LinkedHashMap<String, Kind>();
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      inputs.put(names.removeFirst(), Kind.values()[random.nextInt(Kind.values().length)]);
    }
    var text = new StringBuilder("# What is <drawn> & @tested {so}; \\u0041 */\n\n");
    inputs.forEach((name, kind) -> text.append(random.nextBoolean() ? "# above: */ \\u000a {@link x} <b>\n" : "").append("input ").append(name).append(": ").append(kind.type)
        .append(random.nextBoolean() ? "   # behind & beside\n" : "\n"));
    var target = names.removeFirst();
    text.append("target ").append(target).append(": category(\"Yes\", \"no\", \"not yet\")[N]\n");
    var features = inputs.entrySet().stream().map(one -> one.getValue().features.replace("X", one.getKey())).toList();
    text.append("scored = dense(3)(concat([").append(String.join(", ", features)).append("]))\n");
    outputs(names, target, random).forEach(line -> text.append("output ").append(line).append('\n'));
    text.append("loss cross_entropy(scored, ").append(target).append(")\n");
    return new DrawnProgram(text.toString(), inputs);
  }

  private static List<String> outputs(List<String> names, String target, Random random) {
    var forms = new ArrayList<>(List.of("scored", "softmax(scored) |> named(" + target + ")", "argmax(scored) |> named(" + target + ")", "scored[:, 0]", "scored[:, 1] > 0.0",
        "argmax(scored)", "reshape(concat([scored, scored]), [N, 2, 3])", "scored > 0.0", "scored[:, 0:1]", "sigmoid(scored) |> named(" + target + ")"));
    Collections.shuffle(forms, random);
    return forms.subList(0, 1 + random.nextInt(5)).stream().map(form -> names.removeFirst() + " = " + form).toList();
  }
}
