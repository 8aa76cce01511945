package nnc.runtime.server;

import java.lang.reflect.Array;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import nnc.runtime.Predictor;
import nnc.runtime.base.Tensor;
import nnc.runtime.server.Signature.Outgoing;
import nnc.runtime.spec.ModelSpec.Result;

/**
 * Joins requests that wait into one prediction, without a thread of its own. A request that finds a run free predicts at once. Others wait; when a run ends, the first
 * of them takes it, with all behind it that have the same sizes and weights, as many rows as a prediction may have. With a delay the first request waits for others
 * before it begins, for that long and no longer.
 *
 * <p>Each row of a network whose outputs depend on one row has the same bits whoever shares its prediction; networks of other kinds are never joined ({@link Signature#alone}).
 */
final class Batcher {
  private final Signature signature;
  private final Batching batching;
  private final long patience;
  private final ServerMetrics.OfModel metrics;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Waiting> line = new ArrayDeque<>();
  private int running;
  /** The request that waits for others to join it; null if none does. */
  private Waiting gathering;

  /** @param patience nanoseconds that a request may wait for its turn */
  Batcher(Signature signature, Batching batching, long patience, ServerMetrics.OfModel metrics) {
    this.signature = signature;
    this.batching = batching;
    this.patience = patience;
    this.metrics = metrics;
  }

  /** A request and, when it is done, what came of it. */
  private static final class Waiting {
    private final Predictor predictor;
    private final Map<String, Tensor> arrays;
    private final int[] sizes;
    private final int rows;
    private final boolean joins;
    private final Thread thread = Thread.currentThread();
    private volatile boolean leads;
    private volatile boolean done;
    private Map<String, Tensor> predicted;
    private RuntimeException fault;

    Waiting(Predictor predictor, Map<String, Tensor> arrays, int[] sizes, int rows, boolean joins) {
      this.predictor = predictor;
      this.arrays = arrays;
      this.sizes = sizes;
      this.rows = rows;
      this.joins = joins;
    }

    boolean goesWith(Waiting other, int batch) {
      boolean same = joins && other.joins && predictor == other.predictor;
      for (int i = 0; same && i < sizes.length; i++) {
        same = i == batch || sizes[i] == other.sizes[i];
      }
      return same;
    }

    Map<String, Tensor> result() {
      if (fault != null) {
        throw fault;
      }
      return predicted;
    }
  }

  /**
   * What the network says of a request, as it would by itself.
   *
   * @throws Refusal                 if its turn does not come in time
   * @throws nnc.runtime.base.Fault if the network refuses what it is given
   */
  Map<String, Tensor> predict(Predictor predictor, Map<String, Tensor> arrays) {
    int[] sizes = signature.sizes(arrays);
    int rows = signature.rows(sizes);
    boolean joins = signature.alone().isEmpty() && batching.rows() > 1 && rows > 0 && rows < batching.rows() && signature.fits(arrays, sizes);
    var own = new Waiting(predictor, arrays, sizes, rows, joins);
    if (!begins(own)) {
      await(own);
    }
    if (own.leads) {
      lead(own);
    }
    return own.result();
  }

