package nnc.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import nnc.Golden;
import nnc.cli.Help;
import nnc.elaborate.Topic;
import nnc.reference.Entry;

/** Programs of all kinds: the samples, the reference's examples, and those that are told what is wrong with them. */
final class Corpus {
  private Corpus() {}

  /** What the library has, with the names of its arguments. */
  static final List<Entry> LIBRARY = Help.reference().entries().stream().filter(entry -> entry.topic().compareTo(Topic.MIXING) <= 0 && entry.name().matches("\\w+")).toList();

  static final List<String> PROGRAMS = programs();

  private static List<String> programs() {
    var programs = new ArrayList<String>();
    below(Path.of("../samples"), ".nn").filter(file -> !file.toString().contains("target")).forEach(file -> programs.add(text(file)));
    below(Path.of("src/test/resources/golden/mistakes"), ".txt").forEach(file -> programs.add(Golden.sections(text(file)).get("source")));
    for (var entry : LIBRARY) {
      for (var example : entry.doc().examples()) {
        boolean call = !example.contains("\n") && example.contains(" = ") && !example.contains("{");
        programs.add(call ? "input x: float[N, 3]\noutput y = " + example.substring(0, example.lastIndexOf(" = ")).split(" at ")[0] + "\n" : example + "\n");
      }
    }
    return List.copyOf(programs);
  }

  private static Stream<Path> below(Path folder, String end) {
    try (var files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(end)).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
