package nnc.driver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.elaborate.Elaborated;
import nnc.graph.Dim;
import nnc.graph.Op;
import nnc.lower.Lowering;
import nnc.lower.common.Origin;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec;

/** Where parameters, states, optimizers' memories and tables lie in the weights array, the same for every purpose. */
public final class WeightLayout implements Lowering.Offsets {
  private final Map<Origin.Kept, Integer> offsets = new HashMap<>();
  private final List<ModelSpec.Weight> weights = new ArrayList<>();
  private final int precision;
  private int end;

  /**
   * @param precision bits of an element
   * @param purposes  what each purpose keeps; what two share has one place
   */
  public WeightLayout(int precision, List<List<Elaborated.WeightInfo>> purposes) {
    this.precision = precision;
    end = (int) NumericArrays.align(precision, 0);
    for (var infos : purposes) {
      for (var info : infos) {
        var shape = info.type().shape().stream().map(Dim::fixed).toList();
        place(new ModelSpec.Weight(info.path(), info.kind(), Lowering.kind(info.type()), shape, end, info.initialiser(), info.frozen()));
      }
    }
  }

  private void place(ModelSpec.Weight weight) {
    var known = offsets.putIfAbsent(new Origin.Weight(weight.path()), end);
    if (known == null) {
      add(weight);
    } else if (weight.frozen()) {
      weights.replaceAll(w -> w.offset() == known ? new ModelSpec.Weight(w.path(), w.kind(), w.elements(), w.shape(), known, w.initialiser(), true) : w);
    }
  }

  private void add(ModelSpec.Weight weight) {
    weights.add(weight);
    end = Math.toIntExact(NumericArrays.align(precision, (long) end + weight.size() + NumericArrays.SPARE));
  }

  /** Gives each table that is new a place. */
  public void tables(List<Op.Table> tables) {
    for (var table : tables) {
      if (offsets.putIfAbsent(new Origin.Table(table), end) == null) {
        var shape = table.type().shape().stream().map(Dim::fixed).toList();
        var name = "table." + weights.size();
        add(new ModelSpec.Weight(name, ModelSpec.WeightKind.TABLE, Lowering.kind(table.type()), shape, end,
            new ModelSpec.Initialiser(ModelSpec.InitialiserKind.TABLE, table.values()), true));
      }
    }
  }

  @Override
  public int of(Origin.Kept kept) {
    return offsets.get(kept);
  }

  List<ModelSpec.Weight> weights() {
    return weights;
  }

  int size() {
    return end;
  }
}
