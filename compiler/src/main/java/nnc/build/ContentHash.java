package nnc.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;

/** SHA-256 of files, folders and texts, as hexadecimal digits: what has the same is taken to be the same. */
public final class ContentHash {
  /** Of what is not there. */
  public static final String ABSENT = "absent";

  private final MessageDigest digest;

  private ContentHash() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of texts, one after the other. */
  public static String of(List<String> texts) {
    var hash = new ContentHash();
    texts.forEach(hash::add);
    return hash.hex();
  }

  /**
   * Of a file's content, or of the names and contents of all that is in a folder; {@link #ABSENT} if there is neither.
   *
   * @throws Fault if it cannot be read
   */
  public static String of(Path place) {
    if (!Files.exists(place)) {
      return ABSENT;
    }
    var hash = new ContentHash();
    try {
      hash.add(place);
    } catch (IOException | UncheckedIOException e) {
      throw new Fault(place + ": cannot be read: " + e.getMessage(), "", e);
    }
    return hash.hex();
  }

  /** Of this compiler and the runtime that it writes: other code may make other classes of the same program. */
  public static String ofCompiler() {
    return of(List.of(of(origin(ContentHash.class)), of(origin(Model.class))));
  }

  private static Path origin(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** With its length before it, so that no two lists of texts are one. */
  private void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
    digest.update(bytes);
  }

  private void add(Path place) throws IOException {
    if (!Files.isDirectory(place)) {
      content(place);
      return;
    }
    try (var files = Files.walk(place)) {
      for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
        add(place.relativize(file).toString().replace('\\', '/'));
        content(file);
      }
    }
  }

  private void content(Path file) throws IOException {
    digest.update((Files.size(file) + ":").getBytes(StandardCharsets.US_ASCII));
    try (var in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        digest.update(buffer, 0, got);
      }
    }
  }

  private String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
