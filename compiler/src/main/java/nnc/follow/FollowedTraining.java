package nnc.follow;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import nnc.elaborate.OutputUse;
import nnc.pictures.NetworkView;
import nnc.pictures.TrainingHistory;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import nnc.runtime.cli.TrainingFollower;
import nnc.runtime.data.Data;
import nnc.runtime.files.WeightFile;
import nnc.runtime.learn.TrainingRun;
import nnc.runtime.train.Figure;
import nnc.runtime.train.Progress;

/** A training that spectators follow: what it has come to so far, and what there is to see of it. */
public final class FollowedTraining implements TrainingFollower, AutoCloseable {
  private final String name;
  private final List<OutputUse> outputs;
  private final List<Spectator> spectators;
  private final Supplier<Model> differentiated;
  private final TrainingHistory history = new TrainingHistory();
  private TrainingRun run;
  private NetworkView shown;
  private Model gradients;
  private Progress told;
  private int examples;
  private int done;
  private int epoch;
  private int epochs;
  private double seconds;

  /**
   * A training that is to come.
   *
   * @param name           of the program
   * @param outputs        what it says of them
   * @param differentiated gives the network compiled for gradients, once
   */
  public FollowedTraining(String name, List<OutputUse> outputs, Supplier<Model> differentiated, List<Spectator> spectators) {
    this.name = name;
    this.outputs = List.copyOf(outputs);
    this.differentiated = differentiated;
    this.spectators = List.copyOf(spectators);
  }

  public String name() {
    return name;
  }

  public TrainingHistory history() {
    return history;
  }

  /** The network with its weights at present, and what it is shown by: the test data if there are some, else validation data, else what it is trained on. */
  public NetworkView view() {
    return shown;
  }

  public TrainingRun run() {
    return run;
  }

  /** The present epoch, from 1 on; 0 before the first. */
  public int epoch() {
    return epoch;
  }

  /** Epochs in all. */
  public int epochs() {
    return epochs;
  }

  /** Examples of the present epoch that are done, of {@link #examples}. */
  public int done() {
    return done;
  }

  public int examples() {
    return examples;
  }

  /** Examples a second in the present epoch. */
  public double rate() {
    return seconds > 0 ? done / seconds : 0;
  }

  /** Says something among the lines that training prints. */
  public void note(String text) {
    told.note("pictures", text);
  }

  /** The network compiled for gradients with the weights at present; null of one that is not trained by gradients. */
  public Model differentiated() {
    if (gradients == null) {
      gradients = differentiated.get();
    }
    return gradients == null ? null : sameWeights(gradients, run.model());
  }

  /** The network of one compilation with weights, and categories, of another. */
  public static Model sameWeights(Model of, Model from) {
    return of.withWeights(new java.io.ByteArrayInputStream(from.bundled().values().iterator().next()), "the weights at present");
  }

  @Override
  public Progress around(Progress progress) {
    told = progress;
    return new Following();
  }

  @Override
  public void ready(TrainingRun ready, Data data, Threads threads) {
    run = ready;
    var part = data.has("test") ? "test" : data.has("validate") ? "validate" : "train";
    shown = new NetworkView(run.model(), outputs, data.table(part), part, threads);
  }

  @Override
  public void ended() {
    spectators.forEach(spectator -> spectator.ended(this));
  }

  @Override
  public void close() {
    spectators.forEach(Spectator::close);
  }

  /** Hears of everything before it is told on. */
  private final class Following implements Progress {
    @Override
    public void begin(String summary) {
      told.begin(summary);
      spectators.forEach(spectator -> spectator.begun(FollowedTraining.this));
    }

    @Override
    public void initialised(String file, WeightFile.Fit fit) {
      told.initialised(file, fit);
    }

    @Override
    public void step(int present, int all, int reached, int of, double time, Supplier<List<Figure>> soFar) {
      told.step(present, all, reached, of, time, soFar);
      epoch = present + 1;
      epochs = all;
      done = reached;
      examples = of;
      seconds = time;
      history.step(run.step(), run.loss());
      for (var spectator : spectators) {
        spectator.stepped(FollowedTraining.this);
      }
    }

    @Override
    public void epoch(Epoch ended) {
      told.epoch(ended);
      var added = history.epoch(ended);
      spectators.forEach(spectator -> spectator.epochEnded(FollowedTraining.this, added));
    }

    @Override
    public void checkpoint(Path file) {
      told.checkpoint(file);
    }

    @Override
    public void note(String kind, String text) {
      told.note(kind, text);
    }

    @Override
    public void results(String role, int count, double time, List<Figure> figures, List<String> classes) {
      told.results(role, count, time, figures, classes);
    }
  }
}
