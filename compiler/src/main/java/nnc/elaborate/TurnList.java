package nnc.elaborate;

import java.util.AbstractList;
import java.util.List;
import java.util.stream.Stream;
import nnc.source.Span;

/** In the body of a loop the list that turns append to: what earlier ones have appended is not known, only what this one does. Whoever reads it otherwise is told so. */
final class TurnList extends AbstractList<Value> {
  private final String name;
  private final Span span;
  /** What this turn has put in front of the others', and behind them. */
  private final List<Value> front;
  private final List<Value> back;

  private TurnList(String name, Span span, List<Value> front, List<Value> back) {
    this.name = name;
    this.span = span;
    this.front = front;
    this.back = back;
  }

  /** At the beginning of a turn of the loop there. */
  static TurnList of(String name, Span span) {
    return new TurnList(name, span, List.of(), List.of());
  }

  /** Joined from two lists, if one of them is such a list. */
  static TurnList joined(List<Value> first, List<Value> second) {
    return first instanceof TurnList list ? new TurnList(list.name, list.span, list.front, Stream.concat(list.back.stream(), second.stream()).toList())
        : second instanceof TurnList list ? new TurnList(list.name, list.span, Stream.concat(first.stream(), list.front.stream()).toList(), list.back) : null;
  }

  String name() {
    return name;
  }

  List<Value> front() {
    return front;
  }

  List<Value> back() {
    return back;
  }

  @Override
  public Value get(int index) {
    throw unknown();
  }

  @Override
  public int size() {
    throw unknown();
  }

  private ElaborationFault unknown() {
    return new ElaborationFault(span, name + " is a list that a loop appends to: what it holds is known behind the loop");
  }
}
