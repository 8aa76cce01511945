package nnc.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Map;

/** The weight file of a training: saved at the end and now and then before, and beside it checkpoints of which the last few are kept. */
final class Checkpoints {
  private static final long AUTOSAVE_NS = 60_000_000_000L;

  private final Path out;
  private final Settings settings;
  private final ArrayDeque<Path> kept = new ArrayDeque<>();
  private long saved = System.nanoTime();
  private long checkpointed = System.nanoTime();

  Checkpoints(Path out, Settings settings) {
    this.out = out;
    this.settings = settings;
  }

  /** Whether the file itself has not been saved for long. */
  boolean saveIsDue() {
    return System.nanoTime() - saved > AUTOSAVE_NS;
  }

  void save(Map<String, Tensor> arrays) {
    Npz.write(out, arrays);
    saved = System.nanoTime();
  }

  /** Whether a checkpoint is due after this step. */
  boolean isDue(int step) {
    boolean bySteps = settings.checkpointSteps() > 0 && step % settings.checkpointSteps() == 0;
    return bySteps || settings.checkpointMinutes() > 0
        && System.nanoTime() - checkpointed > settings.checkpointMinutes() * 60e9;
  }

  /** Writes {@code NAME-stepNNNNNNNN.npz} and deletes the oldest of this training's that are too many; gives its path. */
  Path checkpoint(int step, Map<String, Tensor> arrays) {
    checkpointed = System.nanoTime();
    String name = out.getFileName().toString();
    int end = name.endsWith(".npz") ? name.length() - 4 : name.length();
    String number = Integer.toString(step);
    Path file = out.resolveSibling(name.substring(0, end) + "-step" + "0".repeat(Math.max(0, 8 - number.length())) + number + ".npz");
    Npz.write(file, arrays);
    kept.remove(file);
    kept.add(file);
    while (settings.keep() > 0 && kept.size() > settings.keep()) {
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
