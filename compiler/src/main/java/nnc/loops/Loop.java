package nnc.loops;

import java.util.List;

/**
 * The loop language: what a kernel does, one element type, no tensors. It stands between the schedule and the bytecode, is
 * printable and interpretable, and knows neither lane width nor element type.
 *
 * <p>Three sorts of value: <b>elements</b> (the network's float type), <b>masks</b> (truth values) and <b>bits</b> (a whole number of 32 bits,
 * where bits are 64 wide with its sign in the upper half; the 32 bits of a random number; or an element's own bits, 32 or 64 wide). Integers for
 * indices are apart ({@link Int}).
 */
public final class Loop {
  private Loop() {}

  /** Where a buffer lives. */
  public enum Space {
    /** Parameters, states and constant tables, shared by all contexts. */
    WEIGHTS,
    /** The context's arena. */
    ARENA,
    /** The running thread's scratch; a buffer's base in it is a constant. */
    SCRATCH
  }

  /**
   * A buffer of elements, or of whole numbers, whose bits have the places of elements. For WEIGHTS and ARENA its first element is at the kernel argument of the buffer's name; for SCRATCH at
   * {@code offset} from the thread's scratch.
   */
  public record Buffer(String name, Space space, int offset) {}

  // ---- integers

  public sealed interface Int {
    record Number(long value) implements Int {}

    /** A loop variable, or a kernel argument. */
    record Var(String name) implements Int {}

    /** DIV and MOD are floored; their divisor is positive. */
    record Apply(IntFn fn, Int left, Int right) implements Int {}

    /** An element that is a whole number. */
    record FromElement(Expr element) implements Int {}

    /** A whole number (a place to gather from). */
    record FromBits(Expr bits) implements Int {}
  }

  public enum IntFn { ADD, SUB, MUL, DIV, MOD, MIN, MAX }

  // ---- elements, masks, bits

  public sealed interface Expr {
    record Number(double value) implements Expr {}

    /** A variable made by {@link Stmt.Let}. */
    record Read(String var) implements Expr {}

    record Load(Buffer buffer, Int index) implements Expr {}

    /** A whole number from a buffer of such. */
    record LoadBits(Buffer buffer, Int index) implements Expr {}

    /** Machine-level functions only: {@code loops.math.ElementaryFunctions} expands the others. */
    record Apply(Fn fn, List<Expr> arguments) implements Expr {}

    /** An index as an element. */
    record FromInt(Int value) implements Expr {}

    /** Bits given by an index (its low 32 bits) or a constant. */
    record BitsOf(Int value) implements Expr {}

    /**
     * The lanes of an accumulator, of elements or of bits, combined: with G lanes (16 floats, 8 doubles) lane l takes lane l + G/2, then l + G/4, ... down to lane 0.
     */
    record Fold(Fn fn, String lanes) implements Expr {}
  }

  /** Functions of the machine. Each gives the same bits on every width, in scalar code and in the interpreter. */
  public enum Fn {
    ADD, SUB, MUL, DIV,
    /** {@code a * b + c}, rounded once. */
    FMA, NEG, ABS, SQRT,
    /** By compare and select; NaN if either is NaN. {@code MIN(a, b) = a < b ? a : b} for ordinary numbers. */
    MIN, MAX,
    /** Element comparisons give a mask. */
    LT, LE, EQ, NE,
    /** Of masks. */
    AND, OR, NOT,
    /** {@code SELECT(mask, a, b)} of elements or bits. */
    SELECT,
    /** An element's bits and back: 32 for float, 64 for double. */
    TO_BITS, FROM_BITS,
    /** Of bits. Shifts are by 0 to 31, or 63 where bits are 64 wide. */
    BITS_AND, BITS_OR, BITS_XOR, BITS_ADD, BITS_SUB, BITS_MUL, BITS_SHL, BITS_SHR, BITS_ASHR,
    /** Of bits that are whole numbers. */
    BITS_MIN, BITS_MAX,
    /** Comparisons of whole numbers give a mask. */
    BITS_LT, BITS_LE, BITS_EQ, BITS_NE,
    /** The element nearest to a whole number; and the whole number that an element is without its fraction: zero of NaN, the nearest there is of what is too large. Of 32 bits. */
    FROM_WHOLE, TO_WHOLE,
    /**
     * {@code FAR_SIN(far, x, near)}: where the mask {@code far} is set the sine of x as {@link StrictMath} has it, elsewhere {@code near}. For
     * what is rare: the lanes are computed one after the other, and only where any is far.
     */
    FAR_SIN,
    /** Likewise the cosine. */
    FAR_COS
  }

