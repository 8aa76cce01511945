package nnc.playground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.learn.Training;
import nnc.runtime.learn.TrainingListener;
import nnc.runtime.learn.TrainingRun;

/**
 * A network that is trained in front of somebody: step by step, at a pace or as fast as it goes, with weights and the rate changed on the way. It trains by
 * {@link Training}, as {@code nnc train} does, so that the same program comes to the same bits there. The training has a thread of its own, which waits between two
 * steps while it is paused.
 *
 * <p>Another rate is another program: training is stopped, saved, and resumed by that program at the same step.
 */
final class Experiment implements TrainingListener, AutoCloseable {
  /** Steps after which a training is not continued. */
  static final int MOST_STEPS = 1_000_000_000;

  private static final long SPEED_SPAN = 250_000_000;

  /** What is told of an experiment, by its own thread. */
  interface Audience {
    /** Whether a picture is wanted at present; then {@link #look} is called. */
    boolean wantsFrame();

    void look(Snapshot snapshot);

    /** It runs, or does not, for the reason told, which is empty if it was asked to. */
    void changed(boolean running, String reason);
  }

  /** How a program follows from another by a change of the rate. */
  interface Rewriting {
    PointProgram withRate(double rate) throws Exception;
  }

  private final Audience audience;
  private final Rewriting rewriting;
  private final Path folder;
  private final Path saved;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private final Thread thread;

  /** In the order of their steps; the first {@code applied} have been made. Guarded by the lock. */
  private final List<Change> changes;
  private int applied;

  private PointProgram program;
  private volatile TrainingRun run;
  private PointProgram next;
  private Throwable failure;
  private boolean ready;

  // what is asked of the training's thread, guarded by the lock; the two volatile ones it looks at without
  private volatile boolean attention = true;
  private volatile long stopAt;
  private double pace;
  private boolean running;
  private boolean closed;
  private boolean over;

  // known to the training's thread alone
  private long paceFrom;
  private int paceStep;
  private long speedFrom;
  private int speedStep;
  private double speed;
  private int shownStep = -1;
  private boolean dirty = true;
  private int epochSteps;

  /**
   * Prepares it, paused before the first step.
   *
   * @param folder  where the program's data files are
   * @param scratch where it may keep what it needs for a change of the rate
   * @param changes what will be done to it, as a link has it
   */
  Experiment(PointProgram program, Path folder, Path scratch, List<Change> changes, Audience audience, Rewriting rewriting) throws IOException {
    this.program = program;
    this.folder = folder;
    this.audience = audience;
    this.rewriting = rewriting;
    this.changes = new ArrayList<>(changes);
    this.changes.sort(Comparator.comparingInt(Change::step));
    saved = Files.createTempFile(Files.createDirectories(scratch), "position", ".npz");
    Files.delete(saved);
    thread = new Thread(this::train, "nnc-playground-training");
    thread.setDaemon(true);
  }

  /**
   * Reads the data and comes to the first step.
   *
   * @throws Fault if data or settings do not fit the network
   */
  Experiment start() throws InterruptedException {
    thread.start();
    lock.lock();
    try {
      while (!ready && failure == null) {
        woken.await();
      }
      if (failure != null) {
        throw failure instanceof Fault fault ? fault : new Fault("training cannot begin: " + failure);
      }
    } finally {
      lock.unlock();
    }
    return this;
  }

  // ---- asked by others

  /** Goes on at so many steps a second; 0 for as many as it can. */
  void play(double stepsASecond) {
    ask(() -> {
      pace = stepsASecond;
      paceFrom = 0;
      stopAt = MOST_STEPS;
      running = !over;
    });
  }

  /** Stops after the present step. */
  void pause() {
    ask(() -> running = false);
  }

  /** Goes on for so many steps, as fast as it can. */
  void steps(int count) {
    ask(() -> {
      pace = 0;
      stopAt = Math.min(MOST_STEPS, (long) run.step() + count);
      running = !over;
    });
  }

