package nnc.runtime;

import java.util.Map;

/**
 * How to train: the program's {@code train} block under the command line's options.
 *
 * @param patience          epochs without a better validation loss before training ends; 0 for never
 * @param minDelta          how much lower counts as better
 * @param checkpointSteps   steps between two checkpoints; 0 for none
 * @param checkpointMinutes minutes between two checkpoints; 0 for none
 * @param keep              how many checkpoints stay; 0 for all
 */
record Settings(int epochs, int batch, long seed, boolean shuffle, int patience, double minDelta, int checkpointSteps,
    double checkpointMinutes, int keep) {

  /** What the program says. */
  static Settings of(ModelSpec spec) {
    Map<String, Object> settings = spec.training().settings();
    String file = spec.name() + ".nn";
    return new Settings(count(settings, "epochs", 1, 0, file), count(settings, "batch", 32, 1, file),
        (long) number(settings, "seed", 0, file), flag(settings, "shuffle", true), count(settings, "early_stopping", 0, 0, file),
        number(settings, "min_delta", 0, file), count(settings, "checkpoint_steps", 0, 0, file),
        number(settings, "checkpoint_minutes", 0, file), count(settings, "keep", 3, 0, file));
  }

  Settings withEpochs(int other) {
    return new Settings(other, batch, seed, shuffle, patience, minDelta, checkpointSteps, checkpointMinutes, keep);
  }

  Settings withBatch(int other) {
    return new Settings(epochs, other, seed, shuffle, patience, minDelta, checkpointSteps, checkpointMinutes, keep);
  }

  Settings withSeed(long other) {
    return new Settings(epochs, batch, other, shuffle, patience, minDelta, checkpointSteps, checkpointMinutes, keep);
  }

  private static double number(Map<String, Object> settings, String name, double otherwise, String file) {
    Object value = settings.get(name);
    if (value != null && !(value instanceof Number)) {
      throw new Fault(file + ": train: " + name + " must be a number, not " + value);
    }
    return value == null ? otherwise : ((Number) value).doubleValue();
  }

  private static int count(Map<String, Object> settings, String name, int otherwise, int low, String file) {
    double value = number(settings, name, otherwise, file);
    if (value != Math.rint(value) || value < low || value > Integer.MAX_VALUE) {
      throw new Fault(file + ": train: " + name + " must be a whole number of at least " + low + ", not " + value);
    }
    return (int) value;
  }

  private static boolean flag(Map<String, Object> settings, String name, boolean otherwise) {
    return settings.get(name) instanceof Boolean value ? value : otherwise;
  }
}
