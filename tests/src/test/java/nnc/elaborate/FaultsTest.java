package nnc.elaborate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.endtoend.Programs;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What users get wrong, and what they are told; every message has a place. */
class FaultsTest {
  @Test
  void whatIsNoProgramIsNotImported(@TempDir Path folder) throws IOException {
    Files.createDirectory(folder.resolve("sub.nn"));
    try (var large = new java.io.RandomAccessFile(folder.resolve("large.nn").toFile(), "rw")) {
      large.setLength(1L << 32);
    }
    for (var told : List.of("sub.nn is no file of text", "/dev/zero is not read: what is imported is a program", "large.nn is too large for a program")) {
      var name = told.split(" ")[0];
      var file = Files.writeString(folder.resolve("a.nn"), "import \"" + name + "\"\ninput x: float[N]\noutput y = x\n");
      assertThatThrownBy(() -> Compiler.check(file, CompilerOptions.standard())).hasMessageContaining("a.nn:1:1: error: ").hasMessageContaining(told);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiterString = "===", quoteCharacter = '`', value = {
      "input x: float[N, 4] output y = x @ tensor([[1, 2], [3, 4]]) === 4 and 2 differ",
      "input x: float[N, 4] output y = foo(x) === unknown name foo",
      "input x: float[N, 4] output y = densse(3)(x) === did you mean dense",
      "input x: float[N, 4] output y = dense(3, unit = 4)(x) === dense has no 'unit'; did you mean units?",
      "input x: float[N, 4] output y = dense()(x) === dense needs 'units'",
      "input x: float[N, 4] output y = prelu(0.1, none, none, 5)(x) === one too many",
      "input x: float[N, 4] y = if x > 0 then 1 else 2 output y === write where(condition, a, b)",
      "input x: float[N, 4] output y = x[:, 4] === index 4 is outside a size of 4",
      "input x: float[N, 4] output y = reshape(x, [N, 5]) === cannot reshape",
      "input x: float[N, 4] output y = split(x, 3) === does not divide into 3 equal parts",
      "input x: float[N, 4] loss x === a loss is a scalar",
      "const k = 1 / 0 === division by zero",
      "fn f(x) = f(x) const k = f(1) === calls nest more than 100 deep: the function f does not come to an end",
      "input x: float[N, 2] layer l()(x: float[N, D]) { param s: float[3] = data_median(x, 1) return s[0] * x } output y = l()(x) === data_median of x is 2 numbers, and what starts from it is float[3]",
      "input x: float[3] a = b + x b = 2 * a === a is computed from b, and b from a: a network has no cycles",
      "input x: float[3] a = dense(3)(c + x) b = 2 * a c = b[1:] === a is computed from c, and c from a",
      "input x: float[3] h = h + x === h is computed from itself",
      "input x: float[3] output y = late + x late = 2 === late is used before it has a value",
      "input x: float[3] fn f(x) = x + late a = f(x) late = 2 === late is used before it has a value",
      "input x: float[3] a = other + x late = 2 === unknown name other",
      "input x: float[N, 4] output y = x |> dropout(1.5) loss mse(x |> dropout(1.5), x) === dropout: p is from 0 up to but not 1, and this is 1.5",
      "input x: float[N, 3, 8, 8] output y = x |> conv2d(4, kernel = 3, groups = 2) === 2 groups do not divide 3 channels",
      "input x: float[N, 3, 4, 4] output y = x |> conv2d(4, kernel = 5) === the kernel reaches over 5 elements",
      "input x: float[N, 6, 10] output y = x |> self_attention(3) === 3 heads do not divide the width 10",
      "input x: float[N, 2] loss mean(dense(1)(x)) train { optimizer = adm(0.1) } === unknown name adm; did you mean adam?",
      "input x: float[N, 2] loss mean(dense(1)(x)) train { epoch = 3 } === train has no setting 'epoch'; did you mean epochs?",
      "input x: float[N, 2] loss mean(dense(1)(x)) train { batch = 0 } === batch is a whole number of at least 1, and this is 0",
      "input x: float[N, 2] loss mean(dense(1)(x)) regularize l2(0.1) on \"conv*\" train { optimizer = sgd(0.1) } === no parameter matches \"conv*\"",
      "input x: float[N, 2] loss mean(dense(1)(x)) regularize w => w^2 train { optimizer = sgd(0.1) } === a penalty is a scalar, and this is float[2, 1]",
      "train { batch = 1 } train { epochs = 2 } === there are two train blocks, and their settings would be mixed",
      "data { train = spiral(9) } data { test = spiral(9) } === there are two data blocks, and their settings would be mixed",
      "train { batch = 1 batch = 2 } === 'batch' is set twice",
      "input x: float[N] metric m = mean(x) metric m = sum(x) === there are two metrics called m",
      "fn f(a, b) = a const k = f(a = 1, 2) === f: 'a' is given twice",
      "input x: float[N, 4] output y = dense(units = 3, 4)(x) === dense: 'units' is given twice",
      "fn f(a...) = a const k = f(1, a = [2]) === f: 'a' is given twice",
      "input x: float[N, 4] c = compose(relu, parts = relu) output y = c(x) === compose has no 'parts'",
      "param w: float[2] = normal(0, sd = 1, mean = 2) === normal: 'mean' is given twice",
      "param w: float[2] = normal(0, std = 1) === normal has no 'std'; did you mean sd?",
      "param w: float[2] = uniform(high = 1) === uniform needs 'low'",
      "param w: float[2] = normal(0, 1, 2) === a parameter starts from an initialiser, a number or a table, and this is float[2]",
      "param w: float[2] = zeros(1) === a parameter starts from an initialiser, a number or a table, and this is float[1]",
      "param w: float[2] = glorot_unifrm === unknown name glorot_unifrm; did you mean glorot_uniform?",
      "param w: float[2] = relu === initialisers are zeros, ones, constant(value), uniform(low, high), normal(mean, sd), truncated_normal(mean, sd)",
      "param w: float[2] = sparse === the initialiser sparse needs more than its name: it is sparse(count, sd)",
      "param w: float[2] = sparse() === sparse needs 'count'",
      "input x: float[N, 4] output y = dense(3, init = \"he\")(x) === a parameter starts from an initialiser, a number or a table, and this is the text \"he\"",
      "input x: float[N, 4] output y = dense(3, init = [1, 2])(x) === a table of float[2] for float[4, 3]",
      "input x: float[N, 4] output y = dense(3, regularize = 0.1)(x) === regularize is a penalty of the weights, such as l2(0.0001), and this is the number 0.1",
      "input x: float[N, 4] output y = dense(3, constrain = \"max_norm\")(x) === constrain is what weights are projected to, such as max_norm(2), and this is the text",
      "input x: float[N, 4] loss mean(dense(3, regularize = l2)(x)) train { optimizer = sgd(1) } === l2 gives a function of an array when it is called with its numbers, and here it is not called",
      "input x: float[N, 4] loss mean(dense(3, regularize = w => w)(x)) train { optimizer = sgd(1) } === a penalty is a scalar, and this is float[4, 3]",
      "input x: float[N, 4] loss mean(dense(3, constrain = w => w[0:2])(x)) train { optimizer = sgd(1) } === cannot broadcast float[2, 3] to float[4, 3]",
      "param w: float[4] = zeros input x: float[N] loss mean(x) * sum(w) train { optimizer = sgd(1) average = (a, w) => w[0:2] } === cannot broadcast float[2] to float[4]",
      "layer l()(x: float[N, 4]) { state s: float[4] = zeros s <- x[0, 0:2] return x } input x: float[N, 4] loss mean(l()(x)) === cannot broadcast float[2] to float[4]",
      "layer l()(x: float[N]) { state s: float = weight(zeros, l2(1)) return x } input x: float[N] output y = l()(x) === and this is what starts a parameter and holds for it",
      "input x: float[N, 4] loss mean(dense(3)(x)) constrain min_max_norm(2, 1) on \"*\" train { optimizer = sgd(1) } === low is at most high, and 2 is more than 1",
      "param w: float[2] = data_mean() === data_mean takes an input and perhaps an axis",
      "data { train = npz(\"a\", \"b\") } === npz: this is one argument too many",
      "data { train = idx(\"a\", x = \"b\") } === idx: this is one argument too many",
      "data { train = mnist(\"train\", 3) } === mnist: this is one argument too many",
      "data { train = mnist() } === mnist needs 'part'",
      "data { train = spiral(10, nois = 1) } === spiral has no 'nois'; did you mean noise?",
      "data { train = images(\"a\", size = 8) } === images has no 'size'",
      "data { train = spiral(10, count = 20) } === spiral: 'count' is given twice",
      "data { train = split(spiral(10), 0.5, 3) } === split: this is one argument too many",
      "data { train = csv(\"a\", file = \"b\") } === csv: 'file' is given twice",
      "input x: float[N, 2] loss mean(dense(1)(x)) metric m = mean(x, axis = 0) train { monitor = \"m\" } === monitor watches a number, and m is float[2]",
      "input x: float[N, 2] loss mean(dense(1)(x)) metric size = mean(x) train { monitor = \"sise\" } === monitor: nothing is called sise; did you mean size?",
      "input x: float[N, 2] loss mean(dense(1)(x)) regularize l2(1) train { monitor = \"penalty\" } === monitor: nothing is called penalty",
      "input x: float[N, 2] loss mean(dense(1)(x)) metric seconds = mean(x) === seconds is told of every epoch already",
      "input x: float[N, 4] output y = x |> dense(2147483648) === this would be float[4, 2147483648], and one array holds 2147483639 elements",
      "input x: float[N, 4] output y = x |> dense(2147483647) === this would be float[4, 2147483647], and one array holds",
      "output y = zeros(100000, 100000) + 1 === y would be float[100000, 100000], and one array holds",
      "input x: float[N, 4] y = x for i in 0..40 { y = concat([y, y], axis = 1) } output y === this would be float[N, 2147483648]",
      "input x: float[N, 4] k = 2147483000 output y = x + N * k * k * k === a size here is larger than any array's",
      "param a: float[2147483000] = zeros param b: float[2147483000] = zeros output y = sum(a) + sum(b) === the weights have 4294966000 elements together",
      "input x: float[N, 2, 9, 9] output y = x |> conv2d(6, 3, padding = 2147483648) === 'padding' should be whole numbers of 31 bits",
      "fn f(n) = if n == 0 then 0 else f(n - 1) + f(n - 1) const k = f(40) === more than 200,000 calls",
      "a = [0] * 1000000000 === a list of 1000000000 is too long (the limit is 1,000,000)",
      "a = [0, 1] for i in 0..40 { a = a + a } === a list of 1048576 is too long",
      "s = \"a\" for i in 0..40 { s = s + s } === a text of 1048576 letters is too long",
      "input x: float[N, 4] output y = stack([sum(x), sum(x)], axis = 2) === there is no",
      "input x: float[N, 4] output y = top_k(sum(x), 6) === there is no axis -1 in a tensor of 0 dimensions",
      "input x: float[N, 4] output y = logsumexp(sum(x)) === there is no axis -1 in a tensor of 0 dimensions",
      "input x: float[N, 3] target k: float[N] loss cross_entropy(x, k) === labels of scores [N, 3] are int[N], a number of a class each, or float[N, 3], a share for each class; these are float[N]",
      "data { train = spirl(10) } === unknown data source spirl; did you mean spiral?"})
  void areTold(String source, String message) {
    assertThat(Programs.faults(source)).contains(message).contains(message.startsWith("the weights have") ? "hint: " : "test.nn:1:");
  }

  @Test
  void blocksOfImportedFilesCount(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("settings.nn"), "train { optimizer = sgd(0.1) batch = 1 }");
    Path program = Files.writeString(folder.resolve("p.nn"), "import \"settings.nn\"\ninput x: float[N]\nloss mean(x)\ntrain { epochs = 7 }");
    assertThatThrownBy(() -> Compiler.check(program, CompilerOptions.standard()))
        .hasMessageContaining("p.nn:4:1").hasMessageContaining("there are two train blocks").hasMessageContaining("settings.nn:1:1");
  }

