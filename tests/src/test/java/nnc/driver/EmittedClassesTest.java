package nnc.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nnc.Compiler;
import org.junit.jupiter.api.Test;

/** Classes that are emitted when they are asked for. */
class EmittedClassesTest {
  private static final String PROGRAM = """
      input  x: float[N, 6]
      target y: float[N, 3]
      output z = x |> dense(20, tanh) |> dense(3)
      loss mse(z, y)
      train { optimizer = sgd(0.1) }
      """;

  private final ConcurrentLinkedQueue<Integer> made = new ConcurrentLinkedQueue<>();
  private final EmittedClasses<Integer> classes = new EmittedClasses<>(IntStream.range(0, 9).boxed()
      .collect(Collectors.toMap(i -> "c" + (9 - i), i -> i, (_, last) -> last, LinkedHashMap::new)), this::emit);

  private byte[] emit(int number) {
    made.add(number);
    return new byte[] {(byte) number};
  }

  @Test
  void onlyWhatIsAskedForIsEmittedAndOnce() {
    assertThat(classes).hasSize(9);
    assertThat(classes.containsKey("c4") && !classes.containsKey("d")).isTrue();
    assertThat(classes.get("d")).isNull();
    assertThat(made).isEmpty();
    assertThat(classes.get("c4")).containsExactly(5);
    classes.emit(List.of("c9", "c4"));
    assertThat(classes.get("c9")).containsExactly(0);
    assertThat(made).containsExactly(5, 0);
  }

  @Test
  void whoGoesThroughThemHasAllInTheirOrder() {
    classes.get("c3");
    assertThat(classes.entrySet().stream().map(one -> one.getKey() + one.getValue()[0])).containsExactlyElementsOf(IntStream.range(0, 9).mapToObj(i -> "c" + (9 - i) + i).toList());
    assertThat(made).containsExactlyInAnyOrderElementsOf(IntStream.range(0, 9).boxed().toList());
  }

  /** A training that is told to stop runs by code that it has asked for; a compilation that is told to ends. */
  @Test
  void interruptedThreadsGetTheirsUnlessTheyCompile() {
    Thread.currentThread().interrupt();
    assertThat(classes.get("c1")).containsExactly(8);
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    assertThatThrownBy(() -> classes.emit(List.of("c2"))).isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  /** What is asked for one by one, and what all are at once. */
  @Test
  void theOrderChangesNoByte() throws Exception {
    var one = Compiler.compile("test.nn", PROGRAM, CompilerOptions.standard()).classes();
    var all = Map.copyOf(Compiler.compile("test.nn", PROGRAM, CompilerOptions.standard()).classes());
    assertThat(one.keySet()).hasSizeGreaterThan(8).isEqualTo(all.keySet());
    one.keySet().forEach(file -> assertThat(one.get(file)).as(file).isEqualTo(all.get(file)));
  }
}
