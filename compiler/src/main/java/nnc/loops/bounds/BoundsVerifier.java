package nnc.loops.bounds;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.loops.KernelInteger;
import nnc.loops.Loop;
import nnc.loops.Loop.Buffer;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Fn;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.IntFn;
import nnc.loops.Loop.LoopKind;
import nnc.loops.Loop.Space;
import nnc.loops.Loop.Stmt;
import nnc.loops.LoopPrinter;
import nnc.loops.bounds.KernelExtents.Place;
import nnc.loops.expand.TileTuning;

/**
 * Shows of each load and store of a kernel that it stays in its buffer, whatever sizes the open dimensions have; a fault here is the compiler's. Numbers
 * are taken to have no limit: that all places have 32 bits the runtime sees to when it lays out memory. What vectors read behind a buffer's end under a
 * mask has room of its own and is not looked at.
 */
public final class BoundsVerifier {
  /** Lanes of 32 bits that an accumulator has. */
  private static final int GROUP_BITS = 512;
  /** Elements that {@link Stmt.Nonzeros} may read if it is not known how many there are. */
  private static final int NONZEROS = 64;

  /** What is not shown of numbers that are read from memory, but taken to be so. */
  public enum Promise {
    /**
     * An index of a look-up is a place of the axis that it points into: constants and inputs are checked, all else is replaced by what is inside
     * ({@code elaborate.IndexChecks}). The axis is told by the strides beside it; where they do not tell, the index is looked at where it is zero.
     */
    LOOKED_UP,
    /** What a merge of sorted stretches has taken of one of them is no more than it has taken of both. It is looked at where it is zero. */
    COUNTED,
    /** Where a padded value has elements between those that it pads, a remainder tells them; the index is taken as that of a look-up. */
    SPACED
  }

  /** An access that is right if a promise is kept. */
  public record Exemption(Promise promise, String access) {}

  private final Loop.Kernel kernel;
  private final String title;
  private final KernelExtents extents;
  private final SymbolicIntegers integers;
  private final int lanes;
  private final int group;
  private final Map<Integer, Place> places = new HashMap<>();
  private final Map<Integer, Promise> promised = new HashMap<>();
  private final Map<Integer, GuardedIndex> guarded = new HashMap<>();
  /** What variables are that keep their value. */
  private final Map<String, Expr> lets = new HashMap<>();
  private final Set<String> assigned;
  private final List<Exemption> exemptions = new ArrayList<>();
  private Map<String, Polynomial> values = new HashMap<>();

  /** A number that is zero where a mask, as an element, is zero, and otherwise an index. */
  private record GuardedIndex(String mask, Polynomial index) {}

  private BoundsVerifier(Loop.Kernel kernel, String title, KernelExtents extents, int lanes, int precision) {
    this.kernel = kernel;
    this.title = title;
    this.extents = extents;
    this.lanes = lanes;
    group = GROUP_BITS / precision;
    integers = new SymbolicIntegers(extents.sizes());
    assigned = assigned(kernel.body()).collect(Collectors.toSet());
  }

  /**
   * Throws if an access of a kernel is not shown to stay in its buffer.
   *
   * @param lanes     of the vectors that the kernel was expanded for; 1 if it was not
   * @param precision bits of an element
   * @return what is right by promise alone
   */
  public static List<Exemption> check(Loop.Kernel kernel, String title, KernelExtents extents, int lanes, int precision) {
    var verifier = new BoundsVerifier(kernel, title, extents, lanes, precision);
    verifier.run();
    return verifier.exemptions;
  }

  private void run() {
    for (var integer : KernelInteger.values()) {
      values.put(integer.title(), integers.anything());
    }
    for (var argument : kernel.arguments()) {
      values.put(argument, extents.values().getOrDefault(argument, integers.anything()));
      if (extents.places().containsKey(argument)) {
        places.put(values.get(argument).newest(), extents.places().get(argument));
      }
    }
    integers.each(Polynomial.ZERO, extents.blocks(), from -> {
      values.put(KernelInteger.FROM.title(), from);
      values.put(KernelInteger.TO.title(), integers.within(from.plus(1), extents.blocks()));
      if (kernel.kind() == LoopKind.RANGE) {
        block(kernel.body());
      } else {
        statement(new Stmt.For(kernel.block(), KernelInteger.FROM.value(), KernelInteger.TO.value(), kernel.kind(), kernel.body()));
      }
    });
  }

