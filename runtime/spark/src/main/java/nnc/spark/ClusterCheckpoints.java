package nnc.spark;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import nnc.runtime.files.WeightFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Checkpoints in a folder of any file system that Hadoop knows: weight files, of which each has all that training needs to go on. One is written beside its place and then
 * renamed: what has its name is whole.
 */
final class ClusterCheckpoints {
  private static final String NAME = "epoch-", END = ".npz";
  private static final String POSITION = WeightFile.OWN + "cluster", LOSSES = WeightFile.OWN + "losses";

  private final Path folder;
  private final FileSystem files;
  private final int keep;

  /** @param keep how many stay; 0 for all */
  ClusterCheckpoints(String folder, int keep, Configuration configuration) {
    this.keep = keep;
    try {
      this.folder = new Path(folder);
      files = this.folder.getFileSystem(configuration);
      files.mkdirs(this.folder);
    } catch (IOException | RuntimeException e) {
      // what is wrong with a host or a file system's class comes as whatever its authors have thought of
      throw new Fault(folder + ": cannot be a folder of checkpoints: " + e.getMessage(), "name one of a file system that Hadoop knows here: file:///..., hdfs://...; others have their jars in --packages", e);
    }
  }

  /** Those that there are, the oldest first. */
  private List<Path> all() throws IOException {
    List<Path> found = new ArrayList<>();
    for (FileStatus file : files.listStatus(folder)) {
      if (file.getPath().getName().matches(NAME + "[0-9]+\\" + END)) {
        found.add(file.getPath());
      }
    }
    found.sort(Comparator.comparingInt(ClusterCheckpoints::epoch));
    return found;
  }

  private static int epoch(Path file) {
    String name = file.getName();
    return Integer.parseInt(name.substring(NAME.length(), name.length() - END.length()));
  }

  /** Writes where training stands, and removes what is older than the newest few. */
  void write(Model model, TrainingState state, BlockSteps blocks) {
    Path file = new Path(folder, NAME + String.format(Locale.ROOT, "%06d", state.epoch()) + END);
    Path beside = new Path(folder, "." + file.getName() + ".part");
    var bytes = new ByteArrayOutputStream();
    try {
      Map<String, Tensor> arrays = new LinkedHashMap<>(WeightFile.arraysOfTraining(model.spec(), state.weights()));
      arrays.putAll(WeightFile.categories(model.vocabulary()));
      arrays.put(POSITION, new Tensor(new int[] {5}, position(state, blocks)));
      arrays.put(LOSSES, new Tensor(new int[] {state.losses().size()}, state.losses().stream().mapToDouble(Double::doubleValue).toArray()));
      Npz.write(bytes, arrays);
      try (var out = files.create(beside, true)) {
        out.write(bytes.toByteArray());
      }
      files.delete(file, false);
      if (!files.rename(beside, file)) {
        throw new IOException(beside + " cannot be renamed");
      }
      List<Path> all = all();
      for (int i = 0; keep > 0 && i < all.size() - keep; i++) {
        files.delete(all.get(i), false);
      }
    } catch (IOException e) {
      throw new Fault(file + ": cannot be written: " + e.getMessage(), "", e);
    }
  }

  private static long[] position(TrainingState state, BlockSteps blocks) {
    return new long[] {state.epoch(), state.seed(), blocks.rows(), blocks.block(), blocks.round()};
  }

  /**
   * The newest one; null if there is none.
   *
   * @param model into whose weights it is read
   * @throws Fault if it is of another training, on other numbers of rows or with another seed
   */
  TrainingState newest(Model model, long seed, BlockSteps blocks) {
    try {
      List<Path> all = all();
      return all.isEmpty() ? null : read(all.get(all.size() - 1), model, seed, blocks);
    } catch (IOException e) {
      throw new Fault(folder + ": cannot be read: " + e.getMessage(), "", e);
    }
  }

  /** The arrays of a file, by way of one of this machine's. */
  private Map<String, Tensor> arrays(Path file) throws IOException {
    java.nio.file.Path own = Files.createTempFile("nnc-", END);
    try {
      try (var in = files.open(file)) {
        Files.copy(in, own, StandardCopyOption.REPLACE_EXISTING);
      }
      return Npz.read(own);
    } catch (Fault fault) {
      throw new Fault(fault.getMessage().replace(own.toString(), file.toString()), "remove it: training then goes on from the one before", fault);
    } finally {
      Files.delete(own);
    }
  }

  private TrainingState read(Path file, Model model, long seed, BlockSteps blocks) throws IOException {
    Map<String, Tensor> arrays = arrays(file);
    Tensor position = arrays.get(POSITION);
    Tensor losses = arrays.get(LOSSES);
    if (position == null || losses == null || !(position.data() instanceof long[] counts) || counts.length != 5) {
      throw new Fault(file + ": is no checkpoint of a training on a cluster", "name another folder");
    }
    var here = position(new TrainingState((int) counts[0], seed, List.of(), null), blocks);
    if (!Arrays.equals(here, counts)) {
      throw new Fault(file + ": cannot go on to the same result: it is of " + counts[2] + " rows in blocks of " + counts[3] + ", " + counts[4] + " a step, seed " + counts[1] + "; now there are "
          + here[2] + " rows in blocks of " + here[3] + ", " + here[4] + " a step, seed " + here[1], "name another folder for another training");
    }
    Map<String, Tensor> weights = new LinkedHashMap<>(arrays);
    weights.remove(POSITION);
    weights.remove(LOSSES);
    WeightFile.resume(model.spec(), weights, model.writable(), model.vocabulary(), file.toString());
    List<Double> told = new ArrayList<>();
    for (int i = 0; i < losses.size(); i++) {
      told.add(losses.get(i));
    }
    return new TrainingState((int) counts[0], seed, told, model.weights());
  }
}
