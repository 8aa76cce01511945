package nnc.runtime.base;

import java.text.Normalizer;

/** Names of inputs, columns, arrays and weights. */
public final class Names {
  private Names() {}

  /** A name in Unicode's form C, in which equal letters are equal whatever their accents were composed of. */
  public static String composed(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) >= 0x300) {
        return Normalizer.normalize(name, Normalizer.Form.NFC);
      }
    }
    return name;
  }
}
