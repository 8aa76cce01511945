package nnc.driver;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.elaborate.Elaborated;
import nnc.graph.Dim;
import nnc.graph.Op;
import nnc.lower.Lowering;
import nnc.runtime.engine.NumericArrays;
import nnc.runtime.spec.ModelSpec;

/** Where parameters, states, optimizers' memories and tables lie in the weights array, the same for every purpose. */
public final class WeightLayout implements Lowering.Offsets {
  private final Map<Object, Integer> offsets = new LinkedHashMap<>();
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
        place(info.path(), new ModelSpec.Weight(info.path(), info.kind(), shape, end, info.initialiser(), info.frozen()));
      }
    }
  }

  private void place(Object key, ModelSpec.Weight weight) {
    var known = offsets.get(key);
    if (known == null) {
      offsets.put(key, end);
      weights.add(weight);
      end = Math.toIntExact(NumericArrays.align(precision, (long) end + weight.size() + NumericArrays.SPARE));
    } else if (weight.frozen()) {
      weights.replaceAll(w -> w.offset() == known ? new ModelSpec.Weight(w.path(), w.kind(), w.shape(), known, w.initialiser(), true) : w);
    }
  }

  public void tables(List<Op.Table> tables) {
    for (var table : tables) {
      var shape = table.type().shape().stream().map(Dim::fixed).toList();
      var name = "table." + offsets.size();
      place(table, new ModelSpec.Weight(name, ModelSpec.WeightKind.TABLE, shape, end, new ModelSpec.Initialiser("table", table.values()), true));
    }
  }

  @Override
  public int of(Object weight) {
    return offsets.get(weight);
  }

  List<ModelSpec.Weight> weights() {
    return weights;
  }

  int size() {
    return end;
  }
}
