package nnc.onnx.write;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lines that are the same several times but for their layers' weights.
 *
 * @param from    the first line of the first turn
 * @param period  lines of a turn
 * @param turns   how often
 * @param carried by what a turn begins with, the number of what stands for it at the end of the turn: of the first turn's
 */
record RepeatedLines(int from, int period, int turns, Map<Integer, Integer> carried) {
  /** Fewer lines are no shorter as a loop. */
  private static final int LEAST_LINES = 3;

  int to() {
    return from + period * turns;
  }

  /** Loops that do not overlap, the longest first. */
  static List<RepeatedLines> of(List<ProgramLine> lines, Set<Integer> told) {
    var found = new ArrayList<RepeatedLines>();
    search(lines, told, 0, lines.size(), found);
    return found;
  }

  private static void search(List<ProgramLine> lines, Set<Integer> told, int from, int to, List<RepeatedLines> found) {
    var forms = lines.stream().map(ProgramLine::form).toList();
    RepeatedLines best = null;
    for (int start = from; start < to; start++) {
      for (int period = LEAST_LINES; start + 2 * period <= to; period++) {
        if (!forms.get(start).equals(forms.get(start + period)) || !forms.subList(start, start + period).equals(forms.subList(start + period, start + 2 * period))) {
          continue;
        }
        var loop = at(lines, told, start, period, to).orElse(null);
        // of loops over the same lines the one with the most turns
        if (loop != null && (best == null || loop.period * (loop.turns - 1) > best.period * (best.turns - 1))) {
          best = loop;
        }
      }
    }
    if (best != null) {
      search(lines, told, from, best.from, found);
      found.add(best);
      search(lines, told, best.to(), to, found);
    }
  }

  private static Optional<RepeatedLines> at(List<ProgramLine> lines, Set<Integer> told, int from, int period, int end) {
    int turns = 1;
    Map<Integer, Integer> carried = new HashMap<>();
    while (from + (turns + 1) * period <= end && follows(lines, from, period, turns, carried)) {
      turns++;
    }
    return turns < 2 || !isAlone(lines, told, from, period, turns, carried) ? Optional.empty() : Optional.of(new RepeatedLines(from, period, turns, carried));
  }

  /** Whether a turn does what the first does, with what the turn before it made in place of what was there before. */
  private static boolean follows(List<ProgramLine> lines, int from, int period, int turn, Map<Integer, Integer> carried) {
    var first = places(lines, from, period);
    var before = places(lines, from + (turn - 1) * period, period);
    var here = places(lines, from + turn * period, period);
    Map<Integer, Integer> found = new HashMap<>(carried);
    for (int i = 0; i < period; i++) {
      var one = lines.get(from + i);
      var other = lines.get(from + turn * period + i);
      if (!one.form().equals(other.form())) {
        return false;
      }
      for (int k = 0; k < one.names().size(); k++) {
        int a = one.names().get(k);
        int b = other.names().get(k);
        if (first.containsKey(a)) {
          if (!first.get(a).equals(here.get(b))) {
            return false;
          }
        } else if (before.containsKey(b)) {
          int end = lines.get(from + before.get(b)).id();
          if (found.getOrDefault(a, end) != end) {
            return false;
          }
          found.put(a, end);
        } else if (a != b || carried.containsKey(a)) {
          return false;
        }
      }
    }
    // what is handed on is handed on everywhere
    if (turn > 1 && !found.equals(carried) || new HashSet<>(found.values()).size() < found.size()) {
      return false;
    }
    for (int i = 0; i < period; i++) {
      for (int k = 0; k < lines.get(from + i).names().size(); k++) {
        if (found.containsKey(lines.get(from + i).names().get(k)) && !before.containsKey(lines.get(from + turn * period + i).names().get(k))) {
          return false;
        }
      }
    }
    carried.putAll(found);
    return true;
  }

  private static Map<Integer, Integer> places(List<ProgramLine> lines, int from, int period) {
    Map<Integer, Integer> places = new HashMap<>();
    for (int i = 0; i < period; i++) {
      places.put(lines.get(from + i).id(), i);
    }
    return places;
  }

  /** Whether nothing else needs what a turn begins with, or what is made in turns before the last. */
  private static boolean isAlone(List<ProgramLine> lines, Set<Integer> told, int from, int period, int turns, Map<Integer, Integer> carried) {
    Set<Integer> lost = new HashSet<>(carried.keySet());
    for (int i = from; i < from + period * (turns - 1); i++) {
      lost.add(lines.get(i).id());
    }
    // a line that binds what is handed on anew comes after those that read it
    for (var pair : carried.entrySet()) {
      int bound = places(lines, from, period).get(pair.getValue());
      for (int i = bound + 1; i < period; i++) {
        if (lines.get(from + i).names().contains(pair.getKey())) {
          return false;
        }
      }
      if (lines.get(from + bound).made() != null) {
        return false;
      }
    }
    return told.stream().noneMatch(lost::contains) && lines.subList(from + period * turns, lines.size()).stream().flatMap(line -> line.names().stream()).noneMatch(lost::contains);
  }
}