  /** The variables that are given another value later. */
  private static Stream<String> assigned(List<Stmt> body) {
    return body.stream().flatMap(statement -> switch (statement) {
      case Stmt.Assign(var name, _) -> Stream.of(name);
      case Stmt.For loop -> assigned(loop.body());
      case Stmt.Outline outline -> assigned(outline.body());
      case Stmt.Nonzeros nonzeros -> assigned(nonzeros.body());
      case Stmt.Let _, Stmt.Lanes _, Stmt.Store _, Stmt.Product _, Stmt.Transpose _, Stmt.Line _ -> Stream.of();
    });
  }

  // ---- statements

  private void block(List<Stmt> body) {
    body.forEach(this::statement);
  }

  private void inside(Map<String, Polynomial> more, List<Stmt> body) {
    var outside = values;
    values = new HashMap<>(outside);
    values.putAll(more);
    block(body);
    values = outside;
  }

  private void statement(Stmt statement) {
    switch (statement) {
      case Stmt.For loop -> integers.each(integer(loop.from()), integer(loop.to()), at -> inside(Map.of(loop.var(), at), loop.body()));
      case Stmt.Let(var name, var value) -> {
        if (!assigned.contains(name)) {
          lets.put(name, value);
        }
        reads(value);
      }
      case Stmt.Assign(_, var value) -> reads(value);
      case Stmt.Lanes(_, _, var scratch) -> access("keeps lanes in", new Buffer("lanes", Space.SCRATCH, scratch), Polynomial.of(group - 1));
      case Stmt.Store(var buffer, var index, var value) -> {
        access("writes", buffer, integer(index));
        reads(value);
      }
      case Stmt.Outline(var arguments, var body) -> {
        var own = new HashMap<String, Polynomial>();
        arguments.forEach(one -> own.put(one.name(), integer(one.value())));
        inside(own, body);
      }
      case Stmt.Product product -> product(product);
      case Stmt.Nonzeros(var name, var count, var left, var start, var body) -> {
        var all = integer(count);
        each(all.isConstant() ? all : Polynomial.of(NONZEROS), at -> access("reads", left, integer(start).plus(at)));
        each(all, at -> inside(Map.of(name, at), body));
      }
      case Stmt.Transpose transpose -> transpose(transpose);
      case Stmt.Line _ -> { }
    }
  }

  private void each(Polynomial count, Consumer<Polynomial> work) {
    integers.each(Polynomial.ZERO, count, work);
  }

  private void transpose(Stmt.Transpose transpose) {
    each(integer(transpose.lines()), line -> each(integer(transpose.width()), k -> factor("reads", transpose.from(), line, k)));
    each(Polynomial.of((long) lanes * lanes), square -> {
      access("writes", transpose.to(), square);
      access("writes", transpose.aside(), square);
    });
  }

  /** An access at a factor's start, {@code step} of its steps and {@code more} elements on. */
  private void factor(String what, Stmt.Factor factor, Polynomial step, Polynomial more) {
    access(what, factor.buffer(), integer(factor.start()).plus(step.times(integer(factor.step()))).plus(more));
  }

  // ---- products

  private void product(Stmt.Product product) {
    var follow = product.follow();
    int partial = product.order().lanes();
    each(integer(product.rows()), row -> each(integer(product.columns()), column -> each(Polynomial.of(Math.max(1, partial)), lane -> {
      terms(product, 0, row.times(integer(product.left().step())).plus(lane), across(product, column).plus(lane));
      if (follow == null) {
        factor("sums in", product.sums(), row, partial > 0 ? column.times(partial).plus(lane) : column);
      } else {
        inside(Map.of(follow.row(), integer(follow.fromRow()).plus(row), follow.column(), integer(follow.fromColumn()).plus(column)), follow.body());
      }
    })));
    if (product.origin() != null) {
      var depth = product.depth().getLast();
      each(integer(product.columns()), column -> each(integer(depth.count()), term -> {
        factor("copies", product.origin(), term, column);
        factor("copies to", product.right(), Polynomial.ZERO, across(product, column).plus(term.times(integer(depth.right()))));
      }));
    }
    if (product.zeros() != null) {
      access("counts zeros in", product.zeros().room(), Polynomial.of(TileTuning.ZERO_SCRATCH_ELEMENTS - 1));
      if (product.zeros().faults() != null) {
        each(integer(product.columns()), column -> factor("reads", product.zeros().faults(), Polynomial.ZERO, column));
      }
    }
  }

