package nnc.jar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Which nnc this is: the version that stands in {@code pom.xml}, which the build puts into a resource. */
public final class CompilerVersion {
  private CompilerVersion() {}

  /** Where a registry has the runtime: its group and name. */
  public static final String RUNTIME = "io.github.nnc-lang:nnc-runtime";

  /** Of classes that something else than the build has compiled. */
  static final String UNKNOWN = "development";

  /** The version, e.g. {@code 0.1.0}. */
  public static String text() {
    try (var in = CompilerVersion.class.getResourceAsStream("version.txt")) {
      var text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      return text.isEmpty() || text.startsWith("$") ? UNKNOWN : text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
