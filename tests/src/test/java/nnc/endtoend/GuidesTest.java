package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.Said;
import nnc.cli.Help;
import nnc.reference.Entry;
import nnc.runtime.spec.ModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages for beginners: what docs/start.md types does what it says, and the pages for who comes from elsewhere name what there is. */
@ResourceLock(Resources.SYSTEM_OUT)
class GuidesTest {
  private static final Path DOCS = Path.of("../docs");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  @TempDir
  Path folder;

  private static String page(String name) throws IOException {
    return Files.readString(DOCS.resolve(name + ".md"));
  }

  private static List<String> blocks(String page, String language) {
    return Pattern.compile("(?s)```" + language + "\n(.*?)```").matcher(page).results().map(found -> found.group(1)).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "from-keras", "from-pytorch", "from-dl4j", "from-djl"})
  void programsCompile(String name) throws IOException {
    assertThat(blocks(page(name), "nn")).isNotEmpty().allSatisfy(program -> Programs.compile(program, 32));
  }

  // ---- from a table to a service

  @Test
  void theFirstTenMinutes() throws Exception {
    var page = page("start");
    Files.writeString(folder.resolve("flowers.csv"), blocks(page, "csv").getFirst());
    Files.writeString(folder.resolve("flowers.nn"), blocks(page, "nn").getFirst());
    Files.writeString(folder.resolve("Service.java"), blocks(page, "java").getFirst());
    var lines = page.lines().filter(line -> line.matches(" {4}(\\./)?(nnc|java|curl) .*")).map(String::strip).toList();
    assertThat(lines).hasSizeGreaterThan(10);
    for (var line : lines) {
      if (line.startsWith("java --add-modules")) {
        serve(line, lines.getLast());
      } else if (!line.startsWith("curl")) {
        var said = run(line);
        assertThat(said.code()).as("%s%n%s", line, said.all()).isZero();
        assertThat(!line.contains("--row") || said.out().matches("(?s).*(small|middle|large).*")).as("%s%n%s", line, said.all()).isTrue();
      }
    }
    assertThat(Files.readAllLines(folder.resolve("kinds.csv"))).hasSize(19);
    assertThat(folder.resolve("report.html")).exists();
  }

  private Said run(String line) throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of(line.split(" ")));
    if (words.getFirst().equals("java")) {
      words.set(0, java());
      return Said.byProcess(folder, Map.of(), words.toArray(String[]::new));
    }
    words.removeFirst();
    words.replaceAll(word -> word.matches("[\\w-]+\\.(nn|npz|jar|csv|svg|html)") ? folder.resolve(word).toString() : word);
    if (words.getFirst().equals("train")) {
      words.addAll(List.of("--out", folder.resolve("flowers.npz").toString()));
    }
    return Said.byCompiler(words.toArray(String[]::new));
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Starts the service at a port that is free, and asks what the page asks. */
  private void serve(String line, String request) throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of(line.split(" ")));
    words.set(0, java());
    words.set(words.size() - 1, "0");
    var errors = folder.resolve("errors.txt");
    var process = new ProcessBuilder(words).directory(folder.toFile()).redirectError(errors.toFile()).start();
    try (var said = process.inputReader(); var client = HttpClient.newHttpClient()) {
      var address = said.readLine();
      assertThat(address).as(Files.readString(errors)).startsWith("http://localhost:");
      var query = request.substring(request.indexOf('?'), request.lastIndexOf('"'));
      var answer = client.send(HttpRequest.newBuilder(URI.create(address + query)).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).matches("small 0\\.[0-9]+\n");
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  // ---- names of elsewhere

  /** Tables have what is called otherwise elsewhere in the first column, and the library's names in the second. */
  @ParameterizedTest
  @ValueSource(strings = {"from-keras", "from-pytorch", "from-dl4j"})
  void tablesNameWhatThereIs(String name) throws IOException {
    var known = Help.reference().entries().stream().map(Entry::name).collect(Collectors.toCollection(TreeSet::new));
    known.addAll(List.of("regularize", "metric", "loss", "weights", "class_weights"));
    var table = page(name);
    table = table.substring(table.indexOf("| nnc | to watch |"));
    var rows = table.substring(0, table.indexOf("\n\n")).lines().skip(2).map(row -> row.split(" \\| ")[1]).toList();
    assertThat(rows).hasSizeGreaterThan(8);
    var named = rows.stream().flatMap(cell -> CODE.matcher(cell).results()).map(code -> code.group(1).split("\\W")[0]).toList();
    assertThat(known).as(name).containsAll(named);
  }

  /** A layer of each kind that weights are brought to, with the path that the tables give. */
  private static final String LAYERS = """
      input image: float[N, 3, 8, 8]
      input sound: float[N, 3, 20]
      input word: int[N, 5]
      a = image |> conv2d(4, 3) |> batch_norm() |> conv_transpose2d(2, 3) |> flatten |> dense(4)
      b = sound |> conv1d(4, 3) |> flatten |> dense(4)
      e = word |> embedding(10, 4) |> layer_norm()
      s = e |> self_attention(2)
      c = attention(2)(s, e, e)
      l = c |> lstm(4, sequences = false)
      g = c |> gru(4, sequences = false)
      output y = a + b + l + g
      """;

  @ParameterizedTest
  @ValueSource(strings = {"from-keras", "from-pytorch"})
  void weightsHaveThePathsOfTheTables(String name) throws IOException {
    var paths = Programs.compile(LAYERS, 32).spec().weights().stream().map(ModelSpec.Weight::path).collect(Collectors.toSet());
    var table = page(name);
    table = table.substring(table.indexOf("shape there | nnc |"));
    var cells = table.substring(0, table.indexOf("\n\n")).lines().skip(2).map(row -> row.split(" \\| ")[2]).toList();
    assertThat(cells).hasSizeGreaterThan(8);
    for (var cell : cells) {
      var layer = "";
      for (var code : CODE.matcher(cell).results().map(found -> found.group(1)).toList()) {
        layer = code.startsWith(".") ? layer : code.substring(0, code.lastIndexOf('.'));
        assertThat(paths).as(cell).contains(layer + code.substring(code.lastIndexOf('.')));
      }
    }
  }

  @Test
  void theIndexHasEveryPage() throws IOException {
    var index = page("README");
    try (var files = Files.list(DOCS)) {
      assertThat(files.map(file -> file.getFileName().toString()).filter(file -> file.endsWith(".md") && !file.equals("README.md")))
          .allSatisfy(file -> assertThat(index).contains("(" + file + ")"));
    }
    assertThat(Stream.of("library/README.md", "decisions/README.md")).allSatisfy(file -> assertThat(index).contains(file));
  }
}