  /** How far a column of the right factor is from its start. */
  private Polynomial across(Stmt.Product product, Polynomial column) {
    var step = integer(product.right().step());
    int panel = product.order().panel();
    return product.order().lanes() > 0 ? column.times(step) : panel == 0 ? column
        : integers.apply(IntFn.DIV, column, Polynomial.of(panel)).times(step).plus(integers.apply(IntFn.MOD, column, Polynomial.of(panel)));
  }

  private void terms(Stmt.Product product, int level, Polynomial left, Polynomial right) {
    if (level == product.depth().size()) {
      factor("reads", product.left(), Polynomial.ZERO, left);
      factor("reads", product.right(), Polynomial.ZERO, right);
      return;
    }
    var depth = product.depth().get(level);
    each(integer(depth.count()), term -> terms(product, level + 1, left.plus(term.times(integer(depth.left()))), right.plus(term.times(integer(depth.right())))));
  }

  // ---- values

  private void reads(Expr expr) {
    switch (expr) {
      case Expr.Number _, Expr.Read _, Expr.Fold _ -> { }
      case Expr.Load(var buffer, var index) -> access("reads", buffer, integer(index));
      case Expr.FromInt(var value) -> integer(value);
      case Expr.BitsOf(var value) -> integer(value);
      case Expr.Apply(_, var arguments) -> arguments.forEach(this::reads);
    }
  }

  private Polynomial integer(Int value) {
    return switch (value) {
      case Int.Number(var number) -> Polynomial.of(number);
      case Int.Var(var name) -> values.get(name);
      case Int.FromElement(var element) -> {
        reads(element);
        var any = integers.anything();
        switch (element) {
          case Expr.Apply(var fn, var factors) when fn == Fn.MUL && factors.get(0) instanceof Expr.Read(var mask) && maskOf(mask) != null
              && number(factors.get(1)) != null ->
          {
            guarded.put(any.newest(), new GuardedIndex(mask, number(factors.get(1))));
            promised.put(any.newest(), Promise.SPACED);
          }
          case Expr.Read(var name) when assigned.contains(name) -> promised.put(any.newest(), Promise.COUNTED);
          case Expr.Read _, Expr.Number _, Expr.Load _, Expr.FromInt _, Expr.BitsOf _, Expr.Fold _, Expr.Apply _ -> promised.put(any.newest(), Promise.LOOKED_UP);
        }
        yield any;
      }
      case Int.Apply(var fn, var left, var right) -> integers.apply(fn, integer(left), integer(right));
    };
  }

  // ---- places

  private void access(String what, Buffer buffer, Polynomial index) {
    var at = index.plus(buffer.offset());
    var sizes = List.of(kernel.scratch() > 0 ? Polynomial.of(kernel.scratch()) : extents.scratch());
    if (buffer.space() != Space.SCRATCH) {
      int base = base(values.get(buffer.name()));
      var own = places.get(base);
      at = index.plus(values.get(buffer.name())).minus(Polynomial.variable(base)).plus(own.before());
      sizes = own.sizes();
    }
    if (!isInsideOrGuarded(at, sizes) && !isPromised(what, buffer, at, sizes)) {
      throw fault(what, buffer, at, sizes);
    }
  }

  /** The argument that a place was computed from: one that is a place. */
  private int base(Polynomial place) {
    for (int variable : place.variables()) {
      if (places.containsKey(variable)) {
        return variable;
      }
    }
    throw new IllegalStateException(title + " uses as a place " + integers.tell(place));
  }

  private boolean isInside(Polynomial at, List<Polynomial> sizes) {
    return integers.isNatural(at) && sizes.stream().anyMatch(size -> integers.isNatural(size.minus(at).plus(-1)));
  }

  /** Where padding may be, the place is multiplied by a mask: it is inside where the mask is zero, and where all holds that the mask says. */
  private boolean isInsideOrGuarded(Polynomial at, List<Polynomial> sizes) {
    for (int variable : at.variables()) {
      var own = guarded.get(variable);
      if (own != null) {
        boolean[] inside = {true};
        given(facts(maskOf(own.mask)), () -> inside[0] = isInsideOrGuarded(with(at, own.mask, true), sizes));
        return inside[0] && isInsideOrGuarded(with(at, own.mask, false), sizes);
      }
    }
    return isInside(at, sizes);
  }

  /** What it is where a mask holds, or does not. */
  private Polynomial with(Polynomial at, String mask, boolean holds) {
    var changed = at;
    for (int variable : at.variables()) {
      if (guarded.containsKey(variable) && guarded.get(variable).mask.equals(mask)) {
        changed = changed.with(variable, holds ? guarded.get(variable).index : Polynomial.ZERO);
      }
    }
    return changed;
  }

