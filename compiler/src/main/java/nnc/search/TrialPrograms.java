package nnc.search;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import nnc.Compiler;
import nnc.driver.Compilation;
import nnc.driver.FaultyProgram;
import nnc.driver.SharedClasses;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec;

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
    private SoftReference<byte[]> jar = new SoftReference<>(null);
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
    var slot = slot(point);
    synchronized (slot) {
      var model = slot.model.get();
      if (model == null) {
        model = compile(point);
        slot.model = new SoftReference<>(model);
      }
      return model;
    }
  }

  private Slot slot(Point point) {
    synchronized (slots) {
      return slots.computeIfAbsent(point, _ -> new Slot());
    }
  }

  /**
   * The network of a point as a jar, for who trains it elsewhere.
   *
   * @throws Fault if the program has faults with these constants
   */
  byte[] jar(Point point) {
    var slot = slot(point);
    synchronized (slot) {
      var jar = slot.jar.get();
      if (jar == null) {
        jar = pack(point);
        slot.jar = new SoftReference<>(jar);
      }
      return jar;
    }
  }

  /** What the network of a point's jar says of itself. */
  ModelSpec spec(Point point) {
    return Model.load(new ByteArrayInputStream(jar(point)), subject.file().toString()).spec();
  }

  private byte[] pack(Point point) {
    try {
      var file = Files.createTempFile("nnc-trial", ".jar");
      try {
        Compiler.writeJar(Compiler.compileForJar(subject.file(), subject.options(point)), file);
        return Files.readAllBytes(file);
      } finally {
        Files.delete(file);
      }
    } catch (FaultyProgram faulty) {
      throw new Fault(faulty.diagnostics().render().strip(), "", faulty);
    } catch (IOException e) {
      throw new Fault("a jar of " + subject.file() + " cannot be written to the folder of temporary files: " + e.getMessage(), "", e);
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
