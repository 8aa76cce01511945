package nnc.explain.example;

import java.util.Arrays;
import java.util.List;
import nnc.explain.example.Walkthrough.Shown;
import nnc.interpret.Array;
import nnc.source.JsonText;

/** A walkthrough for machines: an object a line, of each value and each gradient, with all numbers. */
public final class WalkthroughJson {
  private WalkthroughJson() {}

  /** The lines. */
  public static String of(Walkthrough walk) {
    var out = new StringBuilder();
    walk.stages().forEach(stage -> lines("value", stage.title(), stage.forward(), out));
    walk.stages().reversed().forEach(stage -> lines("gradient", stage.title(), stage.backward(), out));
    return out.toString();
  }

  private static void lines(String event, String stage, List<Shown> all, StringBuilder out) {
    for (var shown : all) {
      out.append("{\"event\":\"").append(event).append("\",\"stage\":\"").append(JsonText.escape(stage)).append("\",\"of\":\"").append(JsonText.escape(shown.of()))
          .append("\",\"made\":\"").append(JsonText.escape(shown.made())).append("\",\"shape\":").append(Arrays.toString(shown.value().shape()))
          .append(",\"values\":").append(values(shown.value())).append("}\n");
    }
  }

  /** What is no number is a text, as JSON has none. */
  private static String values(Array array) {
    return "[" + String.join(",", Arrays.stream(array.values()).mapToObj(value -> Double.isFinite(value) ? Double.toString(value) : "\"" + value + "\"").toList()) + "]";
  }
}
