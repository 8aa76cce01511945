package nnc.runtime.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Names;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * The CIFAR-10 and CIFAR-100 sets of small photos (Krizhevsky) in their binary form: columns {@code image: [3, 32, 32]} of bytes and {@code label}, of
 * CIFAR-100 {@code coarse} too. A record of a file is the labels, coarse before fine, a byte each, then the picture's planes of red, green and blue. Labels
 * have the names that the files beside them tell.
 */
final class Cifar implements SourceReader {
  private static final int PICTURE = 3 * 32 * 32;

  /**
   * A set.
   *
   * @param folder what its archive unpacks to
   * @param labels the columns of its labels, in the order of a record
   * @param counts how many labels each has
   * @param names  for each, the files that may tell their names
   */
  private record Variant(String folder, List<String> train, List<String> test, List<String> labels, int[] counts, List<String> names) {
    int record() {
      return labels.size() + PICTURE;
    }
  }

  private static final Variant TEN = new Variant("cifar-10-batches-bin",
      List.of("data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"), List.of("test_batch.bin"),
      List.of("label"), new int[] {10}, List.of("batches.meta.txt"));
  private static final Variant HUNDRED = new Variant("cifar-100-binary", List.of("train.bin"), List.of("test.bin"), List.of("coarse", "label"),
      new int[] {20, 100}, List.of("coarse_label_names.txt", "fine_label_names.txt"));

  @Override
  public Table load(String source, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    boolean train = arguments.isTrain();
    Variant variant = source.equals("cifar10") ? TEN : HUNDRED;
    List<byte[]> files = new ArrayList<>();
    List<Path> paths = new ArrayList<>();
    long records = 0;
    for (String name : train ? variant.train() : variant.test()) {
      Path file = find(source, variant, name, folder);
      byte[] content = Folder.read(file, (in, most) -> records(in, variant, file));
      records += content.length / variant.record();
      files.add(content);
      paths.add(file);
    }
    byte[] pixels = new byte[arguments.elements(records, PICTURE)];
    int[][] labels = new int[variant.labels().size()][(int) records];
    int next = 0;
    for (int i = 0; i < files.size(); i++) {
      next = take(files.get(i), variant, paths.get(i), pixels, labels, next);
    }
    return Table.of(source + "(\"" + (train ? "train" : "test") + "\")", columns(variant, pixels, labels, paths.get(0).resolveSibling("")));
  }

  private static Path find(String source, Variant variant, String name, Folder folder) {
    Path found = PublicFiles.find(folder, List.of("", variant.folder(), source), List.of(name, name + ".gz"));
    if (found != null) {
      return found;
    }
    String where = folder.data() == null ? PublicFiles.cache().toString() : folder.data().toString();
    throw new Fault(where + ": has no " + variant.folder() + "/" + name, "unpack the set's archive in its binary version (" + source.replace("cifar", "cifar-")
        + "-binary.tar.gz, https://www.cs.toronto.edu/~kriz/cifar.html) there, or name its folder by --data");
  }

  /** What is in a file: whole records. */
  private static byte[] records(InputStream in, Variant variant, Path file) throws IOException {
    byte[] content = in.readAllBytes();
    if (content.length % variant.record() != 0) {
      throw new Fault(file + ": truncated, or no file of this set: " + content.length + " bytes are no number of records of " + variant.record(),
          "fetch the file again");
    }
    return content;
  }

  /** Puts a file's records behind those before; gives where the next file's go. */
  private static int take(byte[] content, Variant variant, Path file, byte[] pixels, int[][] labels, int first) {
    int next = first;
    for (int at = 0; at < content.length; at += variant.record()) {
      for (int i = 0; i < labels.length; i++) {
        int label = content[at + i] & 0xff;
        if (label >= variant.counts()[i]) {
          throw new Fault(file + ": damaged: the label of record " + at / variant.record() + " is " + label + ", and there are " + variant.counts()[i],
              "fetch the file again");
        }
        labels[i][next] = label;
      }
      System.arraycopy(content, at + labels.length, pixels, next * PICTURE, PICTURE);
      next++;
    }
    return next;
  }

  private static List<Column> columns(Variant variant, byte[] pixels, int[][] labels, Path beside) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("image", new int[] {3, 32, 32}, pixels));
    for (int i = 0; i < labels.length; i++) {
      columns.add(new Column(variant.labels().get(i), new int[0], labels[i], null, names(beside.resolve(variant.names().get(i)), variant.counts()[i])));
    }
    return columns;
  }

  /** A label's names, a line each; their numbers where no file tells them. */
  private static List<String> names(Path file, int count) {
    List<String> names = new ArrayList<>();
    if (Files.isRegularFile(file)) {
      String text = Folder.read(file, (in, most) -> new String(in.readNBytes(1 << 16), StandardCharsets.UTF_8));
      for (String line : text.split("\\R")) {
        if (!line.isBlank()) {
          names.add(Names.composed(line.trim()));
        }
      }
      if (names.size() != count) {
        throw new Fault(file + ": has " + names.size() + " names, and there are " + count + " labels");
      }
    }
    for (int i = names.size(); i < count; i++) {
      names.add(Integer.toString(i));
    }
    return names;
  }
}
