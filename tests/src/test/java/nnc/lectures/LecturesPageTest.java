package nnc.lectures;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import nnc.Said;
import org.junit.jupiter.api.Tag;
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

  /** A picture of the page, and what is to be typed for it: commands, and at their end the file. */
  record Picture(Path file, List<String> commands) {
    private static final Pattern ON_PAGE = Pattern.compile("!\\[[^\\]]*\\]\\(([^)]+)\\)\\n\\n((?:    \\./nnc .*\\n?)*)");

    static List<Picture> all() throws IOException {
      return ON_PAGE.matcher(Files.readString(PAGE)).results().map(found -> new Picture(PAGE.resolveSibling(found.group(1)).normalize(), found.group(2).lines().map(String::strip).toList())).toList();
    }

    /** What is drawn without anything being trained, or digits being read, takes no time. */
    boolean isSlow() {
      return commands.stream().anyMatch(command -> command.startsWith("./nnc train") || command.startsWith("./nnc preview"));
    }

    /** Draws it into a folder; gives the file. */
    Path draw(Path folder) {
      String written = "";
      for (var command : commands) {
        var words = words(command);
        for (int i = 1; i < words.size(); i++) {
          boolean output = List.of("-o", "--out", "--pictures", "--weights").contains(words.get(i - 1));
          words.set(i, output ? folder.resolve(words.get(i)).toString() : words.get(i).endsWith(".nn") ? ROOT.resolve(words.get(i)).toString() : words.get(i));
          written = words.get(i - 1).equals("-o") ? words.get(i) : written;
        }
        if (words.getFirst().equals("train") && !words.contains("--out")) {
          words.addAll(List.of("--out", folder.resolve("trained.npz").toString()));
        }
        var said = Said.byCompiler(words.toArray(String[]::new));
        assertThat(said.code()).as(command + said.all()).isZero();
        int comment = command.indexOf(" # ");
        written = comment < 0 ? written : folder.resolve(command.substring(comment + 3)).toString();
      }
      return Path.of(written);
    }

    private static List<String> words(String command) {
      var text = command.substring("./nnc ".length()).replaceAll(" +# .*", "");
      return Pattern.compile("'([^']*)'|(\\S+)").matcher(text).results().map(word -> word.group(1) == null ? word.group(2) : word.group(1)).collect(java.util.stream.Collectors.toCollection(ArrayList::new));
    }
  }

  /** {@code -Dgolden.update=true} draws them anew. Pixels are packed otherwise by other Javas, so lines alone are compared. */
  private void assertDrawn(Predicate<Picture> which) throws IOException {
    var pictures = Picture.all().stream().filter(which).toList();
    assertThat(pictures).hasSizeGreaterThan(4);
    for (var picture : pictures) {
      assertThat(picture.commands).as(picture.file + " has a command below").isNotEmpty();
      var drawn = picture.draw(folder);
      if (Boolean.getBoolean("golden.update")) {
        Files.copy(drawn, picture.file, StandardCopyOption.REPLACE_EXISTING);
      }
      assertThat(content(picture.file)).as(picture.file.toString()).isEqualTo(content(drawn));
    }
  }

  /** What is drawn, not how it is packed. */
  private static String content(Path file) throws IOException {
    if (file.toString().endsWith(".svg")) {
      return Files.readString(file).replaceAll("base64,[A-Za-z0-9+/=]*", "");
    }
    var pixels = ImageIO.read(file.toFile());
    return pixels.getWidth() + " " + java.util.Arrays.toString(pixels.getRGB(0, 0, pixels.getWidth(), pixels.getHeight(), null, 0, pixels.getWidth()));
  }

  @Test
  void picturesAreDrawnByTheirCommands() throws IOException {
    assertDrawn(picture -> !picture.isSlow());
  }

  @Tag("slow")
  @Test
  void picturesOfTrainingsAreDrawnByTheirCommands() throws IOException {
    assertDrawn(Picture::isSlow);
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
