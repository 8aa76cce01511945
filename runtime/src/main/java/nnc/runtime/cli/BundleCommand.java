package nnc.runtime.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Json;
import nnc.runtime.files.AtomicFile;
import nnc.runtime.files.NetworkJar;
import nnc.runtime.files.NetworkPaths;
import nnc.runtime.files.ZipEntries;

/** {@code bundle}: one jar that predicts without a weight file. */
final class BundleCommand implements ModelCommand {
  private static final List<Options.Flag> FLAGS = List.of(
      new Options.Flag("--weights", "WEIGHTS", "what training has saved"),
      new Options.Flag("-o", "JAR", "the jar to write"),
      new Options.Flag(Options.FORCE, "", "write it even over another file than a jar"));

  @Override
  public List<Options.Flag> flags() {
    return FLAGS;
  }

  @Override
  public int run(Session session, Options options, String[] arguments) {
    Path weights = options.required("--weights", "what training has saved");
    Path out = options.required("-o", "the jar to write");
    if (session.jar() == null) {
      throw new Fault("bundle wants a compiled network", "compile the program to a jar, then: java -jar NAME.jar bundle ...");
    }
    session.keepOwn(out);
    AtomicFile.keepRead(weights, out, "the jar would take the place of its weights");
    if (!options.has(Options.FORCE)) {
      NetworkJar.keepOthers(out);
    }
    write(session.jar(), session.model().withWeights(weights), out);
    session.out().println(options.has("--json") ? new Json().put("event", "saved").put("file", out.toString()).toString() : "saved " + out);
    return 0;
  }

  /** Copies a jar with the model's parameters and states put into it. */
  static void write(Path jar, Model model, Path out) {
    String path = NetworkPaths.weights(model.spec().name());
    byte[] weights = model.bundled().get(path);
    try (ZipFile from = NetworkJar.open(jar, "a compiled network")) {
      AtomicFile.write(out, target -> copy(from, path, weights, target));
    } catch (IOException e) {
      throw new Fault(jar + ": cannot be read: " + e.getMessage(), "", e);
    }
  }

  private static void copy(ZipFile from, String path, byte[] weights, OutputStream target) throws IOException {
    var to = new ZipOutputStream(target);
    for (Enumeration<? extends ZipEntry> entries = from.entries(); entries.hasMoreElements();) {
      ZipEntry entry = entries.nextElement();
      if (entry.isDirectory()) {
        ZipEntries.putStored(to, entry.getName(), new byte[0]);
      } else if (!entry.getName().equals(path)) {
        ZipEntries.put(to, entry.getName(), NetworkJar.read(from, entry.getName()));
      }
    }
    ZipEntries.putStored(to, path, weights);
    to.finish();
  }
}
