package nnc.runtime.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;

/** The weight file of a training: saved at the end and now and then before, and beside it checkpoints of which the last few are kept. */
final class Checkpoints {
  private static final long AUTOSAVE_NS = 60_000_000_000L;
  private static final int DIGITS = 8;

  private final Path out;
  private final String stem;
  private final TrainingSettings.Retention retention;
  private final ArrayDeque<Path> kept = new ArrayDeque<>();
  private final Progress progress;
  private final LongSupplier clock;
  private long saved;
  private long checkpointed;
  /** What can be resumed, for messages. */
  private String good = "";
  /** How many in a row could not be written. */
  private int failures;

  /**
   * Of a training that begins.
   *
   * @param out      null if nothing is saved
   * @param progress is told of what could not be written
   * @param clock    tells how time goes by: nanoseconds from any beginning on
   */
  Checkpoints(Path out, TrainingSettings.Retention retention, Progress progress, LongSupplier clock) {
    this.out = out;
    this.retention = retention;
    this.progress = progress;
    this.clock = clock;
    saved = clock.getAsLong();
    checkpointed = saved;
    if (out == null && (retention.steps() > 0 || retention.minutes() > 0)) {
      throw new Fault("checkpoints stand beside the weights that are saved, and none are", "name a file to save them to");
    }
    String name = out == null ? "" : out.getFileName().toString();
    stem = (name.endsWith(".npz") ? name.substring(0, name.length() - 4) : name) + "-step";
  }

  /**
   * Takes the checkpoints up to {@code step} that lie beside the file for this training's own: they count among those that are kept.
   *
   * @param origin what is resumed
   */
  void resume(int step, String origin) {
    good = origin;
    if (out == null) {
      return;
    }
    Path folder = out.toAbsolutePath().getParent();
    List<Path> found = new ArrayList<>();
    try (var files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        int number = number(file.getFileName().toString());
        if (number >= 0 && number <= step) {
          found.add(out.resolveSibling(file.getFileName()));
        }
      }
    } catch (IOException e) {
      return;
    }
    Collections.sort(found);
    kept.addAll(found);
  }

  /** The step of a checkpoint's name; -1 if it is none. */
  private int number(String name) {
    int end = name.length() - 4;
    if (!name.startsWith(stem) || !name.endsWith(".npz") || end - stem.length() < DIGITS) {
      return -1;
    }
    try {
      return Integer.parseInt(name.substring(stem.length(), end));
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** Saves if the file itself has not been saved for long; training goes on where that fails. */
  void saveNowAndThen(Supplier<Map<String, Tensor>> arrays) {
    if (out == null || !isOver(saved, AUTOSAVE_NS)) {
      return;
    }
    saved = clock.getAsLong();
    try {
      Npz.write(out, arrays.get());
      good = out.toString();
      failures = 0;
    } catch (Fault fault) {
      tell(fault);
    }
  }

  /**
   * Saves when there will be no other time to do so: where the file cannot be written, in the system's folder for temporary files.
   *
   * @throws Fault if the file could not be written, saying where the weights are now
   */
  void saveAtLast(Supplier<Map<String, Tensor>> arrays) {
    if (out == null) {
      return;
    }
    Map<String, Tensor> present = arrays.get();
    try {
      Npz.write(out, present);
    } catch (Fault fault) {
      Path other = Path.of(System.getProperty("java.io.tmpdir")).resolve(out.getFileName());
      try {
        other = Files.exists(other) ? Files.createTempFile(stem, ".npz") : other;
        Npz.write(other, present);
      } catch (Fault | IOException e) {
        throw fault;
      }
      throw new Fault(fault.getMessage(), "what was learned is in " + other + " instead; --resume takes it from there", fault);
    }
  }

  /** Whether so much time is over since then, also where the clock was put back by more than that. */
  private boolean isOver(long then, long nanos) {
    return Math.abs(clock.getAsLong() - then) > nanos;
  }

  /** Whether a checkpoint is due after this step. */
  private boolean isDue(int step) {
    return retention.steps() > 0 && step % retention.steps() == 0 || retention.minutes() > 0 && isOver(checkpointed, (long) (retention.minutes() * 60e9));
  }

  /**
   * Where one is due, writes {@code NAME-stepNNNNNNNN.npz} and deletes the oldest of this training's that are too many. Where it cannot be written, training
   * goes on, and those that are there stay.
   */
  void checkpoint(int step, Supplier<Map<String, Tensor>> arrays) {
    if (!isDue(step)) {
      return;
    }
    checkpointed = clock.getAsLong();
    String number = Integer.toString(step);
    Path file = out.resolveSibling(stem + "0".repeat(Math.max(0, DIGITS - number.length())) + number + ".npz");
    try {
      Npz.write(file, arrays.get());
    } catch (Fault fault) {
      tell(fault);
      return;
    }
    good = file.toString();
    failures = 0;
    kept.remove(file);
    kept.add(file);
    progress.checkpoint(file);
    while (retention.keep() > 0 && kept.size() > retention.keep()) {
      Path old = kept.remove();
      try {
        Files.deleteIfExists(old);
      } catch (IOException e) {
        progress.note("checkpoint_kept", old + ": the old checkpoint cannot be deleted: " + e.getMessage());
      }
    }
  }

  /** Of many failures in a row ever fewer are told. */
  private void tell(Fault fault) {
    failures++;
    if ((failures & failures - 1) == 0) {
      progress.failed(new Fault(fault.getMessage() + "; training goes on" + (failures > 1 ? " (" + failures + " times in a row)" : ""),
          good.isEmpty() ? "nothing is saved yet that could be resumed" : "what can be resumed so far is " + good, fault));
    }
  }
}
