package nnc.runtime.cli;

import java.util.List;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Table;
import nnc.runtime.train.Figure;

/** Looks at what has been evaluated, beside losses and metrics. */
public interface Judge {
  /**
   * What has been evaluated.
   *
   * @param part    what the examples are
   * @param figures losses and metrics
   */
  record Evaluated(Model model, String part, Table table, List<Figure> figures) {}

  /** Looks at it, once losses and metrics have been told. */
  void judge(Evaluated evaluated, long seed, Threads threads);
}
