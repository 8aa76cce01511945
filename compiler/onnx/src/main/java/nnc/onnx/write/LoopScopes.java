package nnc.onnx.write;

import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Term;
import nnc.onnx.term.Turns;

/** In which loop a term is computed: the innermost one on whose turns it depends. What depends on none stands before the loops that read it. */
final class LoopScopes {
  /** By term, the loops on whose turns it depends. */
  private final Map<Term, Set<Turns>> free = new IdentityHashMap<>();
  private final Set<Term> readWithin = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Terms are added after those that they are computed from. */
  void add(Term term) {
    Set<Turns> turns = new HashSet<>();
    parts(term).forEach(part -> turns.addAll(free.get(part)));
    switch (term.formula()) {
      case Formula.Turn(var own) -> turns.add(own);
      case Formula.Carried(var own, _) -> turns.add(own);
      case Formula.Loop loop -> turns.remove(loop.turns());
      default -> {
      }
    }
    free.put(term, turns);
    if (term.formula() instanceof Formula.Loop loop) {
      read(loop.begins(), of(term));
      read(loop.carried(), loop.turns());
      read(loop.collected().stream().map(Formula.Row::item).toList(), loop.turns());
      if (loop.going() != null) {
        read(List.of(loop.going().begins()), of(term));
        read(List.of(loop.going().next()), loop.turns());
      }
    } else {
      read(parts(term).toList(), of(term));
    }
  }

  private static Stream<Term> parts(Term term) {
    return term.formula().terms().map(ProgramTerms::target);
  }

  private void read(List<Term> terms, Turns reader) {
    terms.stream().map(ProgramTerms::target).filter(term -> of(term) != reader).forEach(readWithin::add);
  }

  /** The loop in a turn of which a term is computed; null outside of all. */
  Turns of(Term term) {
    return free.get(term).stream().max(Comparator.comparingInt(Turns::depth)).orElse(null);
  }

  /** Whether a term is read in turns of a loop that it does not depend on: it is computed once, before the loop. */
  boolean isReadWithin(Term term) {
    return readWithin.contains(term);
  }
}
