package nnc.spark;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/**
 * Adds arrays of the tasks of a stage in the order of their blocks, and gives all of them the sum: each task adds its own to what the one before has sent, a piece at a time,
 * and the last one's sums go round once more. That is the order in which one machine adds, so the bits are its bits; and each task sends and receives no more than two arrays,
 * however many tasks there are.
 */
final class RingExchange implements Closeable {
  /** Elements of a piece: large beside what a message costs, small beside an array. */
  static final int PIECE = 1 << 14;

  private static final int WAIT_MS = 500, HELLO_MS = 5_000, CONNECT_MS = 60_000;

  private final int rank;
  private final int ranks;
  private final Socket next;
  private final Socket previous;
  private final BooleanSupplier stopped;
  private final ExecutorService sender;

  private RingExchange(int rank, int ranks, Socket next, Socket previous, BooleanSupplier stopped) {
    this.rank = rank;
    this.ranks = ranks;
    this.next = next;
    this.previous = previous;
    this.stopped = stopped;
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
        return new RingExchange(0, 1, null, null, stopped);
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
        return new RingExchange(rank, ranks, next, accepted(server, token, (rank + ranks - 1) % ranks, stopped), stopped);
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
      socket.setSoTimeout(WAIT_MS);
      socket.setTcpNoDelay(true);
      return known;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * What has been summed before, and behind it the arrays of all tasks in their order; each element's sum is one addition after the other.
   *
   * @param before of which the first task's counts
   * @param own    of this task, in the order of their blocks
   * @return an array of its own
   */
  Object sum(Object before, List<Object> own) throws IOException {
    int length = NumberArrays.length(before);
    Object total = NumberArrays.of(length, before instanceof double[]);
    if (rank == 0) {
      System.arraycopy(before, 0, total, 0, length);
    }
    if (ranks == 1) {
      add(total, own, 0, length);
    } else if (rank == 0) {
      return first(total, own);
    } else {
      middle(total, own);
    }
    return total;
  }

  private static void add(Object total, List<Object> own, int from, int end) {
    for (Object array : own) {
      NumberArrays.add(total, array, from, end);
    }
  }

  /** Adds to what comes, sends it on, and then takes and sends on what the last one has sent. */
  private void middle(Object total, List<Object> own) throws IOException {
    int length = NumberArrays.length(total);
    var buffer = buffer(total);
    boolean last = rank == ranks - 1;
    for (int from = 0; from < length; from += PIECE) {
      int end = Math.min(length, from + PIECE);
      receive(total, from, end, buffer);
      add(total, own, from, end);
      send(total, from, end, buffer);
    }
    for (int from = 0; from < length && !last; from += PIECE) {
      int end = Math.min(length, from + PIECE);
      receive(total, from, end, buffer);
      if (rank < ranks - 2) {
        send(total, from, end, buffer);
      }
    }
  }

  /** Another thread sends, first what is added here, then what has come of it, so that the last one never waits for this one. */
  private Object first(Object sums, List<Object> own) throws IOException {
    int length = NumberArrays.length(sums);
    Object total = NumberArrays.of(length, sums instanceof double[]);
    var come = new Progress();
    Future<?> sent = sender.submit(() -> {
      var buffer = buffer(sums);
      for (int from = 0; from < length; from += PIECE) {
        int end = Math.min(length, from + PIECE);
        add(sums, own, from, end);
        send(sums, from, end, buffer);
      }
      for (int from = 0; from < length && ranks > 2; from += PIECE) {
        int end = Math.min(length, from + PIECE);
        come.await(end);
        send(total, from, end, buffer);
      }
      return null;
    });
    var buffer = buffer(total);
    try {
      for (int from = 0; from < length; from += PIECE) {
        int end = Math.min(length, from + PIECE);
        receive(total, from, end, buffer);
        come.reach(end);
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
    private int reached;

    synchronized void reach(int end) {
      reached = end;
      notifyAll();
    }

    synchronized void await(int end) throws InterruptedException {
      while (reached < end) {
        wait();
      }
    }
  }

  // ---- bytes

  private static ByteBuffer buffer(Object array) {
    return ByteBuffer.allocate(PIECE * NumberArrays.bytes(array));
  }

  private void send(Object array, int from, int end, ByteBuffer buffer) throws IOException {
    buffer.clear();
    NumberArrays.put(array, from, end, buffer);
    next.getOutputStream().write(buffer.array(), 0, (end - from) * NumberArrays.bytes(array));
  }

  private void receive(Object array, int from, int end, ByteBuffer buffer) throws IOException {
    int wanted = (end - from) * NumberArrays.bytes(array);
    InputStream in = previous.getInputStream();
    for (int read = 0; read < wanted;) {
      try {
        int count = in.read(buffer.array(), read, wanted - read);
        if (count < 0) {
          throw new EOFException("the task before has ended");
        }
        read += count;
      } catch (SocketTimeoutException e) {
        if (stopped.getAsBoolean()) {
          throw new IOException("this task is no longer wanted", e);
        }
      }
    }
    buffer.clear();
    NumberArrays.get(buffer, array, from, end);
  }

  @Override
  public void close() throws IOException {
    if (sender != null) {
      sender.shutdownNow();
    }
    if (next != null) {
      next.close();
      previous.close();
    }
  }
}
