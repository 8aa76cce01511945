package nnc.runtime.cli;

/**
 * Where {@code java -jar} begins. This class and {@link NewerJava} are for Java 8 (the build compiles them so), all others for a later one:
 * an older Java is not left to end with a stack trace.
 */
public final class Start {
  private Start() {}

  /** Runs {@link ModelMain} here, or where there is a Java that can. */
  public static void main(String[] arguments) {
    if (!fits()) {
      System.exit(NewerJava.run(arguments));
    }
    ModelMain.main(arguments);
  }

  /** Whether this Java can read the classes of the runtime. Caught is the kind of error that Java has loaded already: a start is to be short. */
  private static boolean fits() {
    try {
      return ModelMain.class != null;
    } catch (LinkageError e) {
      if (e instanceof UnsupportedClassVersionError) {
        return false;
      }
      throw e;
    }
  }
}
