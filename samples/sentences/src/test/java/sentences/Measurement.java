package sentences;

import dev.langchain4j.model.embedding.EmbeddingModel;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** This model beside the original, each in a process of its own: {@code mvn package -DskipTests -Pmeasure}. */
public final class Measurement {
  private static final int[] WORDS = {6, 30, 120, 480};
  private static final int RUNS = 5;

  private Measurement() {}

  /** With the build's folder as its one argument: prints a table. With the class of a model: measures it in this process. */
  public static void main(String[] arguments) throws Exception {
    if (Files.isDirectory(Path.of(arguments[0]))) {
      compare(Path.of(arguments[0]));
    } else {
      measure((EmbeddingModel) Class.forName(arguments[0]).getConstructor().newInstance());
    }
  }

  private static void compare(Path target) throws IOException, InterruptedException {
    List<Path> own = jars(target.resolve("lib"));
    own.addFirst(target.resolve("sentences.jar"));
    Map<String, String> compiled = figures(own, target, "sentences.MiniLmEmbeddingModel", "--add-modules=jdk.incubator.vector");
    Map<String, String> original = figures(jars(target.resolve("original")), target, "dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel");
    System.out.println("| | this | original |\n| --- | ---: | ---: |");
    compiled.forEach((what, figure) -> System.out.println("| " + what + " | " + figure + " | " + original.get(what) + " |"));
  }

  private static List<Path> jars(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return new ArrayList<>(files.filter(file -> file.toString().endsWith(".jar")).toList());
    }
  }

  /** What a process tells, and how long it took from its start to the first vector: the median of some. */
  private static Map<String, String> figures(List<Path> jars, Path target, String model, String... options) throws IOException, InterruptedException {
    Map<String, String> figures = new LinkedHashMap<>();
    long bytes = 0;
    for (Path jar : jars) {
      bytes += Files.size(jar);
    }
    figures.put("size of the jars, MB", Math.round(bytes / 1e6) + "");
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xlog:disable", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", String.join(File.pathSeparator, jars.stream().map(Path::toString).toList()) + File.pathSeparator + target.resolve("test-classes"),
        Measurement.class.getName(), model));
    double[] starts = new double[RUNS];
    for (int run = 0; run < RUNS; run++) {
      long begin = System.nanoTime();
      Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
        said.readLine();
        starts[run] = (System.nanoTime() - begin) / 1e9;
        if (run == RUNS - 1) {
          figures.put("start to the first vector, s", text(median(starts)));
          said.lines().forEach(line -> figures.put(line.split("\t")[0], line.split("\t")[1]));
        }
      } finally {
        process.destroy();
        process.waitFor();
      }
    }
    return figures;
  }

  private static void measure(EmbeddingModel model) throws IOException {
    model.embed("first");
    System.out.println("first");
    warm(model);
    Map<String, String> latencies = new LinkedHashMap<>();
    for (int words : WORDS) {
      String text = Texts.english(words, 1);
      int tokens = model.embed(text).tokenUsage().inputTokenCount();
      latencies.put("a text of " + tokens + " tokens, ms", text(latency(model, text)));
    }
    System.out.println("memory at the end, MB\t" + resident());
    latencies.forEach((what, figure) -> System.out.println(what + "\t" + figure));
  }

  /** As a service does that says when it is ready; of a model that knows no such thing there is nothing to do. */
  private static void warm(EmbeddingModel model) {
    try {
      model.getClass().getMethod("warmUp", double.class).invoke(model, 60.0);
    } catch (ReflectiveOperationException e) {
      // the original begins with code that is compiled
    }
  }

  /** The median of two seconds' runs, after five seconds of others. */
  private static double latency(EmbeddingModel model, String text) {
    long warm = System.nanoTime() + 5_000_000_000L;
    while (System.nanoTime() < warm) {
      model.embed(text);
    }
    double[] times = new double[10_000];
    int count = 0;
    for (long end = System.nanoTime() + 2_000_000_000L; count < 10 || count < times.length && System.nanoTime() < end; count++) {
      long begin = System.nanoTime();
      model.embed(text);
      times[count] = (System.nanoTime() - begin) / 1e6;
    }
    return median(Arrays.copyOf(times, count));
  }

  private static double median(double[] times) {
    double[] sorted = times.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** As Linux counts it. */
  private static String resident() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return "?";
    }
    return Files.readAllLines(status).stream().filter(line -> line.startsWith("VmRSS")).map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024 + "").findFirst().orElse("?");
  }

  private static String text(double figure) {
    return figure < 10 ? Math.round(figure * 100) / 100.0 + "" : Math.round(figure) + "";
  }
}
