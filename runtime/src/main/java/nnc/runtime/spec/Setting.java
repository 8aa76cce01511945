package nnc.runtime.spec;

import java.util.Locale;

/** What a train block may say that the runtime heeds; some of it is an option of the command line too. */
public enum Setting {
  EPOCHS, BATCH, SEED, SHUFFLE, EARLY_STOPPING, MIN_DELTA, MONITOR, MODE, COMPARE, RESTORE_BEST, CHECKPOINT_STEPS, CHECKPOINT_MINUTES, KEEP, TOKENS, MEMORY;

  /** As programs write it. */
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As the command line writes it. */
  public String option() {
    return "--" + title().replace('_', '-');
  }
}
