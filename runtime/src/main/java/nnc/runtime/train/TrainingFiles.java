package nnc.runtime.train;

import java.nio.file.Path;

/**
 * What a training writes.
 *
 * @param out    its weights; checkpoints stand beside it; may be null
 * @param epochs a log of epochs; may be null
 * @param steps  a log of steps; may be null
 */
public record TrainingFiles(Path out, EpochLog epochs, StepLog steps) {
  /** The weights alone. */
  public static TrainingFiles of(Path out) {
    return new TrainingFiles(out, null, null);
  }
}
