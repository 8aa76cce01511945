package nnc.elaborate;

import java.util.List;
import nnc.elaborate.Elaborator.Aim;
import nnc.elaborate.Elaborator.Rolled;
import nnc.source.CompilerFault;
import nnc.source.Diagnostics;
import nnc.syntax.Ast;

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
  static Elaborated of(Ast.Program program, Aim aim, Diagnostics diagnostics, Elaboration elaboration) {
    // what is looked at is what each turn comes to, and of several networks' loops nothing is joined
    if (aim.rolled() == Rolled.NONE || aim.observed() || aim.members().areSeveral() || diagnostics.hasErrors()) {
      return elaboration.with(Rolling.off(), diagnostics);
    }
    var first = attempt(Rolling.of(aim, mayLearn(program.statements())), elaboration);
    var last = first.isBeyondLimits() && first.rolling.hasMore() ? attempt(Rolling.beyondLimits(), elaboration) : first;
    if (last.found.hasErrors() && last.rolling.hasRolled()) {
      var unrolled = first.rolling.hasRolled() ? attempt(Rolling.off(), elaboration) : first;
      last = unrolled.isBeyondLimits() && !last.isBeyondLimits() ? last : unrolled;
    }
    diagnostics.addAll(last.found);
    return last.made;
  }

  /** Whether there may be a loss: of a program without one nothing is kept for gradients, whatever it is elaborated for. */
  private static boolean mayLearn(List<Ast.Statement> statements) {
    return statements.stream().anyMatch(statement -> switch (statement) {
      case Ast.Loss _, Ast.Import _ -> true;
      case Ast.If choice -> mayLearn(choice.then()) || mayLearn(choice.otherwise());
      case Ast.For loop -> mayLearn(loop.body());
      case Ast.Fn function -> mayLearn(function.body());
      case Ast.Layer layer -> mayLearn(layer.body());
      default -> false;
    });
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
