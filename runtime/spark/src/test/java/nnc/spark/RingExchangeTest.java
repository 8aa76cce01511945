package nnc.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes round the ring is added in one order, that of a loop over all arrays. Oracle: the loop. */
class RingExchangeTest {
  /** What the tasks of a stage say, gathered by threads. */
  private record Meeting(String[] said, CyclicBarrier barrier) {
    List<String> say(int rank, String text) {
      said[rank] = text;
      try {
        barrier.await();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      return Arrays.asList(said);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 10, false", "2, 0, false", "2, 50000, false", "3, 1, true", "4, 100000, true", "8, 40000, false", "5, 700001, false"})
  void sumsHaveTheBitsOfALoop(int ranks, int length, boolean wide) throws Exception {
    var random = new Random(length);
    var before = array(length, wide, random);
    List<List<Object>> all = new ArrayList<>();
    var expected = wide ? ((double[]) before).clone() : (Object) ((float[]) before).clone();
    for (int rank = 0; rank < ranks; rank++) {
      all.add(new ArrayList<>());
      for (int i = 0; i < (rank + 1) % 3; i++) {
        all.getLast().add(array(length, wide, random));
        NumberArrays.add(expected, all.getLast().getLast(), 0, length);
      }
    }
    var meeting = new Meeting(new String[ranks], new CyclicBarrier(ranks));
    try (var threads = Executors.newFixedThreadPool(ranks)) {
      var tasks = new ArrayList<Callable<Object>>();
      for (int rank = 0; rank < ranks; rank++) {
        int own = rank;
        tasks.add(() -> twice(own, meeting, before, all.get(own)));
      }
      for (var sum : threads.invokeAll(tasks)) {
        assertThat(sum.get()).isEqualTo(expected);
      }
    }
  }

  /** A ring is used for sum after sum; gives the second. */
  private static Object twice(int rank, Meeting meeting, Object before, List<Object> own) throws IOException {
    try (var ring = RingExchange.join(rank, 17, "127.0.0.1", said -> meeting.say(rank, said), () -> false)) {
      int length = NumberArrays.length(before);
      int[] ends = IntStream.rangeClosed(1, (length + RingExchange.PIECE - 1) / RingExchange.PIECE).map(i -> Math.min(length, i * RingExchange.PIECE)).toArray();
      RingExchange.Own adding = (total, from, end) -> own.forEach(array -> NumberArrays.add(total, array, from, end));
      ring.fold(before, ends, adding);
      return ring.fold(before, ends, adding);
    }
  }

  /** A neighbour that neither takes nor sends ends in an error, which says so. */
  @Test
  void whoHangsIsToldOf() throws Exception {
    try (var server = new ServerSocket(0); var next = new Socket("127.0.0.1", server.getLocalPort()); var other = server.accept();
        var links = new RingLinks(next, new Socket("127.0.0.1", server.getLocalPort()), () -> false)) {
      links.await(1_000_000_000L);
      var much = new float[10_000_000];
      assertThatThrownBy(() -> links.receive(much, 0, 10)).hasMessage("the task before has sent nothing for 1 s");
      assertThatThrownBy(() -> links.send(much, 0, much.length)).hasMessage("the task behind has taken nothing for 1 s");
      assertThat(other.isClosed()).isFalse();
    }
  }

  private static Object array(int length, boolean wide, Random random) {
    return wide ? random.doubles(length, -1, 1).toArray() : (Object) floats(random.doubles(length, -1, 1).toArray());
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
