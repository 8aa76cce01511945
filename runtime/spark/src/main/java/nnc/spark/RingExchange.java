package nnc.spark;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/**
 * Has an array go on by what the tasks of a stage do to it, in their order, and gives all of them what comes of it: each task adds its own to what the one before has sent, a
 * piece at a time, and what the last one has goes round once more. That is the order in which one machine adds, so the bits are its bits; and each task sends and receives no
 * more than two arrays, however many tasks there are.
 */
final class RingExchange implements Closeable {
  /** Elements of a piece: large beside what a message costs, small beside an array. */
  static final int PIECE = 1 << 14;

  private static final int WAIT_MS = 500, HELLO_MS = 5_000, CONNECT_MS = 60_000;

  private final int rank;
  private final int ranks;
  /** Null of a task that is alone. */
  private final RingLinks links;
  private final ExecutorService sender;

  private RingExchange(int rank, int ranks, RingLinks links) {
    this.rank = rank;
    this.ranks = ranks;
    this.links = links;
    sender = rank > 0 ? null : Executors.newSingleThreadExecutor(task -> {
      Thread thread = new Thread(task, "nnc-ring");
      thread.setDaemon(true);
      return thread;
    });
  }

  /**
   * Joins the ring of a stage's tasks.
   *
   * @param token   what those who belong to it know
   * @param host    of this task
   * @param gather  gives the addresses of all tasks in their order for that of one
   * @param stopped whether this task is no longer wanted
   */
  static RingExchange join(int rank, long token, String host, Gathering gather, BooleanSupplier stopped) throws IOException {
    try (var server = new ServerSocket(0)) {
      List<String> all = gather.of(host + " " + server.getLocalPort());
      int ranks = all.size();
      if (ranks == 1) {
        return new RingExchange(0, 1, null);
      }
      String[] address = all.get((rank + 1) % ranks).split(" ");
      var next = new Socket();
      try {
        next.connect(new InetSocketAddress(address[0], Integer.parseInt(address[1])), CONNECT_MS);
        next.setTcpNoDelay(true);
        var hello = new DataOutputStream(next.getOutputStream());
        hello.writeLong(token);
        hello.writeInt(rank);
        hello.flush();
        return new RingExchange(rank, ranks, new RingLinks(next, accepted(server, token, (rank + ranks - 1) % ranks, stopped), stopped));
      } catch (IOException | RuntimeException e) {
        next.close();
        throw e;
      }
    }
  }

  /** What a barrier of the stage does: each task says something, and each is told what all have said. */
  interface Gathering {
    List<String> of(String said);
  }

  /** The task before; others that come by are sent away. */
  private static Socket accepted(ServerSocket server, long token, int expected, BooleanSupplier stopped) throws IOException {
    server.setSoTimeout(WAIT_MS);
    long until = System.nanoTime() + CONNECT_MS * 1_000_000L;
    while (System.nanoTime() < until && !stopped.getAsBoolean()) {
      Socket socket;
      try {
        socket = server.accept();
      } catch (SocketTimeoutException e) {
        continue;
      }
      if (isExpected(socket, token, expected)) {
        return socket;
      }
      socket.close();
    }
    throw new IOException("the task before has not come");
  }

  /** Whether who has come says what the task before says; not who says something else, or nothing, or is gone. */
  private static boolean isExpected(Socket socket, long token, int expected) {
    try {
      socket.setSoTimeout(HELLO_MS);
      var hello = new DataInputStream(socket.getInputStream());
      boolean known = hello.readLong() == token && hello.readInt() == expected;
      socket.setTcpNoDelay(true);
      return known;
    } catch (IOException e) {
      return false;
    }
  }

  /** Says how long this task's own part of what comes next has taken, from which it follows how long it waits for the others. */
  void expect(long nanos) {
    if (links != null) {
      links.expect(nanos);
    }
  }

  /** What a task does to a piece of what the tasks before it have come to. */
  interface Own {
    void addTo(Object total, int from, int end);
  }

  /**
   * What comes of an array by all tasks, one after the other.
   *
   * @param before of which the first task's counts
   * @param ends   of the pieces that go on each by itself, the same for all tasks
   * @return an array of its own
   */
  Object fold(Object before, int[] ends, Own own) throws IOException {
    Object total = NumberArrays.of(NumberArrays.length(before), before instanceof double[]);
    if (rank == 0) {
      System.arraycopy(before, 0, total, 0, NumberArrays.length(before));
    }
    if (ranks == 1) {
      for (int i = 0; i < ends.length; i++) {
        own.addTo(total, begin(ends, i), ends[i]);
      }
    } else if (rank == 0) {
      return first(total, ends, own);
    } else {
      middle(total, ends, own);
    }
    return total;
  }

  private static int begin(int[] ends, int piece) {
    return piece == 0 ? 0 : ends[piece - 1];
  }

  /** Adds to what comes, sends it on, and then takes and sends on what the last one has sent. */
  private void middle(Object total, int[] ends, Own own) throws IOException {
    boolean last = rank == ranks - 1;
    for (int i = 0; i < ends.length; i++) {
      links.receive(total, begin(ends, i), ends[i]);
      own.addTo(total, begin(ends, i), ends[i]);
      links.send(total, begin(ends, i), ends[i]);
    }
    for (int i = 0; i < ends.length && !last; i++) {
      links.receive(total, begin(ends, i), ends[i]);
      if (rank < ranks - 2) {
        links.send(total, begin(ends, i), ends[i]);
      }
    }
  }

  /** Another thread sends, first what is added here, then what has come of it, so that the last one never waits for this one. */
  private Object first(Object sums, int[] ends, Own own) throws IOException {
    Object total = NumberArrays.of(NumberArrays.length(sums), sums instanceof double[]);
    var come = new Progress();
    Future<?> sent = sender.submit(() -> {
      for (int i = 0; i < ends.length; i++) {
        own.addTo(sums, begin(ends, i), ends[i]);
        links.send(sums, begin(ends, i), ends[i]);
      }
      for (int i = 0; i < ends.length && ranks > 2; i++) {
        come.await(i);
        links.send(total, begin(ends, i), ends[i]);
      }
      return null;
    });
    try {
      for (int i = 0; i < ends.length; i++) {
        links.receive(total, begin(ends, i), ends[i]);
        come.reach(i);
      }
      sent.get();
      return total;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } finally {
      sent.cancel(true);
    }
  }

  /** How far one thread has come, for another. */
  private static final class Progress {
    private int reached = -1;

    synchronized void reach(int piece) {
      reached = piece;
      notifyAll();
    }

    synchronized void await(int piece) throws InterruptedException {
      while (reached < piece) {
        wait();
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (sender != null) {
      sender.shutdownNow();
    }
    if (links != null) {
      links.close();
    }
  }
}
