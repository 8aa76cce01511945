package nnc.driver;

import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.bytecode.MemoryLoader;
import nnc.loops.FreeNumbers;
import nnc.loops.Loop;
import nnc.loops.expand.Width;
import nnc.lower.Lowering;
import nnc.runtime.engine.Kernels;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.Polynomials;

/**
 * Classes that several compilations share. Where the kernels of a plan are those of an earlier compilation but for numbers, which is so of a program with
 * another rate, decay, share of dropout or penalty, they are called with these numbers, and are emitted, loaded and compiled by the JVM once. All that
 * comes before the emitter is done anew for each compilation, so that whatever else depends on a number is as it would be: what is computed has the bits
 * of a compilation by itself.
 *
 * <p>Safe for use by several threads.
 */
public final class SharedClasses {
  /** A plan's kernels without their numbers. */
  private record Form(String kernels, int precision, List<Loop.Kernel> forms) {}

  /** By form; what memory has no room for is emitted again. */
  private final Map<Form, SoftReference<Family>> families = new HashMap<>();
  private final AtomicInteger emitted = new AtomicInteger();

  /** All plans of one form. */
  private static final class Family {
    final List<List<Double>> first;
    Member latest;

    Family(Member latest, List<List<Double>> first) {
      this.latest = latest;
      this.first = first;
    }
  }

  /**
   * Kernels of a form, some of whose numbers they are called with, and what they are as classes.
   *
   * @param name of their class, without its width
   * @param free of each kernel, by place
   */
  record Member(String name, List<Loop.Kernel> kernels, List<BitSet> free, Map<Width, byte[]> classes, Map<String, Kernels> loaded) {
    Member(String name, List<Loop.Kernel> kernels, List<BitSet> free) {
      this(name, kernels, free, new HashMap<>(), new HashMap<>());
    }
  }

  /** A plan that calls shared kernels. */
  record Shared(Lowering.Result lowered, Member member) {}

  /** How many classes have been emitted so far. */
  public int emitted() {
    return emitted.get();
  }

  /** The plan, calling kernels of those that there are if they are its own but for numbers. */
  Shared of(String kernels, int precision, Lowering.Result lowered) {
    var form = new Form(kernels, precision, lowered.kernels().stream().map(FreeNumbers::form).toList());
    var numbers = lowered.kernels().stream().map(FreeNumbers::of).toList();
    Member member;
    synchronized (this) {
      var family = families.getOrDefault(form, new SoftReference<>(null)).get();
      if (family == null) {
        family = new Family(new Member(kernels, lowered.kernels(), numbers.stream().map(_ -> new BitSet()).toList()), numbers);
        families.put(form, new SoftReference<>(family));
      }
      member = member(family, numbers, lowered, precision);
    }
    var calls = lowered.plan().calls().stream().map(call -> called(call, lowered.kernels().get(call.kernel()), member.free.get(call.kernel()), precision)).toList();
    return new Shared(new Lowering.Result(with(lowered.plan(), calls), member.kernels, lowered.sources(), lowered.calls()), member);
  }

  private static ModelSpec.Plan with(ModelSpec.Plan plan, List<ModelSpec.Call> calls) {
    return new ModelSpec.Plan(plan.name(), plan.kernels(), plan.dims(), plan.quotients(), plan.batch(), plan.slots(), plan.bits(), plan.scratch(), calls, plan.prepared(), plan.tiling(),
        plan.learns(), plan.inputs(), plan.unread(), plan.results(), plan.counters(), plan.needs(), plan.repeats(), plan.branches());
  }

  /** The latest kernels of a family, after more of their numbers have become free if need be. */
  private static Member member(Family family, List<List<Double>> numbers, Lowering.Result lowered, int precision) {
    var free = new ArrayList<BitSet>();
    for (int i = 0; i < numbers.size(); i++) {
      var mine = numbers.get(i);
      var first = family.first.get(i);
      var other = (BitSet) family.latest.free.get(i).clone();
      IntStream.range(0, mine.size()).filter(k -> !mine.get(k).equals(first.get(k))).forEach(other::set);
      free.add(other);
    }
    if (!free.equals(family.latest.free)) {
      var kernels = IntStream.range(0, free.size()).mapToObj(i -> FreeNumbers.freed(lowered.kernels().get(i), free.get(i), precision)).toList();
      family.latest = new Member(family.latest.name, kernels, free);
    }
    return family.latest;
  }

  private static ModelSpec.Call called(ModelSpec.Call call, Loop.Kernel kernel, BitSet free, int precision) {
    if (free.isEmpty()) {
      return call;
    }
    var more = FreeNumbers.arguments(kernel, free, precision).stream().<ModelSpec.Argument>map(bits -> new ModelSpec.Argument.Value(Polynomials.constant(bits)));
    return new ModelSpec.Call(call.kernel(), Stream.concat(call.arguments().stream(), more).toList(), call.blocks(), call.parallel(), call.work(), call.label(),
        call.line());
  }

  /** The class of some kernels for a width, emitted if it is not there. */
  byte[] emitted(Member member, Width width, Supplier<byte[]> emitter) {
    synchronized (member) {
      return member.classes.computeIfAbsent(width, _ -> {
        emitted.incrementAndGet();
        return emitter.get();
      });
    }
  }

  /** The kernels of a class without its package, loaded once for all that share them; null if they are none of these. */
  static Kernels kernels(List<Member> members, String name) {
    for (var member : members) {
      synchronized (member) {
        for (var width : member.classes.keySet()) {
          if (name.equals(member.name + width.suffix())) {
            return member.loaded.computeIfAbsent(name, _ -> new MemoryLoader(Map.of(Kernels.file(name), member.classes.get(width))).apply(name));
          }
        }
      }
    }
    return null;
  }
}
