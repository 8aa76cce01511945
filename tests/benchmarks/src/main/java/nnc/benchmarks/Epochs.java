package nnc.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.runtime.Model;
import nnc.runtime.learn.EpochResult;
import nnc.runtime.learn.Training;
import nnc.runtime.learn.TrainingListener;
import nnc.runtime.learn.TrainingRun;

/**
 * Measures an epoch of files whose rows are read as it goes beside one of the same files in memory: workloads A and C, on pixels as bytes in NumPy's files and
 * as text in CSV. Epochs of the kinds take turns; a ratio is the median of the ratios in a round.
 */
final class Epochs {
  private Epochs() {}

  private static final List<String> NETWORKS = List.of("A", "C");
  private static final List<String> KINDS = List.of("npy", "csv");
  private static final int ROWS = 12_800, PIXELS = 784, THREADS = 2;

  /** Measures the chosen networks, or both, and prints a table. */
  static void all(List<String> names, Path folder, int rounds) throws IOException {
    files(folder);
    var table = new StringBuilder(String.format("%-8s%-8s%16s%16s%10s", "EPOCHS", "files", "memory, ex/s", "streamed, ex/s", "ratio")).append('\n');
    System.out.print(table);
    for (var network : names.isEmpty() ? NETWORKS : names) {
      for (var kind : KINDS) {
        var line = measure(network, kind, folder, rounds);
        System.out.println(line);
        table.append(line).append('\n');
      }
    }
    Files.writeString(folder.resolve("epochs.txt"), table);
    System.out.println("this table is in " + folder.resolve("epochs.txt"));
  }

  private static String measure(String network, String kind, Path folder, int rounds) throws IOException {
    var memory = model(network, kind, "");
    var streamed = model(network, kind, ", stream = true");
    var plain = new double[rounds];
    var read = new double[rounds];
    var ratios = new double[rounds];
    for (int round = -1; round < rounds; round++) {
      double first = epoch(memory, folder);
      double second = epoch(streamed, folder);
      if (round >= 0) {
        plain[round] = first;
        read[round] = second;
        ratios[round] = second / first;
      }
    }
    return String.format(Locale.ROOT, "%-8s%-8s%16.0f%16.0f%10.2f", network, kind, Session.median(plain), Session.median(read), Session.median(ratios));
  }

  /** Examples a second of the faster of two epochs, after one that warms up. */
  private static double epoch(Model model, Path folder) {
    List<Double> speeds = new ArrayList<>();
    Training.of(model).folder(folder).epochs(3).threads(THREADS).listener(new TrainingListener() {
      @Override
      public void epochEnded(TrainingRun run, EpochResult epoch) {
        speeds.add(epoch.examples() / epoch.seconds());
      }
    }).run();
    return Math.max(speeds.get(1), speeds.get(2));
  }

  private static Model model(String network, String kind, String stream) throws IOException {
    String text;
    try (var in = Epochs.class.getResourceAsStream(network + ".nn")) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    // the rows of both kinds of files are flat
    text = text.replace("float[N, 1, 28, 28]", "float[N, 784]").replace("logits = x |> conv1", "logits = reshape(x, [shape(x)[0], 1, 28, 28]) |> conv1");
    var columns = IntStream.rangeClosed(1, PIXELS).mapToObj(Integer::toString).collect(Collectors.joining(", ", "[", "]"));
    var source = kind.equals("npy") ? "npy(x = \"x.npy\", y = \"y.npy\"" + stream + ")"
        : "csv(\"all.csv\", header = false, x = " + columns + ", y = " + (PIXELS + 1) + stream + ")";
    try {
      return Compiler.load(Compiler.compile(network + ".nn", text + "\ndata { train = " + source + " }\n", CompilerOptions.standard()));
    } catch (FaultyProgram e) {
      throw new IllegalStateException(e);
    }
  }

  private static void files(Path folder) throws IOException {
    var random = new Random(1);
    var pixels = new byte[ROWS * PIXELS];
    var labels = new byte[ROWS];
    random.nextBytes(pixels);
    try (var text = Files.newBufferedWriter(folder.resolve("all.csv"))) {
      for (int row = 0; row < ROWS; row++) {
        labels[row] = (byte) random.nextInt(10);
        for (int i = 0; i < PIXELS; i++) {
          text.append(Integer.toString(pixels[row * PIXELS + i] & 0xff)).append(',');
        }
        text.append(Integer.toString(labels[row])).append('\n');
      }
    }
    write(folder.resolve("x.npy"), "(" + ROWS + ", " + PIXELS + ")", pixels);
    write(folder.resolve("y.npy"), "(" + ROWS + ",)", labels);
  }

  /** An array of bytes without sign, as NumPy writes it. */
  private static void write(Path file, String shape, byte[] numbers) throws IOException {
    var header = "{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }";
    header += " ".repeat(63 - (10 + header.length()) % 64) + "\n";
    try (var out = Files.newOutputStream(file)) {
      out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(), (byte) (header.length() >> 8)});
      out.write(header.getBytes(StandardCharsets.ISO_8859_1));
      out.write(numbers);
    }
  }
}
