package nnc.explain.example;

import java.util.List;
import nnc.interpret.Array;

/**
 * One example on its way through a network: the numbers of each stage on the way forward, and the gradients of the loss by them on the way back.
 *
 * @param title  what it is an example of
 * @param stages in the order of the way forward
 * @param note   what is not told, and why; empty if all is
 */
public record Walkthrough(String title, List<Stage> stages, String note) {

  /**
   * What belongs together: a layer, or a value that the program names.
   *
   * @param forward  its weights where they are met first, and its values
   * @param backward the gradients of the loss by these, the other way round
   * @param note     what follows and is left out as it is like this; empty if nothing is
   */
  public record Stage(String title, List<Shown> forward, List<Shown> backward, String note) {}

  /**
   * A number or an array.
   *
   * @param of    what it is called, or what a gradient is by
   * @param made  how it is made of what stands before; empty if there is nothing to say
   * @param value without the axis of examples
   */
  public record Shown(String of, String made, Array value) {}
}
