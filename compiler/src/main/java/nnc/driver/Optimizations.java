package nnc.driver;

import java.util.List;
import java.util.stream.Stream;
import nnc.passes.Pipeline;

/** All that can be switched off with {@code --without}: passes, and what belongs to the schedule or the loops. */
public final class Optimizations {
  /** The pass that lets nodes share kernels; it belongs to the schedule, not to the pipeline. */
  public static final String FUSION = "fusion";

  /** What lets kernels run over slices of a batch; it belongs to the schedule too. */
  public static final String SLICES = "slices";

  /** What saves multiplications of convolutions, for which it rounds differently; it belongs to the loops. */
  public static final String WINOGRAD = "winograd";

  /** What leaves terms that are zero out of products; it belongs to the loops too. */
  public static final String ZEROS = "zeros";

  private Optimizations() {}

  /** Their names. */
  public static List<String> names() {
    return Stream.concat(Pipeline.STANDARD.names().stream(), Stream.of(FUSION, SLICES, WINOGRAD, ZEROS)).toList();
  }
}
