package nnc.spark;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;

/**
 * A task's two neighbours in a ring. Who neither sends nor takes anything for too long hangs: that ends in an error, for a stage that is tried again. One thread receives and one sends,
 * which may be the same.
 */
final class RingLinks implements Closeable {
  /** How long a neighbour may be silent at least; and how many times as long as this task has computed, for others' blocks or machines may be slower. */
  private static final long LEAST_NANOS = 120_000_000_000L, TIMES = 20;

  private static final int LOOK_MS = 500;

  private final Socket next;
  private final Socket previous;
  private final BooleanSupplier stopped;
  private final Thread watch;
  private ByteBuffer received = ByteBuffer.allocate(0);
  private ByteBuffer sent = ByteBuffer.allocate(0);
  private volatile long patience = LEAST_NANOS;
  /** Since when a message is on its way to the next task, and whether it is. */
  private volatile long since;
  private volatile boolean sending;
  /** Why the watch has closed the way to the next task; empty while it has not. */
  private volatile String given = "";

  RingLinks(Socket next, Socket previous, BooleanSupplier stopped) throws IOException {
    this.next = next;
    this.previous = previous;
    this.stopped = stopped;
    previous.setSoTimeout(LOOK_MS);
    watch = new Thread(this::watch, "nnc-ring-watch");
    watch.setDaemon(true);
    watch.start();
  }

  /** Says how long this task has computed. */
  void expect(long nanos) {
    await(LEAST_NANOS + TIMES * nanos);
  }

  /** How long a neighbour may be silent. */
  void await(long nanos) {
    patience = nanos;
  }

  /** A write has no time limit of its own: what is stuck ends when its socket is closed. */
  private void watch() {
    try {
      while (given.isEmpty()) {
        Thread.sleep(LOOK_MS);
        if (sending && (stopped.getAsBoolean() || System.nanoTime() - since > patience)) {
          given = stopped.getAsBoolean() ? "this task is no longer wanted" : "the task behind has taken nothing for " + patience / 1_000_000_000 + " s";
          next.close();
        }
      }
    } catch (InterruptedException | IOException e) {
      given = "interrupted";
    }
  }

  /** Sends elements to the task behind. */
  void send(Object array, int from, int end) throws IOException {
    int bytes = (end - from) * NumberArrays.bytes(array);
    sent = room(sent, bytes);
    NumberArrays.put(array, from, end, sent);
    since = System.nanoTime();
    sending = true;
    try {
      next.getOutputStream().write(sent.array(), 0, bytes);
    } catch (IOException e) {
      throw given.isEmpty() ? e : new IOException(given, e);
    } finally {
      sending = false;
    }
  }

  /** Takes elements of the task before. */
  void receive(Object array, int from, int end) throws IOException {
    int wanted = (end - from) * NumberArrays.bytes(array);
    received = room(received, wanted);
    InputStream in = previous.getInputStream();
    long last = System.nanoTime();
    for (int read = 0; read < wanted;) {
      try {
        int count = in.read(received.array(), read, wanted - read);
        if (count < 0) {
          throw new EOFException("the task before has ended");
        }
        read += count;
        last = System.nanoTime();
      } catch (SocketTimeoutException e) {
        if (stopped.getAsBoolean()) {
          throw new IOException("this task is no longer wanted", e);
        } else if (System.nanoTime() - last > patience) {
          throw new IOException("the task before has sent nothing for " + patience / 1_000_000_000 + " s", e);
        }
      }
    }
    NumberArrays.get(received, array, from, end);
  }

  private static ByteBuffer room(ByteBuffer buffer, int bytes) {
    buffer.clear();
    return buffer.capacity() < bytes ? ByteBuffer.allocate(bytes) : buffer;
  }

  @Override
  public void close() throws IOException {
    watch.interrupt();
    next.close();
    previous.close();
  }
}
