package nnc.runtime.cli;

import java.util.List;

/** A command of the jar. {@link ModelMain} has their names. */
interface ModelCommand {
  /** Its options, besides those that all commands have. */
  List<Options.Flag> flags();

  /**
   * Runs it.
   *
   * @param arguments as they were given, to start the command anew with
   * @return the exit code
   */
  int run(Session session, Options options, String[] arguments);
}
