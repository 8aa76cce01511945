package nnc.runtime.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Names;

/**
 * A folder with a sub-folder of files for each class.
 *
 * @param labels of the files, each the place of its folder's name among all of them
 * @param names  of the folders, by their letters
 */
record ClassFolders(List<Path> files, int[] labels, List<String> names) {

  /**
   * What a folder holds.
   *
   * @param endings of the files that count; any if there are none
   * @param what    such files are called
   * @throws Fault if it has no sub-folders, or these have no such files
   */
  static ClassFolders of(Path root, List<String> endings, String what) {
    List<Path> classes = list(root, List.of(), true);
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int label = 0; label < classes.size(); label++) {
      names.add(Names.composed(classes.get(label).getFileName().toString()));
      for (Path file : list(classes.get(label), endings, false)) {
        files.add(file);
        labels.add(label);
      }
    }
    if (files.isEmpty()) {
      throw new Fault(root + (classes.isEmpty() ? ": no sub-folders" : ": no " + what + " in its sub-folders"),
          "one sub-folder a class is wanted, with " + what + " in it");
    }
    int[] numbers = new int[labels.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = labels.get(i);
    }
    return new ClassFolders(files, numbers, names);
  }

  /** The column {@code label}. */
  Column label() {
    return new Column("label", new int[0], labels, null, names);
  }

  /** The folders or files in a folder by their names, but for hidden ones. */
  static List<Path> list(Path folder, List<String> endings, boolean folders) {
    List<Path> found = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString().toLowerCase(Locale.ROOT);
        boolean wanted = endings.isEmpty();
        for (String ending : endings) {
          wanted |= name.endsWith(ending);
        }
        if (!name.startsWith(".") && Files.isDirectory(entry) == folders && (folders || wanted)) {
          found.add(entry);
        }
      }
    } catch (IOException e) {
      throw new Fault(folder + ": cannot be read: " + e.getMessage(), "", e);
    }
    found.sort(null);
    return found;
  }
}
