package nnc.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import nnc.Golden;
import nnc.JsonReader;
import nnc.Said;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code nnc evaluate --report}, from a program and a file to text, JSON and a page. */
@ResourceLock(Resources.SYSTEM_OUT)
class ReportTest {
  private static final Pattern PICTURE = Pattern.compile("<svg.*?</svg>", Pattern.DOTALL);
  private static final Pattern PLACE = Pattern.compile(" (?:x|cx|x1|x2)=\"(-?[0-9.]+)\"");

  @TempDir
  Path folder;

  private Said said(String program, Map<String, String> files, String... more) throws Exception {
    for (var file : files.entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
    var words = Stream.concat(Stream.of("evaluate", Files.writeString(folder.resolve("p.nn"), program).toString()), Stream.of(more)).toArray(String[]::new);
    return Said.byCompiler(words);
  }

  @TestFactory
  Stream<DynamicTest> reportsRead() {
    return Golden.tests("report", sections -> {
      var said = said(sections.get("source"), Map.of("d.csv", sections.get("data") + "\n"), ("--report " + sections.getOrDefault("options", "")).strip().split(" "));
      assertThat(said.err()).isEmpty();
      return new LinkedHashMap<>(Map.of("report", said.out().replaceAll("(examples?), [0-9.]+ s", "$1")));
    });
  }

  private static final String CLASSES = """
      input  z: float[N, 3]
      target kind: int[N]
      output p = softmax(z)
      loss   cross_entropy(z, kind)
      metric accuracy = mean(argmax(z) == kind)
      metric second = top_k_accuracy(z, kind, 2)
      metric area = roc_auc(z[:, 2], kind == 2)
      metric found = recall(argmax(z) == 1, kind == 1)
      metric exact = precision(argmax(z) == 1, kind == 1)
      metric both = f1(argmax(z) == 1, kind == 1)
      data   { test = csv("d.csv", z = [1, 2, 3], kind = 4, header = false) }
      """;

  private static String rows(int count) {
    var random = new Random(3);
    return IntStream.range(0, count).mapToObj(i -> random.nextInt(4) + "," + random.nextInt(4) + "," + random.nextInt(4) + "," + random.nextInt(3)).collect(Collectors.joining("\n", "", "\n"));
  }

  private static Map<?, ?> map(Object value) {
    return (Map<?, ?>) value;
  }

  private static List<?> list(Object value) {
    return (List<?>) value;
  }

  private Map<?, ?> report() throws Exception {
    return map(JsonReader.read(Files.readString(folder.resolve("r.json"))));
  }

  private static Map<?, ?> table(Map<?, ?> output, String title) {
    return list(output.get("tables")).stream().map(ReportTest::map).filter(table -> title.equals(table.get("title"))).findFirst().orElseThrow();
  }

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }

  /** Whatever the batches: of one row, of all of one, of a full one and one more row. What the program's own metrics say is the same. */
  @ParameterizedTest
  @CsvSource({"1", "255", "256", "257", "700"})
  void eachExampleCountsOnce(int count) throws Exception {
    var said = said(CLASSES.replace("softmax(z)", "z"), Map.of("d.csv", rows(count)), "--report", folder.resolve("r.json").toString(), "--threads", "2");
    assertThat(said.code()).as(said.all()).isZero();
    var report = report();
    var output = map(list(report.get("outputs")).getFirst());
    var figures = map(report.get("figures"));
    var measures = map(output.get("measures"));
    assertThat(number(measures.get("count"))).isEqualTo(count);
    assertThat(number(measures.get("accuracy"))).isCloseTo(number(figures.get("accuracy")), within(1e-6));
    assertThat(number(measures.get("top-2 accuracy"))).isCloseTo(number(figures.get("second")), within(1e-6));
    var classes = list(table(output, "Classes").get("values"));
    assertThat(number(list(classes.get(1)).get(0))).isCloseTo(number(figures.get("exact")), within(1e-6));
    assertThat(number(list(classes.get(1)).get(1))).isCloseTo(number(figures.get("found")), within(1e-6));
    assertThat(number(list(classes.get(1)).get(2))).isCloseTo(number(figures.get("both")), within(1e-6));
    if (list(classes.get(2)).get(4) != null) {
      assertThat(number(list(classes.get(2)).get(4))).isCloseTo(number(figures.get("area")), within(1e-6));
    }
    double all = list(table(output, "Confusion").get("values")).stream().flatMap(row -> list(row).stream()).mapToDouble(ReportTest::number).sum();
    assertThat(all).isEqualTo(count);
  }

  /** What mixes rows is computed of all at once, as evaluate does. */
  @Test
  void rowsThatDependOnEachOtherStayTogether() throws Exception {
    var program = """
        input  x: float[N]
        target y: float[N]
        output guess = x - mean(x)
        loss   mse(guess, y)
        metric fit = r2(guess, y)
        data   { test = csv("d.csv", x = 1, y = 2, header = false) }
        """;
    var rows = IntStream.range(0, 600).mapToObj(i -> i + "," + (i - 299.5 + i % 7)).collect(Collectors.joining("\n", "", "\n"));
    var said = said(program, Map.of("d.csv", rows), "--report", folder.resolve("r.json").toString());
    assertThat(said.code()).as(said.all()).isZero();
    var measures = map(map(list(report().get("outputs")).getFirst()).get("measures"));
    assertThat(number(measures.get("R2"))).isCloseTo(number(map(report().get("figures")).get("fit")), within(1e-9));
    assertThat(number(measures.get("mean residual"))).isCloseTo(IntStream.range(0, 600).map(i -> i % 7).average().orElseThrow(), within(1e-4));
  }

