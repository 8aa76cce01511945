package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import nnc.Compiler;
import nnc.Said;
import nnc.endtoend.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hyper-parameters and data that cannot be: the message names what is wrong, at the user's own line. */
class HyperparametersTest {
  @TempDir
  Path folder;

  @ParameterizedTest
  @CsvSource(delimiterString = "===", quoteCharacter = '`', value = {
      "conv2d(4, kernel = 9)(p) === conv2d: the kernel reaches over 9 elements, and the padded input has 8",
      "conv2d(4, kernel = 4, dilation = 3)(p) === conv2d: the kernel reaches over 10 elements, and the padded input has 8",
      "conv2d(4, kernel = 0)(p) === conv2d: kernel is at least 1, and this is 0",
      "conv2d(4, kernel = [3, 3, 3])(p) === conv2d: a number or a list of 2 is needed, and this list has 3",
      "conv2d(4, kernel = 3, stride = 0)(p) === conv2d: stride is at least 1, and this is 0",
      "conv2d(4, kernel = 3, dilation = 0)(p) === conv2d: dilation is at least 1, and this is 0",
      "conv2d(4, kernel = 3, padding = -1)(p) === conv2d: padding is a whole number of at least 0, \"same\" or \"valid\", and this is -1",
      "conv2d(4, kernel = 3, padding = \"sam\")(p) === conv2d: padding is a whole number of at least 0, \"same\" or \"valid\", and this is the text \"sam\"",
      "conv2d(4, kernel = 3, groups = 3)(p) === conv2d: 3 groups do not divide 4 channels and 4 filters",
      "conv2d(4, kernel = 3, groups = 0)(p) === conv2d: groups is at least 1, and this is 0",
      "conv2d(0, kernel = 3)(p) === conv2d: filters is at least 1, and this is 0",
      "conv1d(6, kernel = 3, groups = 4)(x) === conv1d: 4 groups do not divide 5 channels and 6 filters",
      "conv_transpose2d(4, kernel = 3, output_padding = 1)(p) === conv_transpose2d: output_padding is less than the stride or the dilation, and this is 1",
      "conv_transpose2d(4, kernel = 3, padding = 9)(p) === conv_transpose2d: the size that the padding leaves is at least 1, and this is -8",
      "max_pool2d(p, 9) === max_pool2d: a window of 9 does not fit into 8",
      "max_pool2d(p, 0) === max_pool2d: size is at least 1, and this is 0",
      "max_pool2d(p, 2, stride = 0) === max_pool2d: stride is at least 1, and this is 0",
      "avg_pool2d(p, 2, padding = 2) === avg_pool2d: padding is at most half the size, and 2 is more than half of 2",
      "adaptive_avg_pool2d(p, 0) === adaptive_avg_pool2d: size is at least 1, and this is 0",
      "upsample2d(p, 0) === upsample2d: factor is at least 1, and this is 0",
      "group_norm(3)(p) === group_norm: 3 groups do not divide 4 channels",
      "instance_norm()(flatten(x)) === instance_norm: each channel is normalised over its own space",
      "batch_norm(momentum = 2)(p) === batch_norm: momentum is from 0 to 1, and this is 2",
      "self_attention(3)(x) === self_attention: 3 heads do not divide the width 4",
      "attention(0)(x, x, x) === attention: heads is at least 1, and this is 0",
      "dropout(x, 1) === dropout: p is from 0 up to but not 1, and this is 1",
      "channel_dropout(x, -0.1) === channel_dropout: p is from 0 up to but not 1, and this is -0.1",
      "gaussian_dropout(x, 1) === gaussian_dropout: p is from 0 up to but not 1, and this is 1",
      "gaussian_noise(x, -1) === gaussian_noise: sd is at least 0, and this is -1",
      "augment(p, rotate = [10, -10]) === augment: rotate is a list [low, high], and 10 is more than -10",
      "rotate(p, [1, 2, 3]) === rotate: rotate is a number or a list [low, high], and this list has 3",
      "augment(p, shear = 90) === augment: shear is from -89 to 89, and this is -90",
      "shear(p, [0, 120]) === shear: shear is from -89 to 89, and this is 120",
      "posterize(p, 2.5) === posterize: bits is a whole number from 1 to 8, and this is 2.5",
      "augment(p, elastic = 3, sigma = 100) === augment: sigma in a picture of 8 by 8 is from 0 to 8, and this is 100",
      "huber(x, x, 0) === huber: delta is more than 0, and this is 0",
      "cross_entropy(x, x, class_weights = [1, -1, 1, 1]) === cross_entropy: class_weights is at least 0, and this list has -1",
      "binary_cross_entropy(x, x, class_weights = [-2, 1]) === binary_cross_entropy: class_weights is at least 0, and this list has -2",
      "cross_entropy(x, cast(x[:, :, 0], \"int\"), ignore = 1.5) === ignore is a whole number, and this is 1.5",
      "dense(2, init = sparse(-1))(x) === sparse: count is a whole number of at least 0, and this is -1",
      "dense(2, init = sparse(1.5))(x) === sparse: count is a whole number of at least 0, and this is 1.5",
      "dense(2, init = normal(0, -1))(x) === normal: sd is at least 0, and this is -1",
      "dense(2, init = truncated_normal(0, -0.5))(x) === truncated_normal: sd is at least 0, and this is -0.5",
      "dense(2, init = uniform(1, 0))(x) === uniform: draws are from low to high, and 1 is more than 0",
      "augment(p, shift = -0.1) === augment: shift is at least 0, and this is -0.1",
      "zoom(p, 1) === zoom: zoom is above 0, and this begins at 0",
      "augment(p, fill = \"mirror\") === augment: fill is \"constant\", \"nearest\", \"reflect\" or \"wrap\", and this is the text \"mirror\"",
      "resample(p, rows_of(p), columns_of(p), interpolation = \"cubic\") === resample: interpolation is \"bilinear\" or \"nearest\", and this is the text \"cubic\"",
      "augment(flatten(p)) === augment: augment takes pictures, float[N, H, W] or float[N, C, H, W], and this has 2 dimensions",
      "flip(p, p = 1.5) === flip: p is from 0 to 1, and this is 1.5",
      "random_crop(p, size = 9) === random_crop: what a part leaves of the padded picture is at least 0, and this is -1",
      "gaussian_blur(p, 0) === gaussian_blur: sigma is above 0, and this begins at 0",
      "brightness(p, 2) === brightness: the least factor of brightness is at least 0, and this is -1",
      "hue(p, 0.1) === hue: hue takes colours, float[N, 3, H, W], and this has 4 channels",
      "posterize(p, 9) === posterize: bits is from 1 to 8, and this is 9",
      "cutout(p, 1.5) === cutout: size is from 0 to 1, and this is 1.5",
      "random_erasing(p, area = [0.5, 2]) === random_erasing: area is from 0 to 1, and this list has 2",
      "mixup(p, k) === mixup: mixup mixes labels too, which are shares of classes: one_hot(label, classes)",
      "dense(0)(x) === dense: units is at least 1, and this is 0",
      "lstm(0)(x) === lstm: hidden is at least 1, and this is 0",
      "maxout(3, 0)(x) === maxout: pieces is at least 1, and this is 0",
      "embedding(0, 3)(k) === embedding: count is at least 1, and this is 0",
      "cross_entropy(flatten(x), k, weights = [1, 2]) === cross_entropy: there are 20 classes, and 2 weights",
      "cross_entropy(x, k) === cross_entropy: labels of scores [N, 5, 4] are int[N, 5], a number of a class each",
      "cross_entropy(flatten(x), k, smoothing = 1.5) === cross_entropy: smoothing is from 0 up to but not 1, and this is 1.5",
      "huber(x, 1, delta = 0) === huber: delta is more than 0, and this is 0",
      "clamp(x, 2, 1) === clamp: 'low' is at most 'high', and 2 is more than 1",
      "zeros(-1) === zeros: 'dims' should be sizes, and has -1: none is negative",
      "vjp(x, x, x[:, :2]) === vjp: v has the sizes of what it is a change of, [N, 5, 4], and this has [N, 2, 4]",
      "jvp(x, x, p) === jvp: u has the sizes of what it is a change of, [N, 5, 4], and this has [N, 4, 8, 8]",
      "batch_jacobian(mean(x^2), x) === batch_jacobian: y is one number for all examples",
      "batch_jacobian(x, mean(x)) === batch_jacobian: x is one number for all examples",
      "batch_hessian(mean(x^2), x) === batch_hessian: y is one number for all examples",
      "sum(dense(2, regularize = l2)(x)) === l2 gives a function of an array when it is called with its numbers, and here it is not called",
      "sum(dense(2, constrain = max_norm)(x)) === max_norm gives a function of an array when it is called",
      "sum(dense(2, activity = l1)(x)) === l1 gives a function of an array when it is called"})
  void areRefusedWhereTheyAreGiven(String expression, String message) {
    var faults = Programs.faults("input p: float[N, 4, 8, 8]\ninput x: float[N, 5, 4]\ninput k: int[N]\nloss mean(" + expression + ")\ntrain { optimizer = sgd(0.1) }");
    assertThat(faults).contains("test.nn:4:").contains(message).doesNotContainPattern("nnc:\\w+\\.nn");
  }

