package nnc.jar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What tells contents apart: SHA-256, as 64 hexadecimal digits. */
public final class Sha256 {
  private Sha256() {}

  /** Of a text's bytes in UTF-8. */
  public static String of(String text) {
    return HexFormat.of().formatHex(digest().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Of all that there is to read. */
  public static String of(InputStream in) throws IOException {
    var digest = digest();
    var part = new byte[1 << 16];
    for (int count = in.read(part); count >= 0; count = in.read(part)) {
      digest.update(part, 0, count);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
