package nnc.cli;

import java.util.ArrayList;
import java.util.List;
import nnc.driver.Compilation;
import nnc.driver.CompiledProgram;
import nnc.driver.FaultyProgram;
import nnc.elaborate.Elaborator;
import nnc.elaborate.OutputUse;
import nnc.runtime.cli.Session;

/** A command of the jar that does more in the compiler's hands: with options of its own, and the jar's as they stand. */
interface ExtendedCommand extends Command {
  /** The jar's command by itself. */
  RunCommand plain();

  /** What it does more. */
  List<Option> own();

  /**
   * A program compiled in memory for it.
   *
   * @param outputs   what the program makes of its outputs
   * @param arguments of the jar's command, its name first
   */
  record Prepared(CompiledProgram compiled, List<OutputUse> outputs, Session.Caller caller, String[] arguments) {}

  /** Compiles the program, once, and tells its warnings. */
  default Prepared prepare(CommandLine given) throws FaultyProgram {
    var program = SourceOptions.file(given);
    var compilation = new Compilation(program, SourceOptions.of(given));
    var compiled = compilation.compileForJar(List.of(Elaborator.Purpose.values()));
    Faults.tell(compiled.warnings(), given.rest().contains("--json"));
    var caller = new Session.Caller("nnc", given.file(), program.toAbsolutePath().getParent());
    var arguments = new ArrayList<>(List.of(name()));
    arguments.addAll(given.rest());
    return new Prepared(compiled, compilation.outputs(), caller, arguments.toArray(String[]::new));
  }

  @Override
  default String name() {
    return plain().name();
  }

  @Override
  default String help() {
    return plain().help();
  }

  @Override
  default List<Option> options() {
    return SourceOptions.with(own().toArray(Option[]::new));
  }

  @Override
  default boolean open() {
    return true;
  }

  @Override
  default boolean readsData() {
    return plain().readsData();
  }

  @Override
  default void moreHelp() {
    plain().moreHelp();
  }
}