  @ParameterizedTest
  @CsvSource(delimiterString = "===", quoteCharacter = '`', value = {
      "sgd(-0.1) === sgd: rate is at least 0, and this is -0.1",
      "momentum(0.1, memory = -1) === momentum: memory is from 0 to 1, and this is -1",
      "adam(0.1, beta1 = 1) === adam: beta1 is from 0 up to but not 1, and this is 1",
      "amsgrad(0.1, beta2 = 1.5) === amsgrad: beta2 is from 0 up to but not 1, and this is 1.5",
      "adamw(0.1, decay = -1) === adamw: decay is at least 0, and this is -1",
      "rmsprop(0.1, decay = 1.5) === rmsprop: decay is from 0 up to but not 1, and this is 1.5",
      "adagrad(0.1, epsilon = -1) === adagrad: epsilon is at least 0, and this is -1",
      "sgd(0.1 * warmup(0)) === warmup: steps is at least 1, and this is 0",
      "sgd(0.1 * cosine_decay(-5)) === cosine_decay: steps is at least 1, and this is -5",
      "sgd(0.1 * step_decay(0, 0.5)) === step_decay: every is at least 1, and this is 0",
      "sgd(0.1) clip_norm = -1 === clip_norm is a positive number, and this is -1",
      "sgd(0.1) } regularize l2(-1) on \"*\" data { === rate is at least 0, and this is -1",
      "sgd(0.1) } constrain max_norm(-1) on \"*\" data { === c is at least 0, and this is -1"})
  void ofTrainingAreRefused(String settings, String message) {
    var faults = Programs.faults("input x: float[N, 4]\nloss mean(dense(1)(x))\ntrain { optimizer = " + settings + " }");
    assertThat(faults).startsWith("test.nn:3:").contains(message).doesNotContainPattern("nnc:\\w+\\.nn");
  }

