package nnc.runtime.spec;

import java.util.Locale;

/** What a train block may say that the runtime heeds; some of it is an option of the command line too. */
public enum Setting {
  EPOCHS(Kind.NUMBER), BATCH(Kind.NUMBER), SEED(Kind.NUMBER), SHUFFLE(Kind.FLAG),
  EARLY_STOPPING(Kind.NUMBER), MIN_DELTA(Kind.NUMBER), MONITOR(Kind.TEXT), MODE(Kind.TEXT), COMPARE(Kind.TEXT), RESTORE_BEST(Kind.FLAG),
  CHECKPOINT_STEPS(Kind.NUMBER), CHECKPOINT_MINUTES(Kind.NUMBER), KEEP(Kind.NUMBER);

  /** What it may be. */
  public enum Kind { NUMBER, FLAG, TEXT }

  private final Kind kind;

  Setting(Kind kind) {
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** As programs write it. */
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As the command line writes it. */
  public String option() {
    return "--" + title().replace('_', '-');
  }
}
