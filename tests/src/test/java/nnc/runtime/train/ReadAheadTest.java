package nnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whatever is asked for, and in whatever order, is what is there; what is asked for in order is read by another thread. */
class ReadAheadTest {
  private static final int MOST = 5;

  private static ReadAhead ahead(ReadAhead.Reader reader) {
    return new ReadAhead(reader, MOST, new Object[] {new double[MOST]}, new Object[] {new double[MOST]});
  }

  private static void assertRead(ReadAhead ahead, int[] rows, int from, int count) {
    double[] numbers = (double[]) ahead.take(rows, from, count)[0];
    for (int i = 0; i < count; i++) {
      assertThat(numbers[i]).isEqualTo(10.0 * rows[from + i]);
    }
  }

  private static void read(int row, int place, Object[] into) {
    ((double[]) into[0])[place] = 10.0 * row;
  }

  @Test
  void anyBatchesInAnyOrder() {
    var random = new Random(1);
    for (int trial = 0; trial < 50; trial++) {
      var ahead = ahead(ReadAheadTest::read);
      int[] rows = random.ints(1 + random.nextInt(40), 0, 1000).toArray();
      for (int take = 0; take < 40; take++) {
        if (random.nextInt(10) == 0) {
          rows[random.nextInt(rows.length)] = random.nextInt(1000);
        }
        int from = random.nextInt(rows.length);
        assertRead(ahead, rows, from, 1 + random.nextInt(Math.min(MOST, rows.length - from)));
      }
    }
  }

  /** Every second batch, as a step takes them that is made with every second one. */
  @Test
  void eachRowIsReadOnceAndByAnotherThread() {
    for (int stride : new int[] {MOST, 2 * MOST}) {
      List<Integer> read = Collections.synchronizedList(new ArrayList<>());
      Set<Integer> here = ConcurrentHashMap.newKeySet();
      var caller = Thread.currentThread();
      var ahead = ahead((row, place, into) -> {
        read.add(row);
        if (Thread.currentThread() == caller) {
          here.add(row);
        }
        read(row, place, into);
      });
      int[] rows = IntStream.range(0, 20 * stride - 2).toArray();
      for (int epoch = 0; epoch < 2; epoch++) {
        for (int from = 0; from < rows.length; from += stride) {
          assertRead(ahead, rows, from, Math.min(MOST, rows.length - from));
          assertRead(ahead, rows, from, Math.min(MOST, rows.length - from));
        }
      }
      assertThat(here).as("rows that the caller read: those of each epoch's first batch, and of what was foretold wrongly").allMatch(row -> row < 3 * MOST);
      assertThat(read).filteredOn(row -> row >= 3 * MOST).hasSize(2 * IntStream.iterate(0, from -> from < rows.length, from -> from + stride)
          .map(from -> (int) IntStream.range(from, Math.min(from + MOST, rows.length)).filter(row -> row >= 3 * MOST).count()).sum());
    }
  }

  @Test
  void whatReadingThrowsIsThrownWhereTheRowsAreWanted() {
    var ahead = ahead((row, place, into) -> {
      if (row == 7) {
        throw new IllegalArgumentException("row 7");
      }
      read(row, place, into);
    });
    int[] rows = IntStream.range(0, 20).toArray();
    assertRead(ahead, rows, 0, 5);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> ahead.take(rows, 5, 5)).isInstanceOf(IllegalArgumentException.class).hasMessage("row 7");
    }
    assertRead(ahead, rows, 10, 5);
    assertRead(ahead, rows, 0, 5);
  }
}
