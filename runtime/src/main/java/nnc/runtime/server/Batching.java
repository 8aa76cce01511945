package nnc.runtime.server;

/**
 * How requests that wait become one prediction.
 *
 * @param rows  rows of such a prediction at most; 1 leaves each request by itself
 * @param delay nanoseconds that the first request waits for others at most; at 0 requests wait for none, and those are joined that wait for a processor anyway
 * @param runs  predictions of a network that run at once
 */
public record Batching(int rows, long delay, int runs) {
  /** What holds where nothing else is said, on so many processors. */
  public static Batching standard(int processors) {
    return new Batching(256, 0, processors);
  }
}
