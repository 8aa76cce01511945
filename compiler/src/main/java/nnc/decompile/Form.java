package nnc.decompile;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import nnc.graph.Node;
import nnc.syntax.Ast;

/**
 * How a node is written.
 *
 * @param reads whose texts stand in its own: its operands, or what these are made of where the text says more than the node
 * @param text  its own
 */
record Form(List<Node> reads, Function<Text, Ast.Expr> text) {

  /** What has been written so far. */
  interface Text {
    /** A name, or an expression where that is all there is. */
    Ast.Expr of(Node node);

    /** A function of the library, under a name that nothing hides. */
    Ast.Expr function(String name);

    /** A call with arguments by place. */
    default Ast.Expr call(String function, Ast.Expr... arguments) {
      return Trees.call(function(function), List.of(arguments).stream().map(Trees::argument).toList());
    }

    /** A call with arguments by place and further ones by name. */
    default Ast.Expr call(String function, List<Ast.Expr> arguments, List<Ast.Argument> named) {
      var all = new ArrayList<>(arguments.stream().map(Trees::argument).toList());
      all.addAll(named);
      return Trees.call(function(function), all);
    }
  }

  static Form of(Node node, Function<Text, Ast.Expr> text) {
    return new Form(List.copyOf(node.operands()), text);
  }
}
