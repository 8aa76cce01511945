package nnc.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec.Argument;
import nnc.runtime.spec.ModelSpec.Call;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Poly;
import nnc.runtime.spec.ModelSpec.Repeat;
import nnc.runtime.spec.ModelSpec.Tiling;
import nnc.runtime.spec.Polynomials;

/** Calls of drawn plans, of repeats and branches in each other, are made as often and in the order that a walk over the drawn tree has them, in which turns. */
class CallOrderTest {
  /** What is drawn: a call, or stretches of others. */
  private sealed interface Part {
    record One(int call) implements Part {}

    record Turns(String turn, int count, List<Part> parts) implements Part {}

    record Sides(List<List<Part>> branches) implements Part {}
  }

  private static final class Drawing {
    final Random random;
    final List<Repeat> repeats = new ArrayList<>();
    final List<List<Integer>> branches = new ArrayList<>();
    final List<Call> calls = new ArrayList<>();
    int turns;

    Drawing(long seed) {
      random = new Random(seed);
    }

    List<Part> parts(int depth) {
      return IntStream.range(0, 1 + random.nextInt(3)).mapToObj(_ -> part(depth)).toList();
    }

    private Part part(int depth) {
      int from = calls.size();
      switch (depth == 0 ? 0 : random.nextInt(3)) {
        case 1 -> {
          // loops one behind the other may count by one name
          var turn = "t" + depth + random.nextInt(2);
          int count = random.nextInt(4);
          int at = repeats.size();
          repeats.add(null);
          var inner = parts(depth - 1);
          repeats.set(at, new Repeat(turn, Polynomials.constant(count), from, calls.size(), null));
          return new Part.Turns(turn, count, inner);
        }
        case 2 -> {
          int at = branches.size();
          branches.add(null);
          var bounds = new ArrayList<>(List.of(from));
          var all = new ArrayList<List<Part>>();
          for (int i = 0; i < 2 + random.nextInt(3); i++) {
            all.add(parts(depth - 1));
            bounds.add(calls.size());
          }
          branches.set(at, bounds);
          return new Part.Sides(all);
        }
        default -> {
          calls.add(null);
          return new Part.One(from);
        }
      }
    }

    /** Each call is told the number of the turn by each name. */
    Plan plan() {
      var empty = plan(List.of());
      var names = Polynomials.names(empty);
      var told = IntStream.range(0, names.size()).<Argument>mapToObj(place -> new Argument.Value(new Poly(List.of(1L), List.of(List.of(place))))).toList();
      return plan(IntStream.range(0, calls.size()).mapToObj(i -> new Call(i, told, Polynomials.constant(1), false, Polynomials.constant(1), "", 0)).toList());
    }

    private Plan plan(List<Call> calls) {
      return new Plan("predict", "Predict", List.of(), List.of(), -1, List.of(), List.of(), Polynomials.constant(0), calls, 0, Tiling.NONE, false, Map.of(), Map.of(), List.of(), Map.of(), List.of(),
          repeats, branches);
    }
  }

  /** What is called, with the numbers of the turns that it is in. */
  private record Made(int call, Map<String, Integer> turns) {}

  private static void walk(List<Part> parts, Map<String, Integer> turns, List<Made> made) {
    for (var part : parts) {
      switch (part) {
        case Part.One(var call) -> made.add(new Made(call, turns));
        case Part.Turns(var turn, var count, var inner) -> {
          for (int i = 1; i <= count; i++) {
            var own = new TreeMap<>(turns);
            own.put(turn, i);
            walk(inner, own, made);
          }
        }
        case Part.Sides(var branches) -> branches.forEach(branch -> walk(branch, turns, made));
      }
    }
  }

  /** Runs branches in any order, each to its end, and notes what is called. */
  private static final class Noting extends CallOrder {
    final Plan plan;
    final CallTable table;
    final Random random;
    final int threads;
    final List<Made> made = new ArrayList<>();
    int running;

    Noting(Plan plan, CallTable table, int[] dims, long seed, int threads) {
      super(plan, table, new int[0], new float[0], dims, threads);
      this.plan = plan;
      this.table = table;
      this.random = new Random(seed);
      this.threads = threads;
    }

    @Override
    boolean takes(List<Integer> bounds) {
      return threads > 1 && random.nextInt(3) > 0;
    }

    @Override
    void fork(int branches) {
      assertThat(running).as("nothing is forked in a fork").isZero();
      running++;
      var shares = new ArrayList<>(IntStream.range(0, Math.min(threads, branches)).boxed().toList());
      Collections.shuffle(shares, random);
      shares.forEach(share -> run(share, Threads.bound(branches, share, shares.size()), Threads.bound(branches, share + 1, shares.size())));
      running--;
    }

    @Override
    void call(int thread, int call) {
      assertThat(running).isEqualTo(1);
      note(call);
    }

    @Override
    public void call(int i) {
      assertThat(running).isZero();
      note(i);
    }

    private void note(int call) {
      var names = Polynomials.names(plan);
      var turns = new TreeMap<String, Integer>();
      for (int i = 0; i < plan.repeats().size(); i++) {
        var repeat = plan.repeats().get(i);
        if (repeat.from() <= call && call < repeat.to()) {
          turns.put(repeat.turn(), table.arguments[table.at[call] + names.indexOf(repeat.turn())]);
        }
      }
      made.add(new Made(call, turns));
    }
  }

  @Property(tries = 300, seed = "31")
  void eachIsMadeAsOftenAsTheTreeSays(@ForAll @IntRange(max = 100_000) int seed, @ForAll @IntRange(min = 1, max = 4) int threads) {
    var drawing = new Drawing(seed);
    var parts = drawing.parts(4);
    var plan = drawing.plan();
    var expected = new ArrayList<Made>();
    walk(parts, Map.of(), expected);
    int[] dims = Polynomials.sizes(plan, new int[0]);
    var table = new CallTable(plan, new int[0], dims);
    table.evaluate(dims, 0);
    var noting = new Noting(plan, table, dims, seed, threads);
    for (int run = 0; run < 3; run++) {
      noting.made.clear();
      noting.each(noting, 0, plan.calls().size());
      if (threads == 1) {
        assertThat(noting.made).isEqualTo(expected);
      }
      assertThat(byCall(noting.made)).isEqualTo(byCall(expected));
    }
    for (int call = 0; call < plan.calls().size(); call++) {
      int number = call;
      assertThat(table.turns(call)).isEqualTo(expected.stream().filter(one -> one.call == number).count());
    }
  }

  /** What is called, by its number: those of one number in their order. */
  private static List<Made> byCall(List<Made> made) {
    return made.stream().sorted(Comparator.comparing(Made::call)).collect(Collectors.toList());
  }
}
