package nnc.optimizations;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which optimizations are done.
 *
 * @param off those that are not
 */
public record Switches(Set<Optimization> off) {
  public static final Switches ALL_ON = new Switches(Set.of());

  /** All off that can be. */
  public static final Switches ALL_OFF = new Switches(Arrays.stream(Optimization.values()).filter(Optimization::isSwitchable).collect(Collectors.toSet()));

  public Switches {
    off = Set.copyOf(off);
    for (var one : off) {
      if (!one.isSwitchable()) {
        throw new IllegalArgumentException(one.title() + " cannot be switched off: " + one.necessity());
      }
    }
  }

  public static Switches without(Optimization... off) {
    return ALL_ON.butWithout(Arrays.asList(off));
  }

  /** Others off too. */
  public Switches butWithout(Collection<Optimization> more) {
    var all = EnumSet.noneOf(Optimization.class);
    all.addAll(off);
    all.addAll(more);
    return new Switches(all);
  }

  /** With an optimization and all behind it in its stage off, as far as these can be. */
  public Switches before(Optimization one) {
    return butWithout(switchableOf(one.stage()).filter(other -> other.ordinal() >= one.ordinal()).toList());
  }

  /** With all behind an optimization in its stage off, as far as these can be. */
  public Switches until(Optimization one) {
    return butWithout(switchableOf(one.stage()).filter(other -> other.ordinal() > one.ordinal()).toList());
  }

  private static Stream<Optimization> switchableOf(Optimization.Stage stage) {
    return Arrays.stream(Optimization.values()).filter(one -> one.isSwitchable() && one.stage() == stage);
  }

  public boolean on(Optimization one) {
    return !off.contains(one);
  }

  @Override
  public String toString() {
    return off.isEmpty() ? "all on" : "without " + off.stream().sorted().map(Optimization::title).collect(Collectors.joining(", "));
  }
}
