package nnc.follow;

import nnc.pictures.TrainingHistory;

/** Is told how a training goes, by the thread that trains. */
public interface Spectator {
  /** All is ready for the first step. */
  void begun(FollowedTraining training);

  /** A step is done; called often. */
  default void stepped(FollowedTraining training) {}

  /** An epoch is done, its validation too. */
  void epochEnded(FollowedTraining training, TrainingHistory.Epoch epoch);

  /** Training is over, and what was learned is saved. */
  void ended(FollowedTraining training);

  /** Nothing more will come, be it that training ended or failed. */
  default void close() {}
}
