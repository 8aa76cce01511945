package nnc.endtoend;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Random programs over the whole language, from a list of numbers: each makes one binding out of earlier ones, so that a shorter list is a
 * shorter program. There are rows {@code [N, K]}, sequences {@code [N, T, D]} and pictures {@code [N, C, H, W]}, of awkward sizes.
 */
final class RandomSources {
  private static final int LARGEST = 400;

  /** A binding and its sizes behind the batch. */
  private record Value(String name, List<Integer> sizes) {
    int elements() {
      return sizes.stream().reduce(1, (a, b) -> a * b);
    }
  }

  private final StringBuilder text = new StringBuilder();
  private final List<Value> values = new ArrayList<>();
  private final boolean smooth;
  private Random random;

  private RandomSources(boolean smooth) {
    this.smooth = smooth;
  }

  /** A program; {@code smooth}: in which a small error stays one, and trained by plain descent. */
  static String of(List<Integer> genes, boolean smooth) {
    return new RandomSources(smooth).run(genes);
  }

  private String run(List<Integer> genes) {
    random = new Random(genes.hashCode());
    text.append("const deep = ").append(random.nextBoolean()).append('\n');
    input("x", List.of(of(1, 3, 7, 17, 33)));
    input("s", List.of(of(1, 3, 4), of(3, 6)));
    input("p", List.of(of(1, 3, 4), of(5, 7), of(3, 6)));
    text.append("input class: int[N]\n");
    for (int gene : genes) {
      random = new Random(gene * 0x9E3779B97F4A7C15L);
      step();
    }
    random = new Random(genes.hashCode());
    finish();
    return text.toString();
  }

  private void input(String name, List<Integer> sizes) {
    text.append("input ").append(name).append(": float[N").append(sizes.stream().map(s -> ", " + s).reduce("", String::concat)).append("]\n");
    values.add(new Value(name, sizes));
  }

  private void finish() {
    var last = values.getLast();
    var other = values.get(random.nextInt(values.size()));
    text.append("output first = ").append(last.name()).append("\noutput other = ").append(other.name()).append(" * 2\n");
    text.append("loss mean(sin(").append(last.name()).append(")^2)\nloss 0.5 * mse(dense(5)(flatten(expand(").append(last.name())
        .append(", 1))), one_hot(class, 5))\nmetric size = mean(abs(").append(other.name()).append("))\n");
    text.append(random.nextBoolean() ? "regularize l2(0.01) on \"*.W\"\n" : "");
    text.append("train { optimizer = ").append(smooth ? of("sgd(0.1)", "momentum(0.05)", "nesterov(0.02)")
        : of("adam(0.01)", "rmsprop(0.01)", "adamw(0.01 * warmup(10))", "adagrad(0.1)", "nadam(0.01)")).append(" }\n");
  }

  // ---- choices

