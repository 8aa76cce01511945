package nnc.cli;

/**
 * An option of a command.
 *
 * @param name  with its dashes
 * @param value what to call its value in the help; empty if it takes none, in brackets if it may be left out
 */
public record Option(String name, String value, String help) {
  /** By which a command that reads a program's data is told where they lie. */
  static final String DATA = "--data";

  /** Whether a following argument is its value, which may be left out: another option or the program is not. */
  boolean takes(String argument) {
    return !value.startsWith("[") || !argument.startsWith("-") && !argument.endsWith(".nn");
  }
}
