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
import java.util.function.Predicate;
import nnc.source.Diagnostics;
import nnc.source.Limit;
import nnc.source.Span;
import nnc.syntax.Ast;
import nnc.syntax.AstBuilder;

/** The files of a program: its own, and those that it imports, which are looked for beside it. */
final class SourceFiles {
  private final Path main;
  private final Path folder;
  private final Map<String, String> texts = new LinkedHashMap<>();
  private Predicate<Path> importable = _ -> true;

  SourceFiles(Path main) {
    this(main, main.toAbsolutePath().getParent());
  }

  /** Of a program whose imports are looked for in a folder of another choice. */
  SourceFiles(Path main, Path folder) {
    this.main = main;
    this.folder = folder;
  }

  /** What has been read, by the names that messages call the files. */
  Map<String, String> texts() {
    return texts;
  }

  /** Has imports of other files than these refused, unread. */
  void importing(Predicate<Path> files) {
    importable = files;
  }

  /** What a statement imports; nothing where that is a fault. */
  Ast.Program imported(String path, Ast.Import statement, Diagnostics diagnostics) {
    var resolved = folder.resolve(path);
    if (resolved.normalize().equals(main.toAbsolutePath().normalize())) {
      diagnostics.error(statement.span(), path + " is imported by what it imports itself").hint("what both need stands in a file of its own");
      return nothing(path);
    }
    if (Files.exists(resolved) && !Files.isRegularFile(resolved)) {
      diagnostics.error(statement.span(), resolved + " is no file of text");
      return nothing(path);
    }
    return read(resolved, resolved.toString(), statement.span(), diagnostics);
  }

  /**
   * A file's program; nothing where it cannot be read.
   *
   * @param name by which messages call it
   * @param from the place that asks for it
   */
  Ast.Program read(Path path, String name, Span from, Diagnostics diagnostics) {
    if (!importable.test(path)) {
      diagnostics.error(from, name + " may not be imported here");
      return nothing(name);
    }
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

  private static Ast.Program nothing(String name) {
    return new Ast.Program(name, List.of(), new Span(name, 1, 1, 1, 1));
  }
}
