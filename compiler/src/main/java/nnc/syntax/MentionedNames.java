package nnc.syntax;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The names that an expression mentions, in order; those of a function's own parameters too. */
public final class MentionedNames {
  private final Set<String> names = new LinkedHashSet<>();

  private MentionedNames() {}

  public static Set<String> of(Ast.Expr expression) {
    var mentions = new MentionedNames();
    mentions.visit(expression);
    return mentions.names;
  }

  private void visit(Ast.Expr expression) {
    switch (expression) {
      case Ast.Number _, Ast.Text _, Ast.Bool _, Ast.None _ -> { }
      case Ast.Name name -> names.add(name.name());
      case Ast.ListExpr list -> list.items().forEach(this::visit);
      case Ast.Range range -> visit(List.of(range.from(), range.to()));
      case Ast.Unary unary -> visit(unary.operand());
      case Ast.Binary binary -> visit(List.of(binary.left(), binary.right()));
      case Ast.IfExpr choice -> visit(List.of(choice.condition(), choice.then(), choice.otherwise()));
      case Ast.Call call -> {
        visit(call.callee());
        call.arguments().forEach(argument -> visit(argument.value()));
      }
      case Ast.Pipe pipe -> visit(List.of(pipe.left(), pipe.right()));
      case Ast.Index index -> {
        visit(index.base());
        index.subscripts().forEach(subscript -> visit(parts(subscript)));
      }
      case Ast.Member member -> visit(member.base());
      case Ast.Lambda lambda -> visit(lambda.body());
    }
  }

  private void visit(List<Ast.Expr> expressions) {
    expressions.forEach(this::visit);
  }

  private static List<Ast.Expr> parts(Ast.Subscript subscript) {
    return switch (subscript) {
      case Ast.Subscript.At at -> List.of(at.place());
      case Ast.Subscript.Slice slice -> Stream.of(slice.from(), slice.to(), slice.step()).flatMap(Optional::stream).toList();
      case Ast.Subscript.Rest _ -> List.of();
    };
  }
}
