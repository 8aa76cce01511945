package nnc.spark;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/**
 * The driver behind {@code nnc sweep --spark}: reads orders from its standard input, has a task train each, and writes what came of them to its standard output, in the order in which they end. It ends
 * when its input does.
 *
 * <p>An order is a number, and what {@link TrialOrder} has; an answer is the order's number, what kind of answer it is, and its parts. Bytes have their length before them, as a whole number of 32 bits;
 * texts are UTF-8. {@code nnc.search.SparkSubmit} is the other side.
 */
public final class TrialServer {
  private static final long BEGINNING = 0x6e6e63547269616cL;
  private static final int DONE = 0, FAULT = 1, GONE = 2;

  private final JavaSparkContext spark;
  private final DataOutputStream answers;

  private TrialServer(JavaSparkContext spark, DataOutputStream answers) {
    this.spark = spark;
    this.answers = answers;
  }

  /** Takes no arguments; the cluster is what {@code spark-submit} says. */
  public static void main(String[] arguments) throws IOException {
    PrintStream own = System.out;
    // what others print is not for who reads answers
    System.setOut(System.err);
    ExecutorService waiting = Executors.newCachedThreadPool();
    try (SparkSession session = SparkSession.builder().getOrCreate()) {
      var server = new TrialServer(JavaSparkContext.fromSparkContext(session.sparkContext()), new DataOutputStream(own));
      server.answers.writeLong(BEGINNING);
      server.answers.flush();
      server.serve(new DataInputStream(System.in), waiting);
    } finally {
      waiting.shutdownNow();
    }
  }

  private void serve(DataInputStream in, ExecutorService waiting) throws IOException {
    while (true) {
      int number;
      try {
        number = in.readInt();
      } catch (EOFException e) {
        return;
      }
      var order = new TrialOrder(bytes(in), text(in), text(in), in.readLong(), in.readInt(), bytes(in), text(in), in.readInt());
      waiting.submit(() -> {
        answer(number, order);
        return null;
      });
    }
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    return in.readNBytes(in.readInt());
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(bytes(in), StandardCharsets.UTF_8);
  }

  /** Spark tries a task again whose executor is lost: it is a function of its order. */
  private void answer(int number, TrialOrder order) throws IOException {
    TrialOrder.Result result;
    try {
      Broadcast<TrialOrder> sent = spark.broadcast(order);
      try {
        result = spark.parallelize(List.of(0), 1).map(one -> sent.value().run()).collect().get(0);
      } finally {
        sent.destroy();
      }
    } catch (Exception e) {
      synchronized (answers) {
        answers.writeInt(number);
        answers.writeByte(GONE);
        write(String.valueOf(e.getMessage()).lines().findFirst().orElse("").getBytes(StandardCharsets.UTF_8));
        answers.flush();
      }
      return;
    }
    synchronized (answers) {
      answers.writeInt(number);
      tell(result);
      answers.flush();
    }
  }

  private void tell(TrialOrder.Result result) throws IOException {
    if (result.weights() == null) {
      answers.writeByte(FAULT);
      write(result.failure().getBytes(StandardCharsets.UTF_8));
      write(result.hint().getBytes(StandardCharsets.UTF_8));
      return;
    }
    answers.writeByte(DONE);
    answers.writeInt(result.figures().size());
    for (Map.Entry<String, Double> figure : result.figures().entrySet()) {
      write(figure.getKey().getBytes(StandardCharsets.UTF_8));
      answers.writeDouble(figure.getValue());
    }
    write(result.weights());
  }

  private void write(byte[] bytes) throws IOException {
    answers.writeInt(bytes.length);
    answers.write(bytes);
  }
}