  /** A page of its own: pictures are well formed, keep to their frames, and nothing comes from elsewhere. */
  @Test
  void pagesStandAlone() throws Exception {
    var page = folder.resolve("r.html");
    var program = CLASSES + "target much: float[N]\noutput size = z[:, 0]\nloss mse(size, much)\n";
    var rows = rows(300).lines().map(line -> line + "," + line.charAt(0) + ".5").collect(Collectors.joining("\n", "", "\n"));
    var said = said(program.replace("kind = 4", "kind = 4, much = 5"), Map.of("d.csv", rows), "--report", page.toString());
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.out()).contains("saved " + page);
    var text = Files.readString(page);
    assertThat(text.replace("http://www.w3.org/2000/svg", "")).doesNotContain("<script", "http", "src=", "@import", "NaN", "Infinity").contains("prefers-color-scheme: dark");
    var pictures = PICTURE.matcher(text).results().map(match -> match.group()).toList();
    assertThat(pictures).hasSize(6);
    for (var picture : pictures) {
      var root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(picture.getBytes(StandardCharsets.UTF_8))).getDocumentElement();
      double width = Double.parseDouble(root.getAttribute("viewBox").split(" ")[2]);
      assertThat(PLACE.matcher(picture).results().mapToDouble(place -> Double.parseDouble(place.group(1)))).allSatisfy(x -> assertThat(x).isBetween(0.0, width));
    }
    assertThat(text).contains("p against kind", "size against much", "softmax gives them");
  }

  /** Names of classes are text, whatever they are. */
  @Test
  void namesAreEscaped() throws Exception {
    var program = CLASSES.replace("target kind: int[N]", "target kind: category(\"<b>\", \"a&b\", \"\\\"q\\\"\")[N]").replaceAll("(?m)^metric .*\n", "");
    var rows = "1,2,3,<b>\n3,1,1,a&b\n1,3,1,a&b\n";
    var said = said(program, Map.of("d.csv", rows), "--report", folder.resolve("r.html").toString(), "--report", folder.resolve("r.json").toString());
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(Files.readString(folder.resolve("r.html"))).doesNotContain("<b>", "a&b").contains("&lt;b&gt;", "a&amp;b");
    assertThat(table(map(list(report().get("outputs")).getFirst()), "Classes").get("rows")).isEqualTo(List.of("<b>", "a&b", "\"q\""));
  }

  /** The page's program trains, and is judged as the page says. */
  @Test
  void thePageIsTrue() throws Exception {
    var page = Files.readString(Path.of("../docs/reports.md"));
    var program = Stream.of(page.split("```")).filter(block -> block.contains("loss cross")).findFirst().orElseThrow();
    var random = new Random(1);
    Files.writeString(folder.resolve("things.csv"), IntStream.range(0, 60).mapToObj(i -> random.nextInt(9) + ",1," + random.nextInt(9) + ",2," + (random.nextBoolean() ? "round" : "square")
        + "," + random.nextInt(50)).collect(Collectors.joining("\n", "a,b,c,d,kind,weight\n", "\n")));
    var file = Files.writeString(folder.resolve("FILE.nn"), program).toString();
    var weights = folder.resolve("W.npz").toString();
    assertThat(Said.byCompiler("train", file, "--out", weights).code()).isZero();
    for (var line : page.lines().filter(line -> line.startsWith("nnc evaluate")).toList()) {
      var words = Stream.of(line.split(" ")).skip(1).map(word -> word.equals("FILE.nn") ? file : word.equals("W.npz") ? weights : word.startsWith("report.") ? folder.resolve(word).toString() : word);
      var said = Said.byCompiler(words.toArray(String[]::new));
      assertThat(said.code()).as(said.all()).isZero();
    }
    assertThat(Files.readString(folder.resolve("report.html"))).contains("chance against kind", "mass against weight", "the program compares what is made of them");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "--report x.txt | 2 | nnc: error: --report x.txt: a report is a file .html or .json, or without a name printed",
      "--match p=kind | 2 | nnc: error: --match goes with --report",
      "--report --match p | 2 | nnc: error: --match wants NAME=VALUE, not 'p'",
      "--report --match q=kind | 1 | error: --match q=...: there is no output q",
      "--report --on nowhere | 1 | error: p.nn: no data for nowhere"})
  void wrongUseIsTold(String options, int code, String message) throws Exception {
    var said = said(CLASSES, Map.of("d.csv", rows(5)), options.split(" "));
    assertThat(said.code()).as(said.all()).isEqualTo(code);
    assertThat(said.err()).contains(message);
  }

  @Test
  void labelsBeyondTheClassesAreTold() throws Exception {
    var program = CLASSES.replaceAll("(?m)^metric .*\n", "").replace("loss   cross_entropy(z, kind)\n", "");
    var said = said(program + "metric m = mean(z)\n", Map.of("d.csv", "1,2,3,0\n1,2,3,3\n"), "--report");
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).contains("target kind: 3 is no class: p has 3, from 0 to 2");
  }

  @Test
  void whatIsNoNumberIsTold() throws Exception {
    var program = CLASSES.replaceAll("(?m)^metric .*\n", "").replace("softmax(z)", "softmax(log(z - 1))");
    var said = said(program, Map.of("d.csv", "2,2,3,0\n0,2,3,1\n"), "--report");
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).contains("output p is not a number in row 1 of the data");
  }
}
