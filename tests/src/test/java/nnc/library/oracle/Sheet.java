package nnc.library.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Cases in one program: of each what it computes, the gradient of a weighted sum of that, and the gradient of the gradient along a direction. */
record Sheet(List<Case> cases) {
  /** The weights of the sum follow from the places, and are exact in single precision but for a division. */
  private static final String COTANGENT = """
      fn places(y) = range(prod_of(shape(y)))
      fn cotangent(y) = reshape((37 * places(y) - 101 * floor(37 * places(y) / 101) - 50.5) / 101, shape(y))
      """;

  static double cotangent(int place) {
    return (37L * place % 101 - 50.5) / 101;
  }

  static String prefix(int index) {
    return "c" + index + "_";
  }

  String text() {
    var text = new StringBuilder(COTANGENT);
    for (int i = 0; i < cases.size(); i++) {
      text.append("# ").append(cases.get(i).title()).append('\n');
      declare(cases.get(i), prefix(i), text);
      compute(cases.get(i), prefix(i), text);
    }
    return text.toString();
  }

  private static String type(Case.Arg arg) {
    var sizes = new ArrayList<>(Arrays.stream(arg.shape()).mapToObj(Integer::toString).toList());
    if (arg.from() == Case.From.BATCH) {
      sizes.set(0, "N");
    }
    return arg.domain().kind() + (sizes.isEmpty() ? "" : sizes.toString());
  }

  private static void declare(Case one, String prefix, StringBuilder text) {
    for (var arg : one.args()) {
      if (arg.from() != Case.From.WEIGHT) {
        text.append("input ").append(Case.word(arg, prefix)).append(": ").append(type(arg)).append('\n');
      }
    }
    for (var arg : one.smoothArgs()) {
      text.append("input ").append(Case.word(arg, prefix)).append("_way: ").append(type(arg)).append('\n');
    }
    if (!one.layer().isEmpty()) {
      text.append(prefix).append("L = ").append(one.prefixed(one.layer(), prefix)).append('\n');
    }
  }

  private static void compute(Case one, String prefix, StringBuilder text) {
    text.append("%1$sy = %2$s\noutput %1$so = %1$sy\n".formatted(prefix, one.prefixed(one.code(), prefix)));
    if (one.smoothArgs().isEmpty()) {
      return;
    }
    text.append("%1$sl = sum(cotangent(%1$sy) * %1$sy)\n".formatted(prefix));
    for (var arg : one.smoothArgs()) {
      text.append("%s_g = grad(%sl, %s)\n".formatted(Case.word(arg, prefix), prefix, expression(arg, prefix)));
    }
    text.append(prefix).append("d = ").append(one.smoothArgs().stream().map(arg -> "sum(%1$s_g * %1$s_way)".formatted(Case.word(arg, prefix)))
        .collect(Collectors.joining(" + "))).append('\n');
    for (var arg : one.smoothArgs()) {
      text.append("output %1$s_G = %1$s_g\noutput %1$s_H = grad(%2$sd, %3$s)\n".formatted(Case.word(arg, prefix), prefix, expression(arg, prefix)));
    }
  }

  private static String expression(Case.Arg arg, String prefix) {
    return arg.from() == Case.From.WEIGHT ? prefix + "L." + arg.name() : Case.word(arg, prefix);
  }
}
