package nnc.spark;

import java.io.Serializable;
import java.util.List;

/**
 * Where training stands between two epochs.
 *
 * @param epoch   epochs done
 * @param losses  the mean loss of each of them, without penalties
 * @param weights parameters, states and the optimizer's memory, a {@code float[]} or {@code double[]} as the network lays them out
 */
record TrainingState(int epoch, long seed, List<Double> losses, Object weights) implements Serializable {}