  private String train(String source, int rows, String row, String... options) throws IOException {
    Files.writeString(folder.resolve("t.csv"), "x,k\n" + row.repeat(rows));
    var model = Compiler.load(Programs.compile(source + "\ndata { train = csv(\"t.csv\") }", 64));
    var said = Said.byNetwork(model, folder, "train", "--out", folder.resolve("w.npz").toString());
    assertThat(said.code()).as(said.all()).isEqualTo(options.length == 0 ? 1 : 0);
    return said.all();
  }

  private static final String NORMALISED = "input x: float[N]\ntarget k: int[N]\nloss cross_entropy(expand(x, 1)\n  |> dense(3) |> batch_norm() |> dense(2), k)\n"
      + "train { optimizer = sgd(0.1) batch = 4 }";

  @Test
  void aLastBatchOfOneIsRefusedByBatchNormalisation() throws IOException {
    assertThat(train(NORMALISED, 9, "0.5,1\n")).contains("test.nn:4: batch_norm needs at least 2 values of each channel to train, "
        + "and the last batch has 1 (9 examples in batches of 4)").contains("batch = 5");
    assertThat(train(NORMALISED, 1, "0.5,1\n")).contains("and a batch has 1");
    train(NORMALISED, 10, "0.5,1\n", "is well");
    train(NORMALISED.replace("|> batch_norm() ", ""), 9, "0.5,1\n", "is well");
  }

  @Test
  void labelsBeyondTheClassesNameInputValueAndRow() throws IOException {
    assertThat(train(NORMALISED, 8, "0.5,1\n0.5,2\n")).contains("target k: 2 is none of the 2 classes 0 to 1 in ").contains("t.csv:3:5");
  }

  @Test
  void anEmptySourceIsNamed() throws IOException {
    assertThat(train(NORMALISED, 0, "")).contains("t.csv").containsPattern("no (rows|examples)").doesNotContain("Exception");
  }
}
