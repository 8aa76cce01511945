package nnc.runtime.train;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Text;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.Setting;

/**
 * How to train: the program's {@code train} block under the command line's options.
 *
 * @param memory bytes that training may take; 0 for all that Java has
 */
public record TrainingSettings(int epochs, Batching batching, long seed, Stopping stopping, Retention retention, double memory) {

  /**
   * What batches are made of.
   *
   * @param rows    examples of a batch, at most
   * @param tokens  of examples that differ in length, the places of a batch: rows times the longest of them, at most; 0 for any number
   * @param shuffle whether each epoch has an order of its own
   * @param streams whether each row of a batch goes on where that of the batch before has ended
   */
  public record Batching(int rows, int tokens, boolean shuffle, boolean streams) {}

  /**
   * When training ends before its last epoch, and which weights it ends with.
   *
   * @param patience epochs without a better value before training ends; 0 for never
   * @param minDelta how much better counts as better
   * @param monitor  what is watched on the validation data: {@code loss} or a metric's name
   * @param higher   whether a higher value is better
   * @param last     whether a value is compared with the last epoch's rather than with the best so far
   * @param restore  whether training ends with the best epoch's weights rather than the last's
   */
  public record Stopping(int patience, double minDelta, String monitor, boolean higher, boolean last, boolean restore) {
    /** Whether the validation data decides anything. */
    boolean watches() {
      return patience > 0 || restore;
    }
  }

  /**
   * Which checkpoints are written and stay.
   *
   * @param steps   steps between two checkpoints; 0 for none
   * @param minutes minutes between two checkpoints; 0 for none
   * @param keep    how many stay; 0 for all
   */
  public record Retention(int steps, double minutes, int keep) {}

  /** Examples of a batch, at most. */
  public int batch() {
    return batching.rows();
  }

  /** What the program says. */
  public static TrainingSettings of(ModelSpec spec) {
    return of(spec, Map.of());
  }

  /** What the program says where {@code instead} says nothing else. */
  public static TrainingSettings of(ModelSpec spec, Map<Setting, Object> instead) {
    Map<Setting, Object> all = new EnumMap<>(Setting.class);
    all.putAll(spec.training().settings());
    all.putAll(instead);
    var block = new Block(all, spec.name() + ".nn: train: ");
    boolean carries = carries(spec);
    if (carries && block.flag(Setting.SHUFFLE, false)) {
      throw new Fault(block.label + Setting.SHUFFLE.title() + " = true, and rows of a batch go on where those of the one before it have ended, by a state that they carry",
          "leave it out: rows keep their order");
    }
    var batching = new Batching(block.count(Setting.BATCH, 32, 1), block.count(Setting.TOKENS, 0, 0), block.flag(Setting.SHUFFLE, !carries), carries);
    return new TrainingSettings(block.count(Setting.EPOCHS, 1, 0), batching, block.whole(Setting.SEED), stopping(block),
        new Retention(block.count(Setting.CHECKPOINT_STEPS, 0, 0), block.number(Setting.CHECKPOINT_MINUTES, 0), block.count(Setting.KEEP, 3, 0)), block.bytes());
  }

  private static boolean carries(ModelSpec spec) {
    for (ModelSpec.Plan plan : spec.plans()) {
      if (plan.carries()) {
        return true;
      }
    }
    return false;
  }

  private static Stopping stopping(Block block) {
    int patience = block.count(Setting.EARLY_STOPPING, 0, 0);
    String monitor = block.text(Setting.MONITOR, "loss", "");
    String mode = block.text(Setting.MODE, monitor.equals("loss") || monitor.startsWith("loss.") ? "min" : "max", "min max");
    String compare = block.text(Setting.COMPARE, "best", "best last");
    return new Stopping(patience, block.number(Setting.MIN_DELTA, 0), monitor, mode.equals("max"), compare.equals("last"),
        block.flag(Setting.RESTORE_BEST, patience > 0));
  }

  /** The settings by name, with messages that name them. */
  private record Block(Map<Setting, Object> settings, String label) {
    double number(Setting setting, double otherwise) {
      Object value = settings.getOrDefault(setting, otherwise);
      if (!(value instanceof Number number)) {
        throw new Fault(label + setting.title() + " must be a number, not " + value);
      }
      return number.doubleValue();
    }

    /** A number of 64 bits, which as a {@code double} would lose its last. */
    long whole(Setting setting) {
      return settings.get(setting) instanceof Long value ? value : (long) number(setting, 0);
    }

    int count(Setting setting, int otherwise, int low) {
      double value = number(setting, otherwise);
      if (value != Math.rint(value) || value < low || value > Integer.MAX_VALUE) {
        throw new Fault(label + setting.title() + " must be a whole number of at least " + low + ", not " + value);
      }
      return (int) value;
    }

    /** A number of bytes, or a text that says one; 0 without. */
    double bytes() {
      double bytes = settings.get(Setting.MEMORY) instanceof String text ? Text.bytesIn(text) : number(Setting.MEMORY, 0);
      if (settings.containsKey(Setting.MEMORY) && !(bytes >= 1)) {
        throw new Fault(label + Setting.MEMORY.title() + " must be a number of bytes, such as \"512M\" or \"2G\", not " + settings.get(Setting.MEMORY));
      }
      return bytes;
    }

    boolean flag(Setting setting, boolean otherwise) {
      Object value = settings.getOrDefault(setting, otherwise);
      if (!(value instanceof Boolean flag)) {
        throw new Fault(label + setting.title() + " must be true or false, not " + value);
      }
      return flag;
    }

    /** One of some words; any if there are none. */
    String text(Setting setting, String otherwise, String words) {
      Object value = settings.getOrDefault(setting, otherwise);
      if (!(value instanceof String text) || !words.isEmpty() && !List.of(words.split(" ")).contains(text)) {
        throw new Fault(label + setting.title() + " must be " + (words.isEmpty() ? "a text" : "\"" + words.replace(" ", "\" or \"") + "\"")
            + ", not " + value);
      }
      return text;
    }
  }
}
