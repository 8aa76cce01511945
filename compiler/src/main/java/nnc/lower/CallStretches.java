package nnc.lower;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import nnc.schedule.Schedule;

/** Between which calls the stretches of a schedule lie, repeats and branches, as its kernels become calls one after the other. */
final class CallStretches {
  /** Kernels, and as many calls: where each part begins, and the last ends. */
  private record Stretch(List<Integer> kernels, List<Integer> calls) {
    Stretch(List<Integer> kernels) {
      this(kernels, new ArrayList<>());
    }

    int from() {
      return kernels.getFirst();
    }

    int to() {
      return kernels.getLast();
    }
  }

  /** Outer ones before those that lie in them. */
  private final List<Stretch> all;
  private final Map<Object, Stretch> own = new IdentityHashMap<>();
  /** Those that the kernel at hand is in. */
  private final List<Stretch> open = new ArrayList<>();

  CallStretches(Schedule schedule) {
    schedule.repeats().forEach(repeat -> own.put(repeat, new Stretch(List.of(repeat.from(), repeat.to()))));
    schedule.branches().forEach(branches -> own.put(branches, new Stretch(branches.bounds())));
    var stretches = new ArrayList<Stretch>();
    schedule.repeats().forEach(repeat -> stretches.add(own.get(repeat)));
    schedule.branches().forEach(branches -> stretches.add(own.get(branches)));
    // of a repeat and branches that are as long the branches lie in the repeat
    stretches.sort(Comparator.comparing(Stretch::from).thenComparing(Stretch::to, Comparator.reverseOrder()));
    all = List.copyOf(stretches);
  }

  /** Says that a kernel comes, which will have this call; whether a stretch or a part of one begins. */
  boolean begin(int kernel, int call) {
    boolean any = false;
    for (var stretch : open) {
      if (stretch.kernels.size() > 2 && stretch.kernels.contains(kernel)) {
        stretch.calls.add(call);
        any = true;
      }
    }
    for (var stretch : all) {
      if (stretch.from() == kernel) {
        stretch.calls.add(call);
        open.add(stretch);
        any = true;
      }
    }
    return any;
  }

  /** Says that the next kernel would come, which would have this call; whether a stretch ends. */
  boolean end(int kernel, int call) {
    boolean any = false;
    while (!open.isEmpty() && open.getLast().to() == kernel) {
      open.removeLast().calls.add(call);
      any = true;
    }
    return any;
  }

  boolean areOpen() {
    return !open.isEmpty();
  }

  /** The call before which there is one more from here on: the outermost stretch begins there, and does not contain it. */
  int precede() {
    int at = open.getFirst().calls.getFirst();
    for (var stretch : all) {
      if (open.contains(stretch) || !stretch.calls.isEmpty() && stretch.calls.getLast() > at) {
        stretch.calls.replaceAll(call -> call >= at ? call + 1 : call);
      }
    }
    return at;
  }

  /** The branch that the kernel at hand is in, from 0 on; 0 if in none. */
  int branch() {
    return open.stream().filter(stretch -> stretch.kernels.size() > 2).mapToInt(stretch -> stretch.calls.size() - 1).findFirst().orElse(0);
  }

  int from(Schedule.Repeat repeat) {
    return own.get(repeat).calls.getFirst();
  }

  int to(Schedule.Repeat repeat) {
    return own.get(repeat).calls.getLast();
  }

  List<Integer> bounds(Schedule.Branches branches) {
    return own.get(branches).calls;
  }
}