  /** Whether a request has a run at once; if not, it stands in line. */
  private boolean begins(Waiting own) {
    lock.lock();
    try {
      boolean gathered = gathering != null && own.goesWith(gathering, signature.plan().batch());
      if (running < batching.runs() && !gathered) {
        running++;
        own.leads = true;
        if (batching.delay() > 0 && own.joins && gathering == null) {
          gathering = own;
        }
        return true;
      }
      line.add(own);
      if (gathered && waitingRows(gathering) >= batching.rows()) {
        LockSupport.unpark(gathering.thread);
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  private int waitingRows(Waiting first) {
    int rows = first.rows;
    for (Waiting one : line) {
      rows += one.goesWith(first, signature.plan().batch()) ? one.rows : 0;
    }
    return rows;
  }

  private void await(Waiting own) {
    long end = System.nanoTime() + patience;
    boolean interrupted = false;
    while (!own.done && !own.leads) {
      long left = end - System.nanoTime();
      if (left <= 0 && leaves(own)) {
        throw new Refusal(Refusal.UNAVAILABLE, "its turn did not come in time: the service has more to do than it can");
      }
      LockSupport.parkNanos(this, Math.max(left, 1_000_000));
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Leaves the line, unless somebody has taken the request along. */
  private boolean leaves(Waiting own) {
    lock.lock();
    try {
      return line.remove(own);
    } finally {
      lock.unlock();
    }
  }

  private void lead(Waiting first) {
    List<Waiting> group = new ArrayList<>();
    try {
      group = gathered(first);
      run(group);
    } finally {
      for (Waiting one : group) {
        if (one.predicted == null && one.fault == null) {
          one.fault = new IllegalStateException("the prediction has failed");
        }
        one.done = true;
        if (one != first) {
          LockSupport.unpark(one.thread);
        }
      }
      handOn();
    }
  }

  /** The requests of a prediction, after the delay if there is one. */
  private List<Waiting> gathered(Waiting first) {
    long end = System.nanoTime() + batching.delay();
    while (gathering == first) {
      long left = end - System.nanoTime();
      lock.lock();
      try {
        if (left <= 0 || waitingRows(first) >= batching.rows()) {
          gathering = null;
          return taken(first);
        }
      } finally {
        lock.unlock();
      }
      LockSupport.parkNanos(this, left);
    }
    lock.lock();
    try {
      return taken(first);
    } finally {
      lock.unlock();
    }
  }

  private List<Waiting> taken(Waiting first) {
    List<Waiting> group = new ArrayList<>();
    group.add(first);
    int rows = first.rows;
    for (Iterator<Waiting> others = line.iterator(); first.joins && others.hasNext() && rows < batching.rows();) {
      Waiting one = others.next();
      if (one.goesWith(first, signature.plan().batch()) && rows + one.rows <= batching.rows()) {
        others.remove();
        group.add(one);
        rows += one.rows;
      }
    }
    return group;
  }

  /** Gives the run to who waits longest; nobody begins before. */
  private void handOn() {
    lock.lock();
    try {
      Waiting next = line.poll();
      if (next == null) {
        running--;
      } else {
        next.leads = true;
        LockSupport.unpark(next.thread);
      }
    } finally {
      lock.unlock();
    }
  }

  // ---- predicting

  private void run(List<Waiting> group) {
    if (group.size() > 1) {
      try {
        together(group);
        return;
      } catch (RuntimeException | OutOfMemoryError e) {
        // one of them is at fault, and the others are not to pay for it: each by itself
      }
    }
    for (Waiting one : group) {
      try {
        one.predicted = one.predictor.predictBatch(one.arrays);
        metrics.predicted(one.rows, 1);
      } catch (RuntimeException e) {
        one.fault = e;
      } catch (OutOfMemoryError e) {
        one.fault = new Refusal(Refusal.TOO_LARGE, "not enough memory for a request of this size");
      }
    }
  }

  private void together(List<Waiting> group) {
    int rows = 0;
    for (Waiting one : group) {
      rows += one.rows;
    }
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    for (String input : group.get(0).arrays.keySet()) {
      arrays.put(input, joined(input, group, rows));
    }
    Map<String, Tensor> all = group.get(0).predictor.predictBatch(arrays);
    int from = 0;
    for (Waiting one : group) {
      one.predicted = part(all, from, one.rows);
      from += one.rows;
    }
    metrics.predicted(rows, group.size());
  }

  private static Tensor joined(String input, List<Waiting> group, int rows) {
    Tensor first = group.get(0).arrays.get(input);
    int[] shape = first.shape().clone();
    shape[0] = rows;
    Object data = Array.newInstance(first.data().getClass().getComponentType(), (int) Tensor.elements(shape));
    int at = 0;
    for (Waiting one : group) {
      Tensor array = one.arrays.get(input);
      System.arraycopy(array.data(), 0, data, at, array.size());
      at += array.size();
    }
    return new Tensor(shape, data);
  }

  private Map<String, Tensor> part(Map<String, Tensor> all, int from, int rows) {
    Map<String, Tensor> part = new LinkedHashMap<>();
    for (Outgoing output : signature.outputs()) {
      String name = output.result().name();
      Tensor whole = all.get(name);
      if (output.result().rows() == Result.ALIKE) {
        part.put(name, whole);
        continue;
      }
      int[] shape = whole.shape().clone();
      int row = (int) Tensor.elements(Arrays.copyOfRange(shape, 1, shape.length));
      shape[0] = rows;
      Object data = Array.newInstance(whole.data().getClass().getComponentType(), rows * row);
      System.arraycopy(whole.data(), from * row, data, 0, rows * row);
      part.put(name, new Tensor(shape, data));
    }
    return part;
  }
}
