package nnc.cli;

import java.util.List;

/**
 * A command of {@code nnc}. Besides those of the compiler's own there may be others: of any module on the class path that names its class in
 * {@code META-INF/services/nnc.cli.Command}, with a constructor that takes nothing. The compiler knows none of them.
 *
 * <p>A program's faults ({@link nnc.driver.FaultyProgram}) and a user's ({@link nnc.runtime.base.Fault}, {@link WrongUsage}) are thrown: they are told
 * as those of other commands are, with exit code 1 or 2.
 */
public interface Command {
  /** What it is called by: {@code nnc NAME}. */
  String name();

  /** What it does, in a line or two. */
  String help();

  /** Its own options, besides {@code --help}; those of all commands that compile are added by {@link SourceOptions#with}. */
  List<Option> options();

  /** Whether arguments that it does not know are handed on. */
  default boolean open() {
    return false;
  }

  /** Whether it reads what the program's data block names. */
  default boolean readsData() {
    return options().stream().anyMatch(option -> option.name().equals(Option.DATA));
  }

  /** Whether there is no sense in it without a program. */
  default boolean needsProgram() {
    return true;
  }

  /** Prints what else there is to know; after the options. */
  default void moreHelp() {}

  /** Does it; gives the exit code. */
  int run(CommandLine given) throws Exception;
}
