package nnc.endtoend;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;
import org.junit.jupiter.api.Test;

/** Random well-typed programs, with all optimizations, with one switched off, and with all off, compute what the interpreter says. */
class RandomNetworksTest {
  /** Statements over float[N, 6] values, each from earlier ones. */
  static String program(Random random) {
    var names = new ArrayList<>(List.of("x", "dense(6)(x)"));
    var text = new StringBuilder("input x: float[N, 6]\ntarget t: float[N, 6]\n");
    int count = 3 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      var a = names.get(random.nextInt(names.size()));
      var b = names.get(random.nextInt(names.size()));
      var value = switch (random.nextInt(16)) {
        case 0 -> a + " + " + b;
        case 1 -> a + " - 0.5 * " + b;
        case 2 -> a + " * " + b;
        case 3 -> "tanh(" + a + ")";
        case 4 -> "softmax(" + a + ")";
        case 5 -> "layer_norm()(" + a + ")";
        case 6 -> a + " / (1 + " + b + "^2)";
        case 7 -> "where(" + a + " > " + b + ", " + a + ", sigmoid(" + b + "))";
        case 8 -> a + " - mean(" + b + ", axis = 0)";
        case 9 -> "max(" + a + ", axis = 1, keep = true) + " + b;
        case 10 -> "dense(6, gelu)(" + a + ")";
        case 11 -> "concat([" + a + "[:, 0:2], " + b + "[:, 2:6]], axis = 1)";
        case 12 -> "reverse(" + a + ") * 2";
        case 13 -> "reshape(" + a + ", [-1, 3]) |> softmax |> reshape([N, 6])";
        case 14 -> "dropout(" + a + ", 0.3) + cumsum(" + b + ")";
        default -> a + " @ tensor([[1, 0, 2, 0, 0, 1], [0, 1, 0, 0, 3, 0], [1, 0, 0, 1, 0, 0], [0, 0, 1, 0, 0, 2], [0, 1, 0, 0, 0, 0], [1, 0, 0, 0, 0, 1]]) / 4";
      };
      names.add("v" + i);
      text.append("v").append(i).append(" = ").append(value).append('\n');
    }
    var last = "v" + (count - 1);
    text.append("output y = ").append(last).append("\nloss mse(").append(last).append(", t) + mean(").append(names.get(2)).append(")\n");
    text.append("metric most = max(").append(last).append(")\ntrain { optimizer = adam(0.01) }\n");
    return text.toString();
  }

  /** A dear element that only the second loop over a row needs is not taken from where the first would have kept it. */
  @Test
  void aRowIsKeptOnlyWhereItIsComputed() {
    var source = """
        input x: float[N, 6]
        a = dense(6)(x)
        v = dense(6)(x) * a - 0.5 * a
        output y = max(v, axis = 1, keep = true) + tanh(v)
        """;
    Agreement.check(Programs.compile(source, 64), 3, 1e-8, 1);
  }

  @Property(tries = 12, seed = "20")
  void agreeWithTheInterpreter(@ForAll long seed) {
    var random = new Random(seed);
    var source = program(random);
    int batch = List.of(1, 2, 3, 7, 17).get(random.nextInt(5));
    Agreement.check(Programs.compile(source, 64), batch, 1e-8, seed);
    var switches = List.copyOf(new TreeSet<>(Switches.ALL_OFF.off()));
    Agreement.check(Programs.compile(source, 64, switches.get(random.nextInt(switches.size()))), batch, 1e-8, seed);
    Agreement.check(Programs.compile(source, 64, switches.toArray(Optimization[]::new)), batch, 1e-8, seed);
  }

  @Tag("slow")
  @Property(tries = 400, seed = "26")
  void agreeWithTheInterpreterForLong(@ForAll long seed) {
    agreeWithTheInterpreter(seed);
  }
}
