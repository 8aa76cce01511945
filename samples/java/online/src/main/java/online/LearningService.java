package online;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import nnc.runtime.learn.Learner;
import online.Clicks.Device;
import online.Clicks.Input;

/**
 * Answers, and learns from what happened then. The network that learns is not the one that answers: after some steps the other one gets a copy, so that answers never
 * wait and never see weights that are being changed.
 */
public final class LearningService {
  private static final int BATCH = 16;

  /** After so many steps what was learned is served. */
  private static final int STEPS = 4;

  private final Model learning;
  private final Learner learner;
  private final Clicks clicks;
  private final List<Input> shown = new ArrayList<>();
  private final List<Boolean> happened = new ArrayList<>();
  private int steps;

  /** @param start a model with weights, as {@code Clicks.network().initialised(1)} has, or {@code withWeights(file)} */
  public LearningService(Model start) {
    learning = start.copy();
    // one example at a time is little work: the thread that brings it does it
    learner = Learner.of(learning, Map.of("N", BATCH), new Threads(1));
    clicks = Clicks.of(learning.copy());
  }

  /** How likely a click is: for any thread, also while {@link #learn} runs. */
  public double chance(Input example) {
    return clicks.predict(example).chance();
  }

  /** Takes note of what came of an example, and learns as soon as there are enough. */
  public synchronized void learn(Input example, boolean clicked) {
    shown.add(example);
    happened.add(clicked);
    if (shown.size() < BATCH) {
      return;
    }
    float[] ages = new float[BATCH];
    float[] prices = new float[BATCH];
    int[] devices = new int[BATCH];
    int[] outcomes = new int[BATCH];
    for (int i = 0; i < BATCH; i++) {
      ages[i] = (float) shown.get(i).age();
      prices[i] = (float) shown.get(i).price();
      devices[i] = shown.get(i).device().ordinal();
      outcomes[i] = happened.get(i) ? 1 : 0;
    }
    shown.clear();
    happened.clear();
    learner.set("age", ages);
    learner.set("price", prices);
    learner.set("device", devices);
    learner.set("clicked", outcomes);
    learner.step();
    if (++steps % STEPS == 0) {
      clicks.predictor().replace(learning.copy());
    }
  }

  /** What was learned so far, to be saved for the next start. */
  public synchronized Model learned() {
    return learning.copy();
  }

  /** People click on what is cheap, then, on a phone only, on what is new: how well the service follows. */
  public static void main(String[] arguments) {
    LearningService service = new LearningService(Clicks.network().initialised(1));
    Random random = new Random(1);
    for (int day = 1; day <= 10; day++) {
      boolean changed = day > 5;
      System.out.printf("day %2d: %.1f %% right%n", day, 100 * day(service, random, changed));
    }
  }

  /** A day of 1000 visitors; gives the share whose click was foreseen. */
  static double day(LearningService service, Random random, boolean changed) {
    int right = 0;
    for (int i = 0; i < 1000; i++) {
      Input example = new Input(60 * random.nextDouble(), 200 * random.nextDouble(), Device.values()[random.nextInt(3)]);
      boolean clicked = changed ? example.device() == Device.PHONE && example.age() < 30 : example.price() < 80;
      right += service.chance(example) > 0.5 == clicked ? 1 : 0;
      service.learn(example, clicked);
    }
    return right / 1000.0;
  }
}
