package nnc.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipFile;
import nnc.Compiler;
import nnc.driver.CompilationRecord;
import nnc.driver.CompiledProgram;
import nnc.driver.FaultyProgram;
import nnc.jar.CompilerVersion;
import nnc.jar.JarWriter;
import nnc.jar.Sha256;
import nnc.runtime.base.Fault;
import nnc.runtime.files.NetworkJar;
import nnc.runtime.files.NetworkPaths;

/**
 * A jar beside what the source in it is compiled to, entry by entry. Nothing of the jar is run, no file beside it is read, and of an entry no more than what it should be
 * and a byte.
 *
 * @param compiler that made the jar, as it says
 * @param here     this compiler
 * @param entries  how many should be there
 * @param differs  names of entries that have other bytes
 * @param missing  names of those that should be there
 * @param added    names of those that no compiler puts there
 * @param weights  names of those that are weights, which come from a training, with sizes and check sums
 */
record JarComparison(Path jar, String compiler, String here, int entries, List<String> differs, List<String> missing, List<String> added, List<String> weights) {
  /** Bytes of a text in a jar that are read: more than any program has. */
  private static final int LARGEST = 1 << 24;

  boolean isSame() {
    return differs.isEmpty() && missing.isEmpty() && added.isEmpty();
  }

  boolean isOfThisCompiler() {
    return compiler.equals(here);
  }

  /**
   * Compares.
   *
   * @throws Fault         if it is no jar that nnc has written, or says nothing of how
   * @throws FaultyProgram if the source in it does not compile
   */
  static JarComparison of(Path jar) throws IOException, FaultyProgram {
    try (var zip = NetworkJar.open(jar, "a jar that nnc has written")) {
      var name = network(zip, jar);
      var source = text(zip, NetworkPaths.source(name), jar);
      var lines = text(zip, NetworkPaths.record(name), jar).lines().toList();
      var imports = new ImportsOf(zip, name, jar);
      var compiled = Compiler.compileAgain(name + ".nn", source, CompilationRecord.of(lines, imports, jar + " (" + NetworkPaths.record(name) + ")"));
      return compared(jar, zip, compiled);
    } catch (java.util.zip.ZipException e) {
      throw new Fault(jar + ": damaged: " + e.getMessage(), "", e);
    }
  }

  private record ImportsOf(ZipFile zip, String network, Path jar) implements CompilationRecord.ImportedTexts {
    @Override
    public String of(int index) {
      try {
        return text(zip, NetworkPaths.imported(network, index), jar);
      } catch (IOException e) {
        throw new Fault(jar + ": cannot be read: " + e.getMessage(), "", e);
      }
    }
  }

  private static String network(ZipFile zip, Path jar) {
    var names = NetworkPaths.in(zip);
    if (names.size() != 1 || names.getFirst().isEmpty()) {
      throw new Fault(jar + ": " + (names.isEmpty() ? "has no network" : names.size() == 1 ? "was made by an nnc that wrote no record of how" : "has several networks: " + String.join(", ", names)),
          "a jar is compared that nnc compile has written");
    }
    return names.getFirst();
  }

  private static String text(ZipFile zip, String entry, Path jar) throws IOException {
    var bytes = bytes(zip, entry, LARGEST);
    if (bytes == null || bytes.length > LARGEST) {
      throw new Fault(jar + ": " + (bytes == null ? "has no " + entry : entry + " is too large"), "a jar is compared that nnc compile has written, from " + CompilerVersion.text() + " on");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The first bytes of an entry: one more than wanted if it has more; null if there is none. */
  private static byte[] bytes(ZipFile zip, String name, int wanted) throws IOException {
    var entry = zip.getEntry(name);
    if (entry == null) {
      return null;
    }
    try (var in = zip.getInputStream(entry)) {
      return in.readNBytes(wanted + 1);
    }
  }

  private static JarComparison compared(Path jar, ZipFile zip, CompiledProgram compiled) throws IOException {
    var expected = Compiler.jarContent(compiled, JarWriter.kind(entry -> zip.getEntry(entry) != null));
    List<String> differs = new ArrayList<>(), missing = new ArrayList<>(), added = new ArrayList<>(), weights = new ArrayList<>();
    for (var entry : expected.entrySet()) {
      var there = bytes(zip, entry.getKey(), entry.getValue().length);
      if (there == null) {
        missing.add(entry.getKey());
      } else if (!Arrays.equals(there, entry.getValue())) {
        differs.add(entry.getKey());
      }
    }
    var own = NetworkPaths.weights(compiled.spec().name());
    var seen = new TreeSet<String>();
    for (var entry : zip.stream().toList()) {
      var name = entry.getName();
      if (!seen.add(name)) {
        added.add(name + " (twice)");
      } else if (name.equals(own)) {
        weights.add(name + ", " + entry.getSize() + " bytes, SHA-256 " + sha256(zip, name));
      } else if (!expected.containsKey(name) && !name.equals(NetworkPaths.ROOT)) {
        added.add(name);
      }
    }
    return new JarComparison(jar, compiler(zip), NetworkJar.COMPILER + " " + CompilerVersion.text(), expected.size(), differs, missing, added, weights);
  }

  private static String compiler(ZipFile zip) throws IOException {
    var manifest = bytes(zip, JarFile.MANIFEST_NAME, LARGEST);
    var creator = manifest == null ? null : new Manifest(new ByteArrayInputStream(manifest)).getMainAttributes().getValue("Created-By");
    return creator == null ? "something that does not say its name" : creator;
  }

  private static String sha256(ZipFile zip, String name) throws IOException {
    try (var in = zip.getInputStream(zip.getEntry(name))) {
      return Sha256.of(in);
    }
  }
}