  /** What depends on a fault is silent: in a list too, and where a loop over an open length appends it or carries it. */
  @ParameterizedTest
  @ValueSource(strings = {"y = concat([wrong, x], axis = 1)", "a, b = [wrong, x]  y = a + b", "y = (x => x[0] + 1)([wrong[:, 0], x])",
      "ys = []  for t in 0..T { ys = ys + [wrong[:, t]] }  y = stack(ys, axis = 1)",
      "ys = []  h = [zeros(N, 3), wrong[:, 0]]  for t in 0..T { a, b = h  h = [b, a]  ys = ys + [a] }  y = stack(ys, axis = 1)",
      "y = generate((token, state, place) => [wrong[:, 0], state], zeros(N, 3), cast(x[:, :, 0], \"int\"), T)"})
  void faultsAreToldOnce(String rest) {
    var faults = Programs.faults("input x: float[N, T, 3]\nwrong = x + unheard\n" + rest + "\noutput y");
    assertThat(faults).contains("test.nn:2:13: error: unknown name unheard");
    assertThat(faults.split("error: ", -1)).as(faults).hasSize(2);
  }

  @Test
  void numbersOfInitialisersHaveNames() {
    var source = "param a: float[2] = normal(sd = 3, mean = 2) param b: float[2] = normal(sd = 3) param c: float[2] = uniform(-1, high = 2) "
        + "param d: float[2] = normal(4) output y = a + b + c + d";
    assertThat(Programs.compile(source, 32).spec().weights()).extracting(w -> w.initialiser().arguments())
        .containsExactly(List.of(2.0, 3.0), List.of(0.0, 3.0), List.of(-1.0, 2.0), List.of(4.0));
  }

  /** What a program may write the runtime reads, and what it may not the runtime would refuse too. */
  @Test
  void sourcesOfTheCompilerAreThoseOfTheRuntime(@TempDir Path folder) {
    var sources = List.of("mnist(\"train\")", "idx(x = \"f\")", "csv(\"f\", separator = \";\", x = \"a\")", "npz(\"f\", x = \"a\")",
        "images(\"f\", resize = 8, channels = 1)", "xor(9, 0.1, 3)", "circle(9, noise = 0.1, seed = 3)", "gauss(9)", "spiral(9)", "plane(9)",
        "addition(2, 9, 3)", "sorting(3, 4, 9, 3)", "rows(9)", "split(xor(9), 0.5, seed = 3)");
    for (var source : sources) {
      var spec = Programs.compile("input x: float[N] loss mean(x) data { train = " + source + " }", 32).spec();
      try {
        new Data(spec, new Folder(folder, folder, System.err)).table("train");
      } catch (nnc.runtime.base.Fault fault) {
        assertThat(fault.getMessage()).describedAs(source).startsWith(folder.toString());
      }
    }
  }
}
