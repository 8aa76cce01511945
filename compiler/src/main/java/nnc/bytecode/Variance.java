package nnc.bytecode;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import nnc.loops.Loop;
import nnc.loops.Loop.Expr;
import nnc.loops.Loop.Int;
import nnc.loops.Loop.IntFn;
import nnc.loops.Loop.Stmt;
import nnc.loops.LoopStrides;

/** What of a VECTOR loop's body differs from lane to lane, and whether every index runs evenly through the lanes. */
final class Variance {
  private final String lane;
  /** A number that divides the lane variable at the first lane of each vector; 1 if none is known. */
  private final int unit;
  private final Set<String> varying = new HashSet<>();

  private Variance(String lane, int unit) {
    this.lane = lane;
    this.unit = unit;
  }

  /**
   * Follows the variables of a body until nothing changes.
   *
   * @param lanes        elements of a vector
   * @param accumulators have a value a lane from the start
   */
  static Variance of(Stmt.For loop, int lanes, Set<String> accumulators) {
    var body = loop.body();
    var variance = new Variance(loop.var(), loop.from() instanceof Int.Number(var from) && from % lanes == 0 ? lanes : 1);
    variance.varying.addAll(accumulators);
    int before;
    do {
      before = variance.varying.size();
      body.forEach(variance::follow);
    } while (variance.varying.size() > before);
    return variance;
  }

  private void follow(Stmt statement) {
    switch (statement) {
      case Stmt.For loop -> loop.body().forEach(this::follow);
      case Stmt.Nonzeros loop -> loop.body().forEach(this::follow);
      case Stmt.Let(var name, var value) -> note(name, value);
      case Stmt.Assign(var name, var value) -> note(name, value);
      case Stmt.Lanes _, Stmt.Store _, Stmt.Line _, Stmt.Outline _, Stmt.Product _, Stmt.Transpose _ -> { }
    }
  }

  private void note(String name, Expr value) {
    if (varies(value)) {
      varying.add(name);
    }
  }

  boolean varies(String name) {
    return varying.contains(name);
  }

  boolean varies(Expr expr) {
    return switch (expr) {
      case Expr.Number _, Expr.Fold _ -> false;
      case Expr.Read(var name) -> varying.contains(name);
      case Expr.Load(_, var index) -> varies(index);
      case Expr.LoadBits(_, var index) -> varies(index);
      case Expr.Apply(_, var arguments) -> arguments.stream().anyMatch(this::varies);
      case Expr.FromInt(var value) -> varies(value);
      case Expr.BitsOf(var value) -> varies(value);
    };
  }

  boolean varies(Int index) {
    return switch (index) {
      case Int.Number _ -> false;
      case Int.Var(var name) -> name.equals(lane);
      case Int.Apply(_, var left, var right) -> varies(left) || varies(right);
      case Int.FromElement(var element) -> varies(element);
      case Int.FromBits(var bits) -> varies(bits);
    };
  }

  /** By how much an index grows from lane to lane, if that is one constant. */
  OptionalLong stride(Int index) {
    return LoopStrides.of(index, lane, this::varies);
  }

  /** How many lanes beside each other share a place, in which neighbours are one apart, if an index runs so; 1 otherwise. */
  int repeats(Int index) {
    return switch (index) {
      case Int.Apply(var fn, Int.Var(var name), Int.Number(var by)) when fn == IntFn.DIV && name.equals(lane) && by > 1 && unit % by == 0 -> (int) by;
      case Int.Apply(var fn, var left, var right) when fn == IntFn.ADD && !varies(right) -> repeats(left);
      case Int.Apply(var fn, var left, var right) when fn == IntFn.ADD && !varies(left) -> repeats(right);
      default -> 1;
    };
  }

  /** Whether an array can be read a vector at a time; behind arrays in the arena there is room to read on. */
  private boolean even(Loop.Buffer buffer, Int index) {
    return stride(index).isPresent() || repeats(index) > 1 && buffer.space() == Loop.Space.ARENA;
  }

  /** Whether all accesses of a body can be made a vector at a time. */
  boolean even(List<Stmt> body) {
    return body.stream().allMatch(statement -> switch (statement) {
      case Stmt.For loop -> !varies(loop.from()) && !varies(loop.to()) && even(loop.body());
      case Stmt.Nonzeros loop -> !varies(loop.count()) && !varies(loop.start()) && even(loop.body());
      case Stmt.Let(_, var value) -> even(value);
      case Stmt.Assign(_, var value) -> even(value);
      case Stmt.Store(_, var index, var value) -> stride(index).isPresent() && stride(index).getAsLong() != 0 && even(value);
      case Stmt.Lanes _, Stmt.Line _ -> true;
      case Stmt.Outline _, Stmt.Product _, Stmt.Transpose _ -> false;
    });
  }

  private boolean even(Expr expr) {
    return switch (expr) {
      case Expr.Number _, Expr.Read _, Expr.Fold _ -> true;
      case Expr.Load(var buffer, var index) -> even(buffer, index);
      case Expr.LoadBits(var buffer, var index) -> even(buffer, index);
      case Expr.Apply(_, var arguments) -> arguments.stream().allMatch(this::even);
      case Expr.FromInt(var value) -> stride(value).isPresent();
      case Expr.BitsOf(var value) -> stride(value).isPresent();
    };
  }
}
