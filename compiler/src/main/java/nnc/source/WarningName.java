package nnc.source;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What warnings are called where a program allows what they are of. */
public enum WarningName {
  REPEATED_OPERANDS("repeated-operands"),
  NAMES_AS_AMOUNTS("names-as-amounts"),
  TARGET_IN_OUTPUT("target-in-output"),
  LOSS_ACTIVATION("loss-activation"),
  REDUNDANT_LAYER("redundant-layer"),
  UNLEARNED_PARAMETER("unlearned-parameter"),
  BLOCKED_GRADIENT("blocked-gradient"),
  UNUSED("unused"),
  UNREACHABLE("unreachable"),
  ZERO_START("zero-start"),
  GRADIENT_SCALE("gradient-scale"),
  SATURATED_START("saturated-start"),
  LEARNING_RATE("learning-rate"),
  BATCH_SIZE("batch-size"),
  CHANNELS_LAST("channels-last"),
  ARGUMENT_ORDER("argument-order"),
  IDLE_TRAINING("idle-training"),
  UNKNOWN_WARNING("unknown-warning");

  private final String title;

  WarningName(String title) {
    this.title = title;
  }

  /** As programs write it. */
  public String title() {
    return title;
  }

  static Optional<WarningName> of(String title) {
    return Arrays.stream(values()).filter(name -> name.title.equals(title)).findFirst();
  }

  static List<String> titles() {
    return Arrays.stream(values()).map(WarningName::title).toList();
  }
}
