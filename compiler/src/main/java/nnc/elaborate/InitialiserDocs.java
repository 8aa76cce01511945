package nnc.elaborate;

import static nnc.elaborate.Topic.INITIALISERS;

import java.util.List;

/** Of {@link Initialisers}. */
final class InitialiserDocs {
  private InitialiserDocs() {}

  private static BuiltinDoc of(String name, String text) {
    return BuiltinDoc.of(name, INITIALISERS, text);
  }

  private static final String LAYER = """
      Example:
        input x: float[N, 8]
        output y = x |> dense(4, init = %s)      # float[N, 4]
      """;

  static final List<BuiltinDoc> ALL = List.of(
      of("constant", """
          All elements are one number.
          - value: it
          Example: dense(1, init = constant(0.5))(tensor([[1, 3]])) = [[2]]
          """),
      of("truncated_normal", """
          Normal draws within two deviations of the mean; what is beyond is drawn again.
          - mean: 0 without it
          - sd: deviation before the cut, 1 without it
          """ + LAYER.formatted("truncated_normal(0, 0.1)")),
      of("glorot_uniform", """
          Uniform draws of variance 2 / (fan in + fan out). Fan in is what goes into a unit, of a filter its channels times its places.
          Source: Glorot and Bengio 2010.
          """ + LAYER.formatted("glorot_uniform")),
      of("glorot_normal", """
          Normal draws of variance 2 / (fan in + fan out).
          Source: Glorot and Bengio 2010.
          """ + LAYER.formatted("glorot_normal")),
      of("he_uniform", """
          Uniform draws of variance 2 / fan in, which suit `relu`.
          Source: He et al. 2015.
          """ + LAYER.formatted("he_uniform")),
      of("he_normal", """
          Normal draws of variance 2 / fan in, which suit `relu`.
          Source: He et al. 2015.
          """ + LAYER.formatted("he_normal")),
      of("lecun_uniform", """
          Uniform draws of variance 1 / fan in.
          Source: LeCun et al. 1998.
          """ + LAYER.formatted("lecun_uniform")),
      of("lecun_normal", """
          Normal draws of variance 1 / fan in, which suit `selu`.
          Source: LeCun et al. 1998.
          """ + LAYER.formatted("lecun_normal")),
      of("sparse", """
          Of each unit's weights so many are normal draws, all others 0.
          - count: how many
          - sd: their deviation, 1 without it
          Source: Martens 2010.
          """ + LAYER.formatted("sparse(3)")),
      of("data_mean", """
          The mean of the training data's column of an input.
          - of: the input as it is fed; then perhaps an axis, whose places have a mean each
          Example:
            input x: float[N, 3]
            layer centred_by_data()(x: float[N, D]) -> float[N, D] {
              state middle: float[D] = data_mean(x, 1)
              return x - middle
            }
            output y = x |> centred_by_data()      # float[N, 3]
          """),
      of("data_deviation", """
          The deviation of the training data's column of an input.
          - of: the input as it is fed; then perhaps an axis, whose places have one each
          Example:
            input x: float[N, 3]
            layer scaled_by_data()(x: float[N, D]) -> float[N, D] {
              state wide: float[D] = data_deviation(x, 1)
              return x / wide
            }
            output y = x |> scaled_by_data()      # float[N, 3]
          """),
      of("data_median", """
          The median of the training data's column of an input; between the two in the middle where these are two.
          - of: the input as it is fed; then perhaps an axis, whose places have one each
          Example:
            input x: float[N, 3]
            layer beside_median()(x: float[N, D]) -> float[N, D] {
              state middle: float[D] = data_median(x, 1)
              return x - middle
            }
            output y = x |> beside_median()      # float[N, 3]
          """),
      of("data_mode", """
          The most frequent number of the training data's column of an input; of several the smallest.
          - of: the input as it is fed; then perhaps an axis, whose places have one each
          Example:
            input x: float[N, 3]
            layer beside_mode()(x: float[N, D]) -> float[N, D] {
              state most: float[D] = data_mode(x, 1)
              return x - most
            }
            output y = x |> beside_mode()      # float[N, 3]
          """),
      of("data_centre", """
          The means of all numbers of an example of the training data.
          - of: the input as it is fed
          Example:
            input x: float[N, 3]
            layer off_centre()(x: float[N, D]) -> float[N, D] {
              state middle: float[D] = data_centre(x)
              return x - middle
            }
            output y = x |> off_centre()      # float[N, 3]
          """),
      of("data_zca", """
          What makes the training data's numbers of an example uncorrelated and of variance 1: U (L + epsilon)^-1/2 U' of the covariance U L U'.
          - of: the input as it is fed; then perhaps epsilon, added to each variance
          Shapes: of D numbers [D, D].
          Source: Bell and Sejnowski 1997.
          Example:
            input x: float[N, 3]
            layer whitened()(x: float[N, D]) -> float[N, D] {
              state W: float[D, D] = data_zca(x, 0.1)
              return x @ W
            }
            output y = x |> whitened()      # float[N, 3]
          """),
      of("data_pca", """
          The principal axes of the training data's numbers of an example, those of the largest variances first; with an epsilon each over its deviation.
          - of: the input as it is fed; then perhaps epsilon, added to each variance
          Shapes: of D numbers [D, k].
          Source: Pearson 1901, Hotelling 1933.
          Example:
            input x: float[N, 3]
            layer first_two()(x: float[N, D]) -> float[N, 2] {
              state W: float[D, 2] = data_pca(x)
              return x @ W
            }
            output y = x |> first_two()      # float[N, 2]
          """),
      of("data_idf", """
          1 + ln((1 + n) / (1 + d)) of each token that d of the n texts of the training data have.
          - of: an input that is a category of tokens
          Shapes: one for each token.
          Source: Salton and Buckley 1988.
          Example:
            input words: category(50)[N, 20]
            layer told()(words: int[N, L]) {
              state idf: float[class_count(words)] = data_idf(words)
              return sum(one_hot(words), axis = 1) * idf
            }
            output y = words |> told() |> dense(2)      # float[N, 2]
          """),
      of("weight", """
          How a parameter of one's own layer starts, what is added to the loss for it, and what it is projected to after each update.
          - init: an initialiser, a number, or a table of numbers
          - regularize: a function of the array that gives a number, or a list of such
          - constrain: a function of the array that gives what it is replaced by, or a list of such
          Example:
            layer scaled(init = ones, regularize = none)(x: float[..., D]) -> float[..., D] {
              param s: float[D] = weight(init, regularize)
              return s * x
            }
            input x: float[N, 8]
            output y = x |> scaled(regularize = l2(0.01))      # float[N, 8]
          """));
}
