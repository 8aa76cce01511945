package nnc.driver;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a program is compiled with.
 *
 * @param defines   constants by name, as text
 * @param precision 32 or 64
 * @param without   names of optimizations that are switched off
 * @param after     names of those that are shown
 * @param show      takes what is shown
 * @param bounds    what it may take and have read
 */
public record CompilerOptions(Map<String, String> defines, int precision, List<String> without, List<String> after, Consumer<Shown> show, Bounds bounds) {
  public static final long UNLIMITED = Long.MAX_VALUE;

  /**
   * What a program may take and have read.
   *
   * @param memory  bytes that training and prediction may take; {@link #UNLIMITED} if nothing is said of that
   * @param sandbox which files it may have read; whatever it names if there is none
   * @param budget  of bytes, as a train block's {@code memory} says it, in the place of what the program says there; what that does if there is none
   */
  public record Bounds(long memory, Optional<Sandbox> sandbox, Optional<String> budget) {
    static final Bounds NONE = new Bounds(UNLIMITED, Optional.empty(), Optional.empty());
  }

  /** As much memory as there is, and whatever files the program names. */
  public CompilerOptions(Map<String, String> defines, int precision, List<String> without, List<String> after, Consumer<Shown> show) {
    this(defines, precision, without, after, show, Bounds.NONE);
  }

  public static CompilerOptions standard() {
    return new CompilerOptions(Map.of(), 32, List.of(), List.of(), _ -> { });
  }

  /** With other constants. */
  public CompilerOptions with(Map<String, String> others) {
    return new CompilerOptions(others, precision, without, after, show, bounds);
  }

  /** For a check that shows nothing, of the program as it stands with other constants. */
  public CompilerOptions toCheck(Map<String, String> others) {
    return new CompilerOptions(others, precision, List.of(), List.of(), _ -> { }, bounds);
  }

  /** The same for a program that may take so many bytes. */
  public CompilerOptions withMemory(long memory) {
    return new CompilerOptions(defines, precision, without, after, show, new Bounds(memory, bounds.sandbox, bounds.budget));
  }

  /** The same for a program of somebody else's, see {@link Sandbox}. */
  public CompilerOptions in(Sandbox box) {
    return new CompilerOptions(defines, precision, without, after, show, new Bounds(bounds.memory, Optional.of(box), bounds.budget));
  }

  /** The same for a training within a budget of memory, for which loops are computed again; see {@link Bounds#budget}. */
  public CompilerOptions withBudget(String bytes) {
    return new CompilerOptions(defines, precision, without, after, show, new Bounds(bounds.memory, bounds.sandbox, Optional.of(bytes)));
  }

  /** Bytes that training and prediction may take. */
  public long memory() {
    return bounds.memory;
  }

  /** Which files the program may have read; whatever it names if there is none. */
  public Optional<Sandbox> sandbox() {
    return bounds.sandbox;
  }
}
