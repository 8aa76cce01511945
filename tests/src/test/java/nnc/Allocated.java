package nnc;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What a thread has taken of the heap. */
public final class Allocated {
  private Allocated() {}

  /** Bytes, by the present thread since it began. */
  public static long here() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
