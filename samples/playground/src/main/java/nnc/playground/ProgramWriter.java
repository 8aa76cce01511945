package nnc.playground;

import java.math.BigDecimal;
import java.util.stream.Collectors;

/** Writes the program that the page's controls say. */
final class ProgramWriter {
  private ProgramWriter() {}

  static String write(PageSettings settings) {
    var out = new StringBuilder();
    inputs(settings.data(), out);
    network(settings, out);
    goal(settings.data(), settings.learning(), out);
    training(settings.data(), settings.learning(), out);
    return out.toString();
  }

  private static void inputs(DataChoice data, StringBuilder out) {
    out.append("# A point of the plane, and ").append(data.isMeasured() ? "the number that belongs to it.\n" : "the class that it is of.\n");
    out.append("input  point: float[N, 2]\n");
    out.append("target label: ").append(!data.isScored() ? "float[N]" : data.table() == null ? "int[N]" : "category(" + data.scores() + ")[N]").append("\n\n");
    var point = "point";
    if (data.table() != null) {
      out.append("place = point |> standardize\n");
      point = "place";
    }
    out.append("x1 = ").append(point).append("[:, 0:1]\n");
    out.append("x2 = ").append(point).append("[:, 1:2]\n");
  }

  private static void network(PageSettings settings, StringBuilder out) {
    out.append("features = concat([").append(settings.features().stream().map(Feature::expression).collect(Collectors.joining(", "))).append("], axis = 1)\n\n");
    var before = "features";
    for (int i = 0; i < settings.layers().size(); i++) {
      var name = "hidden" + (i + 1);
      out.append(name).append(" = ").append(before).append(" |> dense(").append(settings.layers().get(i)).append(", ").append(settings.activation()).append(")\n");
      before = name;
    }
    var data = settings.data();
    if (data.isScored()) {
      out.append("scores = ").append(before).append(" |> dense(").append(data.scores()).append(")\n\n");
    } else {
      out.append("guess = ").append(before).append(" |> dense(1").append(data.isMeasured() ? "" : ", tanh").append(") |> squeeze(1)\n\n");
    }
  }

  private static void goal(DataChoice data, PageSettings.Learning learning, StringBuilder out) {
    if (data.isScored()) {
      out.append("output chance = softmax(scores)").append(data.table() == null ? "" : " |> named(label)").append('\n');
      out.append("loss   cross_entropy(scores, label)\n");
    } else if (!data.isMeasured()) {
      out.append("output guess\n");
      out.append("loss   mse(guess, 2 * label - 1) / 2\n");
    } else if (data.table() == null) {
      out.append("output guess\n");
      out.append("loss   mse(guess, label) / 2\n");
    } else {
      var centre = number(data.table().centre());
      var spread = number(data.table().spread());
      out.append("output value = guess * ").append(spread).append(" + (").append(centre).append(")\n");
      out.append("loss   mse(guess, (label - (").append(centre).append(")) / ").append(spread).append(") / 2\n");
    }
    switch (learning.regularization()) {
      case "l1" -> out.append("regularize l1(").append(number(learning.strength())).append(") on \"*.W\"\n");
      case "l2" -> out.append("regularize l2(").append(number(learning.strength())).append(" / 2) on \"*.W\"\n");
      default -> { }
    }
    if (data.isScored()) {
      out.append("metric accuracy = mean(argmax(scores) == label)\n");
    } else if (!data.isMeasured()) {
      out.append("metric accuracy = mean((guess > 0) == (label > 0.5))\n");
    }
    out.append('\n');
  }

  private static void training(DataChoice data, PageSettings.Learning learning, StringBuilder out) {
    out.append("data {\n");
    if (data.table() == null) {
      out.append("  train = ").append(data.set()).append('(').append(data.points()).append(", noise = ").append(number(data.noise() / 100.0))
          .append(", seed = ").append(data.seed()).append(DataChoice.hasClasses(data.set()) && data.classes() > 2 ? ", classes = " + data.classes() : "").append(")\n");
    } else {
      out.append("  train = csv(").append(text(data.table().file())).append(", point = [").append(text(data.table().x())).append(", ").append(text(data.table().y()))
          .append("], label = ").append(text(data.table().label())).append(")\n");
    }
    out.append("  test  = split(train, ").append(number((100 - data.share()) / 100.0))
        .append(data.table() != null && data.isScored() ? ", stratify = \"label\"" : "").append(")\n}\n");
    out.append("train { optimizer = ").append(learning.optimizer()).append('(').append(number(learning.rate())).append(")  batch = ").append(learning.batch())
        .append("  epochs = 200  seed = ").append(learning.seed()).append(" }\n");
  }

  /** As people write it: without exponent, and without zeros that say nothing. */
  static String number(double value) {
    return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
  }

  /** As a text of a program. */
  static String text(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
