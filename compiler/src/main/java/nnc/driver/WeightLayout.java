package nnc.driver;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.elaborate.Elaborated;
import nnc.graph.Dim;
import nnc.graph.Op;
import nnc.lower.Lowering;
import nnc.runtime.spec.ModelSpec;

/** Where parameters, states, optimizers' memories and tables lie in the weights array, the same for every purpose. */
public final class WeightLayout implements Lowering.Offsets {
  /** Every weight begins a cache line: with the array at the start of a region, elements begin 16 bytes behind it. */
  private static final int LINE = 16;
  private static final int FIRST = 12;

  private final Map<Object, Integer> offsets = new LinkedHashMap<>();
  private final List<ModelSpec.Weight> weights = new ArrayList<>();
  private int end = FIRST;

  /** @param purposes what each purpose keeps; what two share has one place */
  public WeightLayout(List<List<Elaborated.WeightInfo>> purposes) {
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
      // a spare line lets vectors run over the end of the last weight
      end = Math.addExact(end, Math.addExact((weight.size() + LINE - 1) / LINE * LINE, LINE));
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
