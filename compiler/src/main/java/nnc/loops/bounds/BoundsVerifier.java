package nnc.loops.bounds;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.loops.KernelInteger;
import nnc.loops.Loop;
import nnc.loops.Loop.Buffer;
import nnc.loops.Loop.Expr;
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

  /** An access that is right if a promise is kept. */
  public record Exemption(Promise promise, String access) {}

  private final Loop.Kernel kernel;
  private final String title;
  private final KernelExtents extents;
  private final SymbolicIntegers integers;
  private final int lanes;
  private final int group;
  private final Map<Integer, Place> places = new HashMap<>();
  private final KernelNumbers numbers;
  private final InsideProof proof;
  private final List<Exemption> exemptions = new ArrayList<>();

  private BoundsVerifier(Loop.Kernel kernel, String title, KernelExtents extents, int lanes, int precision) {
    this.kernel = kernel;
    this.title = title;
    this.extents = extents;
    this.lanes = lanes;
    group = GROUP_BITS / precision;
    integers = new SymbolicIntegers(extents.sizes());
    numbers = new KernelNumbers(integers, assigned(kernel.body()).collect(Collectors.toSet()));
    proof = new InsideProof(integers, numbers);
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
      numbers.set(integer.title(), integers.anything());
    }
    for (var argument : kernel.arguments()) {
      numbers.set(argument, extents.values().getOrDefault(argument, integers.anything()));
      if (extents.places().containsKey(argument)) {
        places.put(numbers.get(argument).newest(), extents.places().get(argument));
      }
    }
    integers.each(Polynomial.ZERO, extents.blocks(), from -> {
      numbers.set(KernelInteger.FROM.title(), from);
      numbers.set(KernelInteger.TO.title(), integers.within(from.plus(1), extents.blocks()));
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
    numbers.inside(more, () -> block(body));
  }

  private void statement(Stmt statement) {
    switch (statement) {
      case Stmt.For loop -> integers.each(integer(loop.from()), integer(loop.to()), at -> inside(Map.of(loop.var(), at), loop.body()));
      case Stmt.Let(var name, var value) -> {
        reads(value);
        numbers.let(name, value);
      }
      case Stmt.Assign(var name, var value) -> {
        reads(value);
        numbers.assign(name);
      }
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
      case Expr.LoadBits(var buffer, var index) -> access("reads", buffer, integer(index));
      case Expr.FromInt(var value) -> reads(value);
      case Expr.BitsOf(var value) -> reads(value);
      case Expr.Apply(_, var arguments) -> arguments.forEach(this::reads);
    }
  }

  /** Elements that a number is read from have to be there. */
  private void reads(Int value) {
    switch (value) {
      case Int.Number _, Int.Var _ -> { }
      case Int.FromElement(var element) -> reads(element);
      case Int.FromBits(var bits) -> reads(bits);
      case Int.Apply(_, var left, var right) -> {
        reads(left);
        reads(right);
      }
    }
  }

  private Polynomial integer(Int value) {
    reads(value);
    return numbers.of(value);
  }

  // ---- places

  private void access(String what, Buffer buffer, Polynomial index) {
    var at = index.plus(buffer.offset());
    var sizes = List.of(kernel.scratch() > 0 ? Polynomial.of(kernel.scratch()) : extents.scratch());
    if (buffer.space() != Space.SCRATCH) {
      int base = base(numbers.get(buffer.name()));
      var own = places.get(base);
      at = index.plus(numbers.get(buffer.name())).minus(Polynomial.variable(base)).plus(own.before());
      sizes = own.sizes();
    }
    var by = EnumSet.noneOf(Promise.class);
    if (!proof.isInside(at, sizes, by)) {
      throw fault(what, buffer, at, sizes);
    }
    by.forEach(promise -> exemptions.add(new Exemption(promise, title + " " + what + " " + buffer.name())));
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

  private IllegalStateException fault(String what, Buffer buffer, Polynomial at, List<Polynomial> sizes) {
    return new IllegalStateException("%s %s %s at %s, which is not shown to be %s%n%s".formatted(title, what, buffer.name(), integers.tell(at),
        integers.isNatural(at) ? "less than " + sizes : "0 or more", LoopPrinter.print(kernel)));
  }
}
