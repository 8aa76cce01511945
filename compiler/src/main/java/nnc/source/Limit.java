package nnc.source;

import java.util.Locale;

/**
 * What one program may take while it is compiled, counted and never timed, so that the same program is told the same on every machine. Each is far more than networks
 * have; what goes beyond is mostly a slip, and would fill the memory or go on for years.
 */
public enum Limit {
  TEXT(4L << 20, "bytes of a program and of all that it imports", "numbers stand in files, as weights or data do, not in the program"),
  NESTING(400, "expressions and blocks inside each other, or 150 brackets", "give parts of it names of their own"),
  DEPTH(100, "calls inside each other", "a condition ends what calls itself: if n < 1 then 0 else f(n - 1)"),
  CALLS(200_000, "calls", "turns that are not alike are written out one after the other, and a function that calls itself twice doubles its calls"),
  TURNS(100_000, "turns of all loops",
      "turns that are not alike are written out one after the other: what does the same to each row or step is one operation on a whole tensor, long sequences are cut"),
  EXPRESSIONS(5_000_000, "expressions evaluated", "turns that are not alike are written out one after the other: compute what they all need once, before them"),
  NODES(100_000, "operations of one graph",
      "turns that are not alike are written out one after the other: fewer turns, or one operation on a whole tensor in the place of many on its parts"),
  LENGTH(1_000_000, "elements of a list, those of lists in it counted, or letters of a text", "tensors that are all one number are zeros(n), ones(n) or full(n, 0.5), and those that count range(n)"),
  ELEMENTS(10_000_000, "elements of all lists and letters of all texts together", "a list that each turn of a loop makes anew may be made once, before it"),
  LEVELS(100, "lists inside each other", "join lists by +, a + b, in the place of putting one into the other"),
  AXES(32, "axes of a tensor", "reshape(x, [N, -1]) joins axes");

  private final long most;
  private final String what;
  private final String hint;

  Limit(long most, String what, String hint) {
    this.most = most;
    this.what = what;
    this.hint = hint;
  }

  /** How many are allowed. */
  public long most() {
    return most;
  }

  /** What is counted. */
  public String what() {
    return what;
  }

  /** What to write instead. */
  public String hint() {
    return hint;
  }

  /** The number as text, with commas. */
  public String count() {
    return String.format(Locale.ROOT, "%,d", most);
  }

  /** As messages say that something is beyond it. */
  public String message() {
    return "the limit is " + count() + " " + what;
  }
}
