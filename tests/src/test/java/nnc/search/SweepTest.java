package nnc.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import nnc.JsonReader;
import nnc.Said;
import nnc.runtime.Model;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** {@code nnc sweep} from its command line to its files; oracle: {@code nnc train} and {@code nnc evaluate} with the constants of a trial. */
@ResourceLock(Resources.SYSTEM_OUT)
class SweepTest {
  static final String PROGRAM = """
      const rate = 0.03
      const hidden = [4]
      const activation = tanh
      input  point: float[N, 2]
      target label: float[N]
      h = point
      for width in hidden { h = h |> dense(width, activation) }
      logit = h |> dense(1) |> squeeze(1)
      output probability = sigmoid(logit)
      loss   binary_cross_entropy(logit, label)
      metric accuracy = mean((logit > 0) == (label > 0.5))
      data  { train = circle(120, seed = 1)  validate = split(train, 0.25) }
      train { optimizer = adam(rate)  batch = 10  epochs = 2 }
      """;

  @TempDir
  Path folder;

  private Said sweep(String... arguments) {
    var all = new ArrayList<>(List.of("sweep", program(PROGRAM), "--out", folder.resolve("out").toString()));
    all.addAll(List.of(arguments));
    return Said.byCompiler(all.toArray(String[]::new));
  }

