package nnc.driver;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a program is compiled with.
 *
 * @param defines   constants by name, as text
 * @param precision 32 or 64
 * @param without   names of optimizations that are switched off
 * @param after     names of those that are shown
 * @param show      takes what is shown
 * @param memory    bytes that training and prediction may take; {@link #UNLIMITED} if nothing is said of that
 */
public record CompilerOptions(Map<String, String> defines, int precision, List<String> without, List<String> after, Consumer<Shown> show, long memory) {
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** As much memory as there is. */
  public CompilerOptions(Map<String, String> defines, int precision, List<String> without, List<String> after, Consumer<Shown> show) {
    this(defines, precision, without, after, show, UNLIMITED);
  }

  public static CompilerOptions standard() {
    return new CompilerOptions(Map.of(), 32, List.of(), List.of(), _ -> { });
  }

  /** With other constants. */
  public CompilerOptions with(Map<String, String> others) {
    return new CompilerOptions(others, precision, without, after, show, memory);
  }
}
