package nnc.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Trains each program that has a <code>train</code> block, and packages the weights beside its class, where <code>load()</code> finds them. Program, data and seed
 * decide every bit of them; they are kept, and a training is not done again while nothing that it follows from has changed. A result that is not good enough fails the
 * build.
 */
@Mojo(name = "train", defaultPhase = LifecyclePhase.GENERATE_RESOURCES, threadSafe = true)
public final class TrainMojo extends NetworkMojo {
  private static final Pattern TRAINS = Pattern.compile("(?m)^[^#\"\\n]*\\btrain\\s*\\{");

  /** The folder of data files; if it is not given they are looked for beside the programs. */
  @Parameter(property = "nnc.dataDirectory")
  File dataDirectory;

  /** Of first weights, order and draws; if it is not given the program's. */
  @Parameter(property = "nnc.seed")
  Integer seed;

  /** Passes over the data; if it is not given the program's. */
  @Parameter(property = "nnc.epochs")
  Integer epochs;

  /** Examples a step; if it is not given the program's. */
  @Parameter(property = "nnc.batch")
  Integer batch;

  /** Of rows that differ in length, rows times the longest of a batch at most; without, what the program says. */
  @Parameter(property = "nnc.tokens")
  Integer tokens;

  /** The data to judge by: <code>train</code>, <code>validate</code> or <code>test</code>; if it is not given test, or what there is. */
  @Parameter(property = "nnc.on")
  String on;

  /** By name, what metrics have to reach: <code>&lt;atLeast>&lt;accuracy>0.9&lt;/accuracy>&lt;/atLeast></code>. */
  @Parameter
  Map<String, String> atLeast = Map.of();

  /** By name, what losses and metrics must not exceed. */
  @Parameter
  Map<String, String> atMost = Map.of();

  /** Where weights are kept by the hash of all that they follow from; <code>mvn clean</code> leaves them. */
  @Parameter(property = "nnc.cache", defaultValue = "${user.home}/.cache/nnc/weights")
  File cache;

  /** Whether weights are packaged; otherwise they are left in <code>target/nnc/weights</code>. */
  @Parameter(property = "nnc.packageWeights", defaultValue = "true")
  boolean packageWeights = true;

  @Override
  void work() throws MojoExecutionException, MojoFailureException {
    int errors = 0;
    int trained = 0;
    for (Path program : programs()) {
      if (trains(program)) {
        trained++;
        errors += train(program);
      }
    }
    if (packageWeights) {
      addResources(resources);
    }
    if (errors > 0) {
      throw new MojoFailureException("training did not come to what was asked for: " + errors(errors));
    }
    if (trained == 0) {
      getLog().warn("no program of " + sourceDirectory + " has a train block");
    }
  }

  private static boolean trains(Path program) throws MojoExecutionException {
    try {
      return TRAINS.matcher(Files.readString(program)).find();
    } catch (IOException e) {
      throw new MojoExecutionException(program + " cannot be read: " + e.getMessage(), e);
    }
  }

  private int train(Path program) throws MojoExecutionException {
    Path inside = sourceDirectory.toPath().toAbsolutePath().normalize().relativize(program);
    String name = inside.toString().replaceAll("\\.nn$", "");
    Path folder = packageWeights ? resources.toPath().resolve(packageName().replace('.', '/')) : state.toPath().resolve("weights");
    List<String> command = new ArrayList<>(List.of("fit", program.toString(), "-o", folder.resolve(name + ".npz").toString(), "--cache", cache.toString()));
    add(command, "--data", dataDirectory);
    add(command, "--seed", seed);
    add(command, "--epochs", epochs);
    add(command, "--batch", batch);
    add(command, "--tokens", tokens);
    add(command, "--on", on);
    atLeast.forEach((figure, bound) -> command.addAll(List.of("--at-least", figure + "=" + bound)));
    atMost.forEach((figure, bound) -> command.addAll(List.of("--at-most", figure + "=" + bound)));
    return run(command, stamp("fit-" + name.replaceAll("[/\\\\]", ".")), new TreeSet<>(Set.of(program)), List.of("--add-modules=jdk.incubator.vector", "-XX:-UsePerfData"));
  }

  private static void add(List<String> command, String option, Object value) {
    if (value != null) {
      command.addAll(List.of(option, value.toString()));
    }
  }
}
