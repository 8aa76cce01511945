package nnc.runtime;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import nnc.runtime.base.Fault;

/**
 * Who uses a context. What two threads feed it in turns would be mixed, and each would read what the other has computed; neither would be told. So a context
 * belongs to the thread that fed it last: another one that feeds it takes it over, and has to feed it whole. Whoever lost it so and goes on is refused.
 *
 * <pre>
 *   thread 1   set x                            run: refused
 *   thread 2            set x   run   copyTo                   (right: all that it computed with is its own)
 * </pre>
 *
 * <p>A thread that never fed the context may run and read it: a context may be handed on.
 */
final class ContextUse {
  private static final AtomicIntegerFieldUpdater<ContextUse> BUSY = AtomicIntegerFieldUpdater.newUpdater(ContextUse.class, "busy");

  /** Who has fed it last. */
  private volatile Thread owner;
  /** 1 while somebody feeds or runs it. */
  private volatile int busy;
  /** Who has fed it before. */
  private Set<Thread> former;

  /** Whether the calling thread, which begins to feed it, takes it over from another. */
  boolean feeds() {
    begin();
    Thread caller = Thread.currentThread();
    Thread before = owner;
    if (before == caller) {
      return false;
    }
    own(before, caller);
    return before != null;
  }

  /** Whether the calling thread has fed it last. */
  boolean isOwn() {
    return owner == Thread.currentThread();
  }

  /** Begins a run. */
  void runs() {
    requireUser();
    begin();
  }

  private void begin() {
    if (!BUSY.compareAndSet(this, 0, 1)) {
      throw new Fault("a context is used by two threads at once: " + Thread.currentThread().getName() + " and another; make one for each thread");
    }
  }

  /** Ends what was begun. */
  void ends() {
    busy = 0;
  }

  /**
   * The calling thread is about to run it, or to read what it gave.
   *
   * @throws Fault if another thread has fed it meanwhile
   */
  void requireUser() {
    Thread now = owner;
    if (now != null && now != Thread.currentThread() && wasOwned()) {
      throw new Fault("a context is used by two threads at once: " + now.getName() + " has fed it since " + Thread.currentThread().getName()
          + " did; make one for each thread");
    }
  }

  private synchronized void own(Thread before, Thread caller) {
    if (before != null) {
      if (former == null) {
        former = Collections.newSetFromMap(new WeakHashMap<>());
      }
      former.add(before);
      former.remove(caller);
    }
    owner = caller;
  }

  private synchronized boolean wasOwned() {
    return former != null && former.contains(Thread.currentThread());
  }
}
