package nnc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.image.Image;
import nnc.runtime.base.Text;
import nnc.runtime.engine.MemoryNeed;
import nnc.runtime.train.TrainingSettings;
import nnc.source.JsonText;

/** {@code nnc compile}. */
final class CompileCommand implements Command {
  @Override
  public String name() {
    return "compile";
  }

  @Override
  public String help() {
    return "Compiles a program to a jar that trains and predicts, or to a folder with the jar and the Java that it needs.";
  }

  @Override
  public List<Option> options() {
    return SourceOptions.with(new Option("-o", "FILE.jar", "the jar (default: the program's name beside you)"),
        new Option("--output", "FILE.jar", "the same"),
        new Option("--weights", "WEIGHTS", "puts what training has saved into it, so that it predicts without the file"),
        new Option("--serve", "", "puts a server into it: java -jar FILE.jar serve answers inferences over HTTP"),
        new Option("--thin", "", "leaves the runtime out of the jar: nnc-runtime has to lie beside it, or on the class path"),
        new Option("--image", "DIR", "makes a folder that runs the network without any other Java; a jar only with -o"),
        new Option("--json", "", "prints the result, and each fault or warning, as a JSON object on a line"));
  }

  @Override
  public int run(CommandLine given) {
    boolean json = given.has("--json");
    return Faults.guard(json, () -> {
      var start = System.nanoTime();
      if (given.has("--image")) {
        if (given.has("--thin")) {
          throw new WrongUsage("--thin leaves the runtime out of a jar, and an image has all that it needs: one of them, or two commands");
        }
        requireLinker();
      }
      var compiled = Compiler.compileForJar(SourceOptions.file(given), SourceOptions.of(given));
      Faults.tell(compiled.warnings(), json);
      Map<String, byte[]> weights = given.has("--weights")
          ? Compiler.load(compiled).withWeights(SourceOptions.path("--weights", given.one("--weights", ""))).bundled() : Map.of();
      if (given.has("--image")) {
        image(compiled, given, weights, start);
      }
      if (!given.has("--image") || given.has("-o") || given.has("--output")) {
        jar(compiled, given, weights, start);
      }
      return 0;
    });
  }

  private static void jar(CompiledProgram compiled, CommandLine given, Map<String, byte[]> weights, long start) throws IOException {
    var output = given.one("-o", given.one("--output", compiled.spec().name() + ".jar"));
    var jar = SourceOptions.path("-o", output);
    if (given.has("--thin")) {
      Compiler.writeThinJar(compiled, jar, weights);
    } else {
      writeWhole(given, compiled, jar, weights);
    }
    long bytes = Files.size(jar);
    System.out.println(given.has("--json") ? "{\"jar\": \"" + JsonText.escape(output) + "\", \"bytes\": " + bytes + ", \"kernels\": "
        + compiled.kernels() + ", " + memory(compiled).json() + "\"seconds\": " + seconds(start) + "}"
        : output + "  " + bytes / 1000 + " kB, " + compiled.kernels() + " kernels, " + seconds(start) + " s" + memory(compiled).text());
  }

  /** A jar that runs by itself, with the server if that is asked for. */
  private static void writeWhole(CommandLine given, CompiledProgram compiled, Path jar, Map<String, byte[]> more) throws IOException {
    if (given.has("--serve")) {
      Compiler.writeServingJar(compiled, jar, more);
    } else {
      Compiler.writeJar(compiled, jar, more);
    }
  }

  /** What sizes count as that only the data tell. */
  private static final int OPEN_SIZE = 100;

  private static Memory memory(CompiledProgram compiled) {
    var need = new MemoryNeed(compiled.spec(), 1).at(OPEN_SIZE);
    boolean trains = compiled.spec().plans().stream().anyMatch(plan -> plan.name().equals("train"));
    boolean predicts = compiled.spec().plans().stream().anyMatch(plan -> plan.name().equals("predict"));
    int batch = TrainingSettings.of(compiled.spec()).batch();
    var open = Stream.of("predict", "train").flatMap(purpose -> need.open(purpose).stream()).distinct().map(name -> name + " = " + OPEN_SIZE).toList();
    return new Memory(predicts ? need.all(1, "predict") : 0, trains ? need.all(batch, "train") : 0, batch, String.join(", ", open));
  }

  /** Bytes of what the network will take, weights counted: to predict one example, and to train by its batch; 0 of what it does not do. Open sizes are as said. */
  private record Memory(double predict, double train, int batch, String open) {
    String text() {
      var parts = Stream.of(predict > 0 ? Text.bytes(predict) + " to predict an example" : "", train > 0 ? Text.bytes(train) + " to train by batches of " + batch : "").filter(part -> !part.isEmpty()).toList();
      return parts.isEmpty() ? "" : "\n  memory: " + String.join(", ", parts) + (open.isEmpty() ? "" : ", at " + open) + "; Java has " + Text.bytes(MemoryNeed.available()) + " here";
    }

    String json() {
      return "\"predict_bytes\": " + Math.round(predict) + ", \"train_bytes\": " + Math.round(train) + (open.isEmpty() ? "" : ", \"open_size\": " + OPEN_SIZE) + ", ";
    }
  }

  private static void requireLinker() {
    try {
      Image.requireLinker();
    } catch (Image.NoLinker e) {
      throw new WrongUsage(e.getMessage());
    }
  }

  private static void image(CompiledProgram compiled, CommandLine given, Map<String, byte[]> weights, long start) {
    var output = given.one("--image", "");
    boolean json = given.has("--json");
    try {
      var sizes = Image.write(SourceOptions.path("--image", output), compiled.spec(), given.has("--serve") ? Image.Use.SERVICE : Image.Use.COMMANDS, (jar, more) -> {
        var all = new HashMap<>(weights);
        all.putAll(more);
        writeWhole(given, compiled, jar, all);
      }, json ? _ -> { } : line -> System.err.println("nnc: " + line));
      System.out.println(json ? "{\"image\": \"" + JsonText.escape(output) + "\", \"bytes\": " + sizes.total() + ", \"java\": " + sizes.java()
          + ", \"jar\": " + sizes.jar() + ", \"cache\": " + sizes.cache() + ", \"kernels\": " + compiled.kernels() + ", \"seconds\": "
          + seconds(start) + "}"
          : Path.of(output, "bin", compiled.spec().name()) + "  " + mega(sizes.total()) + " (Java " + mega(sizes.java()) + ", network "
          + mega(sizes.jar()) + ", cache " + mega(sizes.cache()) + "), " + compiled.kernels() + " kernels, " + seconds(start) + " s");
    } catch (Image.NoLinker e) {
      throw new WrongUsage(e.getMessage());
    }
  }

  private static String mega(long bytes) {
    return Math.round(bytes / 1e5) / 10.0 + " MB";
  }

  private static double seconds(long start) {
    return Math.round((System.nanoTime() - start) / 1e7) / 100.0;
  }
}
