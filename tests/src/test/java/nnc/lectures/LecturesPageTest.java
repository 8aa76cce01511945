package nnc.lectures;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import nnc.Said;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page that leads through five lectures: what it links to is there, its commands are known, its pictures are what commands draw, and counts are the slides'. */
@ResourceLock(Resources.SYSTEM_OUT)
class LecturesPageTest {
  private static final Path ROOT = Path.of("..");
  private static final Path PAGE = ROOT.resolve("samples/lectures/README.md");

  @TempDir
  Path folder;

  @Test
  void linksLeadSomewhere() throws IOException {
    var links = Pattern.compile("\\]\\(([^)#]+)").matcher(Files.readString(PAGE)).results().map(match -> match.group(1)).toList();
    assertThat(links).hasSizeGreaterThan(30).allSatisfy(link -> assertThat(PAGE.resolveSibling(link)).exists());
  }

  /** Of each command the program is there and the options are known: asked for help beside them, a command tells of none that it does not know. */
  @Test
  void commandsAreKnown() throws IOException {
    var commands = Pattern.compile("`\\./nnc ([^`]+)`").matcher(Files.readString(PAGE)).results().map(match -> match.group(1)).toList();
    assertThat(commands).hasSizeGreaterThan(20).allSatisfy(command -> {
      var words = List.of(command.split(" "));
      var help = Said.byCompiler(words.getFirst(), "--help").out();
      words.stream().filter(word -> word.endsWith(".nn")).forEach(file -> assertThat(ROOT.resolve(file)).exists());
      words.stream().filter(word -> word.startsWith("--")).forEach(option -> assertThat(help).contains(option + " "));
    });
  }

  @ParameterizedTest
  @CsvSource(delimiterString = "|", value = {"worked | samples/worked.nn | x=7,1,-4 |", "delta | samples/lectures/delta.nn | x=1,0,-1 | t=1,0"})
  void picturesAreDrawnByCommands(String picture, String program, String x, String t) throws IOException {
    var file = folder.resolve("x.svg");
    var arguments = new ArrayList<>(List.of("explain", "--numbers", "--as", "svg", "-o", file.toString(), ROOT.resolve(program).toString(), "--feed", x));
    if (t != null) {
      arguments.addAll(List.of("--feed", t));
    }
    assertThat(Said.byCompiler(arguments.toArray(String[]::new)).code()).isZero();
    assertThat(Files.readString(file)).isEqualTo(Files.readString(PAGE.resolveSibling(picture + ".svg")));
  }

  @ParameterizedTest
  @CsvSource({"line, 5, 4, 9, 8", "fan, 5, 6, 11, 10"})
  void countsAreThoseOfTheSlides(String program, int neurons, int weights, int drawn, int held) {
    var file = ROOT.resolve("samples/lectures/" + program + ".nn").toString();
    assertThat(Said.byCompiler("parameters", "--json", file).out())
        .isEqualTo("{\"neurons\":%d,\"weights\":%d,\"biases\":%d,\"drawn\":%d,\"held\":%d}\n".formatted(neurons, weights, held - weights, drawn, held));
    assertThat(Said.byCompiler("parameters", file).out()).contains("parameters drawn    " + drawn).contains("parameters held     " + held);
    assertThat(Said.byCompiler("summary", file).out()).contains("total " + held + " parameters");
  }

  @Test
  void sharedWeightsAreNotCountedSo() {
    var said = Said.byCompiler("parameters", ROOT.resolve("samples/lenet.nn").toString());
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).contains("conv2d.W is of no dense layer").contains("nnc summary");
  }
}
