package nnc.runtime.learn;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Data;
import nnc.runtime.files.ProcessLock;
import nnc.runtime.train.Interrupt;
import nnc.runtime.train.Trainer;

/**
 * A training that is ready, running or over. It belongs to the thread that runs it and to the listeners that this calls; other threads may call
 * {@link #stop} alone.
 */
public final class TrainingRun {
  /** How a training came to its end. */
  public enum Ending {
    /** After its last epoch. */
    COMPLETED,
    /** For want of a better validation. */
    EARLY,
    /** Because it was asked to. */
    STOPPED
  }

  private final Model model;
  private final Data data;
  private final Trainer trainer;
  private final Interrupt interrupt;
  private final ListenerProgress told;
  private final List<EpochResult> epochs = new ArrayList<>();
  private final List<String> taken;
  /** To be closed at the end; null if they are others' too. */
  private Threads threads;
  /** What is saved to; may be null. */
  private Path out;
  private int epoch;
  private boolean begun;
  private Ending ending;

  /** @param told may be null */
  TrainingRun(Model model, Data data, Trainer trainer, Interrupt interrupt, ListenerProgress told, List<String> taken) {
    this.model = model;
    this.data = data;
    this.trainer = trainer;
    this.interrupt = interrupt;
    this.told = told;
    this.taken = taken;
    epoch = Math.min(trainer.epoch() + 1, trainer.epochs());
    if (told != null) {
      told.follow(this);
    }
  }

  TrainingRun closing(Threads own) {
    threads = own;
    return this;
  }

  TrainingRun saving(Path weights) {
    out = weights;
    return this;
  }

  /**
   * Trains to the last epoch, to an early stop, or until it is asked to stop; once.
   *
   * @throws Fault if a loss, or what has been learned, is no longer finite, an index is out of its range, or the weights cannot be saved at the end; the
   *               model has the weights before that step. Before the first one, if another training saves to the same file
   */
  public TrainingRun run() {
    if (begun) {
      throw new IllegalStateException("this training has been run: prepare another");
    }
    begun = true;
    ProcessLock lock = null;
    try {
      lock = out == null ? null : Training.lock(out);
      ending = ending(trainer.run());
      if (told != null) {
        told.end();
      }
    } finally {
      if (lock != null) {
        lock.close();
      }
      if (threads != null) {
        threads.close();
      }
    }
    return this;
  }

  private static Ending ending(Trainer.Ending ending) {
    return switch (ending) {
      case COMPLETED -> Ending.COMPLETED;
      case EARLY -> Ending.EARLY;
      case INTERRUPTED -> Ending.STOPPED;
    };
  }

  /**
   * Asks for an end after the present step. What was learned is saved, and {@link Training#resume} goes on from there; the weights are the last
   * step's, not those of the best epoch.
   */
  public void stop() {
    interrupt.request();
  }

  /** The network with the weights at present, which steps change in place: contexts of it predict by what has been learned so far. */
  public Model model() {
    return model;
  }

  /** Whether it has examples for {@code train}, {@code validate} or {@code test}: those that were given, or of the program's data block. */
  public boolean has(String part) {
    return data.has(part);
  }

  /**
   * The examples for {@code train}, {@code validate} or {@code test}.
   *
   * @throws Fault if there are none, or their source cannot be read
   */
  public Examples examples(String part) {
    return new Examples(data.table(part));
  }

  /** How it ended; null before. */
  public Ending ending() {
    return ending;
  }

  /** The present epoch, from 1 on, or the last one. */
  public int epoch() {
    return epoch;
  }

  void epoch(int number) {
    epoch = number;
  }

  /** Steps done since training began, those before a resume included. */
  public int step() {
    return trainer.step();
  }

  /** What the last step has lowered: its batch's loss with penalties; of several losses in turn, their sum. NaN before the first. */
  public double loss() {
    return trainer.loss();
  }

  /** What the present epoch has come to so far, by name, but for metrics that take long. */
  public Map<String, Tensor> soFar() {
    return EpochResult.byName(trainer.soFar());
  }

  /** The epochs that have ended in this run; of one that the command line runs, none. */
  public List<EpochResult> epochs() {
    return List.copyOf(epochs);
  }

  void add(EpochResult epoch) {
    epochs.add(epoch);
  }

  /** The paths of the weights that were taken from elsewhere before training began ({@link Training#init}). */
  public List<String> taken() {
    return List.copyOf(taken);
  }

  /** Roughly how many elementary operations are to come. */
  public double work() {
    return trainer.work();
  }
}