  private void given(List<Polynomial> facts, Runnable work) {
    if (facts.isEmpty()) {
      work.run();
    } else {
      integers.given(facts.getFirst(), () -> given(facts.subList(1, facts.size()), work));
    }
  }

  /** The mask of which an element was made that is 1 where it holds and 0 elsewhere; null if it is no such one. */
  private Expr maskOf(String element) {
    return lets.get(element) instanceof Expr.Apply(var fn, var in) && fn == Fn.SELECT && in.get(1).equals(new Expr.Number(1)) && in.get(2).equals(new Expr.Number(0))
        ? in.getFirst() : null;
  }

  /** What is natural where a mask holds. */
  private List<Polynomial> facts(Expr mask) {
    return switch (mask) {
      case Expr.Read(var name) when lets.containsKey(name) -> facts(lets.get(name));
      case Expr.Apply(var fn, var in) when fn == Fn.AND -> Stream.concat(facts(in.get(0)).stream(), facts(in.get(1)).stream()).toList();
      case Expr.Apply(var fn, var in) when fn == Fn.LE && number(in.get(0)) != null && number(in.get(1)) != null -> List.of(number(in.get(1)).minus(number(in.get(0))));
      case Expr.Apply _, Expr.Read _, Expr.Number _, Expr.Load _, Expr.FromInt _, Expr.BitsOf _, Expr.Fold _ -> List.of();
    };
  }

  /** The whole number that an element is; null if it is another one. */
  private Polynomial number(Expr element) {
    return switch (element) {
      case Expr.FromInt(var value) -> integer(value);
      case Expr.Number(var value) when value == (long) value -> Polynomial.of((long) value);
      case Expr.Number _, Expr.Read _, Expr.Load _, Expr.BitsOf _, Expr.Fold _, Expr.Apply _ -> null;
    };
  }

  private boolean isPromised(String what, Buffer buffer, Polynomial at, List<Polynomial> sizes) {
    for (int variable : integers.sources(at)) {
      var promise = promised.get(variable);
      if (promise != null && sizes.stream().anyMatch(size -> isKept(at, size))) {
        exemptions.add(new Exemption(promise, title + " " + what + " " + buffer.name()));
        return true;
      }
    }
    return false;
  }

  /** Whether an access is inside of a buffer if all numbers in it that are promised are as they are. */
  private boolean isKept(Polynomial at, Polynomial size) {
    for (int variable : integers.sources(at)) {
      if (promised.containsKey(variable)) {
        return promised.get(variable) != Promise.COUNTED && at.mentions(variable)
            && axes(variable, at, size).stream().anyMatch(axis -> isKept(axis, at.with(variable, integers.within(Polynomial.ZERO, axis.plus(-1))), size))
            || isKept(size, integers.with(at, variable, Polynomial.ZERO), size);
      }
    }
    return isInside(at, List.of(size));
  }

  /** Likewise where there is something to point at: otherwise no index is right. */
  private boolean isKept(Polynomial count, Polynomial at, Polynomial size) {
    boolean[] kept = {true};
    integers.given(count.plus(-1), () -> kept[0] = isKept(at, size));
    return kept[0];
  }

  /** How many places the axis of an index may have: as many as its stride goes into the size, or into another's stride. */
  private static List<Polynomial> axes(int variable, Polynomial at, Polynomial size) {
    var stride = stride(variable, at);
    var wider = new ArrayList<>(List.of(size));
    for (int other : at.variables()) {
      if (other != variable) {
        wider.add(stride(other, at));
      }
    }
    var axes = new ArrayList<Polynomial>();
    for (var one : wider) {
      var count = one.whole(stride);
      if (count.times(stride).equals(one)) {
        axes.add(count);
      }
    }
    return axes;
  }

  private static Polynomial stride(int variable, Polynomial at) {
    return at.with(variable, Polynomial.ONE).minus(at.with(variable, Polynomial.ZERO));
  }

  private IllegalStateException fault(String what, Buffer buffer, Polynomial at, List<Polynomial> sizes) {
    return new IllegalStateException("%s %s %s at %s, which is not shown to be %s%n%s".formatted(title, what, buffer.name(), integers.tell(at),
        integers.isNatural(at) ? "less than " + sizes : "0 or more", LoopPrinter.print(kernel)));
  }
}
