package nnc.search;

import java.lang.ref.SoftReference;
import java.util.HashMap;
import java.util.Map;
import nnc.driver.Compilation;
import nnc.driver.FaultyProgram;
import nnc.driver.SharedClasses;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;

/**
 * The program compiled for points, each once as long as memory allows: seeds, and trainings that go on, share what is compiled, and so do points that
 * differ in numbers alone.
 */
final class TrialPrograms {
  private final Subject subject;
  private final SearchSpace space;
  private final SharedClasses classes = new SharedClasses();
  private final Map<Point, Slot> slots = new HashMap<>();
  private boolean asked;

  /** Its lock is held while it is compiled. */
  private static final class Slot {
    private SoftReference<Model> model = new SoftReference<>(null);
  }

  TrialPrograms(Subject subject, SearchSpace space) {
    this.subject = subject;
    this.space = space;
  }

  /**
   * The network of a point, without weights.
   *
   * @throws Fault if the program has faults with these constants
   */
  Model model(Point point) {
    Slot slot;
    synchronized (slots) {
      slot = slots.computeIfAbsent(point, _ -> new Slot());
    }
    synchronized (slot) {
      var model = slot.model.get();
      if (model == null) {
        model = compile(point);
        slot.model = new SoftReference<>(model);
      }
      return model;
    }
  }

  private Model compile(Point point) {
    try {
      findNumbers(point);
      return compilation(point).load(classes);
    } catch (FaultyProgram faulty) {
      throw new Fault(faulty.diagnostics().render().strip(), "", faulty);
    }
  }

  private Compilation compilation(Point point) throws FaultyProgram {
    return new Compilation(subject.file(), subject.options(point));
  }

  /** Before the first class is made: which of its numbers depend on the axes, so that no other need be made where these change. */
  private synchronized void findNumbers(Point point) throws FaultyProgram {
    if (asked) {
      return;
    }
    asked = true;
    compilation(point).lower(classes);
    for (var other : space.beside(point)) {
      try {
        compilation(other).lower(classes);
      } catch (FaultyProgram faulty) {
        // told if it is ever tried
      }
    }
  }

  /** How many classes have been made so far. */
  int emitted() {
    return classes.emitted();
  }
}
