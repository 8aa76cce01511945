package nnc.runtime.learn;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import nnc.runtime.base.Fault;
import nnc.runtime.files.WeightFile;
import nnc.runtime.train.Figure;
import nnc.runtime.train.Interrupt;
import nnc.runtime.train.Progress;

/** Tells listeners how training goes; the first that throws ends it. */
final class ListenerProgress implements Progress {
  private final TrainingListener[] listeners;
  private final Interrupt interrupt;
  private TrainingRun run;
  private Throwable thrown;

  ListenerProgress(List<TrainingListener> listeners, Interrupt interrupt) {
    this.listeners = listeners.toArray(new TrainingListener[0]);
    this.interrupt = interrupt;
  }

  void follow(TrainingRun run) {
    this.run = run;
  }

  /** What listeners are told. */
  private interface Event {
    void tell(TrainingListener listener);
  }

  private void tell(Event event) {
    for (TrainingListener listener : listeners) {
      if (thrown == null) {
        try {
          event.tell(listener);
        } catch (RuntimeException | Error e) {
          fail(e);
        }
      }
    }
  }

  private void fail(Throwable e) {
    thrown = e;
    interrupt.request();
  }

  @Override
  public void begin(String summary) {
    tell(listener -> listener.started(run));
  }

  @Override
  public void initialised(String file, WeightFile.Fit fit) {}

  /** Without a lambda: nothing is allocated. */
  @Override
  public void step(int epoch, int epochs, int done, int examples, double seconds, Supplier<List<Figure>> soFar) {
    run.epoch(epoch + 1);
    for (int i = 0; i < listeners.length && thrown == null; i++) {
      try {
        listeners[i].stepped(run);
      } catch (RuntimeException | Error e) {
        fail(e);
      }
    }
  }

  @Override
  public void epoch(Epoch epoch) {
    var result = EpochResult.of(epoch);
    run.add(result);
    tell(listener -> listener.epochEnded(run, result));
  }

  @Override
  public void checkpoint(Path file) {
    tell(listener -> listener.checkpointed(run, file));
  }

  @Override
  public void failed(Fault fault) {
    tell(listener -> listener.checkpointFailed(run, fault));
  }

  @Override
  public void note(String kind, String text) {}

  @Override
  public void results(String role, int examples, double seconds, List<Figure> figures, List<String> classes) {}

  /** Training is over: tells so, or throws on what a listener has thrown. */
  void end() {
    if (thrown == null) {
      tell(listener -> listener.ended(run));
    }
    if (thrown instanceof RuntimeException e) {
      throw e;
    } else if (thrown instanceof Error e) {
      throw e;
    }
  }
}
