package nnc.elaborate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import nnc.graph.GraphBuilder;
import nnc.graph.SizeFault;
import nnc.graph.TypeFault;
import nnc.runtime.base.Fault;
import nnc.source.CompilerFault;
import nnc.source.Limit;
import nnc.source.Span;

/**
 * Counts what one elaboration takes, and ends it with a fault where that is beyond a {@link Limit}: compilation runs programs, and theirs is any loop, recursion or doubling.
 * All lists are made here, so that walking through one, as comparing or printing does, is bounded too: {@code a = [a, a]} doubles what is walked through.
 */
final class Budget {
  private final Elaborator elaborator;
  private final long[] spent = new long[Limit.values().length];
  /** Of lists with lists inside, by identity; others are as long as they are, and one deep. */
  private final Map<List<Value>, Extent> nested = new IdentityHashMap<>();

  /** How many values are walked through, and how many lists are inside each other. */
  private record Extent(long values, int levels) {}

  Budget(Elaborator elaborator) {
    this.elaborator = elaborator;
  }

  /** One more. */
  void spend(Limit limit) {
    spend(limit, 1);
  }

  void spend(Limit limit, long more) {
    long all = spent[limit.ordinal()] += more;
    if (all > limit.most()) {
      throw exceeded(limit);
    }
  }

  /** The fault that what is made at the moment is beyond a limit; of a graph the line is told that most of it came of. */
  private ElaborationFault exceeded(Limit limit) {
    var message = "this comes to more than " + limit.count() + " " + limit.what();
    return limit == Limit.NODES ? new ElaborationFault(busiest(), message).hint(limit.hint()).placed().last() : fault(message).hint(limit.hint());
  }

  private Span busiest() {
    Map<Span, Integer> made = new HashMap<>();
    elaborator.builder().nodes().forEach(node -> made.merge(node.span(), 1, Integer::sum));
    made.remove(Span.NONE);
    return made.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(elaborator.place());
  }

  /** The fault that ends a compilation: what else there may be to tell would take as long, or follows from what is missing. */
  private ElaborationFault fault(String message) {
    return new ElaborationFault(elaborator.place(), message).placed().last();
  }

  /** What work gives; sizes, graphs and nesting beyond what may be are faults of what is compiled at the moment. */
  <T> T bounded(Supplier<T> work) {
    try {
      return work.get();
    } catch (SizeFault e) {
      throw new ElaborationFault(elaborator.place(), e.getMessage());
    } catch (ArithmeticException e) {
      throw new ElaborationFault(elaborator.place(), "a size here is larger than any array's");
    } catch (GraphBuilder.Full e) {
      throw exceeded(e.limit());
    } catch (StackOverflowError e) {
      throw exceeded(Limit.NESTING);
    } catch (TypeFault e) {
      throw new ElaborationFault(elaborator.place(), e.getMessage());
    } catch (ElaborationFault | Rolling.Refused | Fault e) {
      throw e;
    } catch (RuntimeException | AssertionError e) {
      throw CompilerFault.at(elaborator.place(), e);
    }
  }

  /** A list of these. */
  Value.Items list(List<Value> items) {
    return new Value.Items(made(items, measured(items), items.size()));
  }

  /** Several results of one call. */
  Value.Tuple tuple(List<Value> items) {
    return new Value.Tuple(made(items, measured(items), items.size()));
  }

  private Extent measured(List<Value> items) {
    long values = items.size();
    int levels = 1;
    for (var item : items) {
      var inner = item instanceof Value.Items(var list) ? list : item instanceof Value.Tuple(var list) ? list : null;
      if (inner != null) {
        var extent = extent(inner);
        values += extent.values;
        levels = Math.max(levels, 1 + extent.levels);
      }
    }
    return new Extent(values, levels);
  }

  /** One list behind another. */
  Value.Items joined(List<Value> first, List<Value> second) {
    var ofTurn = TurnList.joined(first, second);
    if (ofTurn != null) {
      return new Value.Items(ofTurn);
    }
    var a = extent(first);
    var b = extent(second);
    var extent = new Extent(a.values + b.values, Math.max(a.levels, b.levels));
    require(extent);
    long copied = Joined.copied(first, second);
    return new Value.Items(made(Joined.of(first, second), extent, copied));
  }

  /** A list so many times. */
  Value.Items repeated(List<Value> items, double times) {
    double values = times <= 0 ? 0 : extent(items).values * times;
    require(values);
    int count = (int) Math.max(0, items.isEmpty() ? 0 : times);
    var all = new ArrayList<Value>(count * items.size());
    for (int i = 0; i < count; i++) {
      all.addAll(items);
    }
    return new Value.Items(made(all, new Extent((long) values, extent(items).levels), all.size()));
  }

  private List<Value> made(List<Value> items, Extent extent, long made) {
    require(extent);
    spend(Limit.ELEMENTS, made);
    if (extent.levels > 1) {
      nested.put(items, extent);
    }
    return items;
  }

  private Extent extent(List<Value> items) {
    var known = nested.get(items);
    return known != null ? known : new Extent(items.size(), 1);
  }

  private void require(Extent extent) {
    require((double) extent.values);
    if (extent.levels > Limit.LEVELS.most()) {
      throw exceeded(Limit.LEVELS);
    }
  }

  private void require(double values) {
    if (values > Limit.LENGTH.most()) {
      throw fault("a list of " + (long) values + " is too long (the limit is " + Limit.LENGTH.count() + ")").hint(Limit.LENGTH.hint());
    }
  }

  /** A text, before it is made. */
  void text(long letters) {
    if (letters > Limit.LENGTH.most()) {
      throw fault("a text of " + letters + " letters is too long (the limit is " + Limit.LENGTH.count() + ")").hint("a text is a name or a message: make it shorter");
    }
    spend(Limit.ELEMENTS, letters);
  }

  /** A value is walked through. */
  void walk(Value value) {
    spend(Limit.ELEMENTS, switch (value) {
      case Value.Items(var items) -> extent(items).values;
      case Value.Tuple(var items) -> extent(items).values;
      case Value.Text(var text) -> text.length();
      default -> 1;
    });
  }
}
