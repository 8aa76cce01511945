package nnc.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import nnc.driver.CompilerOptions;
import nnc.runtime.base.Fault;
import nnc.runtime.train.Interrupt;
import nnc.search.AxisText;
import nnc.search.HalvingSearch;
import nnc.search.SearchSpace;
import nnc.search.SparkSubmit;
import nnc.search.Subject;
import nnc.search.Sweep;
import nnc.search.TrainingPlace;
import nnc.search.TrialResult;
import nnc.search.TrialRun;
import nnc.search.Verdict;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A search whose trials are tasks of Spark's has the figures and weights of one in this process. */
class SparkSweepTest {
  /** With a rate of 1e30 its loss is soon no number: a trial that fails. */
  private static final String PROGRAM = """
      const rate = 0.03
      input  point: float[N, 2]
      target label: float[N]
      logit = point |> dense(6, tanh) |> dropout(0.1) |> dense(1) |> squeeze(1)
      output probability = sigmoid(logit)
      loss   mse(logit, label)
      metric accuracy = mean((logit > 0) == (label > 0.5))
      data  { train = circle(120, seed = 1)  validate = split(train, 0.2) }
      train { optimizer = sgd(rate)  batch = 10  epochs = 3 }
      """;

  @TempDir
  static Path home;

  /** A home of Spark's whose spark-submit starts this Java with this class path. */
  private static Path submit(String main) throws Exception {
    var options = ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(option -> option.startsWith("--add-opens") || option.startsWith("--add-modules") || option.startsWith("-XX:+Ignore"))
        .map(option -> "'" + option + "'").collect(Collectors.joining(" "));
    var script = Files.createDirectories(home.resolve(main).resolve("bin")).resolve("spark-submit");
    Files.writeString(script, "#!/bin/sh\necho what scripts say\nexec '" + Path.of(System.getProperty("java.home"), "bin", "java") + "' -XX:+UseSerialGC " + options
        + " -Dspark.master=\"$2\" -Dspark.app.name=nnc -Dspark.ui.enabled=false -Dspark.driver.host=127.0.0.1 -Dspark.driver.bindAddress=127.0.0.1 -Dspark.local.dir='" + home
        + "' -cp '" + System.getProperty("java.class.path") + "' nnc.spark." + main + "\n");
    script.toFile().setExecutable(true);
    return script;
  }

  private static List<TrialResult> sweep(Path file, Path folder, Optional<TrainingPlace> place) {
    var space = new SearchSpace(List.of(AxisText.read("rate", "[0.01, 0.1, 1e30, 0.3]").orElseThrow()));
    var verdict = new Verdict("loss", "validate", Verdict.Better.LOWER);
    var sweep = new Sweep(new Subject(file, CompilerOptions.standard(), null, System.err), space, verdict, folder, new Sweep.Effort(List.of(1L, 2L), 4, 1, 1, place), new Interrupt());
    return sweep.run(new HalvingSearch(space, 4, 3, verdict, 1), new Sweep.Listeners(_ -> { }, _ -> { })).orElseThrow();
  }

  private static List<?> said(List<TrialResult> results) {
    return results.stream().flatMap(result -> result.runs().stream()).map(run -> List.of(run.task(), run.figures(), run.failure().replaceAll("; the weights before that step are in .*", ""))).toList();
  }

  @Tag("slow")
  @Test
  void aSearchInTasksHasTheResultsOfOneHere() throws Exception {
    var file = Files.writeString(home.resolve("net.nn"), PROGRAM);
    var here = sweep(file, home.resolve("here"), Optional.empty());
    var cluster = new SparkSubmit.Cluster("local[2]", submit("TrialServer"), file, file);
    try (var place = new SparkSubmit(cluster, home.resolve("there/spark.log"), 1)) {
      var there = sweep(file, home.resolve("there"), Optional.of(place));
      assertThat(said(there)).isEqualTo(said(here));
    }
    assertThat(here.stream().flatMap(result -> result.runs().stream()).map(TrialRun::failure)).anyMatch(failure -> !failure.isEmpty());
    assertThat(home.resolve("there/best.npz")).hasSameBinaryContentAs(home.resolve("here/best.npz"));
  }

  @Test
  void aDriverThatEndsIsTold() throws Exception {
    var file = Files.writeString(home.resolve("net.nn"), PROGRAM);
    var cluster = new SparkSubmit.Cluster("local[2]", submit("NoSuchServer"), file, file);
    try (var place = new SparkSubmit(cluster, home.resolve("gone/spark.log"), 1)) {
      var order = new TrainingPlace.Order(new byte[10], home, null, 1, 1, null, "train", 1);
      assertThatThrownBy(() -> place.train(order, new Interrupt())).isInstanceOf(Fault.class).hasMessageContaining("Spark's driver has ended").hasMessageContaining("nnc.spark.NoSuchServer");
    }
  }

  @Test
  void whatIsNotInstalledIsTold() {
    assertThatThrownBy(() -> SparkSubmit.Cluster.of("local", Map.of("PATH", "/nowhere"))).isInstanceOf(Fault.class).hasMessageContaining("there is no spark-submit on the PATH");
    assertThatThrownBy(() -> SparkSubmit.Cluster.of("local", Map.of("SPARK_HOME", "/nowhere"))).isInstanceOf(Fault.class).hasMessageContaining("there is no spark-submit in /nowhere/bin");
    assertThatThrownBy(() -> SparkSubmit.Cluster.of("local", Map.of("SPARK_HOME", submit("Any").getParent().getParent().toString()))).isInstanceOf(Fault.class)
        .hasMessageContaining("NNC_SPARK does not say where the jar nnc-spark is");
  }
}
