package nnc.elaborate;

import nnc.elaborate.Elaborator.Aim;
import nnc.elaborate.Elaborator.Rolled;
import nnc.source.CompilerFault;
import nnc.source.Diagnostics;

/**
 * Elaborations of one program, one after the other, until one stands. Where a loop that was tried cannot be rolled, or should not be, all begins anew with that loop unrolled.
 * What is beyond a {@link nnc.source.Limit} begins anew with more loops rolled. What has faults is told what it is told unrolled.
 */
final class RollingAttempts {
  /** Elaborates from the beginning. */
  interface Elaboration {
    Elaborated with(Rolling rolling, Diagnostics diagnostics);
  }

  /** One that has come to its end. */
  private record Attempt(Rolling rolling, Elaborated made, Diagnostics found) {
    boolean isBeyondLimits() {
      return found.hasErrors() && (found.isEnded() || rolling.isTooLong());
    }
  }

  private RollingAttempts() {}

  /** Of a program as an aim says it; faults go to the diagnostics. */
  static Elaborated of(Aim aim, Diagnostics diagnostics, Elaboration elaboration) {
    // what is looked at is what each turn comes to, and of several networks' loops nothing is joined
    if (aim.rolled() == Rolled.NONE || aim.observed() || aim.members().areSeveral() || diagnostics.hasErrors()) {
      return elaboration.with(Rolling.off(), diagnostics);
    }
    var first = attempt(Rolling.of(aim), elaboration);
    var last = first.isBeyondLimits() && first.rolling.hasMore() ? attempt(Rolling.beyondLimits(), elaboration) : first;
    if (last.found.hasErrors() && last.rolling.hasRolled()) {
      var unrolled = first.rolling.hasRolled() ? attempt(Rolling.off(), elaboration) : first;
      last = unrolled.isBeyondLimits() && !last.isBeyondLimits() ? last : unrolled;
    }
    diagnostics.addAll(last.found);
    return last.made;
  }

  private static Attempt attempt(Rolling begun, Elaboration elaboration) {
    for (var rolling = begun;;) {
      var found = new Diagnostics();
      try {
        return new Attempt(rolling, elaboration.with(rolling, found), found);
      } catch (Rolling.Refused refused) {
        rolling = rolling.without(refused);
      } catch (Rolling.Differentiated _) {
        rolling = Rolling.off();
      } catch (CompilerFault fault) {
        if (!rolling.hasRolled()) {
          throw fault;
        }
        rolling = Rolling.off();
      }
    }
  }
}
