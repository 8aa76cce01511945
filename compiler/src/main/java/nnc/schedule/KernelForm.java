package nnc.schedule;

import java.util.Locale;

/** The forms of fusion. */
public enum KernelForm {
  /** One element after the other. */
  POINTWISE,
  /** Elementwise producers into sums. */
  REDUCTION,
  /** A row at a time through reductions and back: softmax, normalisation, cross-entropy. */
  ROWS,
  /** A matrix product or convolution with what follows it, tile by tile. */
  CONTRACTION,
  /** Numbers that follow from the step alone, in double whatever the network's precision: see {@link StepScalars}. */
  COUNTED,
  /** A node by itself, whose elements are computed in order: scatters to indices that are known at run time only, running sums, sorts. */
  ALONE,
  /** A loop and its results, as long as its body's kernels have not been put in its place: see {@link LoopFlattening}. */
  LOOP;

  /** As text. */
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }
}
