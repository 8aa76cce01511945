package nnc.benchmarks;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.image.Image;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;

/** Measures whole processes: of {@link Start}, each with a class path of just what its engine needs, and of the network's image. */
final class Starts {
  private Starts() {}

  /** The engine that is no program of {@link Start} but the network's image. */
  static final String IMAGE = "image";

  private static final double TOLERANCE = 1e-4;
  private static final String INPUTS = "S-in.npz", OUTPUTS = "S-out.npz";

  static Result measure(Workload workload, Path folder, List<String> peers, int rounds) throws IOException {
    prepare(folder, peers.contains(IMAGE));
    var engines = Stream.concat(Stream.of("nnc"), peers.stream()).toList();
    Map<String, List<Double>> times = new LinkedHashMap<>();
    engines.forEach(engine -> times.put(engine, new ArrayList<>()));
    Map<String, double[]> outputs = new LinkedHashMap<>();
    for (int round = -1; round < rounds; round++) {
      for (var engine : engines) {
        long start = System.nanoTime();
        outputs.put(engine, once(engine, folder));
        // the first round unpacks native libraries and fills the system's caches
        if (round >= 0) {
          times.get(engine).add((System.nanoTime() - start) / 1e6);
        }
      }
    }
    return result(workload, times, outputs, rounds);
  }

  private static void prepare(Path folder, boolean image) throws IOException {
    var compiled = Setup.compile("A");
    var model = Setup.model(compiled);
    var arrays = Setup.arrays(model, Workload.chosen(List.of("P1-A")).getFirst());
    var weights = Array.weights(arrays);
    Compiler.writeJar(compiled, folder.resolve(Start.JAR));
    Map<String, Tensor> npz = new LinkedHashMap<>();
    weights.keySet().forEach(path -> npz.put(path, model.weight(path)));
    Npz.write(folder.resolve(Start.WEIGHTS), npz);
    Files.write(folder.resolve(Start.ONNX), OnnxNetworks.of(Workload.chosen(List.of("P1-A")).getFirst(), weights));
    Array.write(folder.resolve(Start.ARRAYS), arrays);
    Npz.write(folder.resolve(INPUTS), Map.of("x", new Tensor(new int[] {1, Start.example().length}, Start.example())));
    if (image) {
      Image.write(folder.resolve(IMAGE), compiled.spec(), Image.Use.COMMANDS, (jar, more) -> Compiler.writeJar(compiled, jar, more), _ -> { });
    }
  }

  /** The command that users have: files in, files out. */
  private static double[] image(Path folder) throws IOException {
    var outputs = folder.resolve(OUTPUTS);
    Files.deleteIfExists(outputs);
    var process = new ProcessBuilder(folder.resolve(IMAGE).resolve("bin/A").toString(), "predict", "--weights", Start.WEIGHTS, "--in", INPUTS,
        "--out", OUTPUTS).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(folder.resolve("S-image.log").toFile()).start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(IMAGE + " has ended without an answer");
      }
      return Npz.read(outputs).get("probability").toDoubles();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IOException(e);
    }
  }

  private static double[] once(String engine, Path folder) throws IOException {
    if (engine.equals(IMAGE)) {
      return image(folder);
    }
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "--enable-native-access=ALL-UNNAMED"));
    if (Engine.BYTEDECO.contains(engine)) {
      command.addAll(List.of("-Dorg.bytedeco.openblas.load=mkl_rt", "-Dorg.bytedeco.javacpp.nopointergc=true"));
    }
    command.addAll(List.of("-cp", classPath(engine, folder), Start.class.getName(), engine, folder.toString()));
    var builder = new ProcessBuilder(command).redirectError(folder.resolve("S-" + engine + ".log").toFile());
    builder.environment().put("MKL_THREADING_LAYER", "GNU");
    var process = builder.start();
    try (var out = process.inputReader()) {
      var line = out.lines().filter(text -> text.startsWith("[")).findFirst();
      process.waitFor();
      return Arrays.stream(line.orElseThrow(() -> new IOException(engine + " has ended without an answer")).replaceAll("[\\[\\] ]", "").split(","))
          .mapToDouble(Double::parseDouble).toArray();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IOException(e);
    }
  }

  /** Words in the paths of the jars that an engine needs. */
  private static final Map<String, List<String>> NEEDS = Map.of("onnx", List.of("onnxruntime"), "libtorch", List.of("bytedeco"),
      "djl", List.of("djl", "gson", "jna", "slf4j", "commons"),
      "dl4j", List.of("4j", "javacpp", "openblas", "mkl", "gson", "jna", "commons", "byteunits", "flatbuffers", "neoitertools", "oshi",
          "threetenbp", "fastutil"));

  /** The benchmarks' own classes and what belongs to an engine. */
  private static String classPath(String engine, Path folder) {
    var all = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator)).filter(entry -> !entry.isEmpty()).toList();
    var own = Stream.of(Path.of(URI.create(Start.class.getProtectionDomain().getCodeSource().getLocation().toString())).toString());
    var jars = all.stream().filter(entry -> NEEDS.getOrDefault(engine, List.of()).stream().anyMatch(entry::contains));
    var network = engine.equals("nnc") ? Stream.of(folder.resolve(Start.JAR).toString()) : Stream.<String>empty();
    return Stream.of(network, own, jars).flatMap(s -> s).collect(Collectors.joining(File.pathSeparator));
  }

  private static Result result(Workload workload, Map<String, List<Double>> times, Map<String, double[]> outputs, int rounds) {
    Map<String, Double> figures = new LinkedHashMap<>();
    Map<String, Double> ratios = new LinkedHashMap<>();
    Map<String, Double> differences = new LinkedHashMap<>();
    var ours = times.get("nnc");
    times.forEach((engine, list) -> {
      figures.put(engine, Session.median(list.stream().mapToDouble(t -> t).toArray()));
      if (!engine.equals("nnc")) {
        var inRounds = new double[list.size()];
        Arrays.setAll(inRounds, i -> list.get(i) / ours.get(i));
        ratios.put(engine, Session.median(inRounds));
        differences.put(engine, difference(outputs.get("nnc"), outputs.get(engine), engine));
      }
    });
    return new Result(workload, 1, figures, Map.of(), ratios, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Map.of(),
        differences, 0, rounds);
  }

  private static double difference(double[] ours, double[] theirs, String peer) {
    double worst = 0;
    for (int i = 0; i < ours.length; i++) {
      worst = Math.max(worst, Math.abs(ours[i] - theirs[i]));
    }
    if (!(worst <= TOLERANCE)) {
      throw new IllegalStateException("nnc and " + peer + " predict " + Arrays.toString(ours) + " and " + Arrays.toString(theirs));
    }
    return worst;
  }
}
