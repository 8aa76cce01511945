package nnc.elaborate;

/**
 * Networks of one program that are compiled as one.
 *
 * @param count of networks; 1 of a program as it is
 */
public record Members(int count, Combination combination) {
  /** The program as it is. */
  public static final Members ONE = new Members(1, Combination.MEAN);

  /** What is made of their outputs. */
  public enum Combination {
    /** Means: of probabilities, where an output is made of them. */
    MEAN,
    /** The share of members that choose a class. */
    VOTE
  }

  /** What the paths of a member's weights begin with, from 0 on. */
  public static String prefix(int member) {
    return "member" + (member + 1) + ".";
  }

  boolean areSeveral() {
    return count > 1;
  }
}
