package nnc.decompile;

import nnc.graph.Dim;
import nnc.graph.Type;
import nnc.runtime.spec.ModelSpec.Initialiser;
import nnc.syntax.Ast;

/** How a weight starts, as programs say it. */
public final class InitialiserSource {
  private InitialiserSource() {}

  /** Of a weight of a type. What starts as a statistic of the training data starts as zeros here, as nothing is known of the data. */
  public static Ast.Expr of(Initialiser start, Type type) {
    return switch (start.kind()) {
      case TABLE -> Trees.table(type.shape().stream().map(Dim::fixed).toList(), start.arguments());
      case DATA_MEAN, DATA_DEVIATION, DATA_MEDIAN, DATA_MODE, DATA_CENTRE, DATA_ZCA, DATA_PCA, DATA_IDF -> Trees.name("zeros");
      case ZEROS, ONES, CONSTANT, UNIFORM, NORMAL, TRUNCATED_NORMAL, GLOROT_UNIFORM, GLOROT_NORMAL, HE_UNIFORM, HE_NORMAL, LECUN_UNIFORM, LECUN_NORMAL, ORTHOGONAL,
          SPARSE, IDENTITY -> {
        var kind = Trees.name(start.kind().toString());
        yield start.arguments().isEmpty() ? kind : Trees.call(kind, start.arguments().stream().map(number -> Trees.argument(Trees.number(number))).toList());
      }
    };
  }
}
