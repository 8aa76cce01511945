package nnc.runtime.learn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.Input;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.train.Figure;
import nnc.runtime.train.LossStep;

/**
 * Trains a network step by step in a loop of one's own, as where each batch follows from what the network does: it changes the weights of its model
 * in place, which contexts of that model predict by from their next run on. It is for one thread at a time, and while a step runs no other thread
 * may run a context of the model. Steps allocate nothing.
 *
 * {@snippet :
 * Model model = Model.load(jar).initialised(1);
 * Learner learner = Learner.of(model, 32);
 * learner.set("state", states);
 * learner.set("action", actions);
 * double loss = learner.step();
 * }
 *
 * <p>Where a program lowers several losses in turn, a step is all of them, as their {@code every} says.
 */
public final class Learner {
  private final Model model;
  private final LossStep[] parts;
  /** By name, the inputs and targets that steps read. */
  private final Map<String, Feed> feeds = new HashMap<>();
  private final Feed[] read;
  private int steps;
  private int epoch;

  /** An input or target by the part that reads it, and whether it has been fed since the last step. */
  private final class Feed {
    final String name;
    final Input[] inputs = new Input[parts.length];
    boolean fed;

    Feed(String name) {
      this.name = name;
    }

    /** Whether the next step's part of that number reads it. */
    boolean isDue(int part) {
      return inputs[part] != null && parts[part].isDue(steps + 1);
    }
  }

  private Learner(Model model, Map<String, Integer> largest, Threads threads) {
    model.requireWeights();
    this.model = model;
    List<String> plans = model.spec().training().plans("train");
    parts = new LossStep[plans.size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = new LossStep(model, model.context(plans.get(i), largest, threads), i, threads);
      for (Input input : parts[i].context().inputs()) {
        feeds.computeIfAbsent(input.name(), Feed::new).inputs[i] = input;
      }
    }
    read = feeds.values().toArray(new Feed[0]);
  }

  /**
   * For batches of up to {@code largest} examples, and as much of any other open dimension, computed by the process's team of threads.
   *
   * @throws Fault if the model has no weights (see {@link Model#initialised}) or was not compiled to train
   */
  public static Learner of(Model model, int largest) {
    Map<String, Integer> sizes = new HashMap<>();
    for (String plan : model.spec().training().plans("train")) {
      for (String dim : model.code(plan).plan.dims()) {
        sizes.put(dim, largest);
      }
    }
    return of(model, sizes, Threads.shared());
  }

  /** For up to the given size of each open dimension by name, computed by a team of the caller's. */
  public static Learner of(Model model, Map<String, Integer> largest, Threads threads) {
    return new Learner(model, largest, threads);
  }

  /** The seed of what is random in the steps that follow, such as dropout; 0 without. */
  public Learner seed(long seed) {
    for (LossStep part : parts) {
      part.context().seed(seed);
    }
    return this;
  }

  /** The epoch that schedules see in the steps that follow, from 0 on; 0 without. */
  public Learner epoch(int epoch) {
    this.epoch = epoch;
    return this;
  }

  /** How many steps are done already, as schedules, optimizers and random draws see it; 0 without. */
  public Learner startAt(int step) {
    steps = step;
    return this;
  }

  /** What is fed next begins anew: of a program whose rows carry a state from batch to batch it is zero. */
  public Learner restart() {
    for (LossStep part : parts) {
      part.context().restart();
    }
    return this;
  }

  // ---- one step

  /**
   * Feeds an input or target for the next step, row-major; the batch follows from the number of elements. All that a step reads is fed anew for each.
   *
   * @throws Fault if there is no such input, or the numbers do not fit ({@link Input#set(float[])})
   */
  public void set(String name, float[] values) {
    Feed feed = feed(name);
    for (int i = 0; i < parts.length; i++) {
      if (feed.isDue(i)) {
        feed.inputs[i].set(values);
      }
    }
    feed.fed = true;
  }

  /** As {@link #set(String, float[])}. */
  public void set(String name, double[] values) {
    Feed feed = feed(name);
    for (int i = 0; i < parts.length; i++) {
      if (feed.isDue(i)) {
        feed.inputs[i].set(values);
      }
    }
    feed.fed = true;
  }

  /** As {@link #set(String, float[])}. */
  public void set(String name, int[] values) {
    Feed feed = feed(name);
    for (int i = 0; i < parts.length; i++) {
      if (feed.isDue(i)) {
        feed.inputs[i].set(values);
      }
    }
    feed.fed = true;
  }

  /** As {@link #set(String, float[])}, the open dimensions by the array's shape. */
  public void set(String name, Tensor values) {
    Feed feed = feed(name);
    for (int i = 0; i < parts.length; i++) {
      if (feed.isDue(i)) {
        feed.inputs[i].set(values);
      }
    }
    feed.fed = true;
  }

  private Feed feed(String name) {
    Feed feed = feeds.get(name);
    if (feed != null) {
      return feed;
    }
    for (ModelSpec.Feed input : model.spec().inputs()) {
      feed = input.isCalled(name) ? feeds.get(input.name()) : feed;
    }
    if (feed == null) {
      throw new Fault("no step reads an input " + name + "; they read " + String.join(", ", names()));
    }
    return feed;
  }

  /** The inputs and targets that steps read, in the order of the source. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (ModelSpec.Feed feed : model.spec().inputs()) {
      if (feeds.containsKey(feed.name())) {
        names.add(feed.name());
      }
    }
    return names;
  }

  /**
   * Changes the weights once, by what was fed. A loss that is no finite number has spoiled them: a copy from before is the caller's affair.
   *
   * @return what was lowered: the loss with penalties, of several in turn the sum of those that were due
   * @throws Fault if something was not fed, or what was fed does not fit together; then no weight has changed, but by an earlier loss in turn
   */
  public double step() {
    for (int i = 0; i < read.length; i++) {
      if (!read[i].fed) {
        throw new Fault("step " + (steps + 1) + ": " + read[i].name + " has not been fed", "each step reads " + String.join(", ", names())
            + " anew: its memory may serve for other things once it is read");
      }
    }
    double lowered = 0;
    for (int i = 0; i < parts.length; i++) {
      lowered += parts[i].isDue(steps + 1) ? parts[i].run(steps + 1, epoch) : 0;
    }
    for (int i = 0; i < read.length; i++) {
      read[i].fed = false;
    }
    steps++;
    return lowered;
  }

  /** Steps done. */
  public int steps() {
    return steps;
  }

  /**
   * What the last step's batch has come to, by name, as {@code train} tells it: {@code loss} without penalties, {@code loss.NAME} of each of several,
   * {@code penalty}, metrics; of losses in turn those that were due. Nothing before the first step.
   */
  public Map<String, Tensor> figures() {
    List<List<Figure>> told = new ArrayList<>();
    for (LossStep part : parts) {
      if (steps > 0 && part.isDue(steps)) {
        told.add(part.figures());
      }
    }
    return EpochResult.byName(LossStep.joined(model.spec().training().figures(), told));
  }

  /**
   * One of {@link #figures} that is a number.
   *
   * @throws Fault if there is none of that name
   */
  public double figure(String name) {
    return EpochResult.number(figures(), name);
  }
}
