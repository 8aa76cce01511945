package nnc.reference;

import java.util.List;
import java.util.Optional;
import nnc.elaborate.Topic;

/**
 * What the reference says of one name.
 *
 * @param kind       what it is, in a word: layer, function, option
 * @param call       how it is written
 * @param definition of one line, in the language; empty if it has none or a longer one
 */
public record Entry(String name, String kind, Topic topic, String call, List<Argument> arguments, DocComment doc, String definition) {
  /**
   * Something that a call passes on, or an option of a command.
   *
   * @param allowed   what it may be; empty if its meaning says so
   * @param otherwise what it is if left out; none if it has to be given
   */
  public record Argument(String name, String allowed, Optional<String> otherwise, String meaning) {}
}
