package nnc.playground;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec.Source;

/**
 * The program that the playground was opened with. What it reads itself, data and imports, texts of the page may read as well, and no other file.
 *
 * @param file    absolute; of no program a name in a folder that has nothing
 * @param text    empty if there is none
 * @param sources of its data block, each with all that stands in it
 */
record ChosenProgram(Path file, String text, List<Source> sources) {
  /** There is none. */
  static final ChosenProgram NONE = new ChosenProgram(Path.of("playground.nn").toAbsolutePath(), "", List.of());

  /** The largest text that is compiled, in characters. */
  static final int LARGEST = 64 << 10;

  static ChosenProgram of(Path file) throws FaultyProgram, IOException {
    String text;
    try {
      text = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new Fault(file + " is no UTF-8 text", "", e);
    }
    if (text.length() > LARGEST) {
      throw new Fault(file + " is longer than " + LARGEST + " characters, and the playground takes no longer ones");
    }
    var compiled = Compiler.compile(file, CompilerOptions.standard());
    return new ChosenProgram(file.toAbsolutePath(), text, List.copyOf(compiled.spec().data().values()));
  }

  boolean isThere() {
    return !text.isEmpty();
  }

  /** What it is called, without extension. */
  String name() {
    var name = file.getFileName().toString();
    return name.endsWith(".nn") ? name.substring(0, name.length() - 3) : name;
  }

  Path folder() {
    return file.getParent();
  }

  /** Whether a text may import a file: one that this program imports, itself or by others. */
  boolean imports(Path file) {
    return imported().contains(file.toAbsolutePath().normalize());
  }

  private Set<Path> imported() {
    var found = new HashSet<Path>();
    var left = new ArrayList<>(List.of(text));
    while (!left.isEmpty()) {
      for (var path : Imports.of(left.removeLast())) {
        var imported = folder().resolve(path).normalize();
        if (found.add(imported) && Files.isRegularFile(imported)) {
          try {
            left.add(Files.readString(imported));
          } catch (IOException e) {
            found.remove(imported);
          }
        }
      }
    }
    return found;
  }

  /** Whether a source of this program's data block says the same, wherever it stands. */
  boolean reads(Source source) {
    return sources.stream().anyMatch(own -> holds(own, source));
  }

  private static boolean holds(Source own, Source other) {
    return same(own, other) || own.arguments().stream().anyMatch(part -> holds(part, other)) || own.named().values().stream().anyMatch(part -> holds(part, other));
  }

  private static boolean same(Source own, Source other) {
    if (!own.name().equals(other.name()) || !java.util.Objects.equals(own.value(), other.value()) || own.arguments().size() != other.arguments().size()
        || !own.named().keySet().equals(other.named().keySet())) {
      return false;
    }
    for (int i = 0; i < own.arguments().size(); i++) {
      if (!same(own.arguments().get(i), other.arguments().get(i))) {
        return false;
      }
    }
    return own.named().entrySet().stream().allMatch(part -> same(part.getValue(), other.named().get(part.getKey())));
  }
}
