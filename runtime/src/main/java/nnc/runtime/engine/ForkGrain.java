package nnc.runtime.engine;

import java.util.List;
import java.util.function.IntUnaryOperator;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec.Call;
import nnc.runtime.spec.ModelSpec.Plan;

/**
 * The grain of a plan: from how much work on a call is shared among threads, and which branches are run side by side.
 *
 * <p>What a fork costs depends on how far apart the processors are and on what else they do; what it gains, on where a call's operands lie. Both are known by the time of
 * whole runs alone. So now and then a few runs are made with another grain, and one that is faster by some per cent stays; where runs become slow all of a sudden, it is
 * tried at once whether they are faster on one thread. What a run computes does not depend on it.
 *
 * <pre>
 *   grain     0          1      2        3         ...  NONE
 *   a call    >= W / 4   >= W   >= 4 W   >= 16 W        is never shared      W: {@link Call#FORK}
 * </pre>
 *
 * <p>A fork is worth while from twice what it costs on, so that a grain says what forks are taken to cost. By that branches are run side by side where it takes less time than to
 * run them one after the other, their calls shared.
 */
final class ForkGrain implements IntUnaryOperator {
  /** The grain of runs on one thread. */
  static final int NONE = 6;
  private static final int FIRST = 1;

  /** Runs of a trial that count, and of one whose runs are long. */
  private static final int TRIES = 8, LONG_TRIES = 1;
  private static final long LONG_RUN = 20_000_000;

  /** What precedes them: until a parked worker has come and its caches hold its shares, so many nanoseconds and runs pass, or so many runs at most. */
  private static final long SETTLING = 500_000;
  private static final int SETTLING_RUNS = 1, MOST_SETTLING_RUNS = 32;

  /** Runs, and nanoseconds, from one trial to the next: twice as many after each that changed nothing, and so many times what a trial takes at most. */
  private static final int FEWEST_RUNS = 64, MOST_RUNS = 2048;
  private static final long SHORTEST = 2_000_000, LONGEST = 1_000_000_000;
  private static final int LONGEST_TRIALS = 256;

  /** What a grain's mean time must be of another's to take its place; and how many times the usual a run counts for at most. */
  private static final double BETTER = 0.97, MOST = 8;

  /** By what a trial is slower that is given up after so many runs that count, or so many nanoseconds. */
  private static final double HOPELESS = 1.2;
  private static final int HOPELESS_RUNS = 3;
  private static final long HOPELESS_NANOS = 4_000_000;

  /** How many runs in turn are slow by which factor before it is tried whether one thread is faster. */
  private static final int SLOW_RUNS = 3;
  private static final double SLOW = 2;

  private static final int SIZES = 32;

  /** By the work of a run, in powers of two; none for a team of one. */
  private final Size[] sizes;
  private Size size;
  private long work;
  private long started;
  private int present = FIRST;

  private final CallTable table;
  private final KernelSet code;
  private final List<List<Integer>> branches;
  private final int threads;

