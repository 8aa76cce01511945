package nnc.machine;

import java.util.Locale;

/**
 * What a processor can do, as far as the cost model asks. Figures are those of one thread; {@code threads} of them share a kernel's work.
 *
 * @param threads      how many there are
 * @param flops        multiply-adds a second in registers, each counted as two operations
 * @param near         bytes a second between registers and the cache
 * @param far          bytes a second between registers and memory
 * @param cache        bytes that stay near: the size of a core's own largest cache
 * @param call         seconds until a kernel has begun and come back
 * @param fork         seconds until all threads have begun and come back
 */
public record Machine(int threads, double flops, double near, double far, double cache, double call, double fork) {

  /**
   * A core of a present server with vectors of 512 bits, at what compiled kernels reach of it: of 2.8 GHz times 2 units times 16 lanes times
   * 2 operations, 179 GFLOP/s of single precision, about two thirds.
   *
   * @param precision 32 or 64, of which twice as many fit a vector
   */
  public static Machine usual(int precision, int threads) {
    return new Machine(threads, 120e9 * 32 / precision, 60e9, 12e9, Core.L2_BYTES, 0.3e-6, 2e-6);
  }

  /** With figures that were measured. */
  public Machine with(double flops, double near, double far) {
    return new Machine(threads, flops, near, far, cache, call, fork);
  }

  /** For people: {@code 1 thread of 120 GFLOP/s, ...}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%d thread%s of %.0f GFLOP/s, %.1f GB/s from %.1f MiB of cache, %.1f GB/s from memory", threads,
        threads == 1 ? "" : "s", flops / 1e9, near / 1e9, cache / (1 << 20), far / 1e9);
  }
}
