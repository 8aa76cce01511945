package nnc.runtime.train;

import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.data.Column;
import nnc.runtime.data.Table;
import nnc.runtime.spec.ModelSpec.InitialiserKind;
import nnc.runtime.spec.ModelSpec.Weight;

/**
 * A statistic of the training data that is not of its numbers one by one. No other class speaks of those that compute one, so that a jar carries those of its
 * program alone.
 */
public interface DataStatistic {
  /**
   * Puts the statistic into a weight of the model.
   *
   * @param column of the input that it is of
   * @param table  whose rows are trained on
   * @throws Fault if a number is none
   */
  void fit(Weight weight, Column column, Table table, Model model);

  /** The full name of the class that computes a statistic; null if {@link FeatureStatistics} does, or it is none. */
  static String className(InitialiserKind kind) {
    return kind == InitialiserKind.DATA_IDF ? "nnc.runtime.train.DocumentFrequencies"
        : kind.compareTo(InitialiserKind.DATA_CENTRE) >= 0 ? "nnc.runtime.train.PrincipalAxes" : null;
  }

  /** What computes a statistic. */
  static DataStatistic of(InitialiserKind kind) {
    try {
      return (DataStatistic) Class.forName(className(kind)).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
