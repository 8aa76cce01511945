package nnc.graph.random;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import nnc.graph.Op;

/**
 * What a node does, as coverage counts it: the record of its op, and which one of a family ({@code Unary} of {@code EXP}). What there is
 * follows from the sealed interface itself: an op that is added to it is missed by tests until it is drawn.
 */
public record OpKind(Class<? extends Op> op, Enum<?> member) implements Comparable<OpKind> {
  private static final Map<Class<?>, Optional<RecordComponent>> FAMILIES = new ConcurrentHashMap<>();

  /** The component that says which of a family an op is. */
  private static Optional<RecordComponent> family(Class<?> op) {
    return FAMILIES.computeIfAbsent(op, type -> Arrays.stream(type.getRecordComponents()).filter(part -> part.getType().isEnum()).findFirst());
  }

  public static OpKind of(Op op) {
    return new OpKind(op.getClass(), family(op.getClass()).map(part -> {
      try {
        return (Enum<?>) part.getAccessor().invoke(op);
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(e);
      }
    }).orElse(null));
  }

  /** Loops are made of programs, whose turns written out are what they are compared with: see {@code OpenLoopsTest}. */
  private static final Set<Class<?>> OF_LOOPS = Set.of(Op.Given.class, Op.Loop.class, Op.LoopResult.class);

  /** Every kind that there is, but for loops. */
  public static List<OpKind> all() {
    var all = new ArrayList<OpKind>();
    for (var type : Op.class.getPermittedSubclasses()) {
      var op = type.asSubclass(Op.class);
      if (OF_LOOPS.contains(op)) {
        continue;
      }
      members(op).forEach(member -> all.add(new OpKind(op, member)));
    }
    return all;
  }

  private static List<Enum<?>> members(Class<? extends Op> op) {
    return family(op).map(part -> Stream.of(part.getType().getEnumConstants()).<Enum<?>>map(constant -> (Enum<?>) constant).toList())
        .orElseGet(() -> Arrays.asList((Enum<?>) null));
  }

  @Override
  public int compareTo(OpKind other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return op.getSimpleName() + (member == null ? "" : "." + member.name().toLowerCase(Locale.ROOT));
  }
}
