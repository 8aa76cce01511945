package nnc.cli;

import java.util.List;

/** A command of the compiler. */
interface Command {
  String name();

  /** What it does, in a line or two. */
  String help();

  /** Its own options, besides those of {@link Main#COMMON}. */
  List<Option> options();

  /** Whether arguments that it does not know are handed on. */
  default boolean open() {
    return false;
  }

  /** Says what else there is to know; after the options. */
  default void moreHelp() {}

  /** Does it; gives the exit code. */
  int run(CommandLine given) throws Exception;
}
