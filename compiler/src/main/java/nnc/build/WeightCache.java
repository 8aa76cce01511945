package nnc.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;

/** Weights of trainings by the hash of all that they follow from, in a folder. What nobody has asked for in a long time is deleted when something is added. */
final class WeightCache {
  private static final Duration KEPT = Duration.ofDays(60);

  private static final String NAME = "[0-9a-f]{64}\\.npz";

  private final Path folder;

  WeightCache(Path folder) {
    this.folder = folder;
  }

  /** A network with the weights of a training, if they are here and as they were saved. */
  Optional<Model> find(Model network, String key) {
    var file = file(key);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      var model = network.withWeights(file);
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
      return Optional.of(model);
    } catch (Fault damaged) {
      return Optional.empty();
    } catch (IOException e) {
      throw new Fault(file + ": cannot be used: " + e.getMessage(), "", e);
    }
  }

  void put(Model model, String key) {
    model.save(file(key));
    try (var files = Files.list(folder)) {
      var oldest = FileTime.from(Instant.now().minus(KEPT));
      for (var file : files.filter(file -> file.getFileName().toString().matches(NAME)).toList()) {
        if (Files.getLastModifiedTime(file).compareTo(oldest) < 0) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new Fault(folder + ": " + e.getMessage(), "", e);
    }
  }

  private Path file(String key) {
    return folder.resolve(key + ".npz");
  }
}