  // ---- statements

  public sealed interface Stmt {
    /** {@code var} runs from {@code from} to {@code to} - 1. */
    record For(String var, Int from, Int to, LoopKind kind, List<Stmt> body) implements Stmt {}

    /** A new local variable; the body's {@link Assign} may change it later. */
    record Let(String var, Expr value) implements Stmt {}

    /**
     * A new accumulator of G lanes, each {@code initial}, for a VECTOR loop that follows; element i of that loop (from 0) is added
     * to lane i mod G by an {@link Assign} inside it. Scalar code keeps the lanes at {@code scratch} of the thread's scratch.
     *
     * @param initial a number or constant bits: what the lanes are made of
     */
    record Lanes(String var, Expr initial, int scratch) implements Stmt {
      public Lanes(String var, double initial, int scratch) {
        this(var, new Expr.Number(initial), scratch);
      }
    }

    record Assign(String var, Expr value) implements Stmt {}

    /** Stores an element, or bits that are a whole number. */
    record Store(Buffer buffer, Int index, Expr value) implements Stmt {}

    /**
     * Statements in a method of their own: the JIT compiles one loop nest a method best. They may read integers and variables from
     * outside, but no lanes, and their arguments; and stand outside of VECTOR loops. Equal bodies share a method.
     */
    record Outline(List<Argument> arguments, List<Stmt> body) implements Stmt {}

    /** An integer that an {@link Outline} takes under a name of its own. */
    record Argument(String name, Int value) {}

    /**
     * A matrix product, summed in registers: {@code sums[i, j] = sum over k of left[i, k] * right[k, j]}. Every sum adds its terms in the
     * order of the depth's loops, each rounded once, whatever tiles the emitter chooses for its width; so the bits do not depend on it.
     *
     * @param extent  what it runs over; sums has the columns side by side, and so has right but for its order
     * @param left    moves by its step from row to row
     * @param right   has no step if its order is {@link RightOrder#COLUMNS}
     * @param sums    moves by its step from row to row
     * @param prior   what becomes of the sums that are there
     * @param order   in which right lies
     * @param origin  null if right is there; otherwise what it becomes a copy of: the first tile of rows, whose number is a constant then, reads its
     *                terms there and stores them in right. It has whole vectors of columns side by side and moves by its step from term to term.
     * @param follow  null, or what is done with the sums, instead of storing them
     * @param zeros   null, or what it takes to leave out terms that are zero in left ({@code loops.expand.ZeroSkippingTiles})
     */
    record Product(Extent extent, Factor left, Factor right, Factor sums, Prior prior, RightOrder order, Factor origin, Follow follow, Zeros zeros) implements Stmt {
      public Product(Extent extent, Factor left, Factor right, Factor sums, Prior prior) {
        this(extent, left, right, sums, prior, RightOrder.COLUMNS);
      }

      public Product(Extent extent, Factor left, Factor right, Factor sums, Prior prior, RightOrder order) {
        this(extent, left, right, sums, prior, order, null, null, null);
      }

      public Int rows() {
        return extent.rows;
      }

      public Int columns() {
        return extent.columns;
      }

      public List<Depth> depth() {
        return extent.depth;
      }

      /** The same, which copies right from where it comes on its way. */
      public Product copying(Factor from) {
        return new Product(extent, left, right, sums, prior, order, from, follow, zeros);
      }

      /** The same, with something done with its sums instead of storing them. */
      public Product followedBy(Follow other) {
        return new Product(extent, left, right, sums, prior, order, origin, other, zeros);
      }

      /** The same, which leaves terms out that are zero; null if none are. */
      public Product skipping(Zeros others) {
        return new Product(extent, left, right, sums, prior, order, origin, follow, others);
      }
    }

    /**
     * What a {@link Product} runs over.
     *
     * @param rows    how many
     * @param unit    a number that certainly divides the number of rows
     * @param columns how many
     * @param depth   the loops that are summed over, the outermost first
     */
    record Extent(Int rows, int unit, Int columns, List<Depth> depth) {}