  @SafeVarargs
  private <T> T of(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private Value any(int rank) {
    var fitting = values.stream().filter(v -> v.sizes().size() == rank).toList();
    return fitting.get(fitting.size() - 1 - Math.min(random.nextInt(fitting.size()), random.nextInt(fitting.size())));
  }

  /** One of the same sizes, or the value itself. */
  private Value like(Value a) {
    var fitting = values.stream().filter(v -> v.sizes().equals(a.sizes())).toList();
    return fitting.get(random.nextInt(fitting.size()));
  }

  private String fresh() {
    return "v" + values.size();
  }

  private void bind(List<Integer> sizes, String expression) {
    var value = new Value(fresh(), List.copyOf(sizes));
    text.append(value.name()).append(" = ").append(expression).append('\n');
    values.add(value);
  }

  // ---- steps

  private void step() {
    switch (random.nextInt(13)) {
      case 10, 11 -> turned(any(of(2, 3)));
      case 12 -> chosen(any(of(1, 2)));
      case 0, 1, 2 -> rows();
      case 3 -> control();
      case 4, 5 -> sequences();
      case 6, 7 -> pictures();
      case 8 -> pointwise(any(of(1, 2, 3)));
      default -> between();
    }
  }

  private void pointwise(Value a) {
    var b = like(a);
    var two = a.name() + ", " + b.name();
    Function<String, String> infix = op -> a.name() + op + b.name();
    bind(a.sizes(), switch (random.nextInt(smooth ? 9 : 14)) {
      case 0 -> infix.apply(" + ");
      case 1 -> infix.apply(" - 0.3 * ");
      case 2 -> "tanh(" + infix.apply(" * ") + ")";
      case 3 -> a.name() + " / (1 + " + b.name() + "^2)";
      case 4 -> of("tanh", "gelu", "sigmoid", "silu", "softplus", "erf", "sin") + "(" + a.name() + ")";
      case 5 -> "exp(-" + a.name() + "^2) + " + b.name();
      case 6 -> "dropout(" + a.name() + ", 0.3) + gaussian_noise(" + b.name() + ", 0.1)";
      case 7 -> "sqrt(1 + " + a.name() + "^2)";
      case 8 -> "where(uniform(0, 1, shape(" + a.name() + ")) < 0.4, " + two + ")";
      case 9 -> "where(" + a.name() + " + 0.137 < " + b.name() + ", " + two + ")";
      case 10 -> of("relu", "elu", "hard_tanh", "leaky_relu", "abs", "relu6") + "(" + a.name() + ")";
      case 11 -> "maximum(" + two + ")";
      case 12 -> "floor(2.3 * " + a.name() + " + 0.17) - " + b.name();
      default -> "cast(" + a.name() + " > 0.211 or " + b.name() + " < -0.317, \"float\")";
    });
  }

  private void rows() {
    var a = any(1);
    int k = a.sizes().getFirst();
    int to = of(1, 3, 7, 17, 33);
    switch (random.nextInt(smooth ? 11 : 13)) {
      case 0, 1 -> bind(List.of(to), "dense(" + to + ", " + of("identity", "tanh", "gelu", "sigmoid") + ")(" + a.name() + ")");
      case 2 -> bind(a.sizes(), of("softmax", "log_softmax") + "(" + a.name() + ")");
      case 3 -> bind(a.sizes(), of("layer_norm()", "batch_norm()", "weight_norm_dense(" + k + ")") + "(" + a.name() + ")");
      case 4 -> {
        var b = any(1);
        if (k + b.sizes().getFirst() <= 60) {
          bind(List.of(k + b.sizes().getFirst()), "concat([" + a.name() + ", " + b.name() + "], axis = 1)");
        }
      }
      case 5 -> bind(List.of((k + 1) / 2), a.name() + "[:, 0:" + k + ":2]");
      case 6 -> bind(List.of(k + 3), "pad(" + a.name() + ", [0, 1], [0, 2], value = 0.5)");
      case 7 -> bind(a.sizes(), "reverse(cumsum(" + a.name() + ")) - mean(" + like(a).name() + ", axis = 0)");
      case 8 -> bind(List.of(4), "embedding(5, 4)(class) + dense(4)(" + a.name() + ")");
      case 9 -> bind(List.of(5), "one_hot(class, 5) * logsumexp(" + a.name() + ", axis = 1, keep = true)");
      case 10 -> bind(a.sizes(), "tanh(" + a.name() + " @ (transpose(" + a.name() + ", [1, 0]) @ " + like(a).name() + "))");
      case 11 -> bind(a.sizes(), "sort(" + a.name() + ") + max(" + a.name() + ", axis = 1, keep = true)");
      default -> bind(List.of(2), "dense(2)(" + a.name() + ") * expand(cast(argmax(" + a.name() + " + 0.01 * range(" + k + ")), \"float\"), 1)");
    }
  }

  /** Compile-time control: {@code if}, {@code for}, lists, functions, layers of one's own, gradients in the program. */
  private void control() {
    var a = any(1);
    int k = a.sizes().getFirst();
    var v = fresh();
    switch (random.nextInt(6)) {
      case 0 -> text.append(v).append(" = ").append(a.name()).append("\nif deep { ").append(v).append(" = dense(").append(k).append(", tanh)(").append(v)
          .append(") } else { ").append(v).append(" = sin(").append(v).append(") }\n");
      case 1 -> text.append(v).append(" = ").append(a.name()).append("\nfor i in 0..").append(of(1, 2, 3)).append(" { ").append(v).append(" = ").append(v)
          .append(" + tanh(dense(").append(k).append(")(").append(v).append(")) / (i + 1) }\n");
      case 2 -> text.append("shared").append(v).append(" = dense(").append(k).append(", tanh)\nparts").append(v).append(" = []\n").append(v).append(" = ")
          .append(a.name()).append("\nfor i in 0..2 { ").append(v).append(" = shared").append(v).append('(').append(v).append(")  parts").append(v).append(" = parts")
          .append(v).append(" + [").append(v).append("] }\n").append(v).append(" = mean(stack(parts").append(v).append(", axis = 1), axis = 1)\n");
      case 3 -> text.append("here").append(v).append(" = ").append(a.name()).append(" + 0\n").append(v).append(" = grad(sum(tanh(here").append(v)
          .append(") * here").append(v).append("), here").append(v).append(")\n");
      case 4 -> text.append("fn f").append(v).append("(a, b = 2) = a / b + sin(a)\n").append(v).append(" = f").append(v).append('(').append(a.name())
          .append(") |> f").append(v).append("(b = 3)\n");
      default -> text.append("layer gate").append(v).append("(share = 0.5)(x: float[N, K]) -> float[N, K] {\n  param w: float[K] = ones\n  state seen: float[K] = zeros\n")
          .append("  if training { seen <- share * seen + (1 - share) * mean(x, axis = 0) }\n  return x * sigmoid(w) + seen\n}\n").append(v).append(" = ")
          .append(a.name()).append(" |> gate").append(v).append("(0.9)\n");
    }
    values.add(new Value(v, a.sizes()));
  }

  private void sequences() {
    var s = any(2);
    int steps = s.sizes().get(0);
    int width = s.sizes().get(1);
    switch (random.nextInt(7)) {
      case 0 -> bind(List.of(steps, 3), of("lstm", "gru", "rnn") + "(3)(" + s.name() + ")");
      case 1 -> {
        var v = fresh();
        text.append("cell").append(v).append(" = gru_cell(5)\nh").append(v).append(" = zeros(N, 5)\nall").append(v).append(" = []\nfor t in 0..").append(steps)
            .append(" { h").append(v).append(" = cell").append(v).append('(').append(s.name()).append("[:, t], h").append(v).append(")  all").append(v)
            .append(" = all").append(v).append(" + [h").append(v).append("] }\n");
        bind(List.of(steps, 5), "stack(all" + v + ", axis = 1)");
      }
      case 2 -> bind(s.sizes(), "self_attention(" + (width % 3 == 0 ? 3 : 1) + ", causal = " + random.nextBoolean() + ")(" + s.name() + ")");
      case 3 -> bind(List.of(steps, 4), "dense(4, tanh)(" + s.name() + ")");
      case 4 -> bind(s.sizes(), "layer_norm()(" + s.name() + " + positional(" + steps + ", " + width + "))");
      case 5 -> bind(List.of(4, width), "conv1d(4, kernel = 3, padding = 1)(" + s.name() + ")");
      default -> bind(List.of(width, steps), "transpose(" + s.name() + ", [0, 2, 1])");
    }
  }

  private void pictures() {
    var p = any(3);
    int c = p.sizes().get(0);
    int h = p.sizes().get(1);
    int w = p.sizes().get(2);
    switch (random.nextInt(smooth ? 7 : 8)) {
      case 0, 1 -> {
        int groups = c % 2 == 0 && random.nextBoolean() ? 2 : 1;
        bind(List.of(2 * groups, h, w), "conv2d(" + 2 * groups + ", kernel = 3, padding = 1, groups = " + groups + ", activation = tanh)(" + p.name() + ")");
      }
      case 2 -> {
        if (h > 2 && w > 2) {
          bind(List.of(3, (h - 2) / 2 + 1, w - 1), "conv2d(3, kernel = 2, stride = [2, 1])(" + p.name() + ")");
        }
      }
      case 3 -> bind(List.of(5, h, w), "conv2d(5, kernel = 1)(" + p.name() + ")");
      case 4 -> bind(p.sizes(), of("batch_norm()", "instance_norm()", "group_norm(1)", "channel_dropout(p = 0.4)").replace("channel_dropout(p = 0.4)", "identity")
          + "(" + p.name() + ")");
      case 5 -> {
        if (p.elements() * 4 <= LARGEST) {
          bind(List.of(c, 2 * h, 2 * w), random.nextBoolean() ? "upsample2d(" + p.name() + ", 2)"
              : "conv_transpose2d(" + c + ", kernel = 2, stride = 2)(" + p.name() + ")");
        }
      }
      case 6 -> bind(List.of(c, (h + 1) / 2, (w + 1) / 2), "avg_pool2d(" + p.name() + ", 3, stride = 2, padding = 1, count_padding = " + random.nextBoolean() + ")");
      default -> bind(List.of(c, (h + 1) / 2, (w + 1) / 2), "max_pool2d(" + p.name() + ", 3, stride = 2, padding = 1)");
    }
  }

  /** The same numbers in other places: chains of two views, so that one looks through the other. */
  private void turned(Value a) {
    var sizes = new ArrayList<>(a.sizes());
    var text = a.name();
    for (int view = 0; view < 2; view++) {
      int axis = random.nextInt(sizes.size());
      int size = sizes.get(axis);
      switch (random.nextInt(6)) {
        case 0, 1 -> {
          var order = IntStream.range(0, sizes.size()).boxed().collect(Collectors.toCollection(ArrayList::new));
          Collections.shuffle(order, random);
          var old = List.copyOf(sizes);
          sizes.replaceAll(_ -> 0);
          IntStream.range(0, old.size()).forEach(i -> sizes.set(i, old.get(order.get(i))));
          text = "transpose(" + text + ", [0, " + order.stream().map(i -> Integer.toString(i + 1)).collect(Collectors.joining(", ")) + "])";
        }
        case 2 -> {
          // the sizes in another order, the numbers in their old one
          Collections.shuffle(sizes, random);
          text = "reshape(" + text + ", [N, " + sizes.stream().map(String::valueOf).collect(Collectors.joining(", ")) + "])";
        }
        case 3 -> {
          if (2 * sizes.stream().reduce(1, (x, y) -> x * y) <= LARGEST) {
            text = "repeat(" + text + ", 2, axis = " + (axis + 1) + ")";
            sizes.set(axis, 2 * size);
          }
        }
        case 4 -> {
          text = "take(" + text + ", cast(tensor([" + (size - 1) + ", 0, " + size / 2 + "]), int), axis = " + (axis + 1) + ")";
          sizes.set(axis, 3);
        }
        default -> text = "reverse(" + text + ", axis = " + (axis + 1) + ")";
      }
    }
    bind(sizes, text + (random.nextBoolean() ? "" : " * 1.5"));
  }

  /** Elements at places that are computed; what two places share is far from a tie where small errors are to stay small. */
  private void chosen(Value a) {
    int axis = a.sizes().size();
    int last = a.sizes().getLast();
    var place = "cast(floor(" + last + " * uniform(0, 1, [N" + a.sizes().subList(0, axis - 1).stream().map(s -> ", " + s).collect(Collectors.joining()) + ", 3])), int)";
    switch (random.nextInt(smooth ? 2 : 6)) {
      case 0 -> bind(ending(a, 3), "gather(" + a.name() + ", " + place + ", axis = " + axis + ")");
      case 1 -> bind(a.sizes(), "cumsum(" + a.name() + ", axis = " + axis + ") / " + last);
      case 2 -> bind(a.sizes(), "gather(" + a.name() + ", sort_index(" + like(a).name() + "), axis = " + axis + ")");
      case 3 -> bind(ending(a, Math.min(2, last)), "top_k(" + a.name() + ", " + Math.min(2, last) + ")");
      case 4 -> bind(a.sizes(), "sort(" + a.name() + ", descending = true) - " + like(a).name());
      default -> bind(ending(a, 1), "gather(" + a.name() + ", expand(argmax(" + like(a).name() + "), -1), axis = " + axis + ")");
    }
  }

  private static List<Integer> ending(Value a, int last) {
    var sizes = new ArrayList<>(a.sizes());
    sizes.set(sizes.size() - 1, last);
    return sizes;
  }

  /** From one kind of value to another. */
  private void between() {
    var s = any(2);
    var p = any(3);
    switch (random.nextInt(6)) {
      case 0 -> bind(List.of(s.sizes().get(1)), s.name() + "[:, " + random.nextInt(s.sizes().get(0)) + "]");
      case 1 -> bind(List.of(s.sizes().get(1)), "mean(" + s.name() + ", axis = 1)");
      case 2 -> bind(List.of(p.sizes().get(0)), "global_avg_pool(" + p.name() + ")");
      case 3 -> bind(List.of(p.sizes().get(0), p.sizes().get(1) * p.sizes().get(2)), "reshape(" + p.name() + ", [N, " + p.sizes().get(0) + ", -1])");
      case 4 -> bind(List.of(2, s.sizes().get(0), s.sizes().get(1)), "stack([" + s.name() + ", tanh(" + s.name() + ")], axis = 1)");
      default -> {
        if (p.elements() <= 60) {
          bind(List.of(p.elements()), "flatten(" + p.name() + ")");
        }
      }
    }
  }
}
