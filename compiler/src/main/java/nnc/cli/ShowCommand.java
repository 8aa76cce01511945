package nnc.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nnc.Compiler;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.follow.FollowedTraining;
import nnc.pictures.Drawing;
import nnc.pictures.NetworkPictures;
import nnc.pictures.NetworkView;
import nnc.pictures.PictureFolder;
import nnc.pictures.WeightPath;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Data;
import nnc.runtime.data.Folder;
import nnc.runtime.data.Table;

/** {@code nnc show}: pictures of what a network has learned and what it does with its data. */
final class ShowCommand implements Command {
  private static final int EXAMPLES = 10_000;

  @Override
  public String name() {
    return "show";
  }

  @Override
  public String help() {
    return "Draws what a trained network has learned and what it does with its data.";
  }

  @Override
  public List<Option> options() {
    return SourceOptions.with(new Option("--weights", "WEIGHTS", "what training has saved"),
        new Option("-o", "DIR", "the folder of the pictures (NAME-pictures); index.html there shows them"),
        new Option("--layer", "NAME", "also shows this value of the program as points; may be repeated"),
        new Option("--on", "ROLE", "data to show it by: test, validate or train (the first that there is, in this order)"),
        new Option("--data", "DIR", "where files of the data block are"),
        new Option("--examples", "N", "at most so many of them (" + EXAMPLES + ")"),
        new Option("--threads", "N", "at most that many (all processors)"));
  }

  @Override
  public int run(CommandLine given) {
    return Faults.guard(false, () -> {
      if (!given.has("--weights")) {
        throw new WrongUsage("--weights is missing: what training has saved");
      }
      int examples = Numbers.count(given, "--examples", EXAMPLES, 1);
      int count = Numbers.count(given, "--threads", Runtime.getRuntime().availableProcessors(), 1);
      var file = SourceOptions.file(given);
      var weights = SourceOptions.path("--weights", given.one("--weights", ""));
      if (VectorStart.gains()) {
        return VectorStart.run(name(), given, file);
      }
      var text = text(given, file);
      var options = SourceOptions.of(given);
      var compiled = compiled(file, text, options);
      Faults.tell(compiled.warnings(), false);
      var model = Compiler.load(compiled).withWeights(weights);
      var place = SourceOptions.path("-o", given.one("-o", compiled.spec().name() + "-pictures"));
      try (var threads = new Threads(count)) {
        var data = new Data(compiled.spec(), new Folder(file.toAbsolutePath().getParent(), given.has("--data") ? SourceOptions.path("--data", given.one("--data", "")) : null, System.err));
        var part = part(given, data);
        var outputs = (text == null ? new Compilation(file, options) : new Compilation(file, text, options)).outputs();
        var view = new NetworkView(model, outputs, some(data.table(part), examples), part, threads);
        var folder = new PictureFolder(place, compiled.spec().name());
        folder.write(drawings(view, differentiated(file, options, model)));
        System.out.println("saved " + folder.size() + (folder.size() == 1 ? " picture" : " pictures") + " in " + place + ", which index.html there shows");
      }
      return 0;
    });
  }

  private static nnc.driver.CompiledProgram compiled(Path file, String text, CompilerOptions options) throws Exception {
    return text == null ? Compiler.compileForJar(file, options) : Compiler.compileForJar(file, text, options);
  }

  /** The program with an output for each value that is to be shown; null if it is to stay as it is. */
  private static String text(CommandLine given, Path file) throws java.io.IOException {
    var layers = given.all("--layer");
    if (layers.isEmpty()) {
      return null;
    }
    var text = new StringBuilder(Files.readString(file));
    for (var layer : layers) {
      if (!layer.matches("[A-Za-z_]\\w*")) {
        throw new WrongUsage("--layer is the name of a value of the program, not '" + layer + "'");
      }
      text.append("\noutput ").append(layer);
    }
    return text.append('\n').toString();
  }

  private static String part(CommandLine given, Data data) {
    if (given.has("--on")) {
      return Numbers.word(given, "--on", "", List.of("test", "validate", "train"));
    }
    return List.of("test", "validate", "train").stream().filter(data::has).findFirst()
        .orElseThrow(() -> new Fault("the program has no data to be shown by", "name some: data { test = csv(\"rows.csv\") }"));
  }

  private static Table some(Table table, int count) {
    return count >= table.size() ? table : table.select(IntStream.range(0, count).map(i -> table.rows()[i]).toArray());
  }

  /** The network compiled for gradients, with the same weights; null if it is not trained. */
  static Model differentiated(Path file, CompilerOptions options, Model weights) throws Exception {
    var compiled = Compiler.load(Compiler.compile(file, options, "gradient"));
    return compiled.has("gradient") ? FollowedTraining.sameWeights(compiled, weights) : null;
  }

  private static List<Drawing> drawings(NetworkView view, Model differentiated) {
    var drawings = new ArrayList<>(NetworkPictures.quick(view));
    drawings.addAll(NetworkPictures.confusion(view));
    drawings.addAll(NetworkPictures.histograms(view, differentiated));
    drawings.addAll(NetworkPictures.landscapes(view, new WeightPath(), note -> System.err.println("nnc: " + note)));
    return drawings;
  }
}
