package nnc.typed;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.syntax.Ast;
import nnc.syntax.AstBuilder;

/**
 * What a program's comments say: of the program, in the lines that its file begins with, and of an input or output, in the lines right above it or behind it on its
 * own line.
 *
 * @param about        of the program
 * @param inputs       of inputs and targets, by name
 * @param outputs      of outputs, by name
 * @param declarations the types of inputs and targets as they are written, by name
 */
record ProgramComments(List<String> about, Map<String, List<String>> inputs, Map<String, List<String>> outputs, Map<String, String> declarations) {
  /** Of a program that has no faults. */
  static ProgramComments of(String text) {
    var lines = text.lines().toList();
    var comments = new ProgramComments(head(lines), new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
    comments.take(AstBuilder.parse("", text, new Diagnostics()).statements(), lines);
    return comments;
  }

  private void take(List<Ast.Statement> statements, List<String> lines) {
    for (var statement : statements) {
      if (statement instanceof Ast.Input input) {
        inputs.put(input.name(), beside(input.span(), lines));
        declarations.put(input.name(), written(input.type().span(), lines));
      } else if (statement instanceof Ast.Output output) {
        outputs.put(output.name(), beside(output.span(), lines));
      } else if (statement instanceof Ast.If choice) {
        take(choice.then(), lines);
        take(choice.otherwise(), lines);
      } else if (statement instanceof Ast.For loop) {
        take(loop.body(), lines);
      }
    }
  }

  private static List<String> head(List<String> lines) {
    var head = new ArrayList<String>();
    for (int i = 0; i < lines.size() && isComment(lines.get(i)); i++) {
      add(lines.get(i).strip(), head);
    }
    return head;
  }

  private static List<String> beside(Span span, List<String> lines) {
    int first = span.line() - 1;
    while (first > 0 && isComment(lines.get(first - 1))) {
      first--;
    }
    var comment = new ArrayList<String>();
    // what the file begins with is said of the program
    for (int i = first == 0 ? span.line() : first; i < span.line() - 1; i++) {
      add(lines.get(i).strip(), comment);
    }
    var rest = from(lines.get(span.endLine() - 1), span.endColumn()).strip();
    if (rest.startsWith("#")) {
      add(rest, comment);
    }
    return comment;
  }

  private static boolean isComment(String line) {
    return line.strip().startsWith("#");
  }

  /** What a comment says, unless it is said to the compiler. */
  private static void add(String comment, List<String> to) {
    var said = comment.replaceFirst("^#+", "").strip();
    if (!said.startsWith("nnc:") && !said.isEmpty()) {
      to.add(said);
    }
  }

  private static String written(Span span, List<String> lines) {
    var line = lines.get(span.line() - 1);
    return span.line() != span.endLine() ? "" : line.substring(offset(line, span.column()), offset(line, span.endColumn()));
  }

  private static String from(String line, int column) {
    return line.substring(offset(line, column));
  }

  /** Columns count code points, from 1 on. */
  private static int offset(String line, int column) {
    return line.offsetByCodePoints(0, Math.min(column - 1, line.codePointCount(0, line.length())));
  }
}
