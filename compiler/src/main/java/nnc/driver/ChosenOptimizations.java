package nnc.driver;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import nnc.optimizations.Optimization;
import nnc.optimizations.Switches;
import nnc.source.Diagnostics;
import nnc.source.Span;
import nnc.source.Suggestion;

/**
 * What options say of optimizations.
 *
 * @param after those after which it is shown what they left
 */
record ChosenOptimizations(Switches switches, Set<Optimization> after) {

  /** Names that there are not, and what cannot be switched off, are faults. */
  static ChosenOptimizations of(CompilerOptions options, Diagnostics faults) {
    var off = named("--without=", options.without(), faults);
    off.removeIf(one -> {
      if (!one.isSwitchable()) {
        faults.error(Span.NONE, "--without=" + one.title() + ": it cannot be switched off: " + one.necessity());
      }
      return !one.isSwitchable();
    });
    var after = EnumSet.noneOf(Optimization.class);
    after.addAll(named("--after=", options.after(), faults));
    return new ChosenOptimizations(Switches.ALL_ON.butWithout(off), after);
  }

  private static List<Optimization> named(String option, List<String> names, Diagnostics faults) {
    var named = new ArrayList<Optimization>();
    for (var name : names) {
      Optimization.of(name).ifPresentOrElse(named::add, () ->
          faults.error(Span.NONE, option + name + ": there is no optimization of this name" + Suggestion.sentence(name, Optimization.titles()))
              .note("optimizations are " + String.join(", ", Optimization.titles())));
    }
    return named;
  }
}
