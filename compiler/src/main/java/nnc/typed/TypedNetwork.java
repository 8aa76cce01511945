package nnc.typed;

import java.util.List;
import java.util.Optional;

/**
 * What the class of a network is to have.
 *
 * @param packageName empty for none
 * @param className   simple
 * @param program     the file's name, for messages and comments
 * @param resource    what its files beside the class are called, without what they end in
 * @param about       what the program says of itself, lines of a comment
 * @param learns      whether it has weights
 * @param enums       classes that the program lists
 * @param inputs      in the order of the program
 * @param outputs     likewise, with the classes that they choose
 * @param byClass     outputs that have an element a class of an enum
 */
record TypedNetwork(String packageName, String className, String program, String resource, List<String> about, boolean learns, List<NamedClasses> enums,
    List<Component> inputs, List<Component> outputs, List<ByClass> byClass) {

  /**
   * An enum.
   *
   * @param type   its simple name
   * @param of     the input or target whose classes these are
   * @param labels as the program writes them, in the order of their numbers
   */
  record NamedClasses(String type, String of, List<String> labels) {}

  /**
   * A component of a record.
   *
   * @param source what the program calls it
   * @param name   in Java
   * @param type   in Java
   * @param value  of an output the expression that takes it from {@code prediction}; of an input empty
   * @param doc    a comment, without signs of Java's
   * @param declared how the program declares it; empty if that is not to be told
   */
  record Component(String source, String name, String type, String value, String doc, String declared) {
    /** How many of the 255 places for parameters it takes. */
    int places() {
      return type.equals("double") ? 2 : 1;
    }
  }

  /** The method of an output's component that gives a class's element. */
  record ByClass(String component, String enumType) {}

  /** The enum of an input or target; none if its classes are texts. */
  static Optional<NamedClasses> of(List<NamedClasses> enums, String feed) {
    return enums.stream().filter(one -> one.of.equals(feed)).findFirst();
  }
}