    /**
     * How the right factor of a {@link Product} lies.
     *
     * @param panel 0; or so many columns lie side by side, and its step goes to the next so many
     * @param lanes 0; or, if not the columns but the terms lie side by side, how many partial sums each sum consists of, which lie side by
     *              side: then an iteration of the innermost depth loop adds so many terms, one to each, and its step goes from column to column
     */
    record RightOrder(int panel, int lanes) {
      /** All columns side by side. */
      public static final RightOrder COLUMNS = new RightOrder(0, 0);

      public static RightOrder panels(int columns) {
        return new RightOrder(columns, 0);
      }

      public static RightOrder terms(int lanes) {
        return new RightOrder(0, lanes);
      }
    }

    /** What becomes of the sums that are there when a {@link Product} begins. */
    enum Prior {
      /** Nothing. */
      REPLACED,
      /** The product goes on from them: its first term is added to them. */
      CONTINUED,
      /** The product's own sums begin at zero, and are added to them as a whole: where there are many terms less is lost by rounding. */
      ADDED
    }

    /**
     * A loop of {@code count} iterations that moves the two factors of a {@link Product}.
     *
     * @param most iterations that {@code count} can come to, for the JIT's sake: it makes a loop of it that need not stop for anybody; 0 if unknown
     */
    record Depth(Int count, Int left, Int right, int most) {
      public Depth(Int count, Int left, Int right) {
        this(count, left, right, 0);
      }
    }

    /**
     * What becomes of each sum of a {@link Product} while it is in a register.
     *
     * @param row    the body's name for the sum's row, of which the product's first is {@code fromRow}
     * @param column likewise; the product has whole vectors of columns
     * @param sum    the body's name for the sum
     * @param body   new variables and stores
     */
    record Follow(String row, Int fromRow, String column, Int fromColumn, String sum, List<Stmt> body) {
      Follow with(List<Stmt> other) {
        return new Follow(row, fromRow, column, fromColumn, sum, other);
      }
    }

    /**
     * Of a {@link Product} whose left factor may have many zeros.
     *
     * @param room   scratch of {@code loops.expand.TileTuning.ZERO_SCRATCH_ELEMENTS} elements
     * @param faults null; or where a number for each column of right begins, which is zero if the column has neither infinity nor NaN
     */
    record Zeros(Buffer room, Factor faults) {}

    /** Where an array of a {@link Product} begins in its buffer, and its step. */
    record Factor(Buffer buffer, Int start, Int step) {}

    /**
     * {@code var} runs through those places of {@code left[0 .. count - 1]} that have no zero, in their order; for the emitter's own use, in
     * lanes ({@code loops.expand.ZeroSkippingTiles}).
     *
     * @param count from 1 to 64
     * @param left  its elements lie side by side; if it is not known how many count, 64 can be read
     */
    record Nonzeros(String var, Int count, Buffer left, Int start, List<Stmt> body) implements Stmt {}

    /**
     * A square of a matrix transposed, for the emitter's own use ({@code loops.expand.TransposeInRegisters}): {@code to[k, l] = from[l, k]} for {@code l < lines} and
     * {@code k < width}, neither of them more than the machine's lanes, which are also how far apart the rows of {@code to} are. Behind the
     * lines these have anything.
     *
     * @param from moves by its step from line to line
     * @param aside room for a square that is half transposed
     */
    record Transpose(Int lines, Int width, Factor from, Buffer to, Buffer aside) implements Stmt {}

    /** What follows comes from this line of the {@code .nn} file. */
    record Line(int line) implements Stmt {}
  }

  public enum LoopKind {
    SERIAL,
    /**
     * Iterations are independent but for {@link Stmt.Lanes}; the emitter runs a whole vector of them at a time and the remainder under a
     * mask (or one by one). Not nested in another VECTOR loop. Inside it, what does not depend on the variable is scalar.
     */
    VECTOR,
    /** Of a kernel's outermost loop only: the body runs once and itself goes through [{@code from}, {@code to}). */
    RANGE
  }

  /**
   * One static method. Its body runs for {@code block} in [from, to), which the caller chooses in [0, blocks).
   *
   * @param arguments the integers it is called with: buffer bases and dimension values, in order
   * @param block     the variable of the outermost loop, split over threads
   * @param kind      of the outermost loop: a VECTOR one is best split at multiples of 16
   * @param scratch   elements of thread scratch that it needs
   * @param inDouble  whether its elements are doubles whatever those in memory are; then it has no VECTOR loops, no scratch and no {@link Stmt.Outline}
   */
  public record Kernel(List<String> arguments, String block, LoopKind kind, List<Stmt> body, int scratch, boolean inDouble) {}
}
