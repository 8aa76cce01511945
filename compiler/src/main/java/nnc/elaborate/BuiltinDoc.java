package nnc.elaborate;

/**
 * What documents a name that the compiler knows by itself, in the form of the library's own comments. These tables stand apart from the functions so that
 * only who asks for them loads them.
 *
 * @param text as behind the marks {@code ##}
 */
record BuiltinDoc(String name, Topic topic, String text) {
  static BuiltinDoc of(String name, Topic topic, String text) {
    return new BuiltinDoc(name, topic, text.strip());
  }
}
