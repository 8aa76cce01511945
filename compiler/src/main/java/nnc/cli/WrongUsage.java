package nnc.cli;

/** What is wrong is how a command was called: exit code 2. */
public final class WrongUsage extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** @param message what is wrong, without the command's name; where its help is to be had is added */
  public WrongUsage(String message) {
    super(message);
  }
}
