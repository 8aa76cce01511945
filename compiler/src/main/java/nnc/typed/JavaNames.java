package nnc.typed;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Names of Java for those of programs, files and categories: {@code sepal_length} is {@code sepalLength}, a file {@code deep_net.nn} a class {@code DeepNet}. */
final class JavaNames {
  private static final Set<String> KEYWORDS = Set.of("abstract", "assert", "boolean", "break", "byte", "case", "catch", "char", "class", "const", "continue", "default",
      "do", "double", "else", "enum", "extends", "final", "finally", "float", "for", "goto", "if", "implements", "import", "instanceof", "int", "interface", "long",
      "native", "new", "package", "private", "protected", "public", "return", "short", "static", "strictfp", "super", "switch", "synchronized", "this", "throw",
      "throws", "transient", "try", "void", "volatile", "while", "true", "false", "null", "_");

  /** What else had better not be a variable or a component of a record: words of some contexts, methods that each record has, and where packages begin. */
  private static final Set<String> TAKEN = Set.of("yield", "var", "record", "sealed", "permits", "clone", "finalize", "getClass", "hashCode", "notify", "notifyAll", "toString",
      "wait", "java", "nnc");

  /** What the class and what it holds must not be called, so that its source can call by their simple names what it uses. */
  private static final Set<String> TYPES = Set.of("Input", "Output", "Model", "Predictor", "Prediction", "Fault", "Path", "List", "Map", "LinkedHashMap", "Arrays", "InputStream",
      "IOException", "String", "Object", "Double", "Integer", "Override", "IllegalArgumentException", "Enum", "Record", "Iterable");

  private final Set<String> taken = new HashSet<>();
  private final boolean byLetters;

  private JavaNames(Set<String> reserved, boolean byLetters) {
    this.byLetters = byLetters;
    reserved.forEach(name -> taken.add(key(name)));
  }

  /** Names for variables, none of which is given twice. */
  static JavaNames ofVariables() {
    var names = new JavaNames(KEYWORDS, true);
    names.taken.addAll(TAKEN);
    return names;
  }

  /** Names for types, none of which is given twice; some file systems do not tell capitals from small letters. */
  static JavaNames ofTypes(String... reserved) {
    var all = new HashSet<>(TYPES);
    all.addAll(List.of(reserved));
    return new JavaNames(all, false);
  }

  /** Names for the constants of an enum. */
  static JavaNames ofConstants() {
    return new JavaNames(Set.of("_"), true);
  }

  private String key(String name) {
    return byLetters ? name : name.toLowerCase(Locale.ROOT);
  }

  /** A name as wanted; with {@code more} behind it where that is taken, and a number where that is too. */
  String unique(String wanted, String more) {
    var name = wanted;
    for (int i = 1; !taken.add(key(name)); i++) {
      name = i == 1 ? wanted + more : wanted + more + i;
    }
    return name;
  }

  /** {@code sepal_length} as {@code sepalLength}. */
  static String variable(String name) {
    var words = words(name);
    return words.isEmpty() ? "value" : started(lowered(words.getFirst()) + words.subList(1, words.size()).stream().map(JavaNames::capital).collect(Collectors.joining()));
  }

  /** {@code deep_net} as {@code DeepNet}. */
  static String type(String name) {
    var words = words(name);
    return words.isEmpty() ? "Network" : started(words.stream().map(JavaNames::capital).collect(Collectors.joining()));
  }

  /** {@code Iris-setosa} as {@code IRIS_SETOSA}; a text of no letters and digits by the number of its class. */
  static String constant(String text, int number) {
    var words = words(text);
    return words.isEmpty() ? "CLASS_" + number : started(String.join("_", words).toUpperCase(Locale.ROOT));
  }

  /** Whether a text is a name of packages: {@code com.example}. */
  static boolean isPackage(String text) {
    return List.of(text.split("\\.", -1)).stream().allMatch(part -> isIdentifier(part) && !KEYWORDS.contains(part));
  }

  /** Whether a text can be the name of a class. */
  static boolean isType(String text) {
    return isIdentifier(text) && !KEYWORDS.contains(text) && !TYPES.contains(text);
  }

  private static boolean isIdentifier(String text) {
    return !text.isEmpty() && Character.isJavaIdentifierStart(text.codePointAt(0)) && text.codePoints().allMatch(JavaNames::isPart);
  }

  /** Some signs that Java allows in a name have no width, and others are for names that compilers make. */
  private static boolean isPart(int letter) {
    return Character.isJavaIdentifierPart(letter) && !Character.isIdentifierIgnorable(letter) && letter != '$';
  }

  /** What underscores, and signs that no name may have, stand between. */
  private static List<String> words(String name) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    name.codePoints().forEach(letter -> {
      if (letter != '_' && isPart(letter)) {
        word.appendCodePoint(letter);
      } else if (!word.isEmpty()) {
        words.add(word.toString());
        word.setLength(0);
      }
    });
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }

  private static String capital(String word) {
    int first = word.codePointAt(0);
    return Character.toString(Character.toUpperCase(first)) + word.substring(Character.charCount(first));
  }

  private static String lowered(String word) {
    int first = word.codePointAt(0);
    return word.equals(word.toUpperCase(Locale.ROOT)) ? word.toLowerCase(Locale.ROOT) : Character.toString(Character.toLowerCase(first)) + word.substring(Character.charCount(first));
  }

  /** A name that begins as names do. */
  private static String started(String name) {
    return Character.isJavaIdentifierStart(name.codePointAt(0)) ? name : "_" + name;
  }
}
