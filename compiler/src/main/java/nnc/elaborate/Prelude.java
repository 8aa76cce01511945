package nnc.elaborate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import nnc.source.Diagnostics;
import nnc.syntax.Ast;
import nnc.syntax.AstBuilder;

/** The library that is written in the language itself. */
public final class Prelude {
  private Prelude() {}

  private static final class Holder {
    static final Ast.Program PROGRAM = parse();
  }

  /** Parsed once. */
  public static Ast.Program program() {
    return Holder.PROGRAM;
  }

  private static Ast.Program parse() {
    try (var in = Prelude.class.getResourceAsStream(Elaborator.PRELUDE)) {
      var diagnostics = new Diagnostics();
      var program = AstBuilder.parse(Elaborator.PRELUDE, new String(in.readAllBytes(), StandardCharsets.UTF_8), diagnostics);
      if (diagnostics.hasErrors()) {
        throw new IllegalStateException(diagnostics.render(java.util.Map.of(), false));
      }
      return program;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