  /** Goes on to the end of the present epoch. */
  void epoch() {
    int step = run.step();
    steps(epochSteps - step % epochSteps);
  }

  /** A change as soon as possible; gives it as it will be made, the step to the next of which it belongs. */
  void change(java.util.function.IntFunction<Change> change) {
    ask(() -> {
      dropFuture();
      changes.add(change.apply(-1));
    });
  }

  /** What was done so far. */
  List<Change> history() {
    lock.lock();
    try {
      return List.copyOf(changes.subList(0, applied));
    } finally {
      lock.unlock();
    }
  }

  /** A frame is wanted, or something that frames show has changed. */
  void nudge() {
    ask(() -> { });
  }

  /** As {@link #nudge}, though nothing has been learned since the last frame. */
  void redraw() {
    ask(() -> dirty = true);
  }

  PointProgram program() {
    return program;
  }

  TrainingRun run() {
    return run;
  }

  /** Has some work done between two steps, and gives what comes of it: the network stands still meanwhile. */
  <T> T between(java.util.function.Function<Model, T> work) {
    boolean was;
    lock.lock();
    try {
      was = running;
    } finally {
      lock.unlock();
    }
    pause();
    lock.lock();
    try {
      while (!waiting && !over) {
        woken.awaitUninterruptibly();
      }
      return work.apply(run.model());
    } finally {
      running = was && !over;
      paceFrom = 0;
      attention = true;
      woken.signalAll();
      lock.unlock();
    }
  }

