package nnc.runtime.server;

/**
 * What a request may take.
 *
 * @param body     bytes of a request's body
 * @param rows     rows of a request, where the network counts any
 * @param requests inferences under way at once, those that wait counted
 * @param seconds  how long a request may wait for its turn, and how long its body may take to come
 */
public record Limits(long body, int rows, int requests, double seconds) {
  /** What holds where nothing else is said. */
  public static final Limits STANDARD = new Limits(16 << 20, 4096, 256, 30);
}
