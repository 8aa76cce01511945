package nnc.pictures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.train.Figure;
import nnc.runtime.train.Progress;

/** What a training has come to so far: figures of each epoch, and losses of steps, as many as a picture can show. */
public final class TrainingHistory {
  /** At least half as many steps are kept once there have been so many. */
  private static final int MOST = 2048;

  /**
   * An epoch's figures that are one number.
   *
   * @param step       steps done
   * @param validation empty if there is none
   */
  public record Epoch(int number, int step, int examples, double seconds, Map<String, Double> training, Map<String, Double> validation) {}

  private final List<Epoch> epochs = new ArrayList<>();
  private double[] losses = new double[MOST];
  private int kept;
  /** A kept loss is the mean of so many steps. */
  private int every = 1;
  private double sum;
  private int summed;
  private int first = -1;

  /** Adds a step's loss; {@code step} counts from 1. */
  public void step(int step, double loss) {
    first = first < 0 ? step : first;
    sum += loss;
    summed++;
    if (summed == every) {
      losses[kept++] = sum / every;
      sum = 0;
      summed = 0;
    }
    if (kept == MOST) {
      for (int i = 0; i < MOST / 2; i++) {
        losses[i] = (losses[2 * i] + losses[2 * i + 1]) / 2;
      }
      kept /= 2;
      every *= 2;
    }
  }

  /** Adds an epoch. */
  public Epoch epoch(Progress.Epoch epoch) {
    var added = new Epoch(epoch.number() + 1, epoch.step(), epoch.examples(), epoch.seconds(), numbers(epoch.training()),
        epoch.validation() == null ? Map.of() : numbers(epoch.validation()));
    epochs.add(added);
    return added;
  }

  private static Map<String, Double> numbers(List<Figure> figures) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    figures.stream().filter(figure -> figure.values().length == 1).forEach(figure -> numbers.put(figure.name(), figure.values()[0]));
    return numbers;
  }

  public List<Epoch> epochs() {
    return List.copyOf(epochs);
  }

  /** Means of losses of steps that follow each other. */
  double[] losses() {
    return Arrays.copyOf(losses, kept);
  }

  /** The step in the middle of those that each of {@link #losses} is the mean of. */
  double[] steps() {
    var steps = new double[kept];
    for (int i = 0; i < kept; i++) {
      steps[i] = first + (i + 0.5) * every - 0.5;
    }
    return steps;
  }
}
