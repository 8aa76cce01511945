package nnc.image;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.TreeSet;
import nnc.runtime.base.Fault;
import nnc.runtime.files.AtomicFile;
import nnc.runtime.files.ScratchFolder;

/**
 * Where an image goes. What may be there before is nothing, an empty folder, or an earlier image; everything else is the user's.
 *
 * @param shown  as the user named it
 * @param folder the same, absolute and without links
 */
record Target(Path shown, Path folder) {
  /** The file by which an image is known. */
  static final String MARK = "nnc-image.json";

  /** What an image's folders hold. */
  private static final List<String> PARTS = List.of("bin", "lib", MARK), LIBRARY = List.of("java", "network.aot", "network.jar");

  /**
   * Looks at the place.
   *
   * @throws Fault if it is taken, or not to be written to
   */
  static Target at(Path shown) {
    try {
      var place = Files.exists(shown) ? shown.toRealPath() : shown.toAbsolutePath().normalize();
      if (place.getParent() == null) {
        throw new Fault(shown + ": is no place for an image");
      }
      Files.createDirectories(place.getParent());
      if (Files.exists(place)) {
        examine(shown, place);
      }
      if (!Files.isWritable(place.getParent())) {
        throw new AccessDeniedException(place.toString());
      }
      return new Target(shown, place);
    } catch (IOException e) {
      throw AtomicFile.fault(shown, e);
    }
  }

  private static void examine(Path shown, Path place) throws IOException {
    if (!Files.isDirectory(place)) {
      throw new Fault(shown + ": is a file; an image is a folder");
    }
    var there = names(place);
    if (there.isEmpty()) {
      return;
    }
    if (!there.contains(MARK)) {
      throw new Fault(shown + ": is there already, and is no image of nnc: it stays as it is", "name another folder, or an empty one");
    }
    var foreign = new TreeSet<>(there);
    PARTS.forEach(foreign::remove);
    if (there.contains("lib")) {
      names(place.resolve("lib")).stream().filter(name -> !LIBRARY.contains(name)).forEach(name -> foreign.add("lib/" + name));
    }
    if (there.contains("bin")) {
      var programs = names(place.resolve("bin"));
      programs.stream().skip(1).forEach(name -> foreign.add("bin/" + name));
    }
    if (!foreign.isEmpty()) {
      throw new Fault(shown + ": is an image, but also holds " + String.join(", ", foreign) + ", which would be lost",
          "move that elsewhere, or name another folder");
    }
  }

  private static TreeSet<String> names(Path folder) throws IOException {
    var names = new TreeSet<String>();
    try (var entries = Files.newDirectoryStream(folder)) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
    }
    return names;
  }

  /** A folder of the same file system that is not there yet. */
  Path beside(String end) {
    return folder.resolveSibling("." + folder.getFileName() + "." + Long.toHexString(System.nanoTime()) + end);
  }

  /** Puts a finished image in its place; what was there goes back if that fails. */
  void take(Path image) throws IOException {
    if (!Files.exists(folder) || names(folder).isEmpty()) {
      Files.move(image, folder, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    var old = beside(".old");
    Files.move(folder, old, StandardCopyOption.ATOMIC_MOVE);
    try {
      Files.move(image, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.move(old, folder, StandardCopyOption.ATOMIC_MOVE);
      throw e;
    }
    ScratchFolder.delete(old);
  }
}
