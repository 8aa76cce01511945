package nnc.driver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import nnc.source.Diagnostics;
import nnc.source.Limit;
import nnc.source.Span;
import nnc.syntax.Ast;
import nnc.syntax.AstBuilder;

/** The files of a program: its own, and those that it imports, which are looked for beside it. */
final class SourceFiles {
  /** What names of programs end in. Nothing else is read: messages show lines of what they speak of. */
  private static final String PROGRAM = ".nn";

  private final Path main;
  private final Path folder;
  private final Optional<Sandbox> sandbox;
  private final Map<String, String> texts = new LinkedHashMap<>();
  /** The texts of imported files, by their paths as they are written. */
  private final Map<String, String> imports = new LinkedHashMap<>();
  private Predicate<Path> importable = _ -> true;
  private Optional<Map<String, String>> provided = Optional.empty();

  SourceFiles(Path main, Optional<Sandbox> sandbox) {
    this(main, main.toAbsolutePath().getParent(), sandbox);
  }

  /** Of a program whose imports are looked for in a folder of another choice. */
  SourceFiles(Path main, Path folder, Optional<Sandbox> sandbox) {
    this.main = main;
    this.folder = folder;
    this.sandbox = sandbox;
  }

  /** What has been read, by the names that messages call the files. */
  Map<String, String> texts() {
    return texts;
  }

  /** The texts of the files that were imported so far, by their paths as they are written, in the order in which they are met. */
  Map<String, String> imports() {
    return imports;
  }

  /** Has imports taken from here alone, by their paths as they are written: no file is read. */
  void provide(Map<String, String> texts) {
    provided = Optional.of(texts);
  }

  /** Has imports of other files than these refused, unread. */
  void importing(Predicate<Path> files) {
    importable = files;
  }

  /** What a statement imports; nothing where that is a fault. */
  Ast.Program imported(String path, Ast.Import statement, Diagnostics diagnostics) {
    if (provided.isPresent()) {
      return provided(path, statement, diagnostics);
    } else if (sandbox.isPresent() && !sandbox.get().admits(folder, path, statement.span(), diagnostics)) {
      return nothing(path);
    }
    var resolved = folder.resolve(path);
    if (!importable.test(resolved)) {
      diagnostics.error(statement.span(), path + " may not be imported here");
      return nothing(path);
    } else if (!isProgram(resolved)) {
      diagnostics.error(statement.span(), path + " is not read: what is imported is a program, in a file whose name ends in " + PROGRAM);
      return nothing(path);
    } else if (resolved.normalize().equals(main.toAbsolutePath().normalize())) {
      diagnostics.error(statement.span(), path + " is imported by what it imports itself").hint("what both need stands in a file of its own");
      return nothing(path);
    }
    if (Files.exists(resolved) && !Files.isRegularFile(resolved)) {
      diagnostics.error(statement.span(), resolved + " is no file of text");
      return nothing(path);
    }
    var read = read(resolved, resolved.toString(), statement.span(), diagnostics);
    if (texts.containsKey(resolved.toString())) {
      imports.put(path, texts.get(resolved.toString()));
    }
    return read;
  }

  private Ast.Program provided(String path, Ast.Import statement, Diagnostics diagnostics) {
    var text = provided.orElseThrow().get(path);
    if (text == null) {
      diagnostics.error(statement.span(), path + " is not there");
      return nothing(path);
    }
    texts.put(path, text);
    imports.put(path, text);
    return AstBuilder.parse(path, text, diagnostics);
  }

  /** By its name, and by that of the file that a link leads to. */
  private static boolean isProgram(Path path) {
    try {
      return path.toString().endsWith(PROGRAM) && (!Files.exists(path) || path.toRealPath().toString().endsWith(PROGRAM));
    } catch (IOException e) {
      // what cannot be read is told when it is
      return true;
    }
  }

  /** The program itself; nothing where it cannot be read. */
  Ast.Program main(Diagnostics diagnostics) {
    var name = main.toString();
    return sandbox.isPresent() && !sandbox.get().admits(main, diagnostics) ? nothing(name) : read(main, name, Span.NONE, diagnostics);
  }

  /**
   * A file's program; nothing where it cannot be read.
   *
   * @param name by which messages call it
   * @param from the place that asks for it
   */
  private Ast.Program read(Path path, String name, Span from, Diagnostics diagnostics) {
    try {
      var text = text(path, name);
      if (text == null) {
        diagnostics.error(from, name + " is too large for a program: " + Limit.TEXT.message()).hint(Limit.TEXT.hint());
        return nothing(name);
      }
      texts.put(name, text);
      return AstBuilder.parse(name, text, diagnostics);
    } catch (NoSuchFileException e) {
      diagnostics.error(from, "there is no file " + path);
    } catch (CharacterCodingException e) {
      diagnostics.error(from, path + " is no UTF-8 text");
    } catch (IOException e) {
      diagnostics.error(from, path + " cannot be read: " + e.getMessage());
    }
    return nothing(name);
  }

  /** A file's text; null where all that was read would be more than a program may have. */
  private String text(Path path, String name) throws IOException {
    long before = texts.entrySet().stream().filter(read -> !read.getKey().equals(name)).mapToLong(read -> read.getValue().length()).sum();
    byte[] bytes;
    try (var in = Files.newInputStream(path)) {
      bytes = in.readNBytes((int) Math.max(0, Limit.TEXT.most() - before) + 1);
    }
    return before + bytes.length > Limit.TEXT.most() ? null
        : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  /** Is told of what the data block reads. */
  void data(String source, String name, Span place, Diagnostics diagnostics) {
    sandbox.ifPresent(box -> box.data(folder, source, name, place, diagnostics));
  }

  private static Ast.Program nothing(String name) {
    return new Ast.Program(name, List.of(), new Span(name, 1, 1, 1, 1));
  }
}
