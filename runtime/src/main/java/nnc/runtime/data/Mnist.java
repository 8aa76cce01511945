package nnc.runtime.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.spec.ModelSpec.Feed;

/** The MNIST database of handwritten digits (LeCun, Cortes, Burges): columns {@code image} (28 x 28 bytes) and {@code digit}. */
final class Mnist implements SourceReader {
  private static final List<String> MIRRORS =
      List.of("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/");

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

  @Override
  public Table load(String source, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    boolean train = arguments.isTrain();
    var image = Idx.column("image", find(train ? TRAIN_IMAGES : TEST_IMAGES, folder));
    var digit = Idx.column("digit", find(train ? TRAIN_LABELS : TEST_LABELS, folder));
    return Table.of("mnist(\"" + (train ? "train" : "test") + "\")", List.of(image, digit));
  }

  private static Path find(Part part, Folder folder) {
    String zipped = part.file() + ".gz";
    Path found = PublicFiles.find(folder, List.of("", "mnist"), List.of(zipped, part.file()));
    if (found != null) {
      return found;
    } else if (folder.data() != null) {
      throw new Fault(folder.data() + ": has no " + zipped, "put the four MNIST files there (" + MIRRORS.get(0) + "...)");
    }
    Path to = PublicFiles.cache().resolve("mnist").resolve(zipped);
    PublicFiles.fetch(new PublicFiles.Remote("mnist", zipped, MIRRORS, part.sha256()), to, folder.log());
    return to;
  }
}
