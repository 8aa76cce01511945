package nnc.jar;

import javax.lang.model.SourceVersion;

/** The package of a network's classes: each has one of its own, so that several may share a class path. */
public final class NetworkPackage {
  private NetworkPackage() {}

  /**
   * The last part of the package, by the network's name: this, if it is a name in Java of letters that every file system knows. Other letters are their numbers in base 16
   * between dollars, so that networks of different names have different packages: {@code resnet$2d$50} of {@code resnet-50}.
   */
  public static String of(String network) {
    var part = new StringBuilder();
    for (int i = 0; i < network.length(); i++) {
      char letter = network.charAt(i);
      boolean plain = letter < 127 && letter != '$' && (i == 0 ? Character.isJavaIdentifierStart(letter) : Character.isJavaIdentifierPart(letter) && letter >= ' ');
      part.append(plain ? String.valueOf(letter) : number(letter));
    }
    var whole = part.toString();
    return whole.isEmpty() ? "$" : SourceVersion.isKeyword(whole) ? number(whole.charAt(0)) + whole.substring(1) : whole;
  }

  private static String number(char letter) {
    return "$" + Integer.toHexString(letter) + "$";
  }
}
