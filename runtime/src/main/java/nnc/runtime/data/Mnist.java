package nnc.runtime.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import nnc.runtime.base.Fault;
import nnc.runtime.files.AtomicFile;

/**
 * The MNIST database of handwritten digits (LeCun, Cortes, Burges): columns {@code image} (28 x 28 bytes) and {@code digit}. The files
 * are looked for where {@code --data} and NNC_DATA say, then in the user's cache, into which they are downloaded once.
 */
final class Mnist {
  private Mnist() {}

  private static final String MIRROR = "https://ossci-datasets.s3.amazonaws.com/mnist/";
  private static final int TIMEOUT_MS = 20_000;

  /** A file without its end, and the check sum of what is in it. */
  private record Part(String file, String sha256) {}

  private static final Part TRAIN_IMAGES =
      new Part("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db");
  private static final Part TRAIN_LABELS =
      new Part("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5");
  private static final Part TEST_IMAGES =
      new Part("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7");
  private static final Part TEST_LABELS =
      new Part("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2");

  static Table load(SourceArguments arguments, Folder folder) {
    String part = arguments.text("part");
    arguments.end();
    boolean train = part.equals("train");
    if (!train && !part.equals("test")) {
      throw arguments.fault("no part is called \"" + part + "\"", "the parts are \"train\" and \"test\"");
    }
    var image = Idx.column("image", find(train ? TRAIN_IMAGES : TEST_IMAGES, folder));
    var digit = Idx.column("digit", find(train ? TRAIN_LABELS : TEST_LABELS, folder));
    return Table.of("mnist(\"" + part + "\")", List.of(image, digit));
  }

  private static Path find(Part part, Folder folder) {
    List<Path> places = new ArrayList<>();
    Path cache = cache();
    if (folder.data() != null) {
      places.add(folder.data());
    } else {
      String shared = System.getenv("NNC_DATA");
      if (shared != null && !shared.isEmpty()) {
        places.add(Path.of(shared));
      }
      places.add(cache);
    }
    for (Path place : places) {
      for (Path file : List.of(place.resolve(part.file() + ".gz"), place.resolve("mnist").resolve(part.file() + ".gz"),
          place.resolve(part.file()), place.resolve("mnist").resolve(part.file()))) {
        if (Files.isRegularFile(file)) {
          return file;
        }
      }
    }
    if (folder.data() != null) {
      throw new Fault(folder.data() + ": has no " + part.file() + ".gz", "put the four MNIST files there (" + MIRROR + "...)");
    }
    return download(part, cache.resolve("mnist").resolve(part.file() + ".gz"), folder);
  }

  private static Path cache() {
    String wanted = System.getenv("XDG_CACHE_HOME");
    Path root = wanted == null || wanted.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(wanted);
    return root.resolve("nnc");
  }

  private static Path download(Part part, Path to, Folder folder) {
    byte[] content;
    try {
      var connection = URI.create(MIRROR + part.file() + ".gz").toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MS);
      connection.setReadTimeout(TIMEOUT_MS);
      try (InputStream in = connection.getInputStream()) {
        content = read(in, connection.getContentLength(), part.file() + ".gz", folder);
      }
    } catch (IOException e) {
      throw new Fault("mnist: " + part.file() + ".gz is not here and cannot be downloaded: "
          + (e instanceof UnknownHostException ? "no way to " + e.getMessage() : e.getMessage()),
          "fetch the four files from " + MIRROR + " by hand and put them into " + to.getParent() + ", or name their folder by --data", e);
    }
    if (!sha256(unzipped(content)).equals(part.sha256())) {
      throw new Fault("mnist: what " + MIRROR + part.file() + ".gz gave is not the file wanted (wrong check sum)",
          "try again, or put the four files into " + to.getParent() + " by hand");
    }
    AtomicFile.write(to, out -> out.write(content));
    return to;
  }

  private static byte[] read(InputStream in, int length, String file, Folder folder) throws IOException {
    folder.log().println("mnist: downloading " + file + (length > 0 ? " (" + Math.ceilDiv(length, 1024) + " kB)" : ""));
    byte[] content = in.readNBytes(length > 0 ? length : Integer.MAX_VALUE - 8);
    if (content.length < length) {
      throw new IOException("the connection ended after " + content.length + " of " + length + " bytes");
    }
    return content;
  }

  /** What was compressed; nothing if it is damaged. */
  private static byte[] unzipped(byte[] content) {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(content))) {
      return in.readAllBytes();
    } catch (IOException e) {
      return new byte[0];
    }
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
