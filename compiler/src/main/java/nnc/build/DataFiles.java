package nnc.build;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nnc.runtime.spec.ModelSpec.Source;

/**
 * The files that a program's data come from: whatever text among the arguments of its sources is the name of a file or folder. Of public data sets, which are what they
 * are, only those count that lie in a folder that was named for them.
 */
final class DataFiles {
  private static final List<String> PUBLIC = List.of("mnist", "cifar10", "cifar100");

  private final Path folder;
  private final Optional<Path> named;
  private final Set<Path> files = new LinkedHashSet<>();

  private DataFiles(Path folder, Optional<Path> named) {
    this.folder = folder;
    this.named = named;
  }

  /**
   * Of some sources.
   *
   * @param beside the folder of the program
   * @param named  that of data, where it is another
   */
  static Set<Path> of(Collection<Source> sources, Path beside, Optional<Path> named) {
    var found = new DataFiles(named.orElse(beside), named);
    sources.forEach(found::take);
    return found.files;
  }

  private void take(Source source) {
    if (PUBLIC.contains(source.name())) {
      named.ifPresent(files::add);
    }
    if (source.value() instanceof String text && !text.isBlank()) {
      try {
        var file = folder.resolve(text);
        if (Files.exists(file)) {
          files.add(file);
        }
      } catch (InvalidPathException e) {
        // a text that is no path is no file
        return;
      }
    }
    source.arguments().forEach(this::take);
    source.named().values().forEach(this::take);
  }
}