  private String program(String text) {
    try {
      return Files.writeString(folder.resolve("net.nn"), text).toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String file(String name) throws IOException {
    return Files.readString(folder.resolve("out").resolve(name));
  }

  private static List<Map<?, ?>> events(Said said, String event) {
    return said.out().lines().map(line -> (Map<?, ?>) JsonReader.read(line)).filter(line -> event.equals(line.get("event")))
        .<Map<?, ?>>map(line -> line).toList();
  }

  /** Each run has the figures that training and evaluation with its constants and seed have, and the kept weights are those. */
  @Test
  void aTrialIsWhatTrainingWithItsConstantsIs() throws Exception {
    var said = sweep("-D", "rate=[0.003, 0.1]", "-D", "hidden=[[], [4, 3]]", "--seeds", "2", "--json", "--jar", "--metric", "accuracy");
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.err()).isEmpty();
    var runs = events(said, "run");
    assertThat(runs).hasSize(8);
    for (var run : runs.subList(0, 8)) {
      var weights = folder.resolve("w.npz").toString();
      var constants = new String[] {"-D", "rate=" + run.get("-D rate"), "-D", "hidden=" + run.get("-D hidden")};
      var seed = "" + ((Double) run.get("seed")).longValue();
      assertThat(Said.byCompiler("train", folder.resolve("net.nn").toString(), constants[0], constants[1], constants[2], constants[3], "--seed", seed, "--out",
          weights).code()).isZero();
      var evaluated = Said.byCompiler("evaluate", folder.resolve("net.nn").toString(), constants[0], constants[1], constants[2], constants[3], "--weights", weights,
          "--on", "validate", "--json");
      var figures = (Map<?, ?>) JsonReader.read(evaluated.out().strip());
      assertThat(run.get("accuracy")).isEqualTo(figures.get("accuracy"));
      assertThat(run.get("loss")).isEqualTo(figures.get("loss"));
    }
    var trials = events(said, "trial");
    assertThat(trials).hasSize(4).isSortedAccordingTo(Comparator.comparingDouble(trial -> -(Double) trial.get("accuracy")));
    var first = trials.getFirst();
    var own = runs.stream().filter(run -> run.get("trial").equals(first.get("trial")))
        .sorted(Comparator.comparingDouble(run -> (Double) run.get("seed"))).mapToDouble(run -> (Double) run.get("accuracy")).toArray();
    assertThat((Double) first.get("accuracy")).isEqualTo((own[0] + own[1]) / 2);
    assertThat((Double) first.get("accuracy_deviation")).isEqualTo(Math.abs(own[0] - own[1]) / Math.sqrt(2), org.assertj.core.api.Assertions.within(1e-12));
    assertBestIsKept(first, own[0] >= own[1] ? 1 : 2);
  }

  private void assertBestIsKept(Map<?, ?> best, int seed) throws Exception {
    var weights = folder.resolve("again.npz").toString();
    Said.byCompiler("train", folder.resolve("net.nn").toString(), "-D", "rate=" + best.get("-D rate"), "-D", "hidden=" + best.get("-D hidden"), "--seed", "" + seed,
        "--out", weights);
    var expected = Npz.read(Path.of(weights));
    var kept = Npz.read(folder.resolve("out/best.npz"));
    assertThat(kept.keySet()).isEqualTo(expected.keySet());
    kept.forEach((name, array) -> assertThat(array.toDoubles()).as(name).isEqualTo(expected.get(name).toDoubles()));
    assertThat(Model.load(folder.resolve("out/best.jar")).hasWeights()).isTrue();
    try (var files = Files.list(folder.resolve("out/weights"))) {
      assertThat(files.count()).as("weights of the best trial alone, a file a seed").isEqualTo(2);
    }
  }

  /** Neither who runs what nor whether it was broken off shows in the result: cut after any byte, the journal leads to the same table. */
  @Test
  void goesOnAfterItWasBrokenOff() throws Exception {
    var arguments = new String[] {"-D", "rate=log(1e-3..1e-1)", "-D", "hidden=[[2], [3]]", "--trials", "4", "--seeds", "2", "--parallel", "2"};
    assertThat(sweep(arguments).code()).isZero();
    var table = withoutSeconds(file("trials.csv"));
    var journal = Files.readAllBytes(folder.resolve("out/runs.tsv"));
    var best = Npz.read(folder.resolve("out/best.npz"));
    for (int cut : new int[] {5, journal.length / 2, journal.length - 1}) {
      Files.write(folder.resolve("out/runs.tsv"), java.util.Arrays.copyOf(journal, cut));
      assertThat(sweep(arguments).code()).isZero();
      assertThat(withoutSeconds(file("trials.csv"))).isEqualTo(table);
    }
    deleted("out");
    assertThat(sweep(with(arguments, "--parallel", "1", "--threads", "2")).code()).isZero();
    assertThat(withoutSeconds(file("trials.csv"))).isEqualTo(table);
    Npz.read(folder.resolve("out/best.npz")).forEach((name, array) -> assertThat(array.toDoubles()).as(name).isEqualTo(best.get(name).toDoubles()));
    deleted("out/weights");
    Files.delete(folder.resolve("out/best.npz"));
    assertThat(sweep(arguments).code()).as("what was kept may be gone").isZero();
    Npz.read(folder.resolve("out/best.npz")).forEach((name, array) -> assertThat(array.toDoubles()).as(name).isEqualTo(best.get(name).toDoubles()));
  }

  /** With several at a time the journal has the lines, and the order, that one after the other has. */
  @Test
  void theJournalDoesNotDependOnWhoRunsWhat() throws Exception {
    var arguments = new String[] {"-D", "rate=[0.01, 1e30, 0.03]", "-D", "hidden=[[6, 6], [2]]", "--seeds", "2", "--epochs", "1"};
    assertThat(sweep(with(arguments, "--parallel", "1")).code()).isZero();
    var alone = withoutColumns(file("runs.tsv"), 3, 6);
    deleted("out");
    assertThat(sweep(with(arguments, "--parallel", "5")).code()).isZero();
    assertThat(withoutColumns(file("runs.tsv"), 3, 6)).isEqualTo(alone).hasSize(2 + 12);
  }

  private static List<List<String>> withoutColumns(String table, int... columns) {
    return table.lines().map(line -> {
      var cells = new ArrayList<>(List.of(line.split("\t", -1)));
      for (int i = columns.length - 1; i >= 0 && cells.size() > 1; i--) {
        cells.remove(columns[i]);
      }
      return List.copyOf(cells);
    }).toList();
  }

  /** So many as are asked for are kept, and what a smaller search keeps no more is gone. */
  @Test
  void theBestTrialsAreKept() throws Exception {
    var arguments = new String[] {"-D", "rate=[0.001, 0.01, 0.1, 1e30, 0.03]", "--seeds", "2", "--epochs", "1", "--json", "--parallel", "2"};
    var said = sweep(with(arguments, "--keep", "3"));
    assertThat(said.code()).as(said.err()).isZero();
    var trials = events(said, "trial");
    for (int rank = 1; rank <= 3; rank++) {
      var trial = trials.get(rank - 1).get("trial");
      var seed = events(said, "run").stream().filter(run -> run.get("trial").equals(trial)).min(Comparator.comparingDouble(run -> (Double) run.get("loss"))).orElseThrow().get("seed");
      var weights = folder.resolve("rank.npz").toString();
      Said.byCompiler("train", folder.resolve("net.nn").toString(), "-D", "rate=" + trials.get(rank - 1).get("-D rate"), "--seed", "" + ((Double) seed).longValue(), "--epochs", "1", "--out", weights);
      var kept = Npz.read(folder.resolve(rank == 1 ? "out/best.npz" : "out/best-" + rank + ".npz"));
      Npz.read(Path.of(weights)).forEach((name, array) -> assertThat(kept.get(name).toDoubles()).as(name).isEqualTo(array.toDoubles()));
    }
    try (var files = Files.list(folder.resolve("out/weights"))) {
      assertThat(files.count()).as("of each of three trials both seeds").isEqualTo(6);
    }
    assertThat(sweep(with(arguments, "--keep", "2")).code()).isZero();
    assertThat(folder.resolve("out/best-2.npz")).exists();
    assertThat(folder.resolve("out/best-3.npz")).doesNotExist();
    assertThat(sweep(with(arguments, "--keep", "9")).code()).isZero();
    assertThat(folder.resolve("out/best-4.npz")).as("learned again").exists();
    assertThat(folder.resolve("out/best-6.npz")).as("there are five trials").doesNotExist();
  }

  private static String[] with(String[] some, String... more) {
    var all = new ArrayList<>(List.of(some));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private void deleted(String name) throws IOException {
    try (var files = Files.walk(folder.resolve(name))) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static String withoutSeconds(String csv) {
    int column = List.of(csv.lines().findFirst().orElseThrow().split(",")).indexOf("seconds");
    return String.join("\n", csv.lines().map(line -> {
      var cells = new ArrayList<>(List.of(line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)));
      cells.remove(column);
      return String.join(",", cells);
    }).toList());
  }

  /** The second round stays within half of the first's space, around its best, and finds nothing worse. */
  @Test
  void refiningGoesOnAroundTheBest() {
    var coarse = events(sweep("-D", "rate=log(1e-4..1)", "--search", "grid", "--points", "3", "--json"), "trial");
    assertThat(coarse.stream().map(trial -> (String) trial.get("-D rate"))).containsExactlyInAnyOrder("0.0001", "0.01", "1");
    double best = Double.parseDouble((String) coarse.getFirst().get("-D rate"));
    var fine = events(sweep("-D", "rate=log(1e-4..1)", "--search", "grid", "--points", "3", "--refine", "1", "--json"), "trial");
    assertThat(fine).hasSizeGreaterThan(3);
    assertThat(fine.stream().filter(trial -> (Double) trial.get("trial") > 3).mapToDouble(trial -> Double.parseDouble((String) trial.get("-D rate"))))
        .allSatisfy(rate -> assertThat(Math.abs(Math.log10(rate / best))).isLessThanOrEqualTo(1.001));
    assertThat((Double) fine.getFirst().get("loss")).isLessThanOrEqualTo((Double) coarse.getFirst().get("loss"));
  }

  /** Who goes on to a later rung has what a training of as many epochs in one go has; the losers' weights are gone. */
  @Test
  void halvingTrainsTheBestOn() throws Exception {
    var said = sweep("-D", "rate=log(1e-3..1e-1)", "--search", "halving", "--trials", "9", "--epochs", "9", "--json");
    assertThat(said.code()).as(said.err()).isZero();
    var runs = events(said, "run");
    assertThat(runs.stream().map(run -> (Double) run.get("epochs")).sorted()).containsExactly(1., 1., 1., 1., 1., 1., 1., 1., 1., 3., 3., 3., 9.);
    var last = runs.getLast();
    var whole = events(Said.byCompiler("sweep", program(PROGRAM), "-D", "rate=[" + last.get("-D rate") + "]", "--epochs", "9", "--out", folder.resolve("whole").toString(),
        "--json"), "run").getFirst();
    assertThat(last.get("loss")).isEqualTo(whole.get("loss"));
    try (var files = Files.list(folder.resolve("out/weights"))) {
      assertThat(files.count()).isEqualTo(1);
    }
    var table = withoutSeconds(file("trials.csv"));
    var journal = file("runs.tsv").lines().toList();
    Files.writeString(folder.resolve("out/runs.tsv"), String.join("\n", journal.subList(0, 8)) + "\n");
    assertThat(sweep("-D", "rate=log(1e-3..1e-1)", "--search", "halving", "--trials", "9", "--epochs", "9").code()).isZero();
    assertThat(withoutSeconds(file("trials.csv"))).as("after it was broken off").isEqualTo(table);
  }

  @Test
  void bayesDoesNotDependOnJobs() throws Exception {
    var arguments = new String[] {"-D", "rate=log(1e-3..1e-1)", "--search", "bayes", "--trials", "7", "--epochs", "1"};
    assertThat(sweep(arguments).code()).isZero();
    var table = withoutSeconds(file("trials.csv"));
    assertThat(table.lines()).hasSize(8);
    deleted("out");
    assertThat(sweep(with(arguments, "--parallel", "3")).code()).isZero();
    assertThat(withoutSeconds(file("trials.csv"))).isEqualTo(table);
    assertThat(sweep(with(arguments, "--refine", "1")).err()).contains("--refine is for --search grid and random");
  }

  /** What is wrong with a trial alone is told in its row; the others are run. */
  @Test
  void aTrialThatFailsIsLast() throws Exception {
    var said = sweep("-D", "rate=[1e30, 0.01]", "-D", "hidden=[[4, 4], [-1]]", "-D", "activation=relu", "--json");
    assertThat(said.code()).as(said.err()).isZero();
    var trials = events(said, "trial");
    assertThat(trials).hasSize(4);
    assertThat(trials.getFirst().get("-D rate")).isEqualTo("0.01");
    assertThat(trials.subList(1, 4)).allSatisfy(trial -> assertThat(trial.get("loss")).isNull())
        .allSatisfy(trial -> assertThat(trial.get("loss_deviation")).isNull());
    assertThat(trials.stream().map(trial -> (String) trial.get("failure"))).anyMatch(failure -> failure.contains("became")).anyMatch(failure -> failure.contains("dense"));
    assertThat(Said.byCompiler("sweep", program(PROGRAM), "-D", "hidden=[[-1], [-2]]", "--out", folder.resolve("none").toString()).err()).contains("nnc: error: no trial came to its end: ").doesNotContain("\tat ");
  }

  @Test
  void theChartHasAPanelForEachConstantAndACircleForEachTrial() throws Exception {
    assertThat(sweep("-D", "rate=log(1e-3..1e-1, 3)", "-D", "activation=[relu, tanh]", "--search", "grid", "--epochs", "1").code()).isZero();
    var chart = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(folder.resolve("out/sweep.svg").toFile());
    assertThat(chart.getElementsByTagName("g").getLength()).isEqualTo(2);
    var circles = chart.getElementsByTagName("circle");
    assertThat(circles.getLength()).isEqualTo(2 * 6);
    for (int i = 0; i < circles.getLength(); i++) {
      assertThat(Double.parseDouble(circles.item(i).getAttributes().getNamedItem("cx").getNodeValue())).isBetween(70.0, 360.0);
      assertThat(Double.parseDouble(circles.item(i).getAttributes().getNamedItem("cy").getNodeValue())).isBetween(40.0, 230.0);
    }
  }

  @Test
  void faultsSayWhatIsWrongAndWhatToDo() throws Exception {
    assertThat(sweep().err()).startsWith("nnc: error: nothing varies\n  give a constant");
    assertThat(sweep("-D", "rate=0.1").code()).isEqualTo(2);
    assertThat(sweep("-D", "rate=[]")).matches(said -> said.code() == 2 && said.err().contains("there is nothing to choose from"));
    assertThat(sweep("-D", "rat=[1, 2]")).matches(said -> said.code() == 1 && said.err().contains("-D rat: the program has no constant of this name; did you mean rate?"));
    assertThat(sweep("-D", "rate=[1, 2]", "--metric", "acuracy")).matches(said -> said.code() == 1
        && said.err().contains("the program measures nothing of this name; did you mean accuracy?\n  there is loss, accuracy"));
    assertThat(sweep("-D", "rate=[1, 2]", "--on", "test").err()).contains("--on test: the program names no data for it\n  its data are train, validate");
    assertThat(sweep("-D", "rate=[1, 2]", "--search", "gird")).matches(said -> said.code() == 2 && said.err().contains("not 'gird'; did you mean grid?"));
    assertThat(sweep("-D", "rate=[1, 2]", "--seeds", "0")).matches(said -> said.code() == 2 && said.err().contains("--seeds is a whole number of at least 1, not '0'"));
    assertThat(sweep("-D", "rate=log(1e-3..1, 5)", "--search", "grid", "--trials", "3")).matches(said -> said.code() == 2 && said.err().contains("the grid has 5 points"));
    assertThat(sweep("-D", "rate=log(1e-4..")).matches(said -> said.code() == 2
        && said.err().contains("-D rate=log(1e-4..: the range is not closed: there is no ) at its end\n  write rate=log(1e-4..1e-1)"));
    assertThat(sweep("-D", "rate=linear(0.1..0.2")).matches(said -> said.code() == 2 && said.err().contains("is not closed"));
    assertThat(sweep("-D", "rate=log(1e-4, 1e-1)")).matches(said -> said.code() == 2 && said.err().contains("a range has two points between its ends\n  write rate=log(1e-4..1e-1)"));
    assertThat(sweep("-D", "rate=(0.1..0.2)")).matches(said -> said.code() == 2 && said.err().contains("this is no range"));
    assertThat(sweep("-D", "rate=1e-4..")).matches(said -> said.code() == 2 && said.err().contains("a range has two ends"));
    assertThat(sweep("-D", "rate=[1, 2]", "--trials", "99999999999")).matches(said -> said.code() == 2 && said.err().contains("--trials is at most 2147483647, not 99999999999"));
    assertBare(PROGRAM.replaceFirst("(?m)^data .*$", ""), "bare has no data to train on and to judge by\n  name sources: data { train = csv(");
    assertBare(PROGRAM.replaceFirst("(?m)^loss .*$", "").replaceFirst("(?m)^metric .*$", ""), "bare has no loss to train by\n  declare one");
    assertBare(PROGRAM.replaceFirst("train = circle\\(120, seed = 1\\)  validate = split\\(train, 0.25\\)", "test = circle(9)"), "bare has no data to train on\n  name a source");
    Files.writeString(folder.resolve("text"), "kept");
    var said = Said.byCompiler("sweep", program(PROGRAM), "-D", "rate=[1, 2]", "--out", folder.resolve("text").toString());
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).startsWith("nnc: error: ").contains(folder.resolve("text").toString()).doesNotContain("\tat ");
    assertThat(Files.readString(folder.resolve("text"))).isEqualTo("kept");
  }

  /** A program that lacks something is told what. */
  private void assertBare(String program, String message) throws IOException {
    var said = Said.byCompiler("sweep", Files.writeString(folder.resolve("bare.nn"), program).toString(), "-D", "rate=[1, 2]", "--out", folder.resolve("bare").toString());
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).contains(message);
  }

  /** Results of one program are none of another. */
  @Test
  void aFolderOfAnotherProgramIsRefused() throws Exception {
    assertThat(sweep("-D", "rate=[0.1, 0.01]", "--epochs", "1").code()).isZero();
    var journal = file("runs.tsv");
    for (var other : List.of(PROGRAM.replace("circle(120", "circle(130"), PROGRAM.replace("batch = 10", "batch = 12"))) {
      var said = Said.byCompiler("sweep", program(other), "-D", "rate=[0.1, 0.01]", "--epochs", "1", "--out", folder.resolve("out").toString());
      assertThat(said.code()).isEqualTo(1);
      assertThat(said.err()).contains("runs.tsv: is of another program, other data or other settings\n  choose another folder with --out");
    }
    assertThat(file("runs.tsv")).isEqualTo(journal);
    var damaged = journal.replaceFirst("loss=0", "loss=1");
    Files.writeString(folder.resolve("out/runs.tsv"), damaged);
    assertThat(sweep("-D", "rate=[0.1, 0.01]", "--epochs", "1").err()).contains("runs.tsv:3: this line is damaged");
  }
}