  private void ask(Runnable change) {
    lock.lock();
    try {
      change.run();
      attention = true;
      woken.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends it. */
  @Override
  public void close() {
    ask(() -> closed = true);
    try {
      thread.join(TimeUnit.SECONDS.toMillis(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Leaves no file behind: by the thread that writes it, as that may still do so when nobody waits for it any more. */
  private void clear() {
    try {
      Files.deleteIfExists(saved);
    } catch (IOException e) {
      // it goes with its folder
      saved.toFile().deleteOnExit();
    }
  }

  // ---- the training's thread

  private boolean waiting;

  private void train() {
    try {
      var training = training();
      do {
        run = training.prepare();
        run.run();
        training = next == null ? null : training().resume(saved);
      } while (training != null && !closed);
    } catch (Throwable e) {
      fail(e);
    } finally {
      finish();
      clear();
    }
  }

  private Training training() {
    if (next != null) {
      program = next;
      next = null;
    }
    return Training.of(program.network()).folder(folder).epochs(Integer.MAX_VALUE).threads(1).save(saved).listener(this);
  }

  private void fail(Throwable e) {
    lock.lock();
    try {
      failure = e;
    } finally {
      lock.unlock();
    }
  }

  /** Over, by a fault or by the program's own will: what was learned stays to be looked at. */
  private void finish() {
    lock.lock();
    try {
      over = true;
      running = false;
      waiting = true;
      woken.signalAll();
    } finally {
      lock.unlock();
    }
    if (!ready || closed) {
      return;
    }
    audience.changed(false, failure == null ? "the program has ended its training" : failure instanceof Fault fault ? reason(fault) : "training broke off: " + failure);
    lock.lock();
    try {
      while (!closed) {
        show();
        woken.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Why training has ended; what it has saved for a change of the rate is the page's, and no file that one could look for. */
  private String reason(Fault fault) {
    return said(fault).replace("in " + saved, "those on the page");
  }

  static String said(Fault fault) {
    return fault.getMessage() + (fault.hint().isEmpty() ? "" : " (" + fault.hint() + ")");
  }

  @Override
  public void started(TrainingRun begun) {
    run = begun;
    epochSteps = Math.max(1, Math.ceilDiv(begun.examples("train").size(), batch(begun)));
    lock.lock();
    try {
      ready = true;
      dirty = true;
      woken.signalAll();
    } finally {
      lock.unlock();
    }
    attend(begun);
  }

  private int batch(TrainingRun begun) {
    var batch = program.network().spec().training().settings().get(nnc.runtime.spec.Setting.BATCH);
    return Math.min(batch instanceof Number number ? number.intValue() : 32, begun.examples("train").size());
  }

  /** The way of each step, a hundred thousand of them a second: two looks, unless something is asked for. */
  @Override
  public void stepped(TrainingRun stepped) {
    if (attention || pace > 0 || stepped.step() >= stopAt || dueStep <= stepped.step() || audience.wantsFrame()) {
      attend(stepped);
    }
  }

  /** The step of the next change that a link has. */
  private volatile int dueStep;

  private void attend(TrainingRun at) {
    lock.lock();
    try {
      while (!closed && next == null) {
        attention = false;
        apply(at);
        if (next != null || closed) {
          break;
        }
        measure(at);
        if (running && at.step() >= stopAt) {
          running = false;
          audience.changed(false, at.step() >= MOST_STEPS ? "that were " + MOST_STEPS + " steps, and it goes no further" : "");
        }
        show();
        long wait = running ? pacing(at) : Long.MAX_VALUE;
        if (wait <= 0) {
          return;
        }
        waiting = !running;
        woken.signalAll();
        if (wait == Long.MAX_VALUE) {
          woken.awaitUninterruptibly();
        } else {
          await(wait);
        }
        waiting = false;
      }
      at.stop();
    } finally {
      lock.unlock();
    }
  }

  private void await(long nanos) {
    try {
      for (long left = nanos; left > 0 && !attention;) {
        left = woken.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  /** Nanoseconds until the next step is due. */
  private long pacing(TrainingRun at) {
    if (pace <= 0) {
      return 0;
    }
    long now = System.nanoTime();
    if (paceFrom == 0) {
      paceFrom = now;
      paceStep = at.step();
    }
    return paceFrom + (long) ((at.step() - paceStep) * 1e9 / pace) - now;
  }

  private void measure(TrainingRun at) {
    long now = System.nanoTime();
    if (now - speedFrom > SPEED_SPAN) {
      speed = running && speedFrom > 0 ? (at.step() - speedStep) * 1e9 / (now - speedFrom) : 0;
      speedFrom = now;
      speedStep = at.step();
    }
  }

  /** Makes the changes that are due. */
  private void apply(TrainingRun at) {
    while (applied < changes.size() && next == null && changes.get(applied).step() <= at.step()) {
      var change = changes.get(applied);
      var now = switch (change) {
        case Change.Rate(_, var rate) -> new Change.Rate(at.step(), rate);
        case Change.Edit(_, var path, var index, var value) -> new Change.Edit(at.step(), path, index, value);
      };
      changes.set(applied, now);
      applied++;
      dirty = true;
      switch (now) {
        case Change.Rate rate -> rewrite(rate.rate());
        case Change.Edit edit -> set(at.model(), edit);
      }
    }
    dueStep = applied < changes.size() ? changes.get(applied).step() : Integer.MAX_VALUE;
  }

  private void dropFuture() {
    changes.subList(applied, changes.size()).clear();
  }

  private void rewrite(double rate) {
    try {
      next = rewriting.withRate(rate);
    } catch (Exception e) {
      next = null;
      audience.changed(running, "the rate stays: " + e.getMessage());
    }
  }

  private void set(Model model, Change.Edit edit) {
    try {
      var before = model.weight(edit.path());
      var values = before.toDoubles();
      if (edit.index() >= 0 && edit.index() < values.length && Double.isFinite(edit.value())) {
        values[edit.index()] = edit.value();
        model.set(edit.path(), new Tensor(before.shape(), values));
      }
    } catch (Fault e) {
      audience.changed(running, said(e));
    }
  }

  private void show() {
    int step = run.step();
    if ((dirty || step != shownStep) && audience.wantsFrame()) {
      shownStep = step;
      dirty = false;
      audience.look(new Snapshot(program, run.model().copy(), step, step / epochSteps, running, speed));
    }
  }
}
