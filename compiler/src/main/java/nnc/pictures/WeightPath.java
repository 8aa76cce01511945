package nnc.pictures;

import java.util.ArrayList;
import java.util.List;

/** Where training has led the weights: now and then what is learned, at equal numbers of steps, at most so many times. */
public final class WeightPath {
  private static final int MOST = 64;
  /** Numbers that are kept in all. */
  private static final long SPACE = 16_000_000;

  private final List<double[]> kept = new ArrayList<>();
  private int every = 1;
  private int last = -1;

  /** Adds the present weights if it is their turn. */
  public void add(NetworkView view, int step) {
    if (last >= 0 && step < last + every) {
      return;
    }
    long size = view.parameters().stream().mapToLong(weight -> weight.size()).sum();
    if (size * 4 > SPACE) {
      return;
    }
    kept.add(LossLandscape.weights(view));
    last = step;
    if (kept.size() >= Math.min(MOST, SPACE / Math.max(1, size))) {
      var half = new ArrayList<double[]>();
      for (int i = 0; i < kept.size(); i += 2) {
        half.add(kept.get(i));
      }
      kept.clear();
      kept.addAll(half);
      every *= 2;
    }
  }

  /** Adds the last ones, whatever their turn. */
  public void end(NetworkView view) {
    if (!kept.isEmpty()) {
      kept.add(LossLandscape.weights(view));
    }
  }

  List<double[]> weights() {
    return kept;
  }
}
