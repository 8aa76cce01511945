package nnc.elaborate;

import static org.assertj.core.api.Assertions.assertThat;

import nnc.endtoend.Programs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users get wrong, and what they are told; every message has a place. */
class FaultsTest {

  @ParameterizedTest
  @CsvSource(delimiterString = "===", quoteCharacter = '`', value = {
      "input x: float[N, 4] output y = x @ tensor([[1, 2], [3, 4]]) === 4 and 2 differ",
      "input x: float[N, 4] output y = foo(x) === unknown name foo",
      "input x: float[N, 4] output y = densse(3)(x) === did you mean dense",
      "input x: float[N, 4] output y = dense(3, unit = 4)(x) === dense has no 'unit'; did you mean units?",
      "input x: float[N, 4] output y = dense()(x) === dense needs 'units'",
      "input x: float[N, 4] output y = dense(3, relu, true, 5)(x) === one too many",
      "input x: float[N, 4] y = if x > 0 then 1 else 2 output y === write where(condition, a, b)",
      "input x: float[N, 4] output y = x[:, 4] === index 4 is outside a size of 4",
      "input x: float[N, 4] output y = reshape(x, [N, 5]) === cannot reshape",
      "input x: float[N, 4] output y = split(x, 3) === does not divide into 3 equal parts",
      "input x: float[N, 4] loss x === a loss is a scalar",
      "const k = 1 / 0 === division by zero",
      "fn f(x) = f(x) const k = f(1) === does a function call itself?",
      "input x: float[N, 4] output y = x |> dropout(1.5) loss mse(x |> dropout(1.5), x) === p is the share dropped",
      "input x: float[N, 3, 8, 8] output y = x |> conv2d(4, kernel = 3, groups = 2) === 2 groups do not divide 3 channels",
      "input x: float[N, 3, 4, 4] output y = x |> conv2d(4, kernel = 5) === the kernel reaches over 5 elements",
      "input x: float[N, 6, 10] output y = x |> self_attention(3) === 3 heads do not divide the width 10",
      "input x: float[N, 2] loss mean(dense(1)(x)) train { optimizer = adm(0.1) } === unknown name adm; did you mean adam?",
      "input x: float[N, 2] loss mean(dense(1)(x)) train { epoch = 3 } === train has no setting 'epoch'; did you mean epochs?",
      "input x: float[N, 2] loss mean(dense(1)(x)) train { batch = 0 } === batch cannot be 0",
      "input x: float[N, 2] loss mean(dense(1)(x)) regularize l2(0.1) on \"conv*\" train { optimizer = sgd(0.1) } === no parameter matches \"conv*\"",
      "input x: float[N, 2] loss mean(dense(1)(x)) regularize w => w^2 train { optimizer = sgd(0.1) } === a penalty is a scalar, and this is float[2, 1]",
      "data { train = spirl(10) } === unknown data source spirl; did you mean spiral?"})
  void areTold(String source, String message) {
    assertThat(Programs.faults(source)).contains(message).contains("test.nn:1:");
  }
}
