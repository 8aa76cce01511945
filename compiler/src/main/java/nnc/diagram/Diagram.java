package nnc.diagram;

import java.util.List;
import java.util.stream.Stream;

/**
 * Boxes in groups, and what flows between them.
 *
 * @param items of the whole; the inner ones are in its groups
 * @param links between boxes, by their numbers
 */
public record Diagram(String title, List<Item> items, List<Link> links, Flow flow) {

  /** Which ways are drawn. */
  public enum Flow { FORWARD, BACKWARD }

  /** What a box is, which its colour tells. */
  public enum Look { INPUT, TARGET, LAYER, FUNCTION, OPERATION, WEIGHT, GRADIENT, OUTPUT, LOSS }

  /** A box, or a group of them. */
  public sealed interface Item {
    int number();

    String head();
  }

  /**
   * A box.
   *
   * @param number  unlike all other items'
   * @param lines   what is told of it below its head
   * @param learned names of parameters in it that have a gradient; none where gradients are not drawn
   */
  public record Box(int number, Look look, String head, List<String> lines, List<String> learned) implements Item {}

  /** Boxes and groups that belong together. */
  public record Group(int number, String head, List<Item> items) implements Item {}

  /**
   * What flows from box to box.
   *
   * @param tensor   unlike others from the same box
   * @param shape    of it, as text
   * @param gradient whether one flows back, and is drawn
   */
  public record Link(int from, int to, int tensor, String shape, boolean gradient) {}

  /** All boxes. */
  public List<Box> boxes() {
    return boxes(items).toList();
  }

  private static Stream<Box> boxes(List<Item> items) {
    return items.stream().flatMap(item -> switch (item) {
      case Box box -> Stream.of(box);
      case Group group -> boxes(group.items);
    });
  }
}
