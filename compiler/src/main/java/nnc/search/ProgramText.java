package nnc.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import nnc.jar.Sha256;
import nnc.runtime.files.AtomicFile;
import nnc.source.Diagnostics;
import nnc.syntax.Ast;
import nnc.syntax.AstBuilder;

/** What makes the runs of a journal comparable: the program with what it imports, the constants that stay, and how it is run and judged. */
final class ProgramText {
  private ProgramText() {}

  /** A word that changes with any of it. */
  static String digest(Subject subject, Verdict verdict) {
    var texts = new TreeMap<String, String>();
    read(subject.file().toAbsolutePath().normalize(), texts);
    var options = subject.options();
    return Sha256.of(texts.values() + "\n" + new TreeMap<>(options.defines()) + "\n" + options.precision() + options.without() + "\n"
        + subject.data() + "\n" + verdict.role()).substring(0, 16);
  }

  private static void read(Path file, TreeMap<String, String> texts) {
    if (texts.containsKey(file.toString())) {
      return;
    }
    try {
      var text = Files.readString(file);
      texts.put(file.toString(), text);
      for (var statement : AstBuilder.parse(file.toString(), text, new Diagnostics()).statements()) {
        if (statement instanceof Ast.Import other) {
          read(file.resolveSibling(other.path()).normalize(), texts);
        }
      }
    } catch (IOException e) {
      throw AtomicFile.fault(file, e);
    }
  }
}
