package nnc.elaborate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nnc.elaborate.Elaborator.Aim;
import nnc.elaborate.Elaborator.Purpose;
import nnc.graph.Dim;
import nnc.graph.Node;
import nnc.graph.NodeSet;
import nnc.source.Limit;
import nnc.source.Span;
import nnc.syntax.Ast;

/**
 * Which loops over ranges of numbers are rolled, as loops over open lengths are, in one attempt at an elaboration. Whether a body can be is seen by elaborating it so. Where it
 * cannot, all begins anew with that loop unrolled: nothing of the attempt remains, and a program means what it means unrolled.
 */
final class Rolling {
  /** Shorter ranges are unrolled in predictions: their inputs are multiplied together and their turns fused. From about a thousand turns on memory makes up for it. */
  private static final int LEAST = 1000;
  /** Ranges of fewer turns are unrolled even in what is beyond a limit, which is not for them. */
  private static final int LEAST_BEYOND_LIMITS = 100;
  /** Longer ranges are never rolled: they are slips more likely than networks, and would run for minutes. */
  static final long MOST = 10 * Limit.TURNS.most();
  /** A loop in the text that has been refused so often is not tried again, wherever else it is run from. */
  private static final int MOST_ATTEMPTS = 3;

  private static final Set<String> GLOBAL = Set.of("grad", "activity");

  /** Which loops are tried. */
  private enum Rule {
    /** None. */
    NONE("none is rolled"),
    /** Long ranges, where that is no slower. */
    BETTER("a range of less than " + LEAST + " turns"),
    /**
     * None, unless a limit refuses the program unrolled: a step takes 1.4 times as long rolled, as measured of 1,000 turns of an LSTM and of a plain cell: what turns hand on is
     * copied, and inputs are multiplied turn by turn.
     */
    WITH_GRADIENTS("what turns compute is kept for gradients"),
    /** Those that may be what is too much. */
    BEYOND_LIMITS("a range of less than " + LEAST_BEYOND_LIMITS + " turns"),
    /** All that can be. */
    POSSIBLE("it has no turns");

    /** Why others are not. */
    private final String why;

    Rule(String why) {
      this.why = why;
    }

    private boolean tries(long count) {
      return switch (this) {
        case NONE, WITH_GRADIENTS -> false;
        case BETTER -> count >= LEAST;
        case BEYOND_LIMITS -> count >= LEAST_BEYOND_LIMITS;
        case POSSIBLE -> count >= 1;
      };
    }
  }

  /** A run of a loop. */
  record Site(Span loop, int run) {}

  /** A loop that has to be unrolled. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
    final transient Site site;

    Refused(Site site, String why) {
      super(why, null, false, false);
      this.site = site;
    }
  }

  /** A program asks for gradients behind rolled loops. */
  static final class Differentiated extends RuntimeException {
    private static final long serialVersionUID = 1;

    private Differentiated() {
      super("", null, false, false);
    }
  }

  private final Rule rule;
  private final Map<Site, String> unrolled;
  private final Map<Span, Integer> runs = new HashMap<>();
  private final Set<LoopChoice> choices = new LinkedHashSet<>();
  /** How many turns loops have that are being elaborated, by what counts them. */
  private final Map<String, Long> turns = new LinkedHashMap<>();
  private final Deque<String> within = new ArrayDeque<>();
  /** What stands in a body for numbers that become tensors in the first turn. */
  private final NodeSet numbers = new NodeSet();
  private boolean rolled;

  private Rolling(Rule rule, Map<Site, String> unrolled) {
    this.rule = rule;
    this.unrolled = unrolled;
  }

  /** Nothing is. */
  static Rolling off() {
    return new Rolling(Rule.NONE, Map.of());
  }

  /** What an aim says, as far as it can be, of a program that has a loss or none. */
  static Rolling of(Aim aim, boolean hasLoss) {
    boolean learns = hasLoss && (aim.purpose() == Purpose.TRAIN || aim.purpose() == Purpose.GRADIENT);
    return new Rolling(switch (aim.rolled()) {
      case NONE -> Rule.NONE;
      case WHERE_BETTER -> learns ? Rule.WITH_GRADIENTS : Rule.BETTER;
      case WHERE_POSSIBLE -> Rule.POSSIBLE;
    }, Map.of());
  }

