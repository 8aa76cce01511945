package nnc.runtime.cli;

import java.io.File;
import java.net.URISyntaxException;

/**
 * Where {@code java -jar} begins. This class and {@link NewerJava} are for Java 8 (the build compiles them so), all others for a later one:
 * an older Java is not left to end with a stack trace.
 */
public final class Start {
  private Start() {}

  /** The property that tells which jar the network is of, where the runtime is from another. */
  static final String NETWORK = "nnc.network";

  /** Runs {@link ModelMain} here, or where there is a Java that can. */
  public static void main(String[] arguments) {
    if (!fits()) {
      System.exit(NewerJava.run(arguments));
    }
    ModelMain.main(arguments);
  }

  /** Runs the network of a jar that has no runtime inside, by this one: that which a class of the jar is from. */
  public static void ofThin(Class<?> main, String[] arguments) throws URISyntaxException {
    System.setProperty(NETWORK, new File(main.getProtectionDomain().getCodeSource().getLocation().toURI()).getPath());
    main(arguments);
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
