package nnc.maven;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Writes a class for each program of <code>src/main/nn</code>, which is compiled with the project's other sources, and the network that it loads, which is packaged with
 * its resources. Faults of programs are told as those of Java sources are. A program that has not changed is not compiled again.
 */
@Mojo(name = "compile", defaultPhase = LifecyclePhase.GENERATE_SOURCES, threadSafe = true)
public final class CompileMojo extends NetworkMojo {
  /** Where the sources of classes are written. */
  @Parameter(defaultValue = "${project.build.directory}/generated-sources/nnc")
  File sources;

  /** The encoding of the project's sources. */
  @Parameter(property = "encoding", defaultValue = "${project.build.sourceEncoding}")
  String encoding;

  @Override
  void work() throws MojoExecutionException, MojoFailureException {
    List<String> command = new ArrayList<>(List.of("java", sourceDirectory.toPath().toAbsolutePath().normalize().toString(), "-o", sources.toString(), "--resources",
        resources.toString(), "--package", packageName(), "--encoding", encoding == null || encoding.isBlank() ? "UTF-8" : encoding));
    includes.forEach(pattern -> command.addAll(List.of("--include", pattern)));
    excludes.forEach(pattern -> command.addAll(List.of("--exclude", pattern)));
    Path stamp = stamp("java");
    // the compiler compiles too seldom the same for its own code to be worth the optimising one's time
    int errors = run(command, stamp, programs(), List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    project.addCompileSourceRoot(sources.toString());
    addResources(resources);
    if (errors > 0) {
      throw new MojoFailureException("programs in " + sourceDirectory + " have faults: " + errors(errors));
    }
    if (project.getDependencies().stream().noneMatch(one -> one.getArtifactId().equals("nnc-runtime"))) {
      getLog().warn("the classes of networks need nnc-runtime, which is not among the dependencies that this project names");
    }
  }
}
