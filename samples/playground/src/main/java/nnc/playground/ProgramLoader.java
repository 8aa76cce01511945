package nnc.playground;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.runtime.base.Fault;

/** Compiles texts of the page, one at a time: one that takes too long is given up, and told to end; the next waits until it has. */
final class ProgramLoader implements AutoCloseable {
  private static final int SECONDS = 20;

  private final ChosenProgram chosen;
  private final ExecutorService compiling = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("nnc-playground-compiler").factory());

  ProgramLoader(ChosenProgram chosen) {
    this.chosen = chosen;
  }

  /**
   * Compiles a text.
   *
   * @throws Fault if it is too long, or takes too long
   */
  synchronized CompiledProgram compile(String text) throws FaultyProgram, InterruptedException {
    if (text.length() > ChosenProgram.LARGEST) {
      throw new Fault("the program is longer than " + ChosenProgram.LARGEST + " characters");
    }
    var compiled = compiling.submit(() -> Compiler.compileToObserve(chosen.file(), text, CompilerOptions.standard(), chosen::imports));
    try {
      return compiled.get(SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      compiled.cancel(true);
      throw new Fault("the program takes more than " + SECONDS + " seconds to compile", "make it smaller", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case FaultyProgram faulty -> throw faulty;
        case Fault fault -> throw fault;
        case OutOfMemoryError memory -> throw new Fault("there is not enough memory to compile this program", "make it smaller", memory);
        case StackOverflowError deep -> throw new Fault("the program is nested too deeply", "make it simpler", deep);
        case Throwable other -> throw new Fault("the compiler failed: " + other + "; this is a fault of the compiler, not of the program", "", other);
      }
    }
  }

  @Override
  public void close() {
    compiling.shutdownNow();
  }
}
