package nnc.cli;

/** Options that are numbers. */
public final class Numbers {
  private Numbers() {}

  /**
   * A whole number of at least {@code low}.
   *
   * @throws WrongUsage if it is none
   */
  public static int count(CommandLine given, String name, int otherwise, int low) {
    if (!given.has(name)) {
      return otherwise;
    }
    var text = given.one(name, "");
    try {
      int value = Integer.parseInt(text);
      if (value >= low) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new WrongUsage(text.matches("[0-9]{10,}") ? name + " is at most " + Integer.MAX_VALUE + ", not " + text
        : name + " is a whole number of at least " + low + ", not '" + text + "'");
  }

  /**
   * One of some words.
   *
   * @throws WrongUsage if it is none of them
   */
  public static String word(CommandLine given, String name, String otherwise, java.util.List<String> words) {
    var text = given.one(name, otherwise);
    if (!words.contains(text)) {
      throw new WrongUsage(name + " is " + String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast() + ", not '" + text + "'"
          + nnc.source.Suggestion.sentence(text, words));
    }
    return text;
  }
}
