package nnc.runtime.learn;

import java.nio.file.Path;
import nnc.runtime.base.Fault;

/**
 * Follows a training. Each method is called by the thread that trains, between two steps, so that weights may be read, and may call
 * {@link TrainingRun#stop}. What a method throws ends the training after the present step: what was learned is saved where it would be, and
 * {@link TrainingRun#run} throws it on.
 */
public interface TrainingListener {
  /** All is ready; the first step is to come. */
  default void started(TrainingRun run) {}

  /** A step is done; nothing has been allocated. */
  default void stepped(TrainingRun run) {}

  /** An epoch is done, its validation too. */
  default void epochEnded(TrainingRun run, EpochResult epoch) {}

  /** A checkpoint has been written. */
  default void checkpointed(TrainingRun run, Path file) {}

  /** A checkpoint, or what is saved now and then, could not be written; the message says why, the hint what can be resumed so far. Training goes on. */
  default void checkpointFailed(TrainingRun run, Fault fault) {}

  /** Training has come to its end, early or not, and what was learned is saved. Not called if it ends by a fault or an exception. */
  default void ended(TrainingRun run) {}
}
