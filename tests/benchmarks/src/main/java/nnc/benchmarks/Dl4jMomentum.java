package nnc.benchmarks;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** Momentum as the other engines have it, {@code v = 0.9 v + g}; Deeplearning4j's own is Nesterov's. */
record Dl4jMomentum(double rate) implements IUpdater {
  private static final double MOMENTUM = 0.9;

  @Override
  public long stateSize(long parameters) {
    return parameters;
  }

  @Override
  public GradientUpdater<Dl4jMomentum> instantiate(INDArray state, boolean initialize) {
    if (initialize) {
      state.assign(0);
    }
    return new Updater(this, state);
  }

  @Override
  public GradientUpdater<Dl4jMomentum> instantiate(Map<String, INDArray> state, boolean initialize) {
    return instantiate(state.get(Updater.NAME), initialize);
  }

  @Override
  public IUpdater clone() {
    return this;
  }

  @Override
  public double getLearningRate(int iteration, int epoch) {
    return rate;
  }

  @Override
  public boolean hasLearningRate() {
    return true;
  }

  @Override
  public void setLrAndSchedule(double newRate, ISchedule schedule) {
    throw new UnsupportedOperationException("the rate is constant");
  }

  /** Makes of some layers' gradients what is subtracted from their weights. */
  private record Updater(Dl4jMomentum getConfig, INDArray velocity) implements GradientUpdater<Dl4jMomentum> {
    static final String NAME = "V";

    @Override
    public void setState(Map<String, INDArray> state, boolean initialize) {
      velocity.assign(state.get(NAME));
    }

    @Override
    public Map<String, INDArray> getState() {
      return Map.of(NAME, velocity);
    }

    @Override
    public void setStateViewArray(INDArray view, long[] shape, char order, boolean initialize) {
      throw new UnsupportedOperationException("the velocity's place is given at the beginning");
    }

    /** The velocity is kept with the rate in it, which is the same while the rate is constant and saves a pass. */
    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
      velocity.muli(MOMENTUM).addi(gradient.muli(getConfig.rate()));
      gradient.assign(velocity);
    }
  }
}
