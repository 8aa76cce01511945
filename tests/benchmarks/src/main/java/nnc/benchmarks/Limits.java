package nnc.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** What the machine can do at best at the moment: fused multiply-adds in registers, and streaming through memory. */
final class Limits {
  private Limits() {}

  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int TURNS = 20_000;
  private static final int CHAINS = 10;

  /** More than common last-level caches hold. */
  private static final int STREAM = 1 << 24;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static volatile float sink;

  private interface Work {
    void run(int thread);
  }

  /** Seconds that {@code threads} threads take for {@code work}: of the clock, or on average of a processor. */
  private static double seconds(int threads, boolean cpu, Work work) {
    var others = new ArrayList<Thread>();
    var spent = new AtomicLong();
    Work counted = thread -> {
      long before = THREADS.getCurrentThreadCpuTime();
      work.run(thread);
      spent.addAndGet(THREADS.getCurrentThreadCpuTime() - before);
    };
    long start = System.nanoTime();
    for (int i = 1; i < threads; i++) {
      int number = i;
      others.add(Thread.ofPlatform().start(() -> counted.run(number)));
    }
    counted.run(0);
    for (var other : others) {
      try {
        other.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return (cpu ? spent.get() / (double) threads : System.nanoTime() - start) / 1e9;
  }

  /** Floating-point operations a second, in about {@code milliseconds}; by a processor's time if {@code cpu}. */
  static double flops(int threads, int milliseconds, boolean cpu) {
    int rounds = Math.max(1, (int) (milliseconds * 1e6 / TURNS / CHAINS * 2));
    double seconds = seconds(threads, cpu, _ -> {
      float sum = 0;
      for (int i = 0; i < rounds; i++) {
        sum += multiply(i * 1e-9f);
      }
      sink = sum;
    });
    return 2.0 * CHAINS * TURNS * S.length() * rounds * threads / seconds;
  }

  /** Ten independent chains: two units of a latency of four, and some to spare. */
  private static float multiply(float start) {
    var x = FloatVector.broadcast(S, start);
    var y = FloatVector.broadcast(S, 0.999f);
    FloatVector a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x;
    for (int turn = 0; turn < TURNS; turn++) {
      a = a.fma(y, x);
      b = b.fma(y, x);
      c = c.fma(y, x);
      d = d.fma(y, x);
      e = e.fma(y, x);
      f = f.fma(y, x);
      g = g.fma(y, x);
      h = h.fma(y, x);
      i = i.fma(y, x);
      j = j.fma(y, x);
    }
    return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).lane(0);
  }

  /** Bytes a second of {@code a = b + s c} over arrays that no cache holds; the best of a few passes. */
  static double bandwidth(int threads) {
    float[] a = new float[STREAM], b = new float[STREAM], c = new float[STREAM];
    double best = 0;
    for (int pass = 0; pass < 6; pass++) {
      double seconds = seconds(threads, false, thread -> {
        int part = STREAM / threads;
        for (int from = thread * part; from < (thread + 1) * part; from += TURNS) {
          triad(a, b, c, from, Math.min(from + TURNS, (thread + 1) * part));
        }
      });
      best = Math.max(best, 12.0 * STREAM / seconds);
    }
    sink = a[STREAM / 2];
    return best;
  }

  private static void triad(float[] a, float[] b, float[] c, int from, int to) {
    var s = FloatVector.broadcast(S, 3);
    int i = from;
    for (; i + S.length() <= to; i += S.length()) {
      FloatVector.fromArray(S, c, i).fma(s, FloatVector.fromArray(S, b, i)).intoArray(a, i);
    }
    for (; i < to; i++) {
      a[i] = b[i] + 3 * c[i];
    }
  }
}
