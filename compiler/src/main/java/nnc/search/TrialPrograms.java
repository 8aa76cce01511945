package nnc.search;

import java.lang.ref.SoftReference;
import java.util.HashMap;
import java.util.Map;
import nnc.Compiler;
import nnc.driver.FaultyProgram;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;

/** The program compiled for points, each once as long as memory allows: seeds, and trainings that go on, share what is compiled. */
final class TrialPrograms {
  private final Subject subject;
  private final Map<Point, Slot> slots = new HashMap<>();

  /** Its lock is held while it is compiled. */
  private static final class Slot {
    private SoftReference<Model> model = new SoftReference<>(null);
  }

  TrialPrograms(Subject subject) {
    this.subject = subject;
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
      return Compiler.load(Compiler.compileForJar(subject.file(), subject.options(point)));
    } catch (FaultyProgram faulty) {
      throw new Fault(faulty.diagnostics().render().strip(), "", faulty);
    }
  }
}
