package nnc.cli;

/**
 * An option of a command.
 *
 * @param name  with its dashes
 * @param value what to call its value in the help; empty if it takes none
 */
record Option(String name, String value, String help) {}