  /** For a team of so many threads. */
  ForkGrain(Plan plan, CallTable table, KernelSet code, int threads) {
    this.table = table;
    this.code = code;
    this.threads = threads;
    branches = plan.branches();
    sizes = new Size[threads > 1 ? SIZES : 0];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = new Size();
    }
  }

  /** Says that a run begins, and sets its grain. */
  void begin() {
    work = (long) table.totalWork();
    if (sizes.length == 0 || work < least(0)) {
      size = null;
      present = NONE;
      return;
    }
    size = sizes[Math.min(SIZES - 1, Long.SIZE - Long.numberOfLeadingZeros(work / least(0)) - 1)];
    present = size.next(this);
    started = System.nanoTime();
  }

  /** Says that the run has ended. */
  void end() {
    if (size != null) {
      long now = System.nanoTime();
      size.ran((double) (now - started) / work, now - started);
    }
  }

  /** Whether a call, of so much work by vector code, is shared in this run. */
  boolean forks(long work) {
    return isShared(work, present);
  }

  /** Kernels are other ones from here on: what was found with those before may be so no longer. */
  void forget() {
    for (Size one : sizes) {
      one.soon();
    }
  }

  private static long least(int grain) {
    return grain == NONE ? Long.MAX_VALUE : Call.FORK / 4 << 2 * grain;
  }

  static boolean isShared(long work, int grain) {
    return work >= least(grain);
  }

  /** Whether branches are run side by side in this run, each share of them by a thread. */
  boolean takes(List<Integer> bounds) {
    return takes(bounds, present);
  }

  private boolean takes(List<Integer> bounds, int grain) {
    int count = bounds.size() - 1;
    int shares = grain == NONE ? 0 : Math.min(count, threads);
    double fork = least(grain) / 2.0;
    double inTurn = 0;
    double longest = 0;
    for (int share = 0; share < shares; share++) {
      double own = 0;
      int to = bounds.get(Threads.bound(count, share + 1, shares));
      for (int call = bounds.get(Threads.bound(count, share, shares)); call < to; call++) {
        double all = code.work(table.kernels[call], table.work(call));
        boolean isShared = isShared(code.work(table.kernels[call], table.work[call]), grain);
        own += table.turns(call) * all;
        inTurn += table.turns(call) * (isShared ? all / threads + fork : all);
      }
      longest = Math.max(longest, own);
    }
    return longest + fork < inTurn;
  }

  /** How much is shared by a grain: calls, those of branches that are run side by side each for itself. */
  @Override
  public int applyAsInt(int grain) {
    int count = 0;
    for (long work : table.work) {
      count += isShared(work, grain) ? 1 : 0;
    }
    for (int i = 0; i < branches.size(); i++) {
      count += takes(branches.get(i), grain) ? table.work.length : 0;
    }
    return count;
  }

  /** What is known of runs of about so much work. A cost is time by work. */
  static final class Size {
    private int grain = FIRST;
    /** Costs of the latest runs, in a ring: where the next one goes, and how many there are. */
    private final double[] latest = new double[TRIES];
    private int at;
    private int known;
    private double usual;
    private int slow;

    private int trial;
    /** Runs of the trial that are still to come, and how many of them count; what those before the trial cost. */
    private int left;
    private int tries;
    private double present;
    /** Runs of the trial that do not count. */
    private int settling;
    private final double[] tried = new double[TRIES];
    /** Nanoseconds of all of them. */
    private long spent;
    private int turn;

    /** Since the last trial, and from which on there may be another. */
    private int runs;
    private long nanos;
    private int enough = FEWEST_RUNS;
    private long wait = SHORTEST;

    /** The grain of the next run, by how much each shares. */
    int next(IntUnaryOperator shared) {
      if (left == 0 && slow >= SLOW_RUNS && grain != NONE) {
        attempt(NONE);
      } else if (left == 0 && runs >= enough && nanos >= wait) {
        attempt(another(shared));
        turn++;
      }
      return left > 0 ? trial : grain;
    }

    private void attempt(int other) {
      if (other != grain) {
        trial = other;
        // what has become slow is compared with the slow runs alone
        present = usual(slow >= SLOW_RUNS ? Math.min(slow, known) : known);
        tries = nanos > runs * LONG_RUN ? LONG_TRIES : TRIES;
        left = tries;
        settling = 0;
        spent = 0;
      }
      runs = 0;
      nanos = 0;
    }

    /** In turn a coarser one, a finer one, each the first that shares other calls, and the farthest. */
    private int another(IntUnaryOperator shared) {
      if (turn % 3 == 2) {
        return grain < NONE / 2 ? NONE : 0;
      }
      int step = turn % 3 == 0 ? 1 : -1;
      int other = grain + step;
      while (other > 0 && other < NONE && shared.applyAsInt(other) == shared.applyAsInt(grain)) {
        other += step;
      }
      return Math.max(0, Math.min(other, NONE));
    }

    /** Takes in what a run has cost, and how long it was. */
    void ran(double cost, long took) {
      double bounded = usual == 0 ? cost : Math.min(cost, MOST * usual);
      if (left > 0) {
        trialRan(bounded, took);
        return;
      }
      latest[at] = bounded;
      at = (at + 1) % latest.length;
      known = Math.min(known + 1, latest.length);
      runs++;
      nanos += took;
      slow = usual > 0 && cost > SLOW * usual ? slow + 1 : 0;
      usual = usual == 0 ? cost : usual + (bounded - usual) / 16;
    }

    private void trialRan(double cost, long took) {
      boolean settles = settling < SETTLING_RUNS || spent < SETTLING && settling < MOST_SETTLING_RUNS;
      spent += took;
      if (settles) {
        settling++;
        return;
      }
      int counted = tries - left;
      tried[counted++] = cost;
      left--;
      double found = typical(tried, 0, counted);
      boolean early = counted >= HOPELESS_RUNS || spent > HOPELESS_NANOS;
      if (left == 0 || early && found > HOPELESS * present) {
        left = 0;
        conclude(found);
      }
    }

    private void conclude(double cost) {
      slow = 0;
      if (cost < BETTER * present) {
        grain = trial;
        usual = cost;
        known = 0;
        soon();
      } else {
        usual = present;
        enough = Math.min(MOST_RUNS, 2 * enough);
        wait = Math.min(Math.min(LONGEST, LONGEST_TRIALS * spent), 2 * wait);
      }
    }

    /** Of the last so many runs. */
    private double usual(int count) {
      return typical(latest, at - count + latest.length, count);
    }

    /** The mean of some costs in a ring without the highest of them, where there are several: something else ran then. */
    private static double typical(double[] ring, int first, int count) {
      double sum = 0;
      double most = 0;
      for (int i = 0; i < count; i++) {
        double one = ring[(first + i) % ring.length];
        sum += one;
        most = Math.max(most, one);
      }
      return count < HOPELESS_RUNS ? sum / count : (sum - most) / (count - 1);
    }

    private void soon() {
      enough = FEWEST_RUNS;
      wait = SHORTEST;
    }

    int grain() {
      return grain;
    }
  }
}