  /** Of what has been too much otherwise. */
  static Rolling beyondLimits() {
    return new Rolling(Rule.BEYOND_LIMITS, Map.of());
  }

  /** The next attempt. */
  Rolling without(Refused refused) {
    var more = new LinkedHashMap<>(unrolled);
    more.put(refused.site, refused.getMessage());
    return new Rolling(rule, more);
  }

  /** Whether a loop is unrolled that has more turns than all may have. */
  boolean isTooLong() {
    return choices.stream().anyMatch(choice -> !choice.rolled() && choice.turns() > Limit.TURNS.most());
  }

  /** Whether there are loops that would be tried beyond limits, and have been unrolled. */
  boolean hasMore() {
    return rule != Rule.NONE && choices.stream().anyMatch(choice -> !choice.rolled() && Rule.BEYOND_LIMITS.tries(choice.turns()));
  }

  /** Whether anything has been. */
  boolean hasRolled() {
    return rolled;
  }

  List<LoopChoice> choices() {
    return List.copyOf(choices);
  }

  /** Whether to try; empty if the loop is unrolled. */
  Optional<Site> tried(Ast.For loop, long count, Span place) {
    var site = new Site(loop.span(), runs.merge(loop.span(), 1, Integer::sum));
    var why = rule.tries(count) ? refused(site).or(() -> RollableBody.unlike(loop)).orElse("") : rule.why;
    if (!why.isEmpty()) {
      choices.add(new LoopChoice(place, count, false, why));
    }
    return why.isEmpty() ? Optional.of(site) : Optional.empty();
  }

  /** Why a loop is better unrolled; empty if it is not. */
  String better(boolean products) {
    return rule == Rule.BETTER && !products ? "no product is carried from turn to turn" : "";
  }

  private Optional<String> refused(Site site) {
    var same = new ArrayList<String>();
    unrolled.forEach((other, why) -> {
      if (other.loop.equals(site.loop)) {
        same.add(why);
      }
    });
    return unrolled.containsKey(site) ? Optional.of(unrolled.get(site)) : same.size() >= MOST_ATTEMPTS ? Optional.of(same.getLast()) : Optional.empty();
  }

  void begin(String turn, long count) {
    turns.put(turn, count);
    within.push(turn);
  }

  void end() {
    within.pop();
  }

  void done(long count, Span place, String why) {
    rolled = true;
    choices.add(new LoopChoice(place, count, true, why));
  }

  /** What a number that is carried is in a body. */
  void number(Node given) {
    numbers.add(given);
  }

  /** The number of turns that something counts; 0 if it counts none of such loops. */
  long turns(String turn) {
    return turns.getOrDefault(turn, 0L);
  }

  /**
   * Looks at a call of the compiler's in a body. Gradients that are taken in a turn go back through the turns before it, penalties are added to the loss once a turn, and what
   * is told of a number is another thing in each. What a program itself takes gradients of is a sum over examples, which figures of whole data follow from if it is no loop's.
   */
  void check(String function, Collection<Value> arguments, Span span) {
    if (within.isEmpty()) {
      if (rolled && function.equals("grad")) {
        throw new Differentiated();
      }
      return;
    }
    if (GLOBAL.contains(function)) {
      throw new ElaborationFault(span, function + " reaches beyond its turn");
    }
    if (arguments.stream().anyMatch(this::isNumberUnrolled)) {
      throw new ElaborationFault(span, function + " is given a number that is another in each turn");
    }
  }

  /** Whether a value is no number in the body of a loop, and is one where the loop is unrolled. */
  private boolean isNumberUnrolled(Value value) {
    return switch (value) {
      case Value.Size(var dim) -> isOfTurn(dim);
      case Value.Tensor(var node) -> numbers.contains(node);
      case Value.Items(var items) when !(items instanceof TurnList || items instanceof CollectedList) -> items.stream().anyMatch(this::isNumberUnrolled);
      case Value.Tuple(var items) -> items.stream().anyMatch(this::isNumberUnrolled);
      default -> false;
    };
  }

  private boolean isOfTurn(Dim dim) {
    return !dim.isConstant() && dim.variables().stream().anyMatch(within::contains);
  }
}
