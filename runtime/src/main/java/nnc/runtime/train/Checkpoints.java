package nnc.runtime.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
  private long saved = System.nanoTime();
  private long checkpointed = System.nanoTime();

  /** @param out null if nothing is saved */
  Checkpoints(Path out, TrainingSettings.Retention retention) {
    this.out = out;
    this.retention = retention;
    if (out == null && (retention.steps() > 0 || retention.minutes() > 0)) {
      throw new Fault("checkpoints stand beside the weights that are saved, and none are", "name a file to save them to");
    }
    String name = out == null ? "" : out.getFileName().toString();
    stem = (name.endsWith(".npz") ? name.substring(0, name.length() - 4) : name) + "-step";
  }

  /** Takes the checkpoints up to {@code step} that lie beside the file for this training's own: they count among those that are kept. */
  void resume(int step) {
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

  /** Whether the file itself has not been saved for long. */
  boolean saveIsDue() {
    return out != null && System.nanoTime() - saved > AUTOSAVE_NS;
  }

  void save(Map<String, Tensor> arrays) {
    if (out != null) {
      Npz.write(out, arrays);
    }
    saved = System.nanoTime();
  }

  /**
   * Saves when there will be no other time to do so: where the file cannot be written, in the system's folder for temporary files.
   *
   * @throws Fault if the file could not be written, saying where the weights are now
   */
  void saveAtLast(Map<String, Tensor> arrays) {
    try {
      save(arrays);
    } catch (Fault fault) {
      Path other = Path.of(System.getProperty("java.io.tmpdir")).resolve(out.getFileName());
      try {
        other = Files.exists(other) ? Files.createTempFile(stem, ".npz") : other;
        Npz.write(other, arrays);
      } catch (Fault | IOException e) {
        throw fault;
      }
      throw new Fault(fault.getMessage(), "what was learned is in " + other + " instead; --resume takes it from there", fault);
    }
  }

  /** Whether a checkpoint is due after this step. */
  boolean isDue(int step) {
    boolean bySteps = retention.steps() > 0 && step % retention.steps() == 0;
    return bySteps || retention.minutes() > 0 && System.nanoTime() - checkpointed > retention.minutes() * 60e9;
  }

  /**
   * Writes {@code NAME-stepNNNNNNNN.npz} and deletes the oldest of this training's that are too many; gives its path.
   *
   * @throws Fault if it cannot be written; what was learned is saved before, where it can be
   */
  Path checkpoint(int step, Map<String, Tensor> arrays) {
    checkpointed = System.nanoTime();
    String number = Integer.toString(step);
    Path file = out.resolveSibling(stem + "0".repeat(Math.max(0, DIGITS - number.length())) + number + ".npz");
    try {
      Npz.write(file, arrays);
    } catch (Fault fault) {
      save(arrays);
      throw new Fault(fault.getMessage(), "what was learned is in " + out + "; --resume goes on from there", fault);
    }
    kept.remove(file);
    kept.add(file);
    while (retention.keep() > 0 && kept.size() > retention.keep()) {
      delete(kept.remove());
    }
    return file;
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new Fault(file + ": the old checkpoint cannot be deleted: " + e.getMessage(), "", e);
    }
  }
}
