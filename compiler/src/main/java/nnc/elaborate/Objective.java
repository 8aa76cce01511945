package nnc.elaborate;

import java.util.ArrayList;
import java.util.List;
import nnc.graph.Graph;
import nnc.graph.Node;
import nnc.source.Span;
import nnc.syntax.Ast;

/** What a program says of its training, as it is read. */
final class Objective {
  /** Something that holds for the parameters whose path matches. */
  record On(Value what, String pattern, Span span) {}

  /** A loss and what it is called: by the name or function that it was given as; empty if it was another expression. */
  record Loss(String called, Node node) {}

  final List<Loss> losses = new ArrayList<>();
  final List<Graph.Result> metrics = new ArrayList<>();
  final List<On> penalties = new ArrayList<>();
  final List<On> projections = new ArrayList<>();
  final List<On> frozen = new ArrayList<>();
  final List<Ast.Setting> data = new ArrayList<>();
  final List<Ast.Setting> train = new ArrayList<>();
}
