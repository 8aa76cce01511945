package nnc.bytecode;

/** Names and descriptors of the JDK's classes that emitted code uses, for one precision. */
final class JdkNames {
  static final String PACKAGE = "jdk/incubator/vector/";
  static final String SPECIES = "L" + PACKAGE + "VectorSpecies;";
  static final String VECTOR = "L" + PACKAGE + "Vector;";
  static final String MASK_CLASS = PACKAGE + "VectorMask";
  static final String MASK = "L" + MASK_CLASS + ";";
  static final String SHUFFLE_CLASS = PACKAGE + "VectorShuffle";
  static final String SHUFFLE = "L" + SHUFFLE_CLASS + ";";
  static final String OPERATORS = PACKAGE + "VectorOperators";

  /** Whether elements are doubles, and whether those in memory are. */
  final boolean wide;
  final boolean wideMemory;
  /** {@code FloatVector} or {@code DoubleVector}. */
  final String vectorClass;
  final String vector;
  final String bitsClass;
  final String bits;
  /** Descriptor of an element, of its bits, and of an array in memory. */
  final String element;
  final String bitsElement;
  final String array;

  JdkNames(int precision) {
    this(precision, precision);
  }

  /** @param memory the precision of elements in memory */
  JdkNames(int precision, int memory) {
    wide = precision == 64;
    wideMemory = memory == 64;
    vectorClass = PACKAGE + (wide ? "DoubleVector" : "FloatVector");
    vector = "L" + vectorClass + ";";
    bitsClass = PACKAGE + (wide ? "LongVector" : "IntVector");
    bits = "L" + bitsClass + ";";
    element = wide ? "D" : "F";
    bitsElement = wide ? "J" : "I";
    array = wideMemory ? "[D" : "[F";
  }
}
