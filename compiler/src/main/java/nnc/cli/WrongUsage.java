package nnc.cli;

/** What is wrong is how a command was called: exit code 2. */
final class WrongUsage extends RuntimeException {
  private static final long serialVersionUID = 1;

  WrongUsage(String message) {
    super(message);
  }
}
